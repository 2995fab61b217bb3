import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EndpointDetail } from '#vpc/endpoint.ts';
import type { Id } from '#vpc/ids.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import { noTags } from '#vpc/tags.ts';
import {
  type BalancerSpec,
  balancerId,
  type TargetGroupSpec,
  withBalancer,
  withTargetGroup,
} from '../../tests/support/balancers.ts';
import { asMiddlebox, withGatewayTable } from '../../tests/support/edges.ts';
import {
  buildWorld,
  cidr,
  eniId,
  gatewayId,
  idFor,
  testScope,
  vpcId,
  withEntity,
} from '../../tests/support/network.ts';
import { withBlock } from '../../tests/support/public-access.ts';
import { withAttachment, withTransitTable } from '../../tests/support/transit.ts';
import { unknownsOf } from './unknowns.ts';

const world = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: { g: { ingress: ['tcp/22 pl:gone'] }, h: { ingress: ['tcp/22 pl:here'] } },
  prefixLists: { here: ['192.0.2.0/24'] },
  enis: { e: { subnet: 's', ips: ['10.0.1.10'], groups: ['h'] } },
});

function routed(block: string, target: RouteTarget, near = world): World {
  const table = networkOf(near, testScope).routeTable.get(idFor('rtb', 's'));
  assert.ok(table);
  const route = { destination: { kind: 'cidr', cidr: cidr(block) }, target, origin: 'CreateRoute' } as const;
  return withEntity(near, 'routeTable', { ...table, routes: [...table.routes, route] });
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
  ['an EFA without addresses', ofType('efa-only'), []],
  ['public access blocked', withBlock(world, 'block-ingress'), []],
  [
    'ingress blocked in a Local Zone',
    withBlock(inZone('us-east-1-lax-1a'), 'block-ingress'),
    ['publicAccessBlock'],
  ],
  ['everything blocked in a Local Zone', withBlock(inZone('us-east-1-lax-1a'), 'block-bidirectional'), []],
];
type Group = Partial<TargetGroupSpec>;

test('appliances are told from other services, behind a gateway load balancer and behind its endpoint', () => {
  const kindsOf = (each: World) => unknownsOf(each).map(({ kind }) => kind);
  assert.ok(kindsOf(balanced({}, { kind: 'gateway', listeners: [] })).includes('appliances'));
  assert.ok(kindsOf(appliances).includes('appliances') && !kindsOf(appliances).includes('endpoint'));
  assert.ok(kindsOf(endpoint({ kind: 'gateway' })).includes('endpoint'));
});

function balanced(group: Group | undefined, balancer: Partial<BalancerSpec> = {}): World {
  const grouped = group ? withTargetGroup(world, 'g', { port: 80, targets: ['e'], ...group }) : world;
  return withBalancer(grouped, 'b', { nodes: [], listeners: ['tcp/443 g'], ...balancer });
}

function endpoint(detail: EndpointDetail): World {
  const id = idFor('vpce', 'x') as Id<'endpoint'>;
  const entity = { id, vpcId, serviceName: 'service', detail, policy: '', createdAtMs: 0, tags: noTags };
  return routed('192.0.2.0/24', { kind: 'endpoint', id }, withEntity(world, 'endpoint', entity));
}

const vpn = { kind: 'other', type: 'vpn', resourceId: 'vpn-1' } as const;
const appliances = endpoint({ kind: 'gatewayLoadBalancer', places: [] });

/** World → what is named as not followed, besides the prefix list. */
const named: readonly (readonly [string, World, readonly string[]])[] = [
  ['instances as targets', balanced({}), []],
  ['functions as targets', balanced({ kind: 'lambda', targets: ['f'] }), ['f']],
  [
    'a load balancer as a target',
    withBalancer(balanced({ kind: 'alb', targets: [balancerId('k')] }), 'k', { nodes: ['e'], listeners: [] }),
    [],
  ],
  [
    'a load balancer that is not described',
    balanced({ kind: 'alb', targets: ['l'] }),
    ['targets of g that no known interface is'],
  ],
  ['an address in the VPC as a target', balanced({ kind: 'ip', targets: ['10.0.1.10'] }), []],
  [
    'an address elsewhere as a target',
    balanced({ kind: 'ip', targets: ['10.0.1.10', '192.168.0.1'] }),
    ['targets of g that no known interface is'],
  ],
  [
    'an instance that is not described',
    balanced({ targets: ['gone'] }),
    ['targets of g that no known interface is'],
  ],
  [
    'targets that nobody tells',
    withTargetGroup(balanced({}), 'g', { port: 80 }),
    ['elbv2 describe-target-health'],
  ],
  ['a target group that nobody tells', balanced(undefined), ['elbv2 describe-target-groups']],
  ['a gateway load balancer', balanced({}, { kind: 'gateway', listeners: [] }), ['b']],
  ['an endpoint in front of appliances', appliances, ['service']],
  ['a gateway endpoint', endpoint({ kind: 'gateway' }), ['service']],
  ['a VPN at a transit gateway', withAttachment(world, 'v', ['t'], { resource: vpn }), ['vpn vpn-1']],
  [
    'a table of a VPN, without its routes',
    withTransitTable(withAttachment(world, 'v', ['t'], { resource: vpn }), 'm', {
      gateway: 't',
      attachments: ['v'],
    }),
    ['search-transit-gateway-routes', 'vpn vpn-1'],
  ],
];
for (const [name, where, expected] of named) {
  test(`not followed by name: ${name}`, () => {
    const unknowns = unknownsOf(where).filter(({ kind }) => kind !== 'prefixList');
    assert.deepEqual(unknowns.map(({ what }) => what).sort(), expected);
  });
}

for (const [name, where, expected] of rows) {
  test(`not followed: ${name}`, () => {
    const kinds = unknownsOf(where).map(({ kind }) => kind);
    assert.deepEqual(kinds.sort(), [...expected, 'prefixList'].sort());
  });
}
