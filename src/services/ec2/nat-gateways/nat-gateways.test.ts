import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateNatGatewayResult,
  DescribeNatGatewaysResult,
  DescribeNetworkInterfacesResult,
  DescribeRouteTablesResult,
  NatGateway,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const subnetIn = (account: Account, zone = 'us-east-1a'): string =>
  [...account.network.subnet.values()].find((subnet) => subnet.zone === zone)?.id ?? assert.fail(zone);
const allocate = (account: Account): string =>
  account.call<{ AllocationId: string }>('AllocateAddress', { Domain: 'vpc' }).AllocationId;
const make = (account: Account, input: object = {}): NatGateway => {
  const SubnetId = subnetIn(account);
  const made = account.call<CreateNatGatewayResult>('CreateNatGateway', { SubnetId, ...input });
  return made.NatGateway ?? assert.fail();
};
const shown = (account: Account, id: string | undefined): NatGateway =>
  account.call<DescribeNatGatewaysResult>('DescribeNatGateways', { NatGatewayIds: [id] }).NatGateways?.[0] ??
  assert.fail(id);

test('a public gateway: an interface of its own, an elastic address, pending and then available', () => {
  const account = new Account();
  const AllocationId = allocate(account);
  const made = make(account, { AllocationId });
  assert.equal(made.State, 'pending');
  account.nowMs += 999;
  assert.equal(shown(account, made.NatGatewayId).State, 'pending');
  account.nowMs += 1;
  const gateway = shown(account, made.NatGatewayId);
  assert.equal(gateway.State, 'available');
  const [address] = gateway.NatGatewayAddresses ?? [];
  assert.equal(address?.AllocationId, AllocationId);
  const eni = account.network.eni.get(address?.NetworkInterfaceId ?? '');
  assert.deepEqual(
    [eni?.interfaceType, eni?.requesterManaged, eni?.sourceDestCheck, eni?.groupIds],
    ['nat_gateway', true, false, []],
  );
  assert.equal(account.refusal('DeleteSubnet', { SubnetId: gateway.SubnetId }), 'DependencyViolation');
});

test('the interface of a gateway is attached to AWS, and found by that', () => {
  const account = new Account();
  const made = make(account, { AllocationId: allocate(account) });
  const id = made.NatGatewayAddresses?.[0]?.NetworkInterfaceId ?? '';
  const find = (Filters: object[]) =>
    account.call<DescribeNetworkInterfacesResult>('DescribeNetworkInterfaces', { Filters }).NetworkInterfaces;
  const AttachmentId = id.replace('eni-', 'ela-attach-');
  const rows: readonly (readonly [filter: string, value: string])[] = [
    ['attachment.attachment-id', AttachmentId],
    ['attachment.instance-owner-id', 'amazon-aws'],
    ['attachment.status', 'attached'],
    ['attachment.device-index', '1'],
    ['attachment.delete-on-termination', 'false'],
  ];
  for (const [Name, value] of rows) {
    const found = find([{ Name, Values: [value] }]);
    assert.deepEqual(
      found?.map((eni) => [eni.NetworkInterfaceId, eni.Attachment]),
      [
        [
          id,
          {
            AttachmentId,
            DeleteOnTermination: false,
            DeviceIndex: 1,
            InstanceOwnerId: 'amazon-aws',
            Status: 'attached',
          },
        ],
      ],
    );
  }
  const Attachment = { AttachmentId, DeleteOnTermination: true };
  const change = { NetworkInterfaceId: id, Attachment };
  assert.equal(account.refusal('DetachNetworkInterface', { AttachmentId }), 'OperationNotPermitted');
  assert.equal(account.refusal('ModifyNetworkInterfaceAttribute', change), 'OperationNotPermitted');
});

test('deleting frees the address at once, and the gateway stays visible for an hour', () => {
  const account = new Account();
  const AllocationId = allocate(account);
  const { NatGatewayId, SubnetId } = make(account, { AllocationId });
  const [table] = account.network.routeTable.values();
  account.call('CreateRoute', { RouteTableId: table?.id, DestinationCidrBlock: '9.0.0.0/8', NatGatewayId });
  const routeState = () =>
    account.call<DescribeRouteTablesResult>('DescribeRouteTables').RouteTables?.[0]?.Routes?.at(-1)?.State;
  assert.equal(routeState(), 'active');
  account.call('DeleteNatGateway', { NatGatewayId });
  assert.equal(routeState(), 'blackhole');
  account.call('ReleaseAddress', { AllocationId });
  account.call('DeleteSubnet', { SubnetId });
  assert.equal(shown(account, NatGatewayId).State, 'deleting');
  assert.equal(account.refusal('DeleteNatGateway', { NatGatewayId }), 'NatGatewayNotFound');
  account.nowMs += 1000;
  assert.equal(shown(account, NatGatewayId).State, 'deleted');
  account.nowMs += 3_600_000 - 1001;
  assert.equal(shown(account, NatGatewayId).State, 'deleted');
  account.nowMs += 1;
  assert.equal(
    account.refusal('DescribeNatGateways', { NatGatewayIds: [NatGatewayId] }),
    'NatGatewayNotFound',
  );
});

test('a private gateway, with the addresses asked for', () => {
  const account = new Account();
  const { NatGatewayId } = make(account, {
    ConnectivityType: 'private',
    PrivateIpAddress: '172.31.0.9',
    SecondaryPrivateIpAddressCount: 1,
  });
  const addresses = shown(account, NatGatewayId).NatGatewayAddresses ?? [];
  assert.deepEqual(
    addresses.map(({ PrivateIp, IsPrimary, PublicIp }) => [PrivateIp, IsPrimary, PublicIp]),
    [
      ['172.31.0.9', true, undefined],
      ['172.31.0.4', false, undefined],
    ],
  );
});

test('what is refused, and what fails afterwards', () => {
  const account = new Account();
  const SubnetId = subnetIn(account);
  const rows: readonly (readonly [object, string])[] = [
    [{}, 'MissingParameter'],
    [{ SubnetId }, 'MissingParameter'],
    [{ SubnetId, ConnectivityType: 'x' }, 'InvalidParameterValue'],
    [{ SubnetId, AllocationId: 'eipalloc-00000000' }, 'InvalidAllocationID.NotFound'],
    [{ SubnetId: 'subnet-00000000', ConnectivityType: 'private' }, 'InvalidSubnetID.NotFound'],
    [
      { SubnetId, ConnectivityType: 'private', AllocationId: 'eipalloc-00000000' },
      'InvalidParameterCombination',
    ],
    [{ SubnetId, ConnectivityType: 'private', PrivateIpAddress: '10.0.0.9' }, 'InvalidParameterValue'],
    [{ SubnetId, AvailabilityMode: 'regional' }, 'InvalidParameterCombination'],
    [{ SubnetId, AvailabilityMode: 'x' }, 'InvalidParameterValue'],
    [{ SubnetId, VpcId: account.defaultVpcId, ConnectivityType: 'private' }, 'InvalidParameterCombination'],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('CreateNatGateway', input), code, JSON.stringify(input));
  const AllocationId = allocate(account);
  make(account, { AllocationId });
  const second = make(account, { AllocationId });
  account.nowMs += 1000;
  const failed = shown(account, second.NatGatewayId);
  assert.deepEqual([failed.State, failed.FailureCode], ['failed', 'Resource.AlreadyAssociated']);
  const VpcId = account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc.VpcId;
  const { Subnet } = account.call<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
    VpcId,
    CidrBlock: '10.0.0.0/28',
  });
  const closed = make(account, { SubnetId: Subnet.SubnetId, AllocationId: allocate(account) });
  account.nowMs += 1000;
  assert.equal(shown(account, closed.NatGatewayId).FailureCode, 'Gateway.NotAttached');
  account.call('DeleteNatGateway', { NatGatewayId: closed.NatGatewayId });
});

test('the limit counts by zone', () => {
  const account = new Account({ quotas: { natGatewaysPerZone: 1 } });
  make(account, { ConnectivityType: 'private' });
  const input = { SubnetId: subnetIn(account), ConnectivityType: 'private' };
  assert.equal(account.refusal('CreateNatGateway', input), 'NatGatewayLimitExceeded');
  make(account, { SubnetId: subnetIn(account, 'us-east-1b'), ConnectivityType: 'private' });
});

test('filters of NAT gateways, both sides', () => {
  const account = new Account();
  const {
    NatGatewayId = '',
    SubnetId = '',
    VpcId = '',
  } = make(account, {
    ConnectivityType: 'private',
    ClientToken: 't',
    TagSpecifications: [{ ResourceType: 'natgateway', Tags: [{ Key: 'Name', Value: 'n' }] }],
  });
  const rows: readonly (readonly [name: string, yes: string, no: string])[] = [
    ['nat-gateway-id', NatGatewayId, 'nat-0'],
    ['state', 'pending', 'available'],
    ['subnet-id', SubnetId, 'subnet-0'],
    ['vpc-id', VpcId, 'vpc-0'],
    ['tag:Name', 'n', 'm'],
  ];
  const has = (Name: string, value: string) =>
    account
      .call<DescribeNatGatewaysResult>('DescribeNatGateways', { Filter: [{ Name, Values: [value] }] })
      .NatGateways?.some((gateway) => gateway.NatGatewayId === NatGatewayId);
  for (const [name, yes, no] of rows) {
    assert.equal(has(name, yes), true, name);
    assert.equal(has(name, no), false, name);
  }
});
