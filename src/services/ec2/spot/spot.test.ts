import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type {
  CancelSpotInstanceRequestsResult,
  DescribeInstancesResult,
  DescribeSpotInstanceRequestsResult,
  Instance,
  Reservation,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const hourMs = 3_600_000;
const persistent = { SpotInstanceType: 'persistent', InstanceInterruptionBehavior: 'stop' };

function launch(account: Account, SpotOptions: object = {}, more: object = {}): Instance {
  const { Instances = [] } = account.call<Reservation>('RunInstances', {
    ImageId: 'ami-0123456789abcdef0',
    MinCount: 1,
    MaxCount: 1,
    InstanceMarketOptions: { MarketType: 'spot', SpotOptions },
    ...more,
  });
  account.nowMs += 60_000;
  return Instances[0] ?? assert.fail();
}

const requestsOf = (account: Account, input: object = {}) =>
  account.call<DescribeSpotInstanceRequestsResult>('DescribeSpotInstanceRequests', input)
    .SpotInstanceRequests ?? [];

/** State and status of the one request. */
function standing(account: Account): readonly (string | undefined)[] {
  const [request] = requestsOf(account);
  return [request?.State, request?.Status?.Code, request?.InstanceId];
}

test('a launch on the spot market has a request of its own, which says what was launched', () => {
  const account = new Account();
  const tags = [{ ResourceType: 'spot-instances-request', Tags: [{ Key: 'Name', Value: 'n' }] }];
  const instance = launch(account, { MaxPrice: '0.5' }, { TagSpecifications: tags });
  assert.equal(instance.InstanceLifecycle, 'spot');
  const [request] = requestsOf(account);
  assert.equal(request?.SpotInstanceRequestId, instance.SpotInstanceRequestId);
  assert.deepEqual(
    [request?.Type, request?.SpotPrice, request?.InstanceInterruptionBehavior, request?.Tags],
    ['one-time', '0.500000', 'terminate', [{ Key: 'Name', Value: 'n' }]],
  );
  assert.deepEqual(standing(account), ['active', 'fulfilled', instance.InstanceId]);
  const specification = request?.LaunchSpecification;
  assert.equal(specification?.SubnetId, instance.SubnetId);
  assert.deepEqual(specification?.SecurityGroups, instance.SecurityGroups);
  assert.equal(
    specification?.NetworkInterfaces?.[0]?.NetworkInterfaceId,
    instance.NetworkInterfaces?.[0]?.NetworkInterfaceId,
  );
  assert.equal(specification?.BlockDeviceMappings?.[0]?.DeviceName, '/dev/xvda');
});

test('a Spot Instance is protected from nothing', () => {
  const account = new Account();
  const { InstanceId } = launch(account);
  for (const attribute of ['DisableApiTermination', 'DisableApiStop']) {
    const change = (Value: boolean) => ({ InstanceId, [attribute]: { Value } });
    assert.equal(account.refusal('ModifyInstanceAttribute', change(true)), 'UnsupportedOperation');
    account.call('ModifyInstanceAttribute', change(false));
  }
});

test('instances on demand have none', () => {
  const account = new Account();
  const { Instances } = account.call<Reservation>('RunInstances', {
    ImageId: 'ami-0123456789abcdef0',
    MinCount: 1,
    MaxCount: 1,
  });
  assert.equal(Instances?.[0]?.InstanceLifecycle, undefined);
  assert.deepEqual(requestsOf(account), []);
});

test('each instance of a launch has one, and its filters find it', () => {
  const account = new Account();
  const { SpotInstanceRequestId, InstanceId } = launch(account, {}, { MaxCount: 2 });
  assert.equal(requestsOf(account).length, 2);
  const Filters = [{ Name: 'spot-instance-request-id', Values: [SpotInstanceRequestId] }];
  const { Reservations } = account.call<DescribeInstancesResult>('DescribeInstances', { Filters });
  assert.deepEqual(
    Reservations?.flatMap(({ Instances = [] }) => Instances.map((each) => each.InstanceId)),
    [InstanceId],
  );
});

test('a one-time request closes with its instance, and is shown for four hours', () => {
  const account = new Account();
  const { InstanceId, SpotInstanceRequestId } = launch(account);
  assert.equal(account.refusal('StopInstances', { InstanceIds: [InstanceId] }), 'UnsupportedOperation');
  account.call('TerminateInstances', { InstanceIds: [InstanceId] });
  assert.deepEqual(standing(account), ['closed', 'instance-terminated-by-user', InstanceId]);
  account.nowMs += 4 * hourMs - 1;
  const Filters = [{ Name: 'spot-instance-request-id', Values: [SpotInstanceRequestId] }];
  const shown = () => [requestsOf(account).length, requestsOf(account, { Filters }).length];
  assert.deepEqual(shown(), [1, 1]);
  account.nowMs += 1;
  assert.deepEqual(shown(), [0, 0]);
  const named = { SpotInstanceRequestIds: [SpotInstanceRequestId] };
  const gone = 'InvalidSpotInstanceRequestID.NotFound';
  assert.equal(account.refusal('DescribeSpotInstanceRequests', named), gone);
  launch(account);
  assert.equal([...account.network.spotRequest.values()].length, 1);
});

test('a persistent request is disabled while its instance is stopped, and open once that is gone', () => {
  const account = new Account();
  const ValidUntil = new Date(account.nowMs + 8 * hourMs);
  const { InstanceId } = launch(account, { ...persistent, ValidUntil });
  account.call('StopInstances', { InstanceIds: [InstanceId] });
  assert.deepEqual(standing(account), ['disabled', 'instance-stopped-by-user', InstanceId]);
  account.nowMs += 60_000;
  account.call('StartInstances', { InstanceIds: [InstanceId] });
  assert.deepEqual(standing(account), ['active', 'fulfilled', InstanceId]);
  account.call('TerminateInstances', { InstanceIds: [InstanceId] });
  assert.deepEqual(standing(account), ['open', 'capacity-not-available', undefined]);
  account.nowMs = ValidUntil.getTime() - 1;
  assert.equal(standing(account)[0], 'open');
  account.nowMs += 1;
  assert.deepEqual(standing(account), ['closed', 'schedule-expired', InstanceId]);
});

test('a request is canceled and its instance goes on', () => {
  const account = new Account();
  const { InstanceId, SpotInstanceRequestId } = launch(account);
  const named = { SpotInstanceRequestIds: [SpotInstanceRequestId] };
  const { CancelledSpotInstanceRequests } = account.call<CancelSpotInstanceRequestsResult>(
    'CancelSpotInstanceRequests',
    named,
  );
  assert.deepEqual(CancelledSpotInstanceRequests, [{ SpotInstanceRequestId, State: 'cancelled' }]);
  assert.deepEqual(standing(account), ['cancelled', 'request-canceled-and-instance-running', InstanceId]);
  account.nowMs += 5 * hourMs;
  assert.equal(requestsOf(account).length, 1);
  account.call('TerminateInstances', { InstanceIds: [InstanceId] });
  assert.deepEqual(standing(account), ['cancelled', 'instance-terminated-by-user', InstanceId]);
  account.nowMs += 4 * hourMs;
  assert.deepEqual(requestsOf(account), []);
});

test('what is closed stays so when it is canceled', () => {
  const account = new Account();
  const { InstanceId, SpotInstanceRequestId } = launch(account);
  account.call('TerminateInstances', { InstanceIds: [InstanceId] });
  const named = { SpotInstanceRequestIds: [SpotInstanceRequestId] };
  const answer = account.call<CancelSpotInstanceRequestsResult>('CancelSpotInstanceRequests', named);
  assert.equal(answer.CancelledSpotInstanceRequests?.[0]?.State, 'closed');
});

describe('what is refused', () => {
  const later = new Date(Date.UTC(2026, 0, 2));
  const market = (SpotOptions: object) => ({ InstanceMarketOptions: { MarketType: 'spot', SpotOptions } });
  const rows: readonly (readonly [more: object, code: string | undefined])[] = [
    [{ InstanceMarketOptions: {} }, 'MissingParameter'],
    [{ InstanceMarketOptions: { MarketType: 'x' } }, 'InvalidParameterValue'],
    [{ InstanceMarketOptions: { MarketType: 'capacity-block' } }, 'InvalidParameterCombination'],
    [market({ MaxPrice: '0.001' }), 'InvalidParameterValue'],
    [market({ MaxPrice: '0.0011' }), undefined],
    [market({ MaxPrice: 'cheap' }), 'InvalidParameterValue'],
    [market({ SpotInstanceType: 'x' }), 'InvalidParameterValue'],
    [market({ SpotInstanceType: 'persistent' }), 'InvalidParameterCombination'],
    [market(persistent), undefined],
    [market({ InstanceInterruptionBehavior: 'stop' }), 'InvalidParameterCombination'],
    [market({ InstanceInterruptionBehavior: 'x' }), 'InvalidParameterValue'],
    [market({ BlockDurationMinutes: 60 }), 'UnsupportedOperation'],
    [market({ ValidUntil: later }), 'InvalidParameterCombination'],
    [market({ ...persistent, ValidUntil: later }), undefined],
    [market({ ...persistent, ValidUntil: new Date(0) }), 'InvalidParameterValue'],
    [{ ...market({}), DisableApiTermination: true }, 'UnsupportedOperation'],
    [{ ...market({}), DisableApiStop: true }, 'UnsupportedOperation'],
    [{ ...market(persistent), HibernationOptions: { Configured: true } }, 'InvalidParameterCombination'],
    [{ TagSpecifications: [{ ResourceType: 'spot-instances-request', Tags: [] }] }, 'InvalidParameterValue'],
  ];
  const base = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
  for (const [more, code] of rows) {
    test(`${JSON.stringify(more)}: ${code ?? 'taken'}`, () => {
      const outcome = new Account().attempt('RunInstances', { ...base, ...more });
      assert.equal(outcome.kind === 'refused' ? outcome.code : undefined, code, JSON.stringify(outcome));
    });
  }
});
