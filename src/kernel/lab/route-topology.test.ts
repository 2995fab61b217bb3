import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import { networkOf } from '#vpc/network.ts';
import type { Route, RouteTarget } from '#vpc/routing.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { buildWorld, cidr, gatewayId, idFor, testScope } from '../../../tests/support/network.ts';
import type { Item } from './item.ts';
import { PlaceNames } from './place-names.ts';
import { routeTableItems } from './route-topology.ts';

const names = new PlaceNames('rp-test');
const world = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24' } },
  groups: { a: {} },
  prefixLists: { office: ['192.0.2.0/24', '198.51.100.0/24'] },
  enis: { p: { subnet: 's', ips: ['10.0.1.10'], groups: ['a'] } },
});
const network = networkOf(world, testScope);

/** Routes as text: `table destination device|blackhole`, and rules as `rule priority table`. */
function textOf(item: Item): string {
  if (item.kind === 'rule') return `rule ${item.rule.family} ${item.rule.priority} ${item.rule.table}`;
  if (item.kind !== 'route') return item.kind;
  const { destination, table, target } = item.route;
  return `${table} ${destination} ${target.kind === 'unicast' ? target.device : target.kind}`;
}

type Routes = readonly (readonly [string, RouteTarget, Route['origin']?])[];

function itemsOf(routes: Routes, subnet?: Subnet): readonly string[] {
  const [table] = network.routeTable.values();
  if (!table) throw new Error('no table');
  const changed = {
    ...table,
    routes: routes.map(([destination, target, origin = 'CreateRoute']): Route => {
      const prefixListId = idFor('pl', destination.slice(3)) as Id<'prefixList'>;
      return {
        destination: destination.startsWith('pl:')
          ? { kind: 'prefixList', prefixListId }
          : { kind: 'cidr', cidr: cidr(destination) },
        target,
        origin,
      };
    }),
  };
  return routeTableItems(names, { world, network }, { table: changed, ...(subnet && { by: subnet }) }, 7).map(
    textOf,
  );
}

const gateway: RouteTarget = { kind: 'internetGateway', id: gatewayId };
const nat: RouteTarget = { kind: 'natGateway', id: 'nat-00000000000000001' as Id<'natGateway'> };
const gone: RouteTarget = { kind: 'internetGateway', id: 'igw-00000000000000009' as Id<'internetGateway'> };
const rules = (priority: number, table: number) =>
  ['ipv4', 'ipv6'].map((family) => `rule ${family} ${priority + 7} ${table + 7}`);

test('a table leads to its gateway and swallows what leads nowhere', () => {
  const cases: readonly (readonly [readonly (readonly [string, RouteTarget])[], readonly string[]])[] = [
    [[['10.0.0.0/16', { kind: 'local' }]], []],
    [[['0.0.0.0/0', gateway]], ['20007 0.0.0.0/0 g00000000000067', ...rules(20_000, 20_000)]],
    [[['::/0', gateway]], ['20007 ::/0 g00000000000067', ...rules(20_000, 20_000)]],
    [[['0.0.0.0/0', nat]], ['20007 0.0.0.0/0 blackhole', ...rules(20_000, 20_000)]],
    [[['0.0.0.0/0', gone]], ['20007 0.0.0.0/0 blackhole', ...rules(20_000, 20_000)]],
    [
      [['pl:office', gateway]],
      [
        '20007 192.0.2.0/24 g00000000000067',
        '20007 198.51.100.0/24 g00000000000067',
        ...rules(20_000, 20_000),
      ],
    ],
  ];
  for (const [routes, expected] of cases) assert.deepEqual(itemsOf(routes), expected);
});

test('a route narrower than the VPC comes before the addresses of its interfaces, a wider one after', () => {
  assert.deepEqual(itemsOf([['10.0.1.0/24', nat]]), ['10007 10.0.1.0/24 blackhole', ...rules(100, 10_000)]);
  assert.deepEqual(itemsOf([['10.0.0.0/8', nat]]), ['20007 10.0.0.0/8 blackhole', ...rules(20_000, 20_000)]);
});

test('a subnet does not see routes to its own addresses', () => {
  const [subnet] = network.subnet.values();
  const cases: readonly (readonly [Routes, readonly string[]])[] = [
    [[['10.0.1.0/24', nat]], []],
    [[['10.0.1.128/25', nat]], []],
    [[['10.0.2.0/24', nat]], ['10007 10.0.2.0/24 blackhole', ...rules(100, 10_000)]],
    [
      [['10.0.0.0/16', nat]],
      ['10007 10.0.1.0/24 throw', '10007 10.0.0.0/16 blackhole', ...rules(100, 10_000)],
    ],
    // The VPC's own addresses come before these anyway.
    [[['10.0.0.0/8', nat]], ['20007 10.0.0.0/8 blackhole', ...rules(20_000, 20_000)]],
  ];
  for (const [routes, expected] of cases) assert.deepEqual(itemsOf(routes, subnet), expected);
});

test('a static route beats a propagated one for the same destination', () => {
  assert.deepEqual(
    itemsOf([
      ['198.18.0.0/15', nat, 'EnableVgwRoutePropagation'],
      ['198.18.0.0/15', gateway, 'CreateRoute'],
    ])[0],
    '20007 198.18.0.0/15 g00000000000067',
  );
});

test('names of hosts hold their address', () => {
  for (const text of ['192.0.2.7', '2001:db8::7', '0.0.0.1'] as const) {
    const address = names.addressOfHost(names.host(text as never));
    assert.equal(address, text);
  }
  assert.equal(names.addressOfHost(names.core), undefined);
  assert.equal(names.addressOfHost('rp-other-h-c0000207'), undefined);
});
