/** Instances as requests name them; those that terminated long ago are no longer there. */
import type { Instance } from '#vpc/instance.ts';
import { isForgotten } from '#vpc/instance-state.ts';
import { required, requiredList } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';

/** The instance of an id; refuses a malformed or unknown one. */
export function instanceOf(id: string, context: Context): Instance {
  const instance = resourceOf('instance', id, context);
  return isForgotten(instance, context.nowMs) ? refuseNotFound('instance', id) : instance;
}

/** The instance of the required parameter InstanceId. */
export function instanceIn(id: string | undefined, context: Context): Instance {
  return instanceOf(required(id, 'InstanceId'), context);
}

/** The instances of a required list of ids, each once. */
export function instancesIn(ids: readonly string[] | undefined, context: Context): readonly Instance[] {
  return [...new Set(requiredList(ids, 'InstanceId'))].map((id) => instanceOf(id, context));
}

/** The instance of a required id, unless it is terminated. */
export function liveInstanceIn(id: string | undefined, context: Context): Instance {
  const instance = instanceIn(id, context);
  if (instance.state === 'terminated') {
    refuse('instanceState', { reason: `The instance '${instance.id}' is terminated.` });
  }
  return instance;
}
