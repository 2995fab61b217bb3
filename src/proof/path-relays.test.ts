/** Paths through load balancers: their components one by one, and AWS's code where one does not pass packets on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { HeaderFilter, PathHop } from '#vpc/insights.ts';
import type { World } from '#vpc/network.ts';
import {
  type BalancerSpec,
  balancerId,
  type TargetGroupSpec,
  targetGroupId,
  withBalancer,
  withTargetGroup,
} from '../../tests/support/balancers.ts';
import { buildWorld, cidr, eniId, gatewayId } from '../../tests/support/network.ts';
import { inZone } from '../../tests/support/transit.ts';
import { searchPath } from './path-search.ts';

/** `c` and the internet may reach the nodes `n` by port 443; the nodes, or by their address the clients, reach `w`. */
function site(balancer: Partial<BalancerSpec> = {}, group: Partial<TargetGroupSpec> = {}): World {
  const network = buildWorld({
    subnets: { front: { cidr: '10.0.1.0/24', internet: true }, back: { cidr: '10.0.2.0/24' } },
    groups: {
      lb: { ingress: ['tcp/443 0.0.0.0/0'], egress: ['tcp/8080 10.0.0.0/16'] },
      web: { ingress: ['tcp/8080 lb'] },
      out: { egress: ['all 0.0.0.0/0'] },
      none: {},
    },
    enis: {
      n: { subnet: 'front', ips: ['10.0.1.4'], groups: ['lb'], publicIp: '198.18.0.4' },
      w: { subnet: 'back', ips: ['10.0.2.10'], groups: ['web'] },
      v: { subnet: 'back', ips: ['10.0.2.11'], groups: ['web'] },
      x: { subnet: 'back', ips: ['10.0.2.12'], groups: ['none'] },
      c: { subnet: 'back', ips: ['10.0.2.20'], groups: ['out'] },
    },
  });
  const grouped = withTargetGroup(network, 'g', { port: 8080, targets: ['w'], ...group });
  return withBalancer(grouped, 'b', { nodes: ['n'], listeners: ['tcp/443 g'], ...balancer });
}

type Asked = {
  readonly from?: 'c' | 'internet';
  readonly to?: string;
  readonly port?: number;
  readonly at?: HeaderFilter;
  readonly sent?: HeaderFilter;
  readonly through?: readonly string[];
  readonly avoid?: readonly string[];
};

function search(world: World, { from = 'c', to = 'w', port, at = {}, sent = {}, through, avoid }: Asked) {
  return searchPath(world, {
    from: from === 'internet' ? { kind: 'internetGateway', gatewayId } : { kind: 'eni', eniId: eniId(from) },
    to: { kind: 'eni', eniId: eniId(to) },
    protocol: 'tcp',
    atSource: { ...(port === undefined ? {} : { destinationPorts: { from: port, to: port } }), ...sent },
    atDestination: at,
    through: through ?? [],
    avoid: avoid ?? [],
  });
}

const shown = (hops: readonly PathHop[]) =>
  hops.map(({ component: { id } }) =>
    id.startsWith('arn:') ? (id.split(':')[5]?.split('/')[0] ?? id) : id.replace(/-[0-9a-f]+$/, ''),
  );

const toNode = ['i', 'eni', 'sg', 'acl', 'rtb', 'acl', 'sg', 'eni', 'loadbalancer'];
const toTarget = ['targetgroup', 'eni', 'sg', 'acl', 'rtb', 'acl', 'sg', 'eni', 'i'];

test('paths: the node, the load balancer with its listener, the target group and the target, and back', () => {
  const result = search(site(), { port: 443 });
  assert.ok(result.kind === 'found', JSON.stringify(result));
  assert.deepEqual(shown(result.forward), [...toNode, ...toTarget]);
  assert.deepEqual(shown(result.back), [
    ...['i', 'eni', 'acl', 'rtb', 'acl', 'eni', 'loadbalancer'],
    ...['eni', 'acl', 'rtb', 'acl', 'eni', 'i'],
  ]);
  const [node, balancer, group, again] = result.forward.slice(7, 11);
  assert.deepEqual([node?.attachedTo?.id, again?.attachedTo?.id], [balancerId('b'), balancerId('b')]);
  assert.match(balancer?.listener?.id ?? '', /:listener\/app\/b\/tcp\/443\//);
  assert.equal(group?.component.id, targetGroupId('g'));
  const header = (hop: PathHop | undefined, side: 'inbound' | 'outbound') =>
    hop?.[side] && `${hop[side].source} → ${hop[side].destination}:${hop[side].destinationPort}`;
  assert.equal(header(balancer, 'inbound'), '10.0.2.20 → 10.0.1.4:443');
  assert.equal(header(balancer, 'outbound'), '10.0.1.4 → 10.0.2.10:8080');
});

test('paths: what a network load balancer hands on keeps the client’s address', () => {
  const world = site({ kind: 'network' }, { preservesClientIp: true });
  const result = search(world, { from: 'internet', port: 443 });
  assert.ok(result.kind === 'found', JSON.stringify(result));
  const balancer = result.forward.find(({ listener }) => listener);
  assert.equal(balancer?.outbound?.source, balancer?.inbound?.source);
  assert.ok(shown(result.forward)[0] === 'igw' && shown(result.back).at(-1) === 'igw');
});

const exact = (port: number): HeaderFilter => ({ destinationPorts: { from: port, to: port } });
const only = (block: string) => ({ sources: [cidr(block)] });
const named = { through: [balancerId('b')] };
const far = { kind: 'network', zones: ['us-east-1a'] } as const;

/** World, question, `yes` or the codes of the obstacles. */
const rows: readonly (readonly [string, World, Asked, string])[] = [
  ['by the listener’s port', site(), { port: 443 }, 'yes'],
  ['not by the target’s port', site(), { port: 8080 }, 'ENI_SG_RULES_MISMATCH'],
  ['not by another', site(), { port: 444, ...named }, 'ELBV2_LISTENERS_MISMATCH'],
  ['by the target’s port, as it arrives', site(), { at: exact(8080) }, 'yes'],
  ['by another, as it arrives', site(), { at: exact(8081), ...named }, 'TARGET_PORT_RESTRICTION'],
  ['named', site(), { port: 443, ...named }, 'yes'],
  ['named by its target group', site(), { port: 443, through: [targetGroupId('g')] }, 'yes'],
  ['avoided', site(), { port: 443, avoid: [balancerId('b')] }, 'COMPONENT_FILTER_RESTRICTION'],
  ['sent to the node', site(), { port: 443, sent: { destinationAddress: '10.0.1.4' as never } }, 'yes'],
  ['from the internet', site(), { from: 'internet', port: 443 }, 'yes'],
  [
    'sent to its public address',
    site(),
    { from: 'internet', port: 443, sent: { destinationAddress: '198.18.0.4' as never } },
    'yes',
  ],
  ['to no target', site(), { to: 'v', port: 443, ...named }, 'TARGET_ADDRESS_RESTRICTION'],
  ['to no target at all', site({}, { targets: [] }), { port: 443, ...named }, 'ELBV2_LISTENER_HAS_NO_TG'],
  [
    'to a target behind closed groups',
    site({}, { targets: ['x'] }),
    { to: 'x', port: 443, ...named },
    'SG_HAS_NO_RULES',
  ],
  [
    'by a condition that leaves the client out',
    site(only('203.0.113.0/24')),
    { port: 443 },
    'ELBV2_LISTENER_REQUIRES_TG_ACCEPT',
  ],
  ['by a condition that lets it in', site(only('10.0.2.20/32')), { port: 443 }, 'yes'],
  [
    'by a condition on hosts of the internet',
    site(only('198.51.100.77/32')),
    { from: 'internet', port: 443 },
    'yes',
  ],
  [
    'into another zone',
    inZone(site(far), 'back', 'b'),
    { port: 443 },
    'ELB_INSTALLED_AZ_RESTRICTION ELB_NOT_CROSSZONE',
  ],
  [
    'into another zone that is enabled',
    inZone(site({ ...far, zones: [] }), 'back', 'b'),
    { port: 443 },
    'ELB_NOT_CROSSZONE',
  ],
  [
    'into another zone, of a classic one',
    inZone(site({ kind: 'classic' }), 'back', 'b'),
    { port: 443 },
    'ELB_NOT_CROSSZONE',
  ],
];

for (const [name, world, asked, expected] of rows) {
  test(`paths through load balancers: ${name}`, () => {
    const result = search(world, asked);
    const codes = result.kind === 'notFound' ? result.explanations.map(({ code }) => code).join(' ') : '';
    assert.equal(result.kind === 'found' ? 'yes' : codes, expected, JSON.stringify(result));
  });
}

test('paths: a node that keeps to its zone is explained by load balancer, listener and target', () => {
  const result = search(inZone(site({ ...far, zones: [] }), 'back', 'b'), { port: 443 });
  assert.ok(result.kind === 'notFound');
  const [explanation] = result.explanations;
  const { loadBalancerArn, listenerPort, target, listener } = explanation ?? {};
  assert.deepEqual([loadBalancerArn, listenerPort], [balancerId('b'), 443]);
  assert.match(listener?.id ?? '', /:listener\//);
  assert.deepEqual([target?.address, target?.port, target?.zone], ['10.0.2.10', 8080, 'us-east-1b']);
});

test('paths: a target that gets another port is explained by its target group and that port', () => {
  const result = search(site(), { at: exact(8081), ...named });
  assert.ok(result.kind === 'notFound');
  const [explanation] = result.explanations;
  assert.deepEqual(
    [explanation?.loadBalancerArn, explanation?.targetGroup?.id, explanation?.targetPort],
    [balancerId('b'), targetGroupId('g'), 8080],
  );
});
