import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateInternetGatewayResult, DescribeInternetGatewaysResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const makeGateway = (account: Account): string =>
  account.call<CreateInternetGatewayResult>('CreateInternetGateway', {
    TagSpecifications: [{ ResourceType: 'internet-gateway', Tags: [{ Key: 'Name', Value: 'g' }] }],
  }).InternetGateway?.InternetGatewayId ?? '';
const makeVpc = (account: Account): string =>
  account.call<{ Vpc: { VpcId: string } }>('CreateVpc', { CidrBlock: '10.0.0.0/16' }).Vpc.VpcId;

test('a gateway is attached to one VPC, and a VPC has one gateway', () => {
  const account = new Account();
  const [first, second, VpcId] = [makeGateway(account), makeGateway(account), makeVpc(account)];
  account.call('AttachInternetGateway', { InternetGatewayId: first, VpcId });
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['AttachInternetGateway', { InternetGatewayId: first, VpcId }, 'Resource.AlreadyAssociated'],
    ['AttachInternetGateway', { InternetGatewayId: second, VpcId }, 'InvalidParameterValue'],
    ['AttachInternetGateway', { InternetGatewayId: second }, 'MissingParameter'],
    [
      'AttachInternetGateway',
      { InternetGatewayId: 'igw-00000000', VpcId },
      'InvalidInternetGatewayID.NotFound',
    ],
    ['AttachInternetGateway', { InternetGatewayId: second, VpcId: 'vpc-00000000' }, 'InvalidVpcID.NotFound'],
    ['DetachInternetGateway', { InternetGatewayId: second, VpcId }, 'Gateway.NotAttached'],
    [
      'DetachInternetGateway',
      { InternetGatewayId: first, VpcId: account.defaultVpcId },
      'Gateway.NotAttached',
    ],
    ['DeleteInternetGateway', { InternetGatewayId: first }, 'DependencyViolation'],
    ['DeleteInternetGateway', { InternetGatewayId: 'igw-1' }, 'InvalidInternetGatewayId.Malformed'],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
  account.call('DetachInternetGateway', { InternetGatewayId: first, VpcId });
  account.call('DeleteInternetGateway', { InternetGatewayId: first });
  assert.equal(account.network.internetGateway.has(first), false);
});

test('a gateway stays while public addresses lead into the VPC', () => {
  const account = new Account();
  const [InternetGatewayId, VpcId] = [makeGateway(account), makeVpc(account)];
  account.call('AttachInternetGateway', { InternetGatewayId, VpcId });
  const { Subnet } = account.call<{ Subnet: { SubnetId: string } }>('CreateSubnet', {
    VpcId,
    CidrBlock: '10.0.0.0/24',
  });
  const { NetworkInterface } = account.call<{ NetworkInterface: { NetworkInterfaceId: string } }>(
    'CreateNetworkInterface',
    { SubnetId: Subnet.SubnetId },
  );
  const { AllocationId } = account.call<{ AllocationId: string }>('AllocateAddress', { Domain: 'vpc' });
  const { AssociationId } = account.call<{ AssociationId: string }>('AssociateAddress', {
    AllocationId,
    NetworkInterfaceId: NetworkInterface.NetworkInterfaceId,
  });
  assert.equal(account.refusal('DetachInternetGateway', { InternetGatewayId, VpcId }), 'DependencyViolation');
  account.call('DisassociateAddress', { AssociationId });
  account.call('DetachInternetGateway', { InternetGatewayId, VpcId });
});

test('filters, pages and the limit', () => {
  const account = new Account({ quotas: { internetGatewaysPerRegion: 2 } });
  const id = makeGateway(account);
  assert.equal(account.refusal('CreateInternetGateway'), 'InternetGatewayLimitExceeded');
  const has = (Name: string, value: string) =>
    account
      .call<DescribeInternetGatewaysResult>('DescribeInternetGateways', {
        Filters: [{ Name, Values: [value] }],
      })
      .InternetGateways?.some(({ InternetGatewayId }) => InternetGatewayId === id);
  assert.equal(has('attachment.state', 'available'), false);
  account.call('DetachInternetGateway', {
    InternetGatewayId: [...account.network.internetGateway.by('vpc', account.defaultVpcId)][0]?.id,
    VpcId: account.defaultVpcId,
  });
  account.call('AttachInternetGateway', { InternetGatewayId: id, VpcId: account.defaultVpcId });
  const rows: readonly (readonly [name: string, yes: string, no: string])[] = [
    ['attachment.state', 'available', 'attached'],
    ['attachment.vpc-id', account.defaultVpcId, 'vpc-0'],
    ['internet-gateway-id', id, 'igw-0'],
    ['owner-id', '123456789012', '1'],
    ['tag:Name', 'g', 'h'],
    ['tag-key', 'Name', 'name'],
  ];
  for (const [name, yes, no] of rows) {
    assert.equal(has(name, yes), true, name);
    assert.equal(has(name, no), false, name);
  }
  assert.equal(account.refusal('DescribeInternetGateways', { MaxResults: 4 }), 'InvalidParameterValue');
});
