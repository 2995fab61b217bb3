/** Analyses of paths through imported load balancers, as the AWS CLI shows them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeNetworkInsightsAnalysesResult, NetworkInsightsAnalysis } from '@aws-sdk/client-ec2';
import type { World } from '#vpc/network.ts';
import { Account } from '../../../../tests/support/account.ts';
import {
  balancerId,
  targetGroupId,
  withBalancer,
  withTargetGroup,
} from '../../../../tests/support/balancers.ts';
import { buildWorld, idFor } from '../../../../tests/support/network.ts';

function site(crossZone: boolean): World {
  const open = { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };
  const network = buildWorld({
    subnets: { front: { cidr: '10.0.1.0/24' }, back: { cidr: '10.0.2.0/24' } },
    groups: { open, web: { ingress: ['tcp/8080 open'] } },
    enis: {
      n: { subnet: 'front', ips: ['10.0.1.4'], groups: ['open'] },
      w: { subnet: 'back', ips: ['10.0.2.10'], groups: ['web'] },
      c: { subnet: 'front', ips: ['10.0.1.20'], groups: ['open'] },
    },
  });
  const target = { id: idFor('i', 'w'), zone: 'us-east-1b' };
  const grouped = withTargetGroup(network, 'g', { port: 8080, targets: [target] });
  return withBalancer(grouped, 'b', { nodes: ['n'], listeners: ['tcp/443 g'], crossZone });
}

function analyze(world: World): NetworkInsightsAnalysis {
  const account = new Account();
  account.world = world;
  const { NetworkInsightsPath: path } = account.call<{ NetworkInsightsPath: object }>(
    'CreateNetworkInsightsPath',
    { Protocol: 'tcp', Source: idFor('i', 'c'), Destination: idFor('i', 'w'), DestinationPort: 443 },
  );
  account.call('StartNetworkInsightsAnalysis', { ...path, FilterInArns: [balancerId('b')] });
  account.nowMs += 1000;
  const shown = account.call<DescribeNetworkInsightsAnalysesResult>('DescribeNetworkInsightsAnalyses');
  return shown.NetworkInsightsAnalyses?.[0] ?? assert.fail();
}

test('a path through a load balancer names it, its listener and the target group by their ARNs', () => {
  const { NetworkPathFound, ForwardPathComponents: forward = [], ReturnPathComponents } = analyze(site(true));
  assert.equal(NetworkPathFound, true);
  const at = forward.findIndex(({ ElasticLoadBalancerListener: listener }) => listener);
  const [node, balancer, group] = forward.slice(at - 1, at + 2);
  assert.equal(node?.AttachedTo?.Arn, balancerId('b'));
  assert.deepEqual(balancer?.Component, { Id: balancerId('b'), Arn: balancerId('b'), Name: 'b' });
  assert.match(balancer?.ElasticLoadBalancerListener?.Arn ?? '', /:listener\//);
  assert.deepEqual(balancer?.OutboundHeader?.DestinationPortRanges, [{ From: 8080, To: 8080 }]);
  assert.equal(group?.Component?.Arn, targetGroupId('g'));
  assert.ok(ReturnPathComponents?.some(({ Component }) => Component?.Id === balancerId('b')));
});

test('what a load balancer keeps back is explained by its listener and target', () => {
  const { NetworkPathFound, Explanations = [] } = analyze(site(false));
  const [{ ElasticLoadBalancerListener: listener, ...explanation } = {}, ...more] = Explanations;
  assert.deepEqual([NetworkPathFound, more], [false, []]);
  assert.match(listener?.Arn ?? '', /:listener\//);
  assert.deepEqual(explanation, {
    ExplanationCode: 'ELB_NOT_CROSSZONE',
    LoadBalancerArn: balancerId('b'),
    LoadBalancerListenerPort: 443,
    LoadBalancerTarget: {
      Address: '10.0.2.10',
      Port: 8080,
      AvailabilityZone: 'us-east-1b',
      Instance: {
        Id: idFor('i', 'w'),
        Arn: `arn:aws:ec2:us-east-1:123456789012:instance/${idFor('i', 'w')}`,
      },
    },
  });
});
