/** Which connections are tracked though the rules are open both ways: by the interface or gateway at either end. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import { noTags } from '#vpc/tags.ts';
import { asNatGateway, eniOf, natId, withRoute } from '../../tests/support/edges.ts';
import { buildWorld, eniId, idFor, ip, vpcId, withEntity } from '../../tests/support/network.ts';
import { tcp } from '../../tests/support/packets.ts';
import { decide } from './decide.ts';
import { noFlows } from './flows.ts';

const endpointId = idFor('vpce', 's') as Id<'endpoint'>;
const service = '198.51.100.10';

/** `a` and `x` in one VPC, open to everybody both ways. */
const plain = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: { open: { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] } },
  enis: {
    a: { subnet: 's', ips: ['10.0.1.10'], groups: ['open'], publicIp: '198.18.0.10' },
    x: { subnet: 's', ips: ['10.0.1.20'], groups: ['open'] },
  },
});

function ofType(interfaceType: string): World {
  const { attachment: _, ...eni } = eniOf(plain, 'x');
  return withEntity(plain, 'eni', { ...eni, interfaceType, requesterManaged: true });
}

function behindEndpoint(serviceName: string): World {
  const detail = { kind: 'gateway' } as const;
  const endpoint = { id: endpointId, vpcId, serviceName, detail, policy: '', createdAtMs: 0, tags: noTags };
  const target = { kind: 'endpoint', id: endpointId } as const;
  return withRoute(withEntity(plain, 'endpoint', endpoint), 's', '198.51.100.0/24', target);
}

const behindNat = withRoute(asNatGateway(plain, 'x'), 's', '198.51.100.0/24', {
  kind: 'natGateway',
  id: natId('x'),
});

/** How the groups of `from` saw the first packet of a connection from there. */
function seen(world: World, from: string, to: string): string {
  const sent = {
    packet: {
      source: ip(from === 'a' ? '10.0.1.10' : '10.0.1.20'),
      destination: ip(to),
      transport: tcp(1, 443),
    },
    origin: { kind: 'eni', eniId: eniId(from) },
  } as const;
  const step = decide(world, noFlows, sent, 0).verdict.steps.find(({ kind }) => kind === 'group');
  return step?.kind === 'group' ? step.verdict.kind : 'not asked';
}

const rows: readonly (readonly [string, World, string, string])[] = [
  ['between two instances', plain, '10.0.1.20', 'untracked'],
  ...['load_balancer', 'efa', 'api_gateway_managed', 'quicksight'].map(
    (type) => [type, ofType(type), '10.0.1.20', 'untracked'] as const,
  ),
  ...[
    'network_load_balancer',
    'gateway_load_balancer',
    'gateway_load_balancer_endpoint',
    'global_accelerator_managed',
    'vpc_endpoint',
    'lambda',
    'transit_gateway',
  ].map((type) => [type, ofType(type), '10.0.1.20', 'rule'] as const),
  ['the internet gateway', plain, '203.0.113.9', 'untracked'],
  ['a NAT gateway', behindNat, service, 'rule'],
  ['DynamoDB behind a gateway endpoint', behindEndpoint('com.amazonaws.us-east-1.dynamodb'), service, 'rule'],
  ['S3 behind a gateway endpoint', behindEndpoint('com.amazonaws.us-east-1.s3'), service, 'untracked'],
];

for (const [what, world, to, expected] of rows) {
  test(`tracking: towards ${what}`, () => assert.equal(seen(world, 'a', to), expected));
}

test('tracking: what a function of Lambda sends is tracked at its own interface, too', () => {
  assert.equal(seen(ofType('lambda'), 'x', '10.0.1.10'), 'rule');
  assert.equal(seen(ofType('load_balancer'), 'x', '10.0.1.10'), 'untracked');
});
