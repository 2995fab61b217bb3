/** Load balancers of an account: every page, everything about each, and what is refused. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Json } from '../json/fields.ts';
import { collectBalancers } from './collect-balancers.ts';
import { type Ask, AwsFailure, type BalancerService } from './sdk.ts';

const arn = (what: string) => `arn:aws:elasticloadbalancing:us-east-1:111122223333:${what}`;
const front = arn('loadbalancer/app/front/0a0000000000000a');
const wire = arn('loadbalancer/net/wire/0a0000000000000b');

function denied(): AwsFailure {
  const cause = new Error('not you');
  cause.name = 'AccessDenied';
  return new AwsFailure(cause);
}

/** Answers as Elastic Load Balancing: two pages of load balancers, and no one may see target health. */
const answers: Readonly<Record<string, (input: Json) => Json>> = {
  'elbv2 DescribeLoadBalancers': ({ Marker }) =>
    Marker === 'more'
      ? { LoadBalancers: [{ LoadBalancerArn: wire }] }
      : { LoadBalancers: [{ LoadBalancerArn: front }], NextMarker: 'more' },
  'elbv2 DescribeListeners': ({ LoadBalancerArn }) => ({
    Listeners: [
      {
        ListenerArn: `${String(LoadBalancerArn).replace('loadbalancer', 'listener')}/0c`,
        Protocol: LoadBalancerArn === front ? 'HTTPS' : 'TCP',
      },
    ],
  }),
  'elbv2 DescribeTargetGroups': () => ({ TargetGroups: [{ TargetGroupArn: arn('targetgroup/web/0b') }] }),
  'elbv2 DescribeTargetHealth': () => {
    throw denied();
  },
  'elb DescribeLoadBalancers': () => ({ LoadBalancerDescriptions: [{ LoadBalancerName: 'old' }] }),
};

const region = (installed: readonly BalancerService[]) => ({
  account: '111122223333',
  region: 'us-east-1',
  ask: () => Promise.reject(new Error('EC2 is not asked')),
  options: {},
  clients: {
    balancersIn: (_region: string, service: BalancerService): Promise<Ask | undefined> => {
      const ask: Ask = (action, input) =>
        Promise.resolve().then(() => answers[`${service} ${action}`]?.(input) ?? {});
      return Promise.resolve(installed.includes(service) ? ask : undefined);
    },
  },
});

test('every page, and everything about each', async () => {
  const { documents, unknowns } = await collectBalancers(region(['elbv2', 'elb']), true);
  assert.deepEqual(
    documents.map(({ file }) => file).sort(),
    [
      'elbv2-describe-load-balancers.json',
      'elbv2-describe-listeners.loadbalancer_app_front_0a0000000000000a.json',
      'elbv2-describe-rules.listener_app_front_0a0000000000000a_0c.json',
      'elbv2-describe-load-balancer-attributes.loadbalancer_app_front_0a0000000000000a.json',
      'elbv2-describe-listeners.loadbalancer_net_wire_0a0000000000000b.json',
      'elbv2-describe-load-balancer-attributes.loadbalancer_net_wire_0a0000000000000b.json',
      'elbv2-describe-target-groups.json',
      'elbv2-describe-target-group-attributes.targetgroup_web_0b.json',
      'elb-describe-load-balancers.json',
      'elb-describe-load-balancer-attributes.old.json',
    ].sort(),
  );
  const [first] = documents;
  assert.deepEqual(first?.body, { LoadBalancers: [{ LoadBalancerArn: front }, { LoadBalancerArn: wire }] });
  assert.deepEqual(
    unknowns.map(({ what }) => what),
    ['elbv2-describe-target-health.targetgroup_web_0b in us-east-1 was refused: AccessDenied'],
  );
});

test('without the packages, what there may be is said', async () => {
  for (const [areThere, said] of [
    [true, 2],
    [false, 0],
  ] as const) {
    const { documents, unknowns } = await collectBalancers(region([]), areThere);
    assert.deepEqual([documents.length, unknowns.length], [0, said]);
  }
});
