/** Remedies at transit gateways and load balancers: each row's changes open the path, and fewer do not. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Wanted } from '#policy/can.ts';
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import {
  type BalancerSpec,
  balancerId,
  type TargetGroupSpec,
  withBalancer,
  withTargetGroup,
} from '../../tests/support/balancers.ts';
import { withOtherVpc, withPeering, withRoute } from '../../tests/support/edges.ts';
import {
  aclEntity,
  buildWorld,
  cidr,
  eniId,
  idFor,
  subnetId,
  testScope,
  vpcId,
  withEntity,
} from '../../tests/support/network.ts';
import {
  inZone,
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

type HubSpec = {
  readonly routed?: readonly string[];
  readonly attached?: readonly string[];
  readonly routes?: readonly string[];
};

const allRouted = ['s1', 's2', 'far'];
const bothWays = ['~10.0.0.0/16 x', '~10.9.0.0/16 y'];

/** Two VPCs at one gateway: `a` in subnet s1, `b` in s2 (another zone), `f` in far there; t1 and t2 hold the attachments. */
function hub({ routed = allRouted, attached = ['x', 'y'], routes = bothWays }: HubSpec = {}): World {
  let world = buildWorld({
    subnets: { s1: { cidr: '10.0.1.0/24' }, s2: { cidr: '10.0.2.0/24' }, t1: { cidr: '10.0.9.0/24' } },
    groups: { near: open },
    enis: {
      a: { subnet: 's1', ips: ['10.0.1.10'], groups: ['near'] },
      b: { subnet: 's2', ips: ['10.0.2.10'], groups: ['near'] },
    },
  });
  const there = {
    cidrs: ['10.9.0.0/16'],
    subnets: { far: { cidr: '10.9.1.0/24' }, t2: { cidr: '10.9.9.0/24' } },
    groups: { f: { ingress: ['tcp/80 10.0.0.0/16'], egress: ['all 0.0.0.0/0'] } },
    enis: { f: { subnet: 'far', ips: ['10.9.1.10'], groups: ['f'] } },
  };
  world = withOtherVpc(world, otherVpc, there, testScope);
  for (const subnet of routed) {
    world = withRoute(world, subnet, subnet === 'far' ? '10.0.0.0/16' : '10.9.0.0/16', toHub);
  }
  world = withTransitGateway(inZone(world, 's2', 'b'), 't');
  world = withVpcAttachment(world, { name: 'x', gateway: 't', vpcId, subnetIds: [subnetId('t1')] });
  const far = { name: 'y', gateway: 't', vpcId: otherVpc, subnetIds: [subnetId('t2')] };
  world = withVpcAttachment(world, far);
  return withTransitTable(world, 'm', { gateway: 't', attachments: attached, routes });
}

const dead = (world: World, block: string) =>
  withRoute(world, 's1', block, { kind: 'peering', id: idFor('pcx', 'gone') as Id<'peering'> });

/** `f` in the zone of `b`, where its packets enter by t1 all the same, whose ACL lets none of them out. */
function shut(world: World): World {
  const acl = aclEntity('t1', { ingress: ['100 allow all 0.0.0.0/0'], egress: [] });
  return withEntity(inZone(inZone(world, 'far', 'b'), 't2', 'b'), 'networkAcl', acl);
}

function peered(): World {
  const sides = [
    { ...testScope, vpcId },
    { ...testScope, vpcId: otherVpc },
  ] as const;
  return withPeering(withRoute(hub({ routed: ['far'] }), 's1', '10.8.0.0/16', toHub), 'p', sides);
}

const tcp = (port: number): Wanted => ({ kind: 'tcp', port });
type Row = readonly [what: string, world: World, from: string, to: string, port: number, expected: string];

const transit: readonly Row[] = [
  ['nothing to change', hub(), 'a', 'f', 80, 'yes'],
  ['a group behind it', hub(), 'a', 'f', 81, 'ENI_SG_RULES_MISMATCH request: rule'],
  [
    'a route of the sender’s VPC',
    hub({ routed: ['far'] }),
    'a',
    'f',
    80,
    'NO_ROUTE_TO_DESTINATION request: route 10.9.0.0/16 tgw',
  ],
  [
    'a route back',
    hub({ routed: ['s1'] }),
    'a',
    'f',
    80,
    'NO_ROUTE_TO_DESTINATION answer: route 10.0.0.0/16 tgw',
  ],
  [
    'a route each way',
    hub({ routed: [] }),
    'a',
    'f',
    80,
    'NO_ROUTE_TO_DESTINATION request: route 10.9.0.0/16 tgw + route 10.0.0.0/16 tgw',
  ],
  [
    'a peering before a gateway',
    peered(),
    'a',
    'f',
    80,
    'NO_ROUTE_TO_DESTINATION request: route 10.9.0.0/16 pcx',
  ],
  [
    'a route to what is gone, in its place',
    dead(hub(), '10.9.0.0/16'),
    'a',
    'f',
    80,
    'CANNOT_ROUTE request: route 10.9.0.0/16 tgw',
  ],
  [
    'and a more specific one',
    dead(hub(), '10.9.1.0/24'),
    'a',
    'f',
    80,
    'CANNOT_ROUTE request: route 10.9.1.0/24 tgw',
  ],
  [
    'an association',
    hub({ attached: ['y'] }),
    'a',
    'f',
    80,
    'TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION request: associate',
  ],
  [
    'the table that knows the way',
    withTransitTable(hub({ attached: ['y'] }), 'k', { gateway: 't', attachments: [], routes: [] }),
    'a',
    'f',
    80,
    'TGW_ATTACH_MISSING_TGW_RTB_ASSOCIATION request: associate',
  ],
  [
    'a route of the gateway',
    hub({ routes: ['~10.0.0.0/16 x'] }),
    'a',
    'f',
    80,
    'TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT request: transit 10.9.0.0/16',
  ],
  [
    'both routes of the gateway',
    hub({ routes: [] }),
    'a',
    'f',
    80,
    'TGW_RTB_NO_ROUTE_TO_TGW_ATTACHMENT request: transit 10.9.0.0/16 + transit 10.0.0.0/16',
  ],
  [
    'a blackhole of the same block',
    hub({ routes: [...bothWays, '10.9.0.0/16 -'] }),
    'a',
    'f',
    80,
    'TGW_RTB_BAD_STATE_ROUTE request: transit 10.9.0.0/16',
  ],
  [
    'a blackhole of a part',
    hub({ routes: [...bothWays, '10.9.1.0/24 -'] }),
    'a',
    'f',
    80,
    'TGW_RTB_BAD_STATE_ROUTE request: transit 10.9.1.0/24',
  ],
  [
    'a blackhole of everything',
    hub({ routes: ['~10.0.0.0/16 x', '0.0.0.0/0 -'] }),
    'a',
    'f',
    80,
    'TGW_RTB_BAD_STATE_ROUTE request: transit 10.9.0.0/16',
  ],
  ['a subnet in the zone', hub(), 'b', 'f', 80, 'TGW_ATTACH_VPC_AZ_RESTRICTION request: subnet s2'],
  // Seed 9050 of explain: an entry of t1's ACL came before it, on a way that is no longer taken then.
  ['a subnet in the zone alone', shut(hub()), 'f', 'b', 80, 'SUBNET_ACL_RESTRICTION request: subnet s2'],
];

function site(targetRules: readonly string[], balancerRules: readonly string[] = ['tcp/443 0.0.0.0/0']) {
  return buildWorld({
    subnets: { front: { cidr: '10.0.1.0/24', internet: true }, back: { cidr: '10.0.2.0/24' } },
    groups: {
      lb: { ingress: balancerRules, egress: ['tcp/8000-9000 10.0.0.0/16'] },
      web: { ingress: targetRules },
    },
    enis: {
      n: { subnet: 'front', ips: ['10.0.1.4'], groups: ['lb'], publicIp: '198.18.0.4' },
      w: { subnet: 'back', ips: ['10.0.2.10'], groups: ['web'] },
    },
  });
}

function balanced(world: World, balancer: Partial<BalancerSpec> = {}, group: Partial<TargetGroupSpec> = {}) {
  const grouped = withTargetGroup(world, 'g', { port: 8080, targets: ['w'], ...group });
  return withBalancer(grouped, 'b', { nodes: ['n'], listeners: ['tcp/443 g'], ...balancer });
}

const named = ['tcp/8080 lb'];
const sources = [cidr('198.51.100.0/24')];
const preserved = { preservesClientIp: true } as const;
const zones = ['us-east-1a'];
const relays: readonly Row[] = [
  ['nothing to change', balanced(site(named)), 'internet', 'w', 8080, 'yes'],
  ['a group of the nodes', balanced(site(named, [])), 'internet', 'w', 8080, 'SG_HAS_NO_RULES request: rule'],
  ['a group of the target', balanced(site([])), 'internet', 'w', 8080, 'SG_HAS_NO_RULES request: rule'],
  ['groups of both', balanced(site([], [])), 'internet', 'w', 8080, 'SG_HAS_NO_RULES request: rule + rule'],
  [
    'the client at the target',
    balanced(site(['tcp/8080 10.0.0.0/16']), { kind: 'network' }, preserved),
    'internet',
    'w',
    8080,
    'ENI_SG_RULES_MISMATCH request: rule',
  ],
  [
    'a condition on clients',
    balanced(site(named), { sources }),
    'internet',
    'w',
    8080,
    'ELBV2_LISTENER_REQUIRES_TG_ACCEPT request: admit 203.0.113.1/32',
  ],
  [
    'crossing zones',
    inZone(balanced(site(named), { kind: 'network' }), 'back', 'b'),
    'internet',
    'w',
    8080,
    'ELB_NOT_CROSSZONE request: cross targetGroup',
  ],
  [
    'of a classic one',
    inZone(balanced(site(named), { kind: 'classic' }), 'back', 'b'),
    'internet',
    'w',
    8080,
    'ELB_NOT_CROSSZONE request: cross loadBalancer',
  ],
  [
    'a zone',
    inZone(balanced(site(named), { zones }), 'back', 'b'),
    'internet',
    'w',
    8080,
    'ELB_INSTALLED_AZ_RESTRICTION request: zone us-east-1b',
  ],
  [
    'a target beside others',
    balanced(site(named), {}, { targets: [{ id: 'i-00000000000000099' }] }),
    'internet',
    'w',
    8080,
    'ELBV2_LISTENER_REQUIRES_TG_ACCEPT request: target 8080',
  ],
  [
    'a first target',
    balanced(site(named), {}, { targets: [] }),
    'internet',
    'w',
    8080,
    'ELBV2_LISTENER_HAS_NO_TG request: target 8080',
  ],
  [
    'a target whose groups are closed',
    balanced(site([]), {}, { targets: [] }),
    'internet',
    'w',
    8080,
    'IGW_PRIVATE_IP_ASSOCIATION_FOR_INGRESS request',
  ],
  [
    'a listener',
    balanced(site(named, ['tcp/0-65535 0.0.0.0/0'])),
    'internet',
    'n',
    444,
    'ELBV2_LISTENERS_MISMATCH request: listener 444',
  ],
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
    case 'addRule':
      return 'rule';
    case 'associateAttachment':
      return 'associate';
    case 'addAttachmentSubnet':
      return `subnet ${repair.subnetId === subnetId('s2') ? 's2' : ''}`;
    case 'admitClient':
      return `admit ${repair.cidr}`;
    case 'crossZones':
      return `cross ${repair.of}`;
    case 'enableZone':
      return `zone ${repair.zone}`;
    case 'registerTarget':
      return `target ${repair.port}`;
    case 'addListener':
      return `listener ${repair.port}`;
    default:
      return repair.kind;
  }
}

const answerOf = (world: World, from: string, to: string, port: number) => {
  const source = from === 'internet' ? from : eniId(from);
  const asked = askFully(world, { from: source, to: eniId(to), wanted: tcp(port) });
  assert.ok(asked.kind === 'answered');
  return asked.answers[0];
};

for (const [what, world, from, to, port, expected] of [...transit, ...relays]) {
  test(`remedies: ${what}`, () => {
    const answer = answerOf(world, from, to, port);
    const explained = answer?.relays[0]?.explained ?? answer?.explained;
    const repairs = explained?.repairs ?? [];
    const changes = repairs.length > 0 ? `: ${repairs.map(text).join(' + ')}` : '';
    const { code, packet } = explained?.explanation ?? {};
    assert.equal(answer?.allowed ? 'yes' : `${code} ${packet}${changes}`, expected);
    if (repairs.length === 0) return;
    assert.ok(answerOf(repairs.reduce(applyRepair, world), from, to, port)?.allowed);
    for (const left of repairs) {
      const fewer = repairs.filter((each) => each !== left).reduce(applyRepair, world);
      assert.ok(!answerOf(fewer, from, to, port)?.allowed, `${text(left)} is not needed`);
    }
  });
}

test('remedies: a load balancer that speaks TCP alone gets no listener for UDP', () => {
  const world = balanced(site(named, ['all 0.0.0.0/0']));
  const ask = (in_: World) =>
    askFully(in_, { from: 'internet', to: eniId('n'), wanted: { kind: 'udp', port: 53 } });
  const [asked, network] = [ask(world), ask(balanced(site(named, ['all 0.0.0.0/0']), { kind: 'network' }))];
  assert.ok(asked.kind === 'answered' && network.kind === 'answered');
  assert.equal(asked.answers[0]?.explained?.explanation.component, balancerId('b'));
  assert.equal(asked.answers[0]?.explained?.repairs, undefined);
  assert.deepEqual(network.answers[0]?.explained?.repairs?.map(text), ['listener 53']);
});
