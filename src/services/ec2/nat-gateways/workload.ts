/**
 * Regional NAT gateways in automatic mode follow the VPC's interfaces: "the regional NAT gateway detects the presence of
 * an network interface (ENI) in that Availability Zone and automatically expands to that zone. Similarly, the NAT Gateway
 * contracts from the Availability Zone that has no active workloads." AWS takes up to 60 minutes; here it is done with the
 * request that makes or removes the interface.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
import type { VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import { natIsUp } from '#vpc/regional-nat.ts';
import type { RegionalNatGateway } from '#vpc/routing.ts';
import type { Context } from '../../operation.ts';
import type { Zone } from '../regions.ts';
import { giveBack, takeNew } from './regional-addresses.ts';

/** Lets the VPC's automatic gateways stand in the zones that have interfaces, and in no others. */
export function coverVpc(vpcId: VpcId, context: Context): void {
  const gateways = automaticIn(context.transaction.network, vpcId);
  if (gateways.length === 0) return;
  const zones = zonesInUse(context.transaction.network, vpcId);
  for (const { id, addresses } of gateways) {
    const covered = new Set(addresses.map(({ zone }) => zone));
    const idle = addresses.filter(({ zone }) => !zones.has(zone));
    if (idle.length > 0) giveBack(id, idle, context);
    for (const zone of zones.values()) if (!covered.has(zone.name)) takeNew(id, zone, context);
  }
}

function automaticIn({ natGateway }: Network, vpcId: VpcId): readonly RegionalNatGateway[] {
  return [...natGateway.by('vpc', vpcId)].flatMap((each) =>
    each.availability === 'regional' && each.coverage === 'automatic' && natIsUp(each) ? [each] : [],
  );
}

/** By name, in the order of names. */
function zonesInUse({ subnet, eni }: Network, vpcId: VpcId): ReadonlyMap<string, Zone> {
  const zones = [...subnet.by('vpc', vpcId)]
    .filter(({ id }) => eni.countBy('subnet', id) > 0)
    .map(({ zone: name, zoneId: id }): Zone => ({ name, id }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return new Map(zones.map((zone) => [zone.name, zone]));
}
