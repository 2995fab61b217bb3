import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resolveEndpoint } from '#policy/endpoint.ts';
import { unusedGroups } from '#proof/unused.ts';
import type { World } from '#vpc/network.ts';
import { withFiles } from '../../../tests/support/import.ts';
import { readDump } from '../dump/read-dump.ts';

const vpc = { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/16', OwnerId: '111122223333' };
const endpointOf = ({ world }: { readonly world: World }) =>
  [...world.values()].flatMap(({ endpoint }) => [...endpoint.values()])[0];

test('endpoints of each type: those in front of appliances are kept, what has no place here is counted', async () => {
  const rows: readonly (readonly [type: string | undefined, kind: string | undefined])[] = [
    [undefined, 'gateway'],
    ['Gateway', 'gateway'],
    ['Interface', 'interface'],
    ['GatewayLoadBalancer', 'gatewayLoadBalancer'],
    ['ServiceNetwork', undefined],
  ];
  for (const [type, kind] of rows) {
    const endpoint = {
      VpcEndpointId: 'vpce-1',
      VpcId: 'vpc-1',
      ServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-1',
      State: 'available',
      NetworkInterfaceIds: ['eni-1'],
      ...(type === undefined ? {} : { VpcEndpointType: type }),
    };
    const body = { Vpcs: [vpc], VpcEndpoints: [endpoint] };
    await withFiles({ 'all.json': body }, (folder) => {
      const read = readDump(folder);
      assert.equal(endpointOf(read)?.detail.kind, kind, type);
    });
  }
});

test('a group that an endpoint or a load balancer says it has is in use, also where no interface of theirs is described', async () => {
  const arn = 'arn:aws:elasticloadbalancing:us-east-1:111122223333:loadbalancer';
  const endpoint = {
    VpcEndpointId: 'vpce-1',
    VpcEndpointType: 'Interface',
    VpcId: 'vpc-1',
    ServiceName: 'com.amazonaws.us-east-1.sqs',
    Groups: [{ GroupId: 'sg-endpoint' }],
  };
  const body = {
    Vpcs: [vpc],
    VpcEndpoints: [endpoint],
    SecurityGroups: ['endpoint', 'modern', 'classic', 'idle'].map((name) => ({
      GroupId: `sg-${name}`,
      GroupName: name,
      VpcId: 'vpc-1',
    })),
    LoadBalancers: [
      {
        LoadBalancerArn: `${arn}/app/web/0123456789abcdef`,
        VpcId: 'vpc-1',
        Type: 'application',
        SecurityGroups: ['sg-modern'],
      },
    ],
    LoadBalancerDescriptions: [
      { LoadBalancerName: 'old', VPCId: 'vpc-1', SecurityGroups: ['sg-classic'], AvailabilityZones: [] },
    ],
  };
  await withFiles({ 'all.json': body }, (folder) => {
    const { groups } = unusedGroups(readDump(folder).world);
    assert.deepEqual(
      groups.map(({ group }) => group.id),
      ['sg-idle'],
    );
  });
});

test('an interface that two instances are said to have with addresses of their own is two', async () => {
  const instanceOf = (InstanceId: string, PrivateIpAddress: string, GroupId: string) => ({
    InstanceId,
    State: { Name: 'running' },
    VpcId: 'vpc-1',
    SubnetId: 'subnet-1',
    NetworkInterfaces: [
      {
        NetworkInterfaceId: 'eni-1',
        VpcId: 'vpc-1',
        SubnetId: 'subnet-1',
        PrivateIpAddress,
        Groups: [{ GroupId }],
      },
    ],
  });
  const groupOf = (GroupId: string) => ({ GroupId, GroupName: GroupId, VpcId: 'vpc-1', Description: '-' });
  const body = {
    Vpcs: [vpc],
    SecurityGroups: ['sg-1', 'sg-2', 'sg-3'].map(groupOf),
    Reservations: [
      {
        ReservationId: 'r-1',
        Instances: [instanceOf('i-1', '10.0.0.4', 'sg-1'), instanceOf('i-2', '10.0.0.5', 'sg-2')],
      },
    ],
  };
  await withFiles({ 'all.json': body }, (folder) => {
    const { problems, world } = readDump(folder);
    assert.match(
      problems.map(({ reason }) => reason).join(),
      /of i-2 and of i-1, with other addresses; .*eni-/,
    );
    const resolved = resolveEndpoint(world, 'i-2');
    assert.ok(resolved.kind === 'found' && resolved.endpoints[0]?.ip === '10.0.0.5');
    assert.deepEqual(
      unusedGroups(world).groups.map(({ group }) => group.id),
      ['sg-3'],
    );
  });
});

test('an interface that two instances are said to have goes to one, and that is said', async () => {
  const instanceOf = (InstanceId: string) => ({
    InstanceId,
    State: { Name: 'running' },
    VpcId: 'vpc-1',
    SubnetId: 'subnet-1',
    NetworkInterfaces: [{ NetworkInterfaceId: 'eni-1', VpcId: 'vpc-1', SubnetId: 'subnet-1' }],
  });
  const problemsOf = async (...instances: readonly string[]) => {
    const body = {
      Vpcs: [vpc],
      Reservations: [{ ReservationId: 'r-1', Instances: instances.map(instanceOf) }],
    };
    let reasons: readonly string[] = [];
    await withFiles({ 'all.json': body }, (folder) => {
      const { problems, world } = readDump(folder);
      reasons = problems.map(({ reason }) => reason);
      const resolved = resolveEndpoint(world, instances.at(-1) ?? '');
      if (instances.length > 1)
        assert.deepEqual(resolved, { kind: 'unknown', why: 'no interface of instance i-2 is known' });
    });
    return reasons;
  };
  assert.deepEqual(await problemsOf('i-1'), []);
  assert.deepEqual(await problemsOf('i-1', 'i-2'), [
    'eni-1 is said to be an interface of i-2 and of i-1; the latter is taken',
  ]);
});

test('a gateway load balancer takes nothing but what endpoints bring: no output of listeners is missed', async () => {
  const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/gwy/inspect/0123456789abcdef';
  const balancer = { LoadBalancerArn: arn, LoadBalancerName: 'inspect', VpcId: 'vpc-1' };
  const rows: readonly (readonly [string, object])[] = [
    ['gateway', { listeners: [], isMissed: false }],
    ['network', { listeners: undefined, isMissed: true }],
  ];
  for (const [Type, expected] of rows) {
    const body = { Vpcs: [vpc], LoadBalancers: [{ ...balancer, Type }] };
    await withFiles({ 'all.json': body }, (folder) => {
      const { world, unknowns } = readDump(folder);
      const [found] = [...world.values()].flatMap((network) => [...network.loadBalancer.values()]);
      const isMissed = unknowns.some(({ what }) => what.includes('elbv2 describe-listeners'));
      assert.deepEqual({ listeners: found?.listeners, isMissed }, expected, Type);
    });
  }
});
