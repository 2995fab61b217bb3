import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AssociateNatGatewayAddressResult,
  CreateNatGatewayResult,
  DescribeAddressesResult,
  DescribeNatGatewaysResult,
  NatGatewayAddress,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const allocate = (account: Account): string =>
  account.call<{ AllocationId: string }>('AllocateAddress', { Domain: 'vpc' }).AllocationId;

/** An account with a gateway that stands in the default subnet of a zone. */
function standing(input: (account: Account) => object, quotas = {}): { account: Account; id: string } {
  const account = new Account({ quotas });
  const subnet = [...account.network.subnet.values()].find(({ zone }) => zone === 'us-east-1a');
  const made = account.call<CreateNatGatewayResult>('CreateNatGateway', {
    SubnetId: subnet?.id,
    ...input(account),
  });
  account.nowMs += 1000;
  return { account, id: made.NatGateway?.NatGatewayId ?? assert.fail() };
}

function addressesOf(account: Account, id: string): readonly NatGatewayAddress[] {
  const { NatGateways } = account.call<DescribeNatGatewaysResult>('DescribeNatGateways', {
    NatGatewayIds: [id],
  });
  return NatGateways?.[0]?.NatGatewayAddresses ?? [];
}

const statuses = (account: Account, id: string) => addressesOf(account, id).map(({ Status }) => Status);

test('an elastic address joins a public gateway and leaves it, each on its way for a second', () => {
  const { account, id } = standing((at) => ({ AllocationId: allocate(at) }));
  const AllocationId = allocate(account);
  const answer = account.call<AssociateNatGatewayAddressResult>('AssociateNatGatewayAddress', {
    NatGatewayId: id,
    AllocationIds: [AllocationId],
  });
  const [joined] = answer.NatGatewayAddresses ?? [];
  assert.deepEqual(
    [joined?.AllocationId, joined?.Status, joined?.IsPrimary],
    [AllocationId, 'associating', false],
  );
  account.nowMs += 999;
  assert.deepEqual(statuses(account, id), ['succeeded', 'associating']);
  account.nowMs += 1;
  assert.deepEqual(statuses(account, id), ['succeeded', 'succeeded']);
  // The address leads to the gateway's interface, as its description shows.
  const { Addresses } = account.call<DescribeAddressesResult>('DescribeAddresses', {
    AllocationIds: [AllocationId],
  });
  assert.equal(Addresses?.[0]?.NetworkInterfaceId, joined?.NetworkInterfaceId);
  assert.equal(Addresses?.[0]?.PrivateIpAddress, joined?.PrivateIp);

  account.call('DisassociateNatGatewayAddress', {
    NatGatewayId: id,
    AssociationIds: [joined?.AssociationId],
  });
  assert.deepEqual(addressesOf(account, id)[1], { ...joined, Status: 'disassociating' });
  const more = { NatGatewayId: id, AllocationIds: [allocate(account)] };
  assert.equal(account.refusal('AssociateNatGatewayAddress', more), 'IncorrectState');
  account.nowMs += 1000;
  assert.deepEqual(statuses(account, id), ['succeeded']);
  const eni = account.network.eni.get(joined?.NetworkInterfaceId ?? '');
  assert.deepEqual(
    eni?.privateIps.map(({ address }) => address === joined?.PrivateIp),
    [false],
  );
  account.call('ReleaseAddress', { AllocationId });
  account.call('AssociateNatGatewayAddress', more);
});

test('a gateway is deleted with its secondary addresses, also while one leaves', () => {
  const { account, id } = standing((at) => ({
    AllocationId: allocate(at),
    SecondaryAllocationIds: [allocate(at)],
  }));
  const [, second] = addressesOf(account, id);
  account.call('DisassociateNatGatewayAddress', {
    NatGatewayId: id,
    AssociationIds: [second?.AssociationId],
  });
  account.call('DeleteNatGateway', { NatGatewayId: id });
  for (const { id: AllocationId } of account.network.address.values()) {
    account.call('ReleaseAddress', { AllocationId });
  }
});

test('private addresses are assigned by number and by name, and taken away', () => {
  const { account, id } = standing(() => ({ ConnectivityType: 'private', PrivateIpAddress: '172.31.0.9' }));
  account.call('AssignPrivateNatGatewayAddress', { NatGatewayId: id, PrivateIpAddressCount: 2 });
  account.call('AssignPrivateNatGatewayAddress', { NatGatewayId: id, PrivateIpAddresses: ['172.31.0.77'] });
  assert.deepEqual(statuses(account, id), ['succeeded', 'assigning', 'assigning', 'assigning']);
  account.nowMs += 1000;
  const [, first = '', second = ''] = addressesOf(account, id).map(({ PrivateIp }) => PrivateIp);
  account.call('UnassignPrivateNatGatewayAddress', {
    NatGatewayId: id,
    PrivateIpAddresses: ['172.31.0.77', first],
  });
  assert.deepEqual(
    addressesOf(account, id).map(({ PrivateIp, Status }) => [PrivateIp, Status]),
    [
      ['172.31.0.9', 'succeeded'],
      [second, 'succeeded'],
      ['172.31.0.77', 'unassigning'],
      [first, 'unassigning'],
    ],
  );
});

test('the limits count the primary address', () => {
  const { account, id } = standing((at) => ({ AllocationId: allocate(at) }), {
    elasticIpsPerNatGateway: 3,
    privateIpsPerNatGateway: 2,
  });
  const join = (count: number) => ({
    NatGatewayId: id,
    AllocationIds: Array.from({ length: count }, () => allocate(account)),
  });
  assert.equal(account.refusal('AssociateNatGatewayAddress', join(3)), 'AddressLimitExceeded');
  const two = join(0);
  const free = [...account.network.address.values()].filter(({ association }) => !association);
  const ids = free.map(({ id: allocationId }) => allocationId);
  assert.equal(
    account.refusal('AssociateNatGatewayAddress', { ...two, AllocationIds: ids.slice(0, 2) }),
    'PrivateIpAddressLimitExceeded',
  );
  account.call('AssociateNatGatewayAddress', { ...two, AllocationIds: ids.slice(0, 1) });
});
