/**
 * Which address of a regional NAT gateway stands for a zone.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
import type { NatGateway, RegionalNatAddress, RegionalNatGateway } from './routing.ts';

/** A zone's name means different places in different accounts; its id does not. */
type Zone = { readonly zone: string; readonly zoneId: string };

/** What tells zones apart; where an account was described without ids, their names do. */
export const zoneKey = ({ zone, zoneId }: Zone): string => zoneId || zone;

/**
 * The address under which packets of a zone leave: the first that the zone got. What comes from a zone without one "is
 * processed across zones … in one of the existing Availability Zones": AWS does not say in which, here in that of the
 * gateway's oldest address. Undefined where the gateway has none.
 */
export function regionalAddressOf(
  { addresses }: RegionalNatGateway,
  zone: string | undefined,
): RegionalNatAddress | undefined {
  return addresses.find((each) => zoneKey(each) === zone) ?? addresses[0];
}

/** The addresses under which packets leave: the first of each zone. */
export function leadingAddresses({ addresses }: RegionalNatGateway): readonly RegionalNatAddress[] {
  return addresses.filter(
    (each, at) => addresses.findIndex((other) => zoneKey(other) === zoneKey(each)) === at,
  );
}

/** Whether packets come and go. */
export function natIsUp({ state }: Pick<NatGateway, 'state'>): boolean {
  return state === 'available' || state === 'pending';
}
