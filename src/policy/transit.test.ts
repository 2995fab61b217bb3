/** Transit gateways: what gets through, and what stops each packet that does not. Both sides of each edge. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import { withNatGatewayFor, withOtherVpc, withRoute } from '../../tests/support/edges.ts';
import { buildWorld, eniId, idFor, subnetId, testScope, vpcId } from '../../tests/support/network.ts';
import {
  inZone,
  transitId,
  withAttachment,
  withTransitGateway,
  withTransitTable,
  withVpcAttachment,
} from '../../tests/support/transit.ts';
import { ask } from './can.ts';
import type { Verdict } from './verdict.ts';

const otherVpc = idFor('vpc', 'o') as Id<'vpc'>;
const toHub = { kind: 'transitGateway', id: transitId('t') } as const;
const open = { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };

/** Two VPCs at one gateway: `a` in subnet s1 and `b` in s2 here, `f` in far there; t1 and t2 hold the attachments. */
function hub({
  referencing = false,
  acl = {},
}: {
  referencing?: boolean;
  acl?: Record<string, object>;
} = {}) {
  let world = buildWorld({
    subnets: {
      s1: { cidr: '10.0.1.0/24' },
      s2: { cidr: '10.0.2.0/24' },
      t1: { cidr: '10.0.9.0/24', ...acl['t1'] },
    },
    groups: { near: open, other: open },
    enis: {
      a: { subnet: 's1', ips: ['10.0.1.10'], groups: ['near'] },
      b: { subnet: 's2', ips: ['10.0.2.10'], groups: ['other'] },
      c: { subnet: 't1', ips: ['10.0.9.10'], groups: ['near'] },
    },
  });
  world = withOtherVpc(
    world,
    otherVpc,
    {
      cidrs: ['10.9.0.0/16'],
      subnets: {
        far: { cidr: '10.9.1.0/24', ...acl['far'] },
        t2: { cidr: '10.9.9.0/24', ...acl['t2'] },
      },
      groups: {
        f: { ingress: ['tcp/80 10.0.0.0/16', 'tcp/81 near'], egress: ['tcp/443 0.0.0.0/0', 'tcp/444 near'] },
      },
      enis: { f: { subnet: 'far', ips: ['10.9.1.10'], groups: ['f'] } },
    },
    testScope,
  );
  for (const subnet of ['s1', 's2', 't1']) world = withRoute(world, subnet, '10.9.0.0/16', toHub);
  for (const subnet of ['far']) world = withRoute(world, subnet, '10.0.0.0/16', toHub);
  world = inZone(world, 's2', 'b');
  world = withTransitGateway(world, 't', referencing);
  const groupReferencing = true;
  world = withVpcAttachment(world, {
    name: 'x',
    gateway: 't',
    vpcId,
    subnetIds: [subnetId('t1')],
    groupReferencing,
  });
  world = withVpcAttachment(world, {
    name: 'y',
    gateway: 't',
    vpcId: otherVpc,
    subnetIds: [subnetId('t2')],
    groupReferencing,
  });
  return withTransitTable(world, 'm', {
    gateway: 't',
    attachments: ['x', 'y'],
    routes: ['~10.0.0.0/16 x', '~10.9.0.0/16 y'],
  });
}

function outcome(world: World, from: string, to: string, port: number): string {
  const asked = ask(world, { from: eniId(from), to: eniId(to), wanted: { kind: 'tcp', port } });
  if (asked.kind === 'unknown') return asked.why;
  const [answer] = asked.answers;
  if (answer?.allowed) return 'yes';
  const stopped = answer?.request.kind === 'drop' ? answer.request : answer?.reply;
  return stopped ? `${stopped === answer?.reply ? 'answer: ' : ''}${reason(stopped)}` : 'nothing';
}

function reason(verdict: Verdict): string {
  if (verdict.kind === 'accept') return 'elsewhere';
  const { because } = verdict;
  switch (because.kind) {
    case 'transit':
      return because.fault;
    case 'notDescribed':
      return because.command;
    case 'group':
    case 'acl':
      return `${because.kind} ${because.direction}`;
    default:
      return because.kind;
  }
}

const table =
  (routes: readonly string[] | undefined, attachments = ['x', 'y']) =>
  (world: World) =>
    withTransitTable(world, 'm', { gateway: 't', attachments, ...(routes ? { routes } : {}) });
const plain = ['~10.0.0.0/16 x', '~10.9.0.0/16 y'];
const acl = (subnet: string, direction: 'ingress' | 'egress', text: string) => {
  const all = { ingress: ['100 allow all 0.0.0.0/0'], egress: ['100 allow all 0.0.0.0/0'] };
  return () => hub({ acl: { [subnet]: { acl: { ...all, [direction]: [text, ...all[direction]] } } } });
};

const rows: readonly (readonly [
  what: string,
  change: (world: World) => World,
  from: string,
  to: string,
  port: number,
  expected: string,
])[] = [
  ['a rule by block', (world) => world, 'a', 'f', 80, 'yes'],
  ['no rule', (world) => world, 'a', 'f', 82, 'group ingress'],
  ['a rule that names a group, not allowed to', (world) => world, 'a', 'f', 81, 'group ingress'],
  ['a rule that names a group, allowed to', () => hub({ referencing: true }), 'a', 'f', 81, 'yes'],
  ['egress rules never name groups there', () => hub({ referencing: true }), 'f', 'a', 444, 'group egress'],
  ['egress by block', (world) => world, 'f', 'a', 443, 'yes'],
  ['a sender in a zone without a subnet of the attachment', (world) => world, 'b', 'f', 80, 'noSubnetInZone'],
  ['an answer to such a zone enters by another', (world) => world, 'f', 'b', 443, 'answer: noSubnetInZone'],
  ['the attachment’s own subnet', (world) => world, 'c', 'f', 80, 'yes'],
  ['no association', table(plain, ['y']), 'a', 'f', 80, 'noAssociation'],
  ['no route', table(['~10.0.0.0/16 x']), 'a', 'f', 80, 'noRoute'],
  ['no route back', table(['~10.9.0.0/16 y']), 'a', 'f', 80, 'answer: noRoute'],
  ['a blackhole', table([...plain, '10.9.1.0/24 -']), 'a', 'f', 80, 'blackhole'],
  ['a blackhole beside', table([...plain, '10.9.2.0/24 -']), 'a', 'f', 80, 'yes'],
  ['a static route before a propagated one', table([...plain, '10.9.0.0/16 -']), 'a', 'f', 80, 'blackhole'],
  [
    'a propagated one after a static',
    table(['~10.9.0.0/16 x', '10.9.0.0/16 y', ...plain]),
    'a',
    'f',
    80,
    'yes',
  ],
  ['routes that nothing tells', table(undefined), 'a', 'f', 80, 'search-transit-gateway-routes'],
  ['an unknown attachment', table(['10.9.0.0/16 z']), 'a', 'f', 80, 'describe-transit-gateway-attachments'],
  ['a VPN', (world) => table(['10.9.0.0/16 v'])(withVpn(world)), 'a', 'f', 80, 'notFollowed'],
  ['a pending attachment', (world) => detached(world, false), 'a', 'f', 80, 'notAvailable'],
  [
    'subnets that nothing tells',
    (world) => detached(world, true),
    'a',
    'f',
    80,
    'describe-transit-gateway-vpc-attachments',
  ],
  [
    'the ACL into the transit subnet, by the source',
    acl('t1', 'ingress', '90 deny all 10.0.1.0/24'),
    'a',
    'f',
    80,
    'acl ingress',
  ],
  ['but not out of it on that way', acl('t1', 'egress', '90 deny all 10.9.0.0/16'), 'a', 'f', 80, 'yes'],
  ['in the same subnet both', acl('t1', 'egress', '90 deny all 10.9.0.0/16'), 'c', 'f', 80, 'acl egress'],
  ['and neither on the way in', acl('t1', 'egress', '90 deny all 10.0.9.0/24'), 'c', 'f', 80, 'yes'],
  [
    'the ACL out of the far transit subnet',
    acl('t2', 'egress', '90 deny all 10.9.1.0/24'),
    'a',
    'f',
    80,
    'acl egress',
  ],
  ['the ACL of the far subnet', acl('far', 'ingress', '90 deny all 10.0.0.0/8'), 'a', 'f', 80, 'acl ingress'],
];

const withVpn = (world: World) =>
  withAttachment(world, 'v', ['t'], { resource: { kind: 'other', type: 'vpn', resourceId: 'vpn-1' } });

const detached = (world: World, isAvailable: boolean) =>
  withVpcAttachment(world, { name: 'y', gateway: 't', vpcId: otherVpc, isAvailable });

for (const [what, change, from, to, port, expected] of rows) {
  test(`transit: ${what}`, () => assert.equal(outcome(change(hub()), from, to, port), expected));
}

test('transit: across two peered gateways, and without groups there', () => {
  let world = hub({ referencing: true });
  world = withTransitGateway(world, 'u', true);
  world = withVpcAttachment(world, {
    name: 'y',
    gateway: 'u',
    vpcId: otherVpc,
    subnetIds: [subnetId('t2')],
    groupReferencing: true,
  });
  world = withRoute(world, 'far', '10.0.0.0/16', { kind: 'transitGateway', id: transitId('u') });
  const peered = withAttachment(world, 'p', ['t', 'u'], { resource: { kind: 'peering' } });
  const near = withTransitTable(peered, 'm', {
    gateway: 't',
    attachments: ['x', 'p'],
    routes: ['10.9.0.0/16 p', '10.0.0.0/16 x'],
  });
  const one = { gateway: 'u', attachments: ['y', 'p'], routes: ['10.9.0.0/16 y', '10.0.0.0/16 p'] };
  assert.equal(outcome(withTransitTable(near, 'n', one), 'a', 'f', 80), 'yes');
  assert.equal(outcome(withTransitTable(near, 'n', one), 'a', 'f', 81), 'group ingress');
  const half = { ...one, attachments: ['y'] };
  assert.equal(outcome(withTransitTable(near, 'n', half), 'a', 'f', 80), 'noAssociation');
  const circle = { ...one, routes: ['10.9.0.0/16 p'] };
  assert.equal(outcome(withTransitTable(near, 'n', circle), 'a', 'f', 80), 'loop');
});

test('transit: out to the internet by a NAT gateway of another VPC', () => {
  let world = withNatGatewayFor(hub(), otherVpc);
  world = withTransitTable(world, 'm', {
    gateway: 't',
    attachments: ['x', 'y'],
    routes: ['10.0.0.0/16 x', '0.0.0.0/0 y'],
  });
  world = withRoute(world, 's1', '0.0.0.0/0', toHub);
  const to = (port: number) => {
    const asked = ask(world, { from: eniId('a'), to: 'internet', wanted: { kind: 'tcp', port } });
    return asked.kind === 'answered' && asked.answers.some(({ allowed }) => allowed);
  };
  assert.equal(to(443), true);
  world = withTransitTable(world, 'm', { gateway: 't', attachments: ['x', 'y'], routes: ['0.0.0.0/0 y'] });
  assert.equal(to(443), false);
});
