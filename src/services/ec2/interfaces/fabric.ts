/**
 * Types of interfaces: which instances take them, how many, and when. To the network, Elastic Fabric Adapters and trunks
 * are interfaces like others, but for adapters without addresses (`efa-only`), which speak to their like alone.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/create-efa.html
 */
import type { Eni } from '#vpc/eni.ts';
import type { Instance } from '#vpc/instance.ts';
import { stateAt } from '#vpc/instance-state.ts';
import type { Subnet } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { fabricLimitOf, trunkLimitOf } from '../instance-types/catalogue.ts';
import { type AddressRequest, type Chosen, chooseAddresses } from './addresses.ts';

type Bearer = { readonly instanceId: string; readonly instanceType: string };

type Placed = { readonly interfaceType: string; readonly deviceIndex: number };

const adapters: ReadonlySet<string> = new Set(['efa', 'efa-only']);
const carried: ReadonlySet<string> = new Set(['interface', 'efa', 'efa-only', 'trunk']);

/**
 * Refuses interfaces, all that an instance is to have, where its type takes none of theirs or not so many, and where the
 * primary one has no address.
 */
export function checkTypes(interfaces: readonly Placed[], { instanceId, instanceType }: Bearer): void {
  const limits = [
    { of: adapters, limit: fabricLimitOf(instanceType), what: 'Elastic Fabric Adapters' },
    { of: new Set(['trunk']), limit: trunkLimitOf(instanceType), what: 'trunk interfaces' },
  ];
  const other = interfaces.find(
    ({ interfaceType: type }) =>
      !carried.has(type) || limits.some(({ of, limit }) => of.has(type) && limit === 0),
  );
  if (other) {
    refuse('invalidCombination', {
      reason: `The instance type '${instanceType}' takes no interfaces of type ${other.interfaceType}.`,
    });
  }
  for (const { of, limit, what } of limits) {
    if (interfaces.filter(({ interfaceType }) => of.has(interfaceType)).length > limit) {
      refuse('tooManyAttachments', { instanceId, instanceType, limit, what });
    }
  }
  if (
    interfaces.some(({ interfaceType, deviceIndex }) => interfaceType === 'efa-only' && deviceIndex === 0)
  ) {
    refuse('invalidCombination', { reason: 'An interface of type efa-only cannot be the primary one.' });
  }
}

/** Refuses to attach or detach an adapter while its instance is not stopped. */
export function checkStopped(interfaceType: string, instance: Instance, { nowMs }: Context): void {
  const state = stateAt(instance, nowMs);
  if (!adapters.has(interfaceType) || state === 'stopped') return;
  const reason = `An Elastic Fabric Adapter comes and goes while the instance is stopped; '${instance.id}' is ${state}.`;
  refuse('instanceState', { reason });
}

const addressParameters = [
  'PrivateIpAddress',
  'PrivateIpAddresses',
  'SecondaryPrivateIpAddressCount',
  'Ipv4Prefixes',
  'Ipv4PrefixCount',
  'Ipv6Addresses',
  'Ipv6AddressCount',
  'Ipv6Prefixes',
  'Ipv6PrefixCount',
  'EnablePrimaryIpv6',
] as const satisfies readonly (keyof AddressRequest)[];

/** Refuses a request for addresses where interfaces of the type have none. */
export function checkAddressable(interfaceType: string, request: AddressRequest): void {
  if (interfaceType !== 'efa-only') return;
  const address = addressParameters.find((name) => request[name] !== undefined);
  if (address) {
    refuse('invalidCombination', {
      reason: `Interfaces of type efa-only have no addresses; ${address} asks for one.`,
    });
  }
}

/** Refuses to give addresses to an interface that has none by its type. */
export function checkAddressableInterface({ id, interfaceType }: Eni): void {
  if (interfaceType !== 'efa-only') return;
  refuse('invalidCombination', { reason: `The interface '${id}' is of type efa-only and has no addresses.` });
}

/** The addresses that a new interface of the type gets. */
export function addressesOfType(
  interfaceType: string,
  request: AddressRequest,
  subnet: Subnet,
  context: Context,
): Chosen {
  if (interfaceType === 'efa-only') return { privateIps: [], ipv6Addresses: [] };
  return chooseAddresses(request, subnet, context);
}
