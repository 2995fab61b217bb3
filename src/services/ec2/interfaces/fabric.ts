/**
 * Elastic Fabric Adapters: which instances take them, how many, and when. To the network they are interfaces like others.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-efa.html
 */
import type { Instance } from '#vpc/instance.ts';
import { stateAt } from '#vpc/instance-state.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { fabricLimitOf } from '../instance-types/catalogue.ts';

type Bearer = { readonly instanceId: string; readonly instanceType: string };

/** Refuses interfaces of these types, all that an instance is to have, where its type takes none or not so many. */
export function checkTypes(interfaceTypes: readonly string[], { instanceId, instanceType }: Bearer): void {
  const limit = fabricLimitOf(instanceType);
  const other = interfaceTypes.find((type) => type !== 'interface' && !(type === 'efa' && limit > 0));
  if (other !== undefined) {
    refuse('invalidCombination', {
      reason: `The instance type '${instanceType}' takes no interfaces of type ${other}.`,
    });
  }
  if (interfaceTypes.filter((type) => type === 'efa').length > limit) {
    refuse('tooManyAttachments', { instanceId, instanceType, limit, what: 'Elastic Fabric Adapters' });
  }
}

/** Refuses to attach or detach an adapter while its instance is not stopped. */
export function checkStopped(interfaceType: string, instance: Instance, { nowMs }: Context): void {
  const state = stateAt(instance, nowMs);
  if (interfaceType !== 'efa' || state === 'stopped') return;
  const reason = `An Elastic Fabric Adapter comes and goes while the instance is stopped; '${instance.id}' is ${state}.`;
  refuse('instanceState', { reason });
}
