/**
 * How packets get out of the subnets `s1` and `s2` of worlds with gateways and a box: other routes at any time. What goes
 * through the box need not come back through it. `s2` alone uses gateways that remember flows and bring answers back by the
 * old way.
 */
import { matchRoute, tableOfGateway } from '#policy/route.ts';
import { networkOf, remove, type World } from '#vpc/network.ts';
import type { Route, RouteTable, RouteTarget } from '#vpc/routing.ts';
import { scopeKey } from '#vpc/scope.ts';
import { egressOnlyId, eniOf, natId, putIn, withGatewayTable } from './edges.ts';
import { cidr, gatewayId, idFor, ip, subnetId, testScope } from './network.ts';
import type { Random } from './random.ts';
import { hasRegional } from './random-nats.ts';
import { regionalNatId } from './regional-nat.ts';

type Blocks = readonly [ipv4: string, ipv6: string];
const blocks = {
  s1: ['10.0.1.0/24', '2001:db8:100:1::/64'],
  s2: ['10.0.2.0/24', '2001:db8:100:2::/64'],
} as const satisfies Record<string, Blocks>;
type Name = keyof typeof blocks;
const outside: Blocks = ['203.0.113.9', '2001:db8:ffff::9'];
const boxName = 'm';

/**
 * The world with other routes: between both subnets through the box or straight; between the internet and `s1` straight
 * or through the box, which the internet gateway's own table then sends to it too; from `s2` by some gateway or not at
 * all. Half of the time both subnets have exchanged their tables.
 */
export function rerouted(random: Random, before: World): World {
  const toBox: RouteTarget = { kind: 'eni', id: eniOf(before, 'm').id };
  const boxed = random.pick([[], ['s1', 's2'], ['s1', 's2'], ['s1'], ['s2']] as const) as readonly Name[];
  const isOutBoxed = random.chance(0.5);
  const isInBoxed = random.chance(0.8) ? isOutBoxed : !isOutBoxed;
  // A table that both subnets might use says the same of each; to its own addresses none of it applies.
  const isForBoth = random.chance(0.5);
  const between = (own: Name, other: Name): Routes => {
    const destinations = isForBoth ? [...blocks.s1, ...blocks.s2] : blocks[other];
    return boxed.includes(own) ? destinations.map((block) => [block, toBox] as const) : [];
  };
  let world = random.chance(0.5) ? exchanged(before) : before;
  const exits = isOutBoxed ? toEverywhere(toBox) : direct;
  world = withRoutes(world, 's1', [...between('s1', 's2'), ...exits]);
  world = withRoutes(world, 's2', [...between('s2', 's1'), ...exitsOf(random, world)]);
  if (isInBoxed || random.chance(0.5)) {
    const routes = isInBoxed ? blocks.s1.map((block) => [block, toBox] as const) : [];
    return withGatewayTable(world, gatewayId, routes);
  }
  const network = networkOf(world, testScope);
  return world.set(scopeKey(testScope), remove(network, 'routeTable', idFor('rtb', 'gateway')));
}

/** Whether something goes through the box one way and not the other. */
export function isBent(world: World): boolean {
  const network = networkOf(world, testScope);
  const box = [...network.eni.values()].find(({ description }) => description === boxName);
  const place = { world, network };
  const leads = (table: RouteTable | undefined, block: string): boolean => {
    const target = table && matchRoute(place, table, ip(block.replace(/\/.*/, '')))?.route.target;
    return target?.kind === 'eni' && target.id === box?.id;
  };
  const { s1, s2 } = blocks;
  const gateways = tableOfGateway(network, gatewayId);
  return [0, 1].some(
    (family) =>
      leads(tableOf(world, 's1'), s2[family] ?? '') !== leads(tableOf(world, 's2'), s1[family] ?? '') ||
      leads(tableOf(world, 's1'), outside[family] ?? '') !== leads(gateways, s1[family] ?? ''),
  );
}

type Routes = readonly (readonly [block: string, target: RouteTarget])[];
const toEverywhere = (target: RouteTarget): Routes => [
  ['0.0.0.0/0', target],
  ['::/0', target],
];

const direct = toEverywhere({ kind: 'internetGateway', id: gatewayId });

/** A way to the internet for each family, or none. */
function exitsOf(random: Random, world: World): Routes {
  const nat = toEverywhere({ kind: 'natGateway', id: hasRegional(world) ? regionalNatId : natId('n') });
  const only = toEverywhere({ kind: 'egressOnlyGateway', id: egressOnlyId });
  const isThere = networkOf(world, testScope).egressOnlyGateway.has(egressOnlyId);
  return [
    ...random.pick([direct, direct, nat, nat, []]).slice(0, 1),
    ...random.pick([direct, isThere ? only : direct, []]).slice(1),
  ];
}

/** The table that a subnet uses now. */
function tableOf(world: World, name: Name): RouteTable {
  const [table] = networkOf(world, testScope).routeTable.by('subnet', subnetId(name));
  if (!table) throw new Error(`no route table for ${name}`);
  return table;
}

/** The world in which both subnets use the other's table. */
function exchanged(world: World): World {
  const [one, other] = [tableOf(world, 's1'), tableOf(world, 's2')];
  const swapped = putIn(world, testScope, 'routeTable', { ...one, associations: other.associations });
  return putIn(swapped, testScope, 'routeTable', { ...other, associations: one.associations });
}

/** The world in which a subnet's table has these routes besides local ones and those to peers. */
function withRoutes(world: World, name: Name, routes: Routes): World {
  const table = tableOf(world, name);
  const kept = table.routes.filter(({ target: { kind } }) => kind === 'local' || kind === 'peering');
  const added = routes.map(
    ([block, target]): Route => ({
      destination: { kind: 'cidr', cidr: cidr(block) },
      target,
      origin: 'CreateRoute',
    }),
  );
  return putIn(world, testScope, 'routeTable', { ...table, routes: [...kept, ...added] });
}
