/** Load balancers: who gets through to a target, and what the target sees. Both sides of each edge. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { World } from '#vpc/network.ts';
import {
  type BalancerSpec,
  type TargetGroupSpec,
  withBalancer,
  withTargetGroup,
} from '../../tests/support/balancers.ts';
import { putIn } from '../../tests/support/edges.ts';
import { aclEntity, buildWorld, cidr, eniId, testScope } from '../../tests/support/network.ts';
import { inZone } from '../../tests/support/transit.ts';
import { ask, type Wanted } from './can.ts';
import { resolveEndpoint } from './endpoint.ts';
import { throughBalancers } from './relay.ts';

const everything = ['all 0.0.0.0/0', 'all ::/0'];

function site(
  targetRules: readonly string[],
  balancerRules: readonly string[] = ['tcp/443 0.0.0.0/0'],
): World {
  return buildWorld({
    subnets: {
      front: { cidr: '10.0.1.0/24', internet: true },
      other: { cidr: '10.0.3.0/24', internet: true },
      back: { cidr: '10.0.2.0/24' },
    },
    groups: {
      lb: { ingress: balancerRules, egress: ['tcp/8000-9000 10.0.0.0/16'] },
      web: { ingress: targetRules },
      in: { egress: everything },
    },
    enis: {
      n: { subnet: 'front', ips: ['10.0.1.4'], groups: ['lb'], publicIp: '198.18.0.4' },
      m: { subnet: 'other', ips: ['10.0.3.4'], groups: ['lb'], publicIp: '198.18.0.5' },
      w: { subnet: 'back', ips: ['10.0.2.10'], groups: ['web'] },
      c: { subnet: 'back', ips: ['10.0.2.20'], groups: ['in'] },
    },
  });
}

function balanced(
  world: World,
  balancer: Partial<BalancerSpec> = {},
  group: Partial<TargetGroupSpec> = {},
): World {
  const grouped = withTargetGroup(world, 'g', { port: 8080, targets: ['w'], ...group });
  return withBalancer(grouped, 'b', { nodes: ['n', 'm'], listeners: ['tcp/443 g'], ...balancer });
}

/** Node and what stopped it, or `yes` and whose address the target sees; the way that comes furthest. */
function outcome(world: World, from: string, wanted: Wanted): string {
  const [source] =
    from === 'internet' ? [{ kind: 'internet', ip: '203.0.113.1' } as const] : endpoints(world, from);
  const [target] = endpoints(world, eniId('w'));
  assert.ok(source && target?.kind === 'eni');
  const [best] = throughBalancers(world, source as never, target, wanted);
  if (!best) return 'no way';
  if (best.allowed) return `yes ${best.isPreserved ? 'client' : 'node'}`;
  if (best.relay.fault) return best.relay.fault;
  const stopped = [best.front, best.back].flatMap((each) => [each?.request, each?.reply]);
  const dropped = stopped.find((verdict) => verdict?.kind === 'drop');
  if (dropped?.kind !== 'drop') return 'not forwarded';
  const { because } = dropped;
  return 'direction' in because ? `${because.kind} ${because.direction}` : because.kind;
}

function endpoints(world: World, name: string) {
  const resolved = resolveEndpoint(world, name);
  return resolved.kind === 'found' ? resolved.endpoints : [];
}

const tcp = (port: number) => ({ kind: 'tcp', port }) as const;
const fromNodes = ['tcp/8080 lb'];
const network = { kind: 'network' } as const;
const preserved = { preservesClientIp: true } as const;
const ungrouped = (world: World) => {
  const strip = (name: string, in_: World) => {
    const eni = [...in_.values()].flatMap((each) => each.eni.get(eniId(name)) ?? [])[0];
    assert.ok(eni);
    return putIn(in_, testScope, 'eni', { ...eni, groupIds: [] });
  };
  return strip('n', strip('m', world));
};
const denying = (subnet: string, direction: 'ingress' | 'egress', text: string) => {
  const all = { ingress: ['100 allow all 0.0.0.0/0'], egress: ['100 allow all 0.0.0.0/0'] };
  const acl = aclEntity(subnet, { ...all, [direction]: [text, ...all[direction]] });
  return (world: World) => putIn(world, testScope, 'networkAcl', acl);
};

/** Answers leave the nodes’ subnets to some client ports, and the target’s to the others. */
const disjoint = (world: World): World => {
  const toLow = '90 deny tcp/40000-65535 0.0.0.0/0';
  const toHigh = '90 deny tcp/1024-39999 203.0.113.0/24';
  const nodes = denying('front', 'egress', toHigh)(denying('other', 'egress', toHigh)(world));
  return denying('back', 'egress', toLow)(nodes);
};

const rows: readonly (readonly [
  what: string,
  world: World,
  from: string,
  wanted: Wanted,
  expected: string,
])[] = [
  ['by the group of the nodes', balanced(site(fromNodes)), 'internet', tcp(8080), 'yes node'],
  ['another port than the target’s', balanced(site(fromNodes)), 'internet', tcp(443), 'no way'],
  ['another protocol', balanced(site(fromNodes)), 'internet', { kind: 'udp', port: 8080 }, 'no way'],
  [
    'the nodes’ groups',
    balanced(site(fromNodes, ['tcp/80 0.0.0.0/0'])),
    'internet',
    tcp(8080),
    'group ingress',
  ],
  ['the target’s groups', balanced(site(['tcp/8081 lb'])), 'internet', tcp(8080), 'group ingress'],
  [
    'the nodes’ way out',
    balanced(site(['tcp/9001 lb']), {}, { port: 9001 }),
    'internet',
    tcp(9001),
    'group egress',
  ],
  ['the edge of it', balanced(site(['tcp/9000 lb']), {}, { port: 9000 }), 'internet', tcp(9000), 'yes node'],
  [
    'a target’s own port',
    balanced(site(['tcp/8500 lb']), {}, { targets: [{ id: 'i-00000000000000077', port: 8500 }] }),
    'internet',
    tcp(8500),
    'yes node',
  ],
  [
    'targets by address',
    balanced(site(fromNodes), {}, { kind: 'ip', targets: ['10.0.2.10'] }),
    'internet',
    tcp(8080),
    'yes node',
  ],
  ['a client inside', balanced(site(fromNodes)), eniId('c'), tcp(8080), 'yes node'],
  [
    'a rule for other clients',
    balanced(site(fromNodes), { sources: [cidr('203.0.114.0/24')] }),
    'internet',
    tcp(8080),
    'not forwarded',
  ],
  [
    'a rule for these',
    balanced(site(fromNodes), { sources: [cidr('203.0.113.0/24')] }),
    'internet',
    tcp(8080),
    'yes node',
  ],
  [
    'clients that an application load balancer does not show',
    balanced(site(['tcp/8080 203.0.113.0/24']), {}, preserved),
    'internet',
    tcp(8080),
    'group ingress',
  ],
  [
    'clients that a network load balancer shows',
    balanced(site(['tcp/8080 203.0.113.0/24']), network, preserved),
    'internet',
    tcp(8080),
    'yes client',
  ],
  [
    'other clients',
    balanced(site(['tcp/8080 203.0.114.0/24']), network, preserved),
    'internet',
    tcp(8080),
    'group ingress',
  ],
  [
    'clients shown, and the nodes’ group named',
    balanced(site(fromNodes), network, preserved),
    'internet',
    tcp(8080),
    'yes client',
  ],
  [
    'clients not shown',
    balanced(site(['tcp/8080 203.0.113.0/24']), network),
    'internet',
    tcp(8080),
    'group ingress',
  ],
  [
    'no groups on the nodes',
    ungrouped(balanced(site(['tcp/8080 10.0.1.0/24']), network)),
    'internet',
    tcp(8080),
    'yes node',
  ],
  [
    'but a listener is needed',
    ungrouped(balanced(site(['tcp/8080 10.0.1.0/24']), { ...network, listeners: ['udp/443 g'] })),
    'internet',
    tcp(8080),
    'no way',
  ],
  [
    'no groups on an application load balancer',
    ungrouped(balanced(site(['tcp/8080 10.0.1.0/24']))),
    'internet',
    tcp(8080),
    'group ingress',
  ],
  [
    'the target’s ACL sees the client',
    denying('back', 'ingress', '90 deny all 203.0.113.0/24')(balanced(site(fromNodes), network, preserved)),
    'internet',
    tcp(8080),
    'acl ingress',
  ],
  [
    'and without showing the node',
    denying('back', 'ingress', '90 deny all 203.0.113.0/24')(balanced(site(fromNodes), network)),
    'internet',
    tcp(8080),
    'yes node',
  ],
  [
    'answers to the client past the ACL',
    denying('back', 'egress', '90 deny all 203.0.113.0/24')(balanced(site(fromNodes), network, preserved)),
    'internet',
    tcp(8080),
    'acl egress',
  ],
  [
    'answers to some client ports',
    denying('back', 'egress', '90 deny tcp/40000-65535 0.0.0.0/0')(balanced(site(fromNodes), network)),
    'internet',
    tcp(8080),
    'yes node',
  ],
  [
    'answers to no client port',
    denying('back', 'egress', '90 deny tcp/1024-65535 0.0.0.0/0')(balanced(site(fromNodes), network)),
    'internet',
    tcp(8080),
    'acl egress',
  ],
  [
    'some ports at the node and others at the target, which has connections of its own',
    disjoint(balanced(site(fromNodes), network)),
    'internet',
    tcp(8080),
    'yes node',
  ],
  [
    'some ports at the node and others at the target, which sees the client',
    disjoint(balanced(site(fromNodes), network, preserved)),
    'internet',
    tcp(8080),
    'acl egress',
  ],
  [
    'another zone with crossing',
    inZone(balanced(site(fromNodes), { zones: ['us-east-1a', 'us-east-1b'] }), 'back', 'b'),
    'internet',
    tcp(8080),
    'yes node',
  ],
  [
    'another zone without',
    inZone(balanced(site(fromNodes), { crossZone: false }), 'back', 'b'),
    'internet',
    tcp(8080),
    'notCrossZone',
  ],
  [
    'a node in the zone without',
    inZone(inZone(balanced(site(fromNodes), { crossZone: false }), 'back', 'b'), 'other', 'b'),
    'internet',
    tcp(8080),
    'yes node',
  ],
  [
    'the group’s word on crossing',
    inZone(balanced(site(fromNodes), { crossZone: false }, { crossZone: true }), 'back', 'b'),
    'internet',
    tcp(8080),
    'yes node',
  ],
  [
    'a zone that is not enabled',
    inZone(balanced(site(fromNodes), { zones: ['us-east-1a'] }), 'back', 'b'),
    'internet',
    tcp(8080),
    'zoneNotEnabled',
  ],
  [
    'functions',
    balanced(site(fromNodes), {}, { kind: 'lambda', targets: ['arn:aws:lambda:…'] }),
    'internet',
    tcp(8080),
    'no way',
  ],
  [
    'targets that nothing tells',
    withTargetGroup(balanced(site(fromNodes)), 'g', { port: 8080 }),
    'internet',
    tcp(8080),
    'no way',
  ],
];

for (const [what, world, from, wanted, expected] of rows) {
  test(`load balancers: ${what}`, () => assert.equal(outcome(world, from, wanted), expected));
}

test('load balancers: nodes take what they have a listener for', () => {
  const world = balanced(
    site(fromNodes, ['tcp/0-65535 0.0.0.0/0', 'udp/0-65535 0.0.0.0/0', 'icmp 0.0.0.0/0']),
  );
  const taken = (wanted: Wanted) => {
    const asked = ask(world, { from: 'internet', to: eniId('n'), wanted });
    return asked.kind === 'answered' && asked.answers.some(({ allowed }) => allowed);
  };
  const icmp = { kind: 'icmp', protocol: 1, type: 8, code: 0 } as const;
  const each: readonly (readonly [Wanted, boolean])[] = [
    [tcp(442), false],
    [tcp(443), true],
    [tcp(444), false],
    [{ kind: 'udp', port: 443 }, false],
    [icmp, true],
  ];
  for (const [wanted, expected] of each) assert.equal(taken(wanted), expected, JSON.stringify(wanted));
});
