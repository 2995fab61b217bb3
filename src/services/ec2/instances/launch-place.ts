/** Where a launch goes: the subnet named, or the default subnet of a zone. */
import type { RunInstancesRequest } from '@aws-sdk/client-ec2';
import { nextFreeIp } from '#vpc/subnet-space.ts';
import type { Subnet } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { regionNamed } from '../regions.ts';
import { resourceOf } from '../resources.ts';
import { defaultVpc } from '../security-groups/find-group.ts';

/** The subnet of an interface of a launch; `subnetId` is what names it, if anything does. */
export function launchSubnet(
  subnetId: string | undefined,
  { Placement: placement }: RunInstancesRequest,
  context: Context,
): Subnet {
  const zone = placement?.AvailabilityZone ?? zoneOfId(placement?.AvailabilityZoneId, context);
  if (!subnetId) return defaultSubnet(zone, context);
  const subnet = resourceOf('subnet', subnetId, context);
  if (zone && zone !== subnet.zone) {
    const expected = `the subnet '${subnet.id}' is in ${subnet.zone}`;
    refuse('invalidValue', { parameter: 'Placement.AvailabilityZone', value: zone, expected });
  }
  return subnet;
}

function zoneOfId(id: string | undefined, { caller }: Context): string | undefined {
  if (!id) return undefined;
  const zone = regionNamed(caller.scope.region)?.zones.find((each) => each.id === id);
  if (zone) return zone.name;
  const expected = `${caller.scope.region} has no such zone`;
  return refuse('invalidValue', { parameter: 'Placement.AvailabilityZoneId', value: id, expected });
}

/** The default subnet of the zone, or the first with a free address. */
function defaultSubnet(zone: string | undefined, context: Context): Subnet {
  const { network } = context.transaction;
  const zones = regionNamed(context.caller.scope.region)?.zones ?? [];
  if (zone && !zones.some(({ name }) => name === zone)) {
    const expected = `the zones are ${zones.map(({ name }) => name).join(', ')}`;
    refuse('invalidValue', { parameter: 'Placement.AvailabilityZone', value: zone, expected });
  }
  const vpc = defaultVpc(context);
  const subnets = [...network.subnet.by('vpc', vpc.id)]
    .filter((subnet) => subnet.isDefaultForZone && (!zone || subnet.zone === zone))
    .sort((a, b) => (a.zone < b.zone ? -1 : 1));
  const free = subnets.find((subnet) => nextFreeIp(network, subnet, 'ipv4')) ?? subnets[0];
  if (free) return free;
  const where = zone ? ` in ${zone}` : '';
  return refuse('missingInput', {
    reason: `The default VPC '${vpc.id}' has no default subnet${where}; name a subnet.`,
  });
}
