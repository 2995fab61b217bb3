/** Instances as requests name them; those that terminated long ago are no longer there. */
import type { Instance } from '#vpc/instance.ts';
import { isForgotten } from '#vpc/instance-state.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';

/** The instance of an id; refuses a malformed or unknown one. */
export function instanceOf(id: string, context: Context): Instance {
  const instance = resourceOf('instance', id, context);
  return isForgotten(instance, context.nowMs) ? refuseNotFound('instance', id) : instance;
}

/** The instances of ids, each once. */
export function instancesOf(ids: readonly string[], context: Context): readonly Instance[] {
  return [...new Set(ids)].map((id) => instanceOf(id, context));
}

/** The instance of an id, unless it is terminated. */
export function liveInstanceOf(id: string, context: Context): Instance {
  const instance = instanceOf(id, context);
  if (instance.state === 'terminated') {
    refuse('instanceState', { reason: `The instance '${instance.id}' is terminated.` });
  }
  return instance;
}
