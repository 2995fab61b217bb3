/** Remedies past VPC borders: attachments that are missing, and ways to the internet by NAT gateways; each is needed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import { networkOf, type World } from '#vpc/network.ts';
import {
  asNatGateway,
  natId,
  putIn,
  withNatGatewayFor,
  withOtherVpc,
  withRoute,
} from '../../tests/support/edges.ts';
import { buildWorld, eniId, idFor, subnetId, testScope, vpcId } from '../../tests/support/network.ts';
import {
  transitId,
  withTransitGateway,
  withTransitTable,
  withVpcAttachment,
} from '../../tests/support/transit.ts';
import { applyRepair, type Repair } from './applied-repair.ts';
import { askFully } from './can-answer.ts';

const otherVpc = idFor('vpc', 'o') as Id<'vpc'>;
const toHub = { kind: 'transitGateway', id: transitId('t') } as const;
const open = { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };

type Spec = {
  readonly attached?: readonly ('x' | 'y')[];
  /** Subnets without the route that the way needs. */
  readonly unrouted?: readonly string[];
  readonly routes?: readonly string[];
  readonly otherRegion?: string;
};

/** `a` in s1, attached by x; `f` in far of the other VPC, attached by y, with a NAT gateway in far and a way out. */
function hub({
  attached = ['x', 'y'],
  unrouted = [],
  routes = ['10.0.0.0/16 x', '10.9.0.0/16 y', '0.0.0.0/0 y'],
  otherRegion = testScope.region,
}: Spec = {}): World {
  let world = buildWorld({
    subnets: { s1: { cidr: '10.0.1.0/24' } },
    groups: { near: open },
    enis: { a: { subnet: 's1', ips: ['10.0.1.10'], groups: ['near'] } },
  });
  const scope = { ...testScope, region: otherRegion };
  const there = {
    cidrs: ['10.9.0.0/16'],
    subnets: { far: { cidr: '10.9.1.0/24' }, t2: { cidr: '10.9.9.0/24' } },
    groups: { other: open },
    enis: { f: { subnet: 'far', ips: ['10.9.1.10'], groups: ['other'] } },
  };
  world = withOtherVpc(world, otherVpc, there, scope);
  if (otherRegion === testScope.region) world = withNatGatewayFor(world, otherVpc);
  world = withTransitGateway(withRoute(world, 's1', '0.0.0.0/0', toHub), 't');
  world = withRoute(world, 'far', '10.0.0.0/16', toHub, scope);
  if (attached.includes('x')) {
    world = withVpcAttachment(world, { name: 'x', gateway: 't', vpcId, subnetIds: [subnetId('s1')] });
  }
  if (attached.includes('y')) {
    const y = { name: 'y', gateway: 't', vpcId: otherVpc, subnetIds: [subnetId('t2')] };
    world = withVpcAttachment(world, y, scope);
  }
  const known = routes.filter((route) => attached.some((name) => route.endsWith(name)));
  world = withTransitTable(world, 'm', { gateway: 't', attachments: attached, routes: known });
  return unrouted.reduce(withoutRoutes, world);
}

/** A subnet with the local route alone; `far home` without the one to the first VPC. */
function withoutRoutes(world: World, what: string): World {
  const [subnet = '', home] = what.split(' ');
  const table = networkOf(world, testScope).routeTable.get(idFor('rtb', subnet));
  assert.ok(table);
  const routes = table.routes.filter(({ target }) =>
    home ? target.kind !== 'transitGateway' : target.kind === 'local',
  );
  return putIn(world, testScope, 'routeTable', { ...table, routes });
}

/** One VPC: `p` without a public address and no route out; `n` a NAT gateway of another subnet. */
function alone(state: 'available' | 'failed'): World {
  const world = buildWorld({
    subnets: { pub: { cidr: '10.0.1.0/24', internet: true }, priv: { cidr: '10.0.2.0/24' } },
    groups: { open },
    enis: {
      n: { subnet: 'pub', ips: ['10.0.1.5'], groups: [], publicIp: '198.18.0.5' },
      p: { subnet: 'priv', ips: ['10.0.2.10'], groups: ['open'] },
      q: { subnet: 'priv', ips: ['10.0.2.11'], groups: ['open'], publicIp: '198.18.0.11' },
    },
  });
  return asNatGateway(world, 'n', state);
}

const rows: readonly (readonly [string, World, string, string, string])[] = [
  ['nothing', hub(), 'a', 'internet', 'yes'],
  ['the sender’s route', hub({ unrouted: ['s1'] }), 'a', 'internet', 'route 0.0.0.0/0 tgw'],
  ['the gateway’s route', hub({ routes: ['10.0.0.0/16 x'] }), 'a', 'internet', 'transit 0.0.0.0/0'],
  ['the route behind it', hub({ unrouted: ['t2'] }), 'a', 'internet', 'route 0.0.0.0/0 nat'],
  ['the gateway’s way home', hub({ routes: ['0.0.0.0/0 y'] }), 'a', 'internet', 'transit 10.0.0.0/16'],
  ['the way home', hub({ unrouted: ['far home'] }), 'a', 'internet', 'route 10.0.0.0/16 tgw'],
  [
    'both ways of the NAT gateway',
    hub({ unrouted: ['far'] }),
    'a',
    'internet',
    'route 0.0.0.0/0 igw + route 10.0.0.0/16 tgw',
  ],
  [
    'every route',
    hub({ unrouted: ['s1', 't2', 'far'], routes: [] }),
    'a',
    'internet',
    'route 0.0.0.0/0 tgw + transit 0.0.0.0/0 + route 0.0.0.0/0 nat + route 0.0.0.0/0 igw + route 10.0.0.0/16 tgw + transit 10.0.0.0/16',
  ],
  [
    'the sender’s VPC at the gateway',
    hub({ attached: ['y'], unrouted: ['s1'] }),
    'a',
    'f',
    'attach vpc-00000000000000076 + route 10.9.0.0/16 tgw + associate + transit 10.0.0.0/16',
  ],
  [
    'the receiver’s VPC at the gateway',
    hub({ attached: ['x'], unrouted: ['s1', 'far home'] }),
    'a',
    'f',
    `attach ${otherVpc} + route 10.9.0.0/16 tgw + transit 10.9.0.0/16 + route 10.0.0.0/16 tgw + associate`,
  ],
  ['neither of them', hub({ attached: [], unrouted: ['s1'] }), 'a', 'f', 'unknown'],
  [
    'in another region',
    hub({ attached: ['y'], unrouted: ['s1'], otherRegion: 'eu-west-1' }),
    'a',
    'f',
    'unknown',
  ],
  ['a NAT gateway of the VPC', alone('available'), 'p', 'internet', 'route 0.0.0.0/0 nat'],
  ['that is up', alone('failed'), 'p', 'internet', 'unknown'],
  ['the internet gateway itself', alone('available'), 'q', 'internet', 'route 0.0.0.0/0 igw'],
];

function text(repair: Repair): string {
  switch (repair.kind) {
    case 'addRoute': {
      const { destination, target } = repair.route;
      const id = target.kind === 'local' ? 'local' : target.id;
      return `route ${destination.kind === 'cidr' ? destination.cidr : ''} ${id.slice(0, 3)}`;
    }
    case 'addTransitRoute':
      return `transit ${repair.route.destination.kind === 'cidr' ? repair.route.destination.cidr : ''}`;
    case 'associateAttachment':
      return 'associate';
    case 'attachVpc':
      return `attach ${repair.vpcId}`;
    default:
      return repair.kind;
  }
}

function answerOf(world: World, from: string, to: string) {
  const target = to === 'internet' ? '203.0.113.9' : eniId(to);
  const asked = askFully(world, { from: eniId(from), to: target, wanted: { kind: 'tcp', port: 443 } });
  assert.ok(asked.kind === 'answered');
  return asked.answers[0];
}

for (const [what, world, from, to, expected] of rows) {
  test(`remedies: ${from} to ${to} needs ${what}`, () => {
    const answer = answerOf(world, from, to);
    const repairs = answer?.explained?.repairs;
    const changes = repairs ? repairs.map(text).join(' + ') : 'unknown';
    assert.equal(answer?.allowed ? 'yes' : changes, expected);
    if (!repairs) return;
    assert.ok(answerOf(repairs.reduce(applyRepair, world), from, to)?.allowed);
    for (const left of repairs) {
      const fewer = repairs.filter((each) => each !== left).reduce(applyRepair, world);
      assert.ok(!answerOf(fewer, from, to)?.allowed, `${text(left)} is not needed`);
    }
  });
}

test('remedies: a private NAT gateway, or one behind itself, is no way out', () => {
  const world = alone('available');
  const table = networkOf(world, testScope).routeTable.get(idFor('rtb', 'pub'));
  const own = withRoute(world, 'pub', '0.0.0.0/0', { kind: 'natGateway', id: natId('n') });
  assert.ok(table);
  // The NAT gateway's own subnet leads back to it, so that a route there opens nothing.
  assert.equal(answerOf(own, 'p', 'internet')?.explained?.repairs, undefined);
});
