/**
 * Things of AWS that requests may name and no account has here: pools of addresses, Outposts, dedicated hosts, placement
 * groups, capacity reservations. AWS answers an account that has none with the code of an unknown one, and so does
 * Rampart.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
 */
import { refuse } from '../refusal.ts';

const strangers = {
  ipamPool: { noun: 'IPAM pool', code: 'InvalidIpamPoolId.NotFound' },
  publicIpv4Pool: { noun: 'public IPv4 pool', code: 'InvalidPublicIpv4PoolID.NotFound' },
  pool: { noun: 'address pool', code: 'InvalidPoolID.NotFound' },
  host: { noun: 'Dedicated Host', code: 'InvalidHostID.NotFound' },
  placementGroup: { noun: 'placement group', code: 'InvalidPlacementGroup.Unknown' },
  capacityReservation: { noun: 'Capacity Reservation', code: 'InvalidCapacityReservationId.NotFound' },
  // AWS documents no code of their own for these.
  outpost: { noun: 'Outpost', code: 'InvalidParameterValue' },
  resourceGroup: { noun: 'resource group', code: 'InvalidParameterValue' },
  license: { noun: 'license configuration', code: 'InvalidParameterValue' },
} as const;

export type Stranger = keyof typeof strangers;

/** Refuses a request that names one of them; `kinds` says which parameter names what. */
export function refuseStrangers<Input extends object>(
  input: Input,
  kinds: { readonly [Name in keyof Input & string]?: Stranger },
): void {
  for (const [parameter, kind] of Object.entries(kinds) as [keyof Input, Stranger][]) {
    const id = input[parameter];
    if (typeof id === 'string' && id !== '') refuse('notFound', { ...strangers[kind], id });
  }
}
