/** Access scopes through imported load balancers: who gets to a target by one, and which statements mean it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AccessScopePathRequest,
  DescribeNetworkInsightsAccessScopeAnalysesResult,
} from '@aws-sdk/client-ec2';
import type { World } from '#vpc/network.ts';
import { findingsOf, startAnalysis } from '../../../../tests/support/access-scopes.ts';
import { Account } from '../../../../tests/support/account.ts';
import { balancerId, withBalancer, withTargetGroup } from '../../../../tests/support/balancers.ts';
import { buildWorld, cidr, eniId } from '../../../../tests/support/network.ts';

/** `n` is the node of a load balancer that everybody may use on 443, or one block alone; `w` admits the node alone. */
function site(sources?: string): World {
  const network = buildWorld({
    subnets: { front: { cidr: '10.0.1.0/24', internet: true }, back: { cidr: '10.0.2.0/24' } },
    groups: {
      lb: { ingress: ['tcp/443 0.0.0.0/0'], egress: ['tcp/8080 0.0.0.0/0'] },
      web: { ingress: ['tcp/8080 lb'] },
      client: { egress: ['tcp/443 0.0.0.0/0'] },
      shut: {},
    },
    enis: {
      n: { subnet: 'front', ips: ['10.0.1.4'], groups: ['lb'], publicIp: '198.18.0.4' },
      w: { subnet: 'back', ips: ['10.0.2.10'], groups: ['web'] },
      c: { subnet: 'back', ips: ['10.0.2.20'], groups: ['client'] },
      d: { subnet: 'back', ips: ['10.0.2.21'], groups: ['shut'] },
    },
  });
  const grouped = withTargetGroup(network, 'g', { port: 8080, targets: ['w'] });
  const condition = sources ? { sources: [cidr(sources)] } : {};
  return withBalancer(grouped, 'b', { nodes: ['n'], listeners: ['tcp/443 g'], ...condition });
}

const gateway = { ResourceStatement: { ResourceTypes: ['AWS::EC2::InternetGateway'] } };
const target = { ResourceStatement: { Resources: [eniId('w')] } };
const balancers = (generation: string) => [
  { ResourceStatement: { ResourceTypes: [`AWS::ElasticLoadBalancing${generation}::LoadBalancer`] } },
];

/** The first and the last component of each finding, and whether it passes the load balancer; then the warning. */
function found(
  world: World,
  match: AccessScopePathRequest,
  exclude?: AccessScopePathRequest,
): readonly string[] {
  const account = new Account();
  account.world = world;
  const { NetworkInsightsAccessScopeAnalysisId: id } = startAnalysis(account, [match], exclude && [exclude]);
  account.nowMs += 60_000;
  const { NetworkInsightsAccessScopeAnalyses: [shown] = [] } =
    account.call<DescribeNetworkInsightsAccessScopeAnalysesResult>(
      'DescribeNetworkInsightsAccessScopeAnalyses',
    );
  assert.equal(shown?.WarningMessage, undefined);
  return findingsOf(account, id)
    .map(({ FindingComponents = [] }) => {
      const ids = FindingComponents.map(({ Component }) => Component?.Id ?? '');
      const names = new Map(['n', 'w', 'c', 'd'].map((name) => [eniId(name), name]));
      const [first, last] = [ids.find((each) => names.has(each)), ids.findLast((each) => names.has(each))];
      const by = ids.includes(balancerId('b')) ? ' by b' : '';
      const from = ids[0]?.startsWith('igw-') ? 'igw' : names.get(first ?? '');
      return `${from} > ${names.get(last ?? '')}${by}`;
    })
    .sort();
}

type Row = readonly [
  what: string,
  expected: readonly string[],
  sources: string | undefined,
  match: AccessScopePathRequest,
  exclude?: AccessScopePathRequest,
];

const from203 = { PacketHeaderStatement: { SourceAddresses: ['203.0.113.0/24'] } };
const onPort = (port: number) => ({ PacketHeaderStatement: { DestinationPorts: [`${port}`] } });

const rows: readonly Row[] = [
  ['from the internet', ['igw > w by b'], undefined, { Source: gateway, Destination: target }],
  ['from anywhere', ['c > w by b', 'igw > w by b', 'n > w by b'], undefined, { Destination: target }],
  [
    'what passes one',
    ['igw > w by b'],
    undefined,
    { Source: gateway, ThroughResources: balancers('V2'), Destination: target },
  ],
  [
    'what passes a classic one',
    [],
    undefined,
    { Source: gateway, ThroughResources: balancers(''), Destination: target },
  ],
  [
    'what passes it by its ARN',
    ['igw > w by b'],
    undefined,
    {
      Source: gateway,
      ThroughResources: [{ ResourceStatement: { Resources: [balancerId('b')] } }],
      Destination: target,
    },
  ],
  [
    'but what passes one',
    [],
    undefined,
    { Source: gateway, Destination: target },
    { ThroughResources: balancers('V2') },
  ],
  [
    'under the listener’s port at the source',
    ['igw > w by b'],
    undefined,
    { Source: { ...gateway, ...onPort(443) }, Destination: target },
  ],
  ['not under the target’s', [], undefined, { Source: { ...gateway, ...onPort(8080) }, Destination: target }],
  [
    'which it has at the destination',
    ['igw > w by b'],
    undefined,
    { Source: gateway, Destination: { ...target, ...onPort(8080) } },
  ],
  [
    'for whom a rule lets in',
    ['igw > w by b'],
    '203.0.113.0/28',
    { Source: { ...gateway, ...from203 }, Destination: target },
  ],
  ['for nobody else', [], '192.0.2.0/24', { Source: { ...gateway, ...from203 }, Destination: target }],
];

for (const [what, expected, sources, match, exclude] of rows) {
  test(`a scope through a load balancer: ${what}`, () =>
    assert.deepEqual(found(site(sources), match, exclude), expected));
}
