/** Small worlds with a regional NAT gateway. */
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import type { RegionalNatAddress, RegionalNatGateway, RouteTarget } from '#vpc/routing.ts';
import { noTags } from '#vpc/tags.ts';
import { natId, putIn, withGatewayTable } from './edges.ts';
import { gatewayId, idFor, ip, testScope, vpcId } from './network.ts';

/** Of the gateway that `withRegionalNat` makes. */
export const regionalNatId = natId('r');

/** As `buildWorld` and `inZone` have it. */
const zoneIdOf = (letter: string): string => (letter === 'a' ? 'use1-az1' : `use1-az${letter}`);

/** `LETTER=ADDRESS`: an address of a zone. */
function addressFrom(text: string, at: number): RegionalNatAddress {
  const [letter = '', publicIp = ''] = text.split('=');
  return {
    zone: `us-east-1${letter}`,
    zoneId: zoneIdOf(letter),
    allocationId: idFor('eipalloc', `r${at}`) as Id<'address'>,
    associationId: idFor('eipassoc', `r${at}`) as Id<'addressAssociation'>,
    publicIp: ip(publicIp),
  };
}

/**
 * The world with a regional gateway that has these addresses (`LETTER=ADDRESS`), and its table: local, the internet
 * gateway, and more routes.
 */
export function withRegionalNat(
  world: World,
  addresses: readonly string[],
  options: {
    readonly routes?: readonly (readonly [block: string, target: RouteTarget])[];
    readonly state?: RegionalNatGateway['state'];
  } = {},
): World {
  const name = 'regional';
  const outward = ['0.0.0.0/0', { kind: 'internetGateway', id: gatewayId }] as const;
  const table = withGatewayTable(world, regionalNatId, [outward, ...(options.routes ?? [])], name);
  return putIn(table, testScope, 'natGateway', {
    id: regionalNatId,
    vpcId,
    availability: 'regional',
    connectivity: 'public',
    coverage: 'manual',
    routeTableId: idFor('rtb', name) as Id<'routeTable'>,
    addresses: addresses.map(addressFrom),
    state: options.state ?? 'available',
    createdAtMs: 0,
    tags: noTags,
  });
}
