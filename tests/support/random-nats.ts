/** A regional NAT gateway in random worlds, whose zones get and lose addresses. */
import { networkOf, type World } from '#vpc/network.ts';
import { withRoute } from './edges.ts';
import { testScope } from './network.ts';
import type { Random } from './random.ts';
import { natPublicIp } from './random-edges.ts';
import { regionalNatId, withRegionalNat } from './regional-nat.ts';
import { inZone } from './transit.ts';

const [first, second] = ['198.18.0.6', '198.18.0.7'];

/** All addresses that NAT gateways have at any time. */
export const natPublicIps = [natPublicIp, first, second] as const;

/** `s1` lies in the zone a, `s2` in b: each with an address of its own, or one with the other's. */
const zonings = [
  [`a=${first}`, `b=${second}`],
  [`b=${second}`, `a=${first}`],
  [`a=${first}`],
  [`b=${second}`],
];

/** The world in which `s2` goes out by a regional gateway. */
export function withRandomRegional(random: Random, world: World): World {
  const made = withRegionalNat(inZone(world, 's2', 'b'), random.pick(zonings));
  return withRoute(made, 's2', '0.0.0.0/0', { kind: 'natGateway', id: regionalNatId });
}

export const hasRegional = (world: World): boolean =>
  networkOf(world, testScope).natGateway.has(regionalNatId);

/** The regional gateway has other addresses, or none for a zone. */
export const withOtherZones = (random: Random, world: World): World =>
  withRegionalNat(world, random.pick(zonings));
