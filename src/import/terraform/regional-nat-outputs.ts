/** Regional NAT gateways of a plan. */
import type { Json } from '../json/fields.ts';
import { objectListOf } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import type { Attributes } from './attributes.ts';
import type { Phase } from './phase.ts';

/** A regional gateway, without the public addresses of elastic ones that the plan has. */
export function regionalNatOutput(phase: Phase, gateway: Attributes): Json {
  const isManual = gateway.blocks('availability_zone_address').length > 0;
  return {
    NatGatewayId: gateway.id,
    VpcId: gateway.text('vpc_id'),
    State: 'available',
    ConnectivityType: 'public',
    AvailabilityMode: 'regional',
    AutoProvisionZones: gateway.text('auto_provision_zones') ?? (isManual ? 'disabled' : 'enabled'),
    RouteTableId: gateway.text('route_table_id'),
    NatGatewayAddresses: addressesOf(phase, gateway),
    Tags: gateway.tags(),
    ...phase.whereabouts(gateway),
  };
}

/** What the provider has read, else what the configuration asks for, else one for each zone that has a subnet. */
function addressesOf(phase: Phase, gateway: Attributes): readonly Json[] {
  const read = gateway.blocks('regional_nat_gateway_address');
  if (read.length > 0) {
    return read.map((each) => ({
      AllocationId: each.text('allocation_id'),
      AssociationId: each.text('association_id'),
      PublicIp: each.text('public_ip'),
      Status: each.text('status'),
      ...zoneOf(each),
    }));
  }
  const asked = gateway.blocks('availability_zone_address');
  if (asked.length === 0) return suppliedZones(phase, gateway);
  return asked.flatMap((zone, at) =>
    allocationsOf(zone, at, asked).map((AllocationId) => ({
      AllocationId,
      AssociationId: `eipassoc-${stableHex(`${gateway.id} ${AllocationId}`)}`,
      ...zoneOf(zone),
    })),
  );
}

/** Of several zones whose addresses only the apply tells, a plan does not say which is whose: each gets one of them. */
function allocationsOf(zone: Attributes, at: number, asked: readonly Attributes[]): readonly string[] {
  const { known } = zone.texts('allocation_ids');
  const untold = asked.filter((each) => each.isUnknown('allocation_ids'));
  const place = untold.indexOf(zone);
  if (place < 0 || untold.length === 1) return known;
  const one = known[place] ?? known[at % known.length];
  zone.suppose('allocation_ids', `${one} stands for it`);
  return one === undefined ? [] : [one];
}

const zoneOf = (attributes: Attributes): Json => ({
  AvailabilityZone: attributes.text('availability_zone'),
  AvailabilityZoneId: attributes.text('availability_zone_id'),
});

/** In automatic mode AWS chooses the addresses: others stand in for them. */
function suppliedZones(phase: Phase, gateway: Attributes): readonly Json[] {
  const vpcId = gateway.text('vpc_id');
  const subnets = phase
    .all(['aws_subnet', 'aws_default_subnet'], { withData: true })
    .filter((subnet) => subnet.text('vpc_id') === vpcId)
    .map(zoneOf);
  const zones = [...new Map(subnets.map((zone) => [JSON.stringify(zone), zone])).entries()];
  return zones.map(([name, zone]) => {
    const seed = `${gateway.id} ${name}`;
    const PublicIp = phase.standInPublic(seed);
    gateway.suppose('regional_nat_gateway_address', `${PublicIp} stands for an address of it`);
    return {
      AllocationId: `eipalloc-${stableHex(seed)}`,
      AssociationId: `eipassoc-${stableHex(seed)}`,
      PublicIp,
      ...zone,
    };
  });
}

/** The gateway with the public addresses of its elastic ones. */
export function withPublicIps(gateway: Json, addresses: readonly Json[]): Json {
  const byId = new Map(addresses.map((each) => [each['AllocationId'], each['PublicIp']]));
  const own = objectListOf(gateway, 'NatGatewayAddresses').map((each) => ({
    ...each,
    PublicIp: each['PublicIp'] ?? byId.get(each['AllocationId']),
  }));
  return { ...gateway, NatGatewayAddresses: own };
}
