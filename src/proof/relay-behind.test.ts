/** A network load balancer in front of an application load balancer: who gets to its targets, and what stops others. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { throughBalancers } from '#policy/relay.ts';
import type { World } from '#vpc/network.ts';
import { balancerId, withBalancer, withTargetGroup } from '../../tests/support/balancers.ts';
import { buildWorld, cidr, eniId, ip } from '../../tests/support/network.ts';
import { inZone } from '../../tests/support/transit.ts';
import { explainRelay } from './relay-repair.ts';

type Spec = {
  /** Of the network load balancer, the application load balancer, and the target. */
  readonly rules?: readonly [readonly string[], readonly string[], readonly string[]];
  readonly isPreserved?: boolean;
  readonly sources?: string;
  /** The port that the application load balancer is registered with. */
  readonly port?: number;
  readonly zoneOfTarget?: string;
  readonly zoneOfBalancer?: string;
};

const open: NonNullable<Spec['rules']> = [['tcp/443 0.0.0.0/0'], ['tcp/80 0.0.0.0/0'], ['tcp/8080 alb']];

/** `n` is the node of the network load balancer, `a` that of the application load balancer behind, `w` its target. */
function site(spec: Spec = {}): World {
  const { rules = open, isPreserved = true, sources, port = 80, zoneOfTarget, zoneOfBalancer } = spec;
  const out = { egress: ['all 0.0.0.0/0'] };
  let world = buildWorld({
    subnets: {
      front: { cidr: '10.0.1.0/24', internet: true },
      middle: { cidr: '10.0.2.0/24', internet: true },
      back: { cidr: '10.0.3.0/24' },
    },
    groups: {
      nlb: { ingress: rules[0], ...out },
      alb: { ingress: rules[1], ...out },
      web: { ingress: rules[2] },
    },
    enis: {
      n: { subnet: 'front', ips: ['10.0.1.4'], groups: ['nlb'], publicIp: '198.18.0.4' },
      a: { subnet: 'middle', ips: ['10.0.2.4'], groups: ['alb'] },
      w: { subnet: 'back', ips: ['10.0.3.10'], groups: ['web'] },
    },
  });
  world = withTargetGroup(world, 'g', { port: 8080, targets: ['w'] });
  const condition = sources ? { sources: [cidr(sources)] } : {};
  world = withBalancer(world, 'k', { nodes: ['a'], listeners: ['tcp/80 g'], ...condition });
  const targets = [balancerId('k')];
  world = withTargetGroup(world, 'l', { kind: 'alb', port, targets, preservesClientIp: isPreserved });
  world = withBalancer(world, 'b', { kind: 'network', nodes: ['n'], listeners: ['tcp/443 l'] });
  if (zoneOfTarget) world = inZone(world, 'back', zoneOfTarget);
  return zoneOfBalancer ? inZone(world, 'middle', zoneOfBalancer) : world;
}

const host = { kind: 'internet', ip: ip('203.0.113.1') } as const;

function outcome(world: World): string {
  const to = { kind: 'eni', eniId: eniId('w'), ip: ip('10.0.3.10') } as const;
  const ways = throughBalancers(world, host, to, { kind: 'tcp', port: 8080 });
  const way = ways.find(({ relay }) => relay.stages);
  if (!way) return 'no way';
  if (way.allowed) return 'yes';
  const { explanation, repairs = [] } = explainRelay(world, host, way, 'tcp');
  const ofSecond = explanation.component === way.relay.stages?.[1].listener.id ? 'second' : undefined;
  return `${explanation.code} ${ofSecond ?? explanation.component?.slice(-6)} ${repairs.map(({ kind }) => kind).join('+')}`;
}

const at = (name: string) => eniId(name).slice(-6);
const [ofClients, ofNode] = ['tcp/80 203.0.113.0/24', 'tcp/80 nlb'] as const;

const rows: readonly (readonly [string, Spec, string])[] = [
  ['open all the way', {}, 'yes'],
  ['the second sees the client', { rules: [open[0], [ofClients], open[2]] }, 'yes'],
  [
    'the second sees the first',
    { isPreserved: false, rules: [open[0], [ofClients], open[2]] },
    `ENI_SG_RULES_MISMATCH ${at('a')} addRule`,
  ],
  ['and admits it by its group', { isPreserved: false, rules: [open[0], [ofNode], open[2]] }, 'yes'],
  // Rules that name the groups of a load balancer admit what it passes on, whosever address it has.
  ['also under the client’s address', { rules: [open[0], [ofNode], open[2]] }, 'yes'],
  ['closed at the first', { rules: [[], open[1], open[2]] }, `SG_HAS_NO_RULES ${at('n')} addRule`],
  ['closed at the second', { rules: [open[0], [], open[2]] }, `SG_HAS_NO_RULES ${at('a')} addRule`],
  ['closed at the target', { rules: [open[0], open[1], []] }, `SG_HAS_NO_RULES ${at('w')} addRule`],
  [
    'the target never sees the first',
    { rules: [open[0], open[1], ['tcp/8080 nlb']] },
    `ENI_SG_RULES_MISMATCH ${at('w')} addRule`,
  ],
  ['a condition of the second that holds', { sources: '203.0.113.0/24' }, 'yes'],
  [
    'and one that does not',
    { sources: '198.51.100.0/24' },
    'ELBV2_LISTENER_REQUIRES_TG_ACCEPT second admitClient',
  ],
  ['a condition on the first', { sources: '10.0.1.4/32', isPreserved: false }, 'yes'],
  ['a port that the second has no listener for', { port: 81 }, 'no way'],
  ['an application load balancer crosses zones', { zoneOfTarget: 'b' }, 'yes'],
  [
    'a network load balancer does not',
    { zoneOfBalancer: 'b' },
    `ELB_NOT_CROSSZONE ${balancerId('b').slice(-6)} crossZones`,
  ],
];

for (const [what, spec, expected] of rows) {
  test(`a load balancer behind another: ${what}`, () => assert.equal(outcome(site(spec)), expected));
}
