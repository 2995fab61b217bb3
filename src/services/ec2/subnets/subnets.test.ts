import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AssociateSubnetCidrBlockResult,
  CreateSubnetResult,
  CreateVpcResult,
  DescribeSubnetsResult,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const makeVpc = (account: Account): string =>
  account.call<CreateVpcResult>('CreateVpc', { CidrBlock: '10.0.0.0/16', AmazonProvidedIpv6CidrBlock: true })
    .Vpc?.VpcId ?? '';
const makeSubnet = (account: Account, input: object): string =>
  account.call<CreateSubnetResult>('CreateSubnet', input).Subnet?.SubnetId ?? '';
const subnetOf = (account: Account, id: string) =>
  account.call<DescribeSubnetsResult>('DescribeSubnets', { SubnetIds: [id] }).Subnets?.[0] ?? assert.fail(id);
const codeOf = (account: Account, action: string, input: object): string => {
  const outcome = account.attempt(action, input);
  return outcome.kind === 'ok' ? 'ok' : outcome.code;
};

test('blocks of a subnet: inside the VPC, apart from others', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  makeSubnet(account, { VpcId, CidrBlock: '10.0.1.0/24', Ipv6CidrBlock: '2001:db8:0:100::/64' });
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{}, 'MissingParameter'],
    [{ CidrBlock: '10.0.1.0/24' }, 'InvalidSubnet.Conflict'],
    [{ CidrBlock: '10.0.1.240/28' }, 'InvalidSubnet.Conflict'],
    [{ CidrBlock: '10.0.0.0/16' }, 'InvalidSubnet.Conflict'],
    [{ CidrBlock: '10.1.0.0/24' }, 'InvalidSubnet.Range'],
    [{ CidrBlock: '10.0.0.0/29' }, 'InvalidSubnet.Range'],
    [{ CidrBlock: '10.0.0.0/15' }, 'InvalidSubnet.Range'],
    [{ CidrBlock: 'x' }, 'InvalidParameterValue'],
    [{ CidrBlock: '10.0.2.0/24', Ipv6CidrBlock: '2001:db8:0:100::/64' }, 'InvalidSubnet.Conflict'],
    [{ CidrBlock: '10.0.2.0/24', Ipv6CidrBlock: '2001:db8:0:200::/64' }, 'InvalidSubnet.Range'],
    [{ CidrBlock: '10.0.2.0/24', Ipv6CidrBlock: '2001:db8:0:101::/65' }, 'InvalidSubnet.Range'],
    [{ CidrBlock: '10.0.2.0/24', AvailabilityZone: 'us-east-1z' }, 'InvalidParameterValue'],
    [{ CidrBlock: '10.0.2.0/24', AvailabilityZoneId: 'use1-az9' }, 'InvalidParameterValue'],
    [
      { CidrBlock: '10.0.2.0/24', AvailabilityZone: 'us-east-1a', AvailabilityZoneId: 'use1-az1' },
      'InvalidParameterCombination',
    ],
    [{ CidrBlock: '10.0.2.0/24', Ipv6Native: true }, 'InvalidParameterCombination'],
    [{ Ipv6Native: true }, 'MissingParameter'],
    [{ CidrBlock: '10.0.2.0/24', OutpostArn: 'arn' }, 'InvalidParameterValue'],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('CreateSubnet', { VpcId, ...input }), code, JSON.stringify(input));
  assert.equal(codeOf(account, 'CreateSubnet', { VpcId, CidrBlock: '10.0.0.255/24' }), 'ok');
  assert.equal(
    account.refusal('CreateSubnet', { VpcId: 'vpc-00000000', CidrBlock: '10.0.0.0/24' }),
    'InvalidVpcID.NotFound',
  );
});

test('a subnet as AWS shows it', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const id = makeSubnet(account, {
    VpcId,
    CidrBlock: '10.0.1.0/24',
    AvailabilityZoneId: 'use1-az2',
    Ipv6CidrBlock: '2001:db8:0:1ff::/64',
    TagSpecifications: [{ ResourceType: 'subnet', Tags: [{ Key: 'Name', Value: 's' }] }],
  });
  const shown = subnetOf(account, id);
  assert.equal(shown.AvailabilityZone, 'us-east-1b');
  assert.equal(shown.AvailableIpAddressCount, 251);
  assert.equal(shown.SubnetArn, `arn:aws:ec2:us-east-1:123456789012:subnet/${id}`);
  assert.equal(shown.Ipv6CidrBlockAssociationSet?.[0]?.Ipv6CidrBlock, '2001:db8:0:1ff::/64');
  assert.equal(shown.MapPublicIpOnLaunch, false);
  const [acl] = account.network.networkAcl.by('subnet', id);
  assert.equal(acl?.isDefault, true);
});

test('attributes', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const SubnetId = makeSubnet(account, { VpcId, CidrBlock: '10.0.1.0/24' });
  const refusals: readonly (readonly [object, string])[] = [
    [{ SubnetId }, 'MissingParameter'],
    [{ MapPublicIpOnLaunch: { Value: true } }, 'MissingParameter'],
    [{ SubnetId, AssignIpv6AddressOnCreation: { Value: true } }, 'InvalidParameterValue'],
    [{ SubnetId, PrivateDnsHostnameTypeOnLaunch: 'x' }, 'InvalidParameterValue'],
    [
      { SubnetId, MapPublicIpOnLaunch: { Value: true }, EnableDns64: { Value: true } },
      'InvalidParameterCombination',
    ],
    [{ SubnetId, EnableLniAtDeviceIndex: 1 }, 'InvalidParameterCombination'],
  ];
  for (const [input, code] of refusals) assert.equal(account.refusal('ModifySubnetAttribute', input), code);
  account.call('AssociateSubnetCidrBlock', { SubnetId, Ipv6CidrBlock: '2001:db8:0:101::/64' });
  const changes: readonly object[] = [
    { MapPublicIpOnLaunch: { Value: true } },
    { AssignIpv6AddressOnCreation: { Value: true } },
    { EnableDns64: { Value: true } },
    { EnableResourceNameDnsARecordOnLaunch: { Value: true } },
    { EnableResourceNameDnsAAAARecordOnLaunch: { Value: true } },
    { PrivateDnsHostnameTypeOnLaunch: 'resource-name' },
  ];
  for (const change of changes) account.call('ModifySubnetAttribute', { SubnetId, ...change });
  const shown = subnetOf(account, SubnetId);
  assert.equal(shown.MapPublicIpOnLaunch, true);
  assert.equal(shown.AssignIpv6AddressOnCreation, true);
  assert.equal(shown.EnableDns64, true);
  assert.deepEqual(shown.PrivateDnsNameOptionsOnLaunch, {
    HostnameType: 'resource-name',
    EnableResourceNameDnsARecord: true,
    EnableResourceNameDnsAAAARecord: true,
  });
});

test('a subnet’s IPv6 block comes and goes', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const SubnetId = makeSubnet(account, { VpcId, CidrBlock: '10.0.1.0/24' });
  const input = { SubnetId, Ipv6CidrBlock: '2001:db8:0:101::/64' };
  const made = account.call<AssociateSubnetCidrBlockResult>('AssociateSubnetCidrBlock', input);
  const AssociationId = made.Ipv6CidrBlockAssociation?.AssociationId;
  assert.equal(
    account.refusal('AssociateSubnetCidrBlock', { SubnetId, Ipv6CidrBlock: '2001:db8:0:102::/64' }),
    'SubnetCidrBlockLimitExceeded',
  );
  const assign = (Value: boolean) =>
    account.call('ModifySubnetAttribute', { SubnetId, AssignIpv6AddressOnCreation: { Value } });
  assign(true);
  assert.equal(account.refusal('DisassociateSubnetCidrBlock', { AssociationId }), 'InvalidCidrBlock.InUse');
  const eni = account.call<{ NetworkInterface: { NetworkInterfaceId: string } }>('CreateNetworkInterface', {
    SubnetId,
  });
  assign(false);
  assert.equal(account.refusal('DisassociateSubnetCidrBlock', { AssociationId }), 'InvalidCidrBlock.InUse');
  account.call('DeleteNetworkInterface', { NetworkInterfaceId: eni.NetworkInterface.NetworkInterfaceId });
  account.call('DisassociateSubnetCidrBlock', { AssociationId });
  assert.equal(
    account.refusal('DisassociateSubnetCidrBlock', { AssociationId }),
    'InvalidSubnetCidrBlockAssociationID.NotFound',
  );
  assert.equal(
    account.refusal('DisassociateSubnetCidrBlock', { AssociationId: 'x' }),
    'InvalidSubnetCidrBlockAssociationID.Malformed',
  );
});

test('filters of subnets, both sides', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const id = makeSubnet(account, { VpcId, CidrBlock: '10.0.1.0/24', Ipv6CidrBlock: '2001:db8:0:101::/64' });
  const block = account.network.subnet.get(id)?.ipv6Blocks[0];
  const dns = 'private-dns-name-options-on-launch';
  const rows: readonly (readonly [name: string, yes: string | undefined, no: string])[] = [
    ['availability-zone', 'us-east-1a', 'us-east-1b'],
    ['availabilityZone', 'us-east-1a', 'us-east-1b'],
    ['availability-zone-id', 'use1-az1', 'use1-az2'],
    ['availabilityZoneId', 'use1-az1', 'use1-az2'],
    ['available-ip-address-count', '251', '250'],
    ['cidr', '10.0.1.0/24', '10.0.2.0/24'],
    ['cidr-block', '10.0.1.0/24', '10.0.2.0/24'],
    ['cidrBlock', '10.0.1.0/24', '10.0.2.0/24'],
    ['customer-owned-ipv4-pool', undefined, '*'],
    ['default-for-az', 'false', 'true'],
    ['defaultForAz', 'false', 'true'],
    ['enable-dns64', 'false', 'true'],
    ['enable-lni-at-device-index', undefined, '*'],
    ['ipv6-cidr-block-association.association-id', block?.associationId ?? '', 'x'],
    ['ipv6-cidr-block-association.ipv6-cidr-block', '2001:db8:0:101::/64', '2001:db8:0:102::/64'],
    ['ipv6-cidr-block-association.state', 'associated', 'failed'],
    ['ipv6-native', 'false', 'true'],
    ['map-customer-owned-ip-on-launch', 'false', 'true'],
    ['map-public-ip-on-launch', 'false', 'true'],
    ['outpost-arn', undefined, '*'],
    ['owner-id', '123456789012', '1'],
    [`${dns}.hostname-type`, 'ip-name', 'resource-name'],
    [`${dns}.enable-resource-name-dns-a-record`, 'false', 'true'],
    [`${dns}.enable-resource-name-dns-aaaa-record`, 'false', 'true'],
    ['state', 'available', 'pending'],
    ['subnet-arn', `*${id}`, 'x'],
    ['subnet-id', id, 'subnet-0'],
    ['vpc-id', VpcId, account.defaultVpcId],
  ];
  const has = (Name: string, value: string) =>
    account
      .call<DescribeSubnetsResult>('DescribeSubnets', { Filters: [{ Name, Values: [value] }] })
      .Subnets?.some(({ SubnetId }) => SubnetId === id);
  for (const [name, yes, no] of rows) {
    if (yes !== undefined) assert.equal(has(name, yes), true, `${name}=${yes}`);
    assert.equal(has(name, no), false, `${name}=${no}`);
  }
  assert.equal(
    account.refusal('DescribeSubnets', { Filters: [{ Name: 'zone', Values: ['a'] }] }),
    'InvalidParameterValue',
  );
});

test('a subnet goes with its associations, after its interfaces', () => {
  const account = new Account();
  const VpcId = makeVpc(account);
  const SubnetId = makeSubnet(account, { VpcId, CidrBlock: '10.0.1.0/24' });
  const { RouteTable } = account.call<{ RouteTable: { RouteTableId: string } }>('CreateRouteTable', {
    VpcId,
  });
  account.call('AssociateRouteTable', { SubnetId, RouteTableId: RouteTable.RouteTableId });
  const eni = account.call<{ NetworkInterface: { NetworkInterfaceId: string } }>('CreateNetworkInterface', {
    SubnetId,
  });
  assert.equal(subnetOf(account, SubnetId).AvailableIpAddressCount, 250);
  assert.equal(account.refusal('DeleteSubnet', { SubnetId }), 'DependencyViolation');
  account.call('DeleteNetworkInterface', { NetworkInterfaceId: eni.NetworkInterface.NetworkInterfaceId });
  account.call('DeleteSubnet', { SubnetId });
  assert.equal(account.network.networkAcl.countBy('subnet', SubnetId), 0);
  account.call('DeleteRouteTable', { RouteTableId: RouteTable.RouteTableId });
  assert.equal(account.refusal('DeleteSubnet', { SubnetId }), 'InvalidSubnetID.NotFound');
});

test('a zone gets its default subnet back', () => {
  const account = new Account();
  const [lost] = [...account.network.subnet.values()].filter(({ zone }) => zone === 'us-east-1b');
  const input = { AvailabilityZone: 'us-east-1b' };
  assert.equal(account.refusal('CreateDefaultSubnet', input), 'DefaultSubnetAlreadyExistsInAvailabilityZone');
  account.call('DeleteSubnet', { SubnetId: lost?.id });
  const made = account.call<CreateSubnetResult>('CreateDefaultSubnet', input).Subnet;
  assert.deepEqual(
    [made?.CidrBlock, made?.DefaultForAz, made?.MapPublicIpOnLaunch],
    [lost?.cidr, true, true],
  );
  assert.equal(account.refusal('CreateDefaultSubnet', {}), 'MissingParameter');
});

test('the limit of subnets', () => {
  const account = new Account({ quotas: { subnetsPerVpc: 1 } });
  const VpcId = makeVpc(account);
  makeSubnet(account, { VpcId, CidrBlock: '10.0.1.0/24' });
  assert.equal(account.refusal('CreateSubnet', { VpcId, CidrBlock: '10.0.2.0/24' }), 'SubnetLimitExceeded');
});
