import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import { asMiddlebox, withGatewayTable } from '../../tests/support/edges.ts';
import {
  buildWorld,
  cidr,
  eniId,
  gatewayId,
  idFor,
  testScope,
  withEntity,
} from '../../tests/support/network.ts';
import { withBlock } from '../../tests/support/public-access.ts';
import { unknownsOf } from './unknowns.ts';

const world = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: { g: { ingress: ['tcp/22 pl:gone'] }, h: { ingress: ['tcp/22 pl:here'] } },
  prefixLists: { here: ['192.0.2.0/24'] },
  enis: { e: { subnet: 's', ips: ['10.0.1.10'], groups: ['h'] } },
});

function routed(block: string, target: RouteTarget): World {
  const table = networkOf(world, testScope).routeTable.get(idFor('rtb', 's'));
  assert.ok(table);
  const route = { destination: { kind: 'cidr', cidr: cidr(block) }, target, origin: 'CreateRoute' } as const;
  return withEntity(world, 'routeTable', { ...table, routes: [...table.routes, route] });
}

function ofType(interfaceType: string): World {
  const eni = networkOf(world, testScope).eni.get(eniId('e'));
  assert.ok(eni);
  return withEntity(world, 'eni', { ...eni, interfaceType });
}

function inZone(zone: string): World {
  const [subnet] = networkOf(world, testScope).subnet.values();
  assert.ok(subnet);
  return withEntity(world, 'subnet', { ...subnet, zone });
}

const nat = { kind: 'natGateway', id: idFor('nat', 'n') as Id<'natGateway'> } as const;
const own = { kind: 'eni', id: eniId('e') as Id<'eni'> } as const;

const toTransit = { kind: 'transitGateway', id: idFor('tgw', 't') as Id<'transitGateway'> } as const;

/** World → the kinds of what is not followed, besides the prefix list that is gone in all of them. */
const rows: readonly (readonly [string, World, readonly string[]])[] = [
  ['nothing more', world, []],
  ['a virtual private gateway', routed('192.0.2.0/24', { kind: 'other', id: 'vgw-1' }), ['routeTarget']],
  ['a transit gateway without attachments', routed('192.0.2.0/24', toTransit), ['notDescribed']],
  [
    'an endpoint',
    routed('192.0.2.0/24', { kind: 'endpoint', id: idFor('vpce', 'x') as Id<'endpoint'> }),
    ['routeTarget'],
  ],
  ['an interface that takes its own alone', routed('192.0.2.0/24', own), []],
  ['an interface that forwards', asMiddlebox(routed('192.0.2.0/24', own), 'e'), ['forwarder']],
  ['the table of an internet gateway', withGatewayTable(world, gatewayId, []), []],
  ['the table of a virtual private gateway', withGatewayTable(world, 'vgw-1', []), ['gatewayRouting']],
  ['NAT to the outside', routed('192.0.2.0/24', nat), []],
  ['NAT inside the VPC', routed('10.0.1.0/25', nat), []],
  ['a load balancer', ofType('network_load_balancer'), ['serviceInterface']],
  ['an EFA', ofType('efa'), []],
  ['public access blocked', withBlock(world, 'block-ingress'), []],
  [
    'ingress blocked in a Local Zone',
    withBlock(inZone('us-east-1-lax-1a'), 'block-ingress'),
    ['publicAccessBlock'],
  ],
  ['everything blocked in a Local Zone', withBlock(inZone('us-east-1-lax-1a'), 'block-bidirectional'), []],
];
for (const [name, where, expected] of rows) {
  test(`not followed: ${name}`, () => {
    const kinds = unknownsOf(where).map(({ kind }) => kind);
    assert.deepEqual(kinds.sort(), [...expected, 'prefixList'].sort());
  });
}
