/** Subnets, their blocks and reservations. */
import { type Row, step } from '../step.ts';

const range = 'InvalidSubnet.Range';
const conflict = 'InvalidSubnet.Conflict';
const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';

const making: readonly Row[] = [
  step(
    'DescribeVpcs',
    { VpcIds: ['$vpc'] },
    {
      remembers: { block56: 'Vpcs.0.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock' },
    },
  ),
  step(
    'DescribeVpcs',
    { Filters: [{ Name: 'is-default', Values: ['true'] }] },
    {
      remembers: { defaultVpc: 'Vpcs.0.VpcId' },
      shows: { 'Vpcs.0.CidrBlock': '172.31.0.0/16' },
    },
  ),
  step(
    'DescribeSubnets',
    {
      Filters: [
        { Name: 'default-for-az', Values: ['true'] },
        { Name: 'availability-zone', Values: ['us-east-1a'] },
      ],
    },
    {
      remembers: { defaultSubnet: 'Subnets.0.SubnetId' },
      shows: { 'Subnets.0.MapPublicIpOnLaunch': true },
    },
  ),
  step(
    'CreateSubnet',
    { VpcId: '$vpc', CidrBlock: '10.0.1.0/24', AvailabilityZone: 'us-east-1a' },
    {
      required: ['VpcId', 'CidrBlock'],
      ids: { VpcId: 'vpc' },
      tags: 'subnet',
      refuses: [
        [{ CidrBlock: '10.9.0.0/24' }, range],
        [{ CidrBlock: '10.0.0.0/29' }, range],
        [{ CidrBlock: 'x' }, value],
        [{ AvailabilityZone: 'us-east-1z' }, value],
        [{ AvailabilityZone: undefined, AvailabilityZoneId: 'use1-az9' }, value],
        [{ AvailabilityZoneId: 'use1-az1' }, combination],
        [{ Ipv6CidrBlock: '2001:db8::/64' }, range],
        [{ Ipv6CidrBlock: '2001:db8::/65' }, range],
        [{ Ipv6Native: true }, combination],
        [{ OutpostArn: 'arn:aws:outposts:us-east-1:123456789012:outpost/op-1' }, value],
        [{ Ipv4IpamPoolId: 'ipam-pool-1' }, 'InvalidIpamPoolId.NotFound'],
        [{ Ipv6NetmaskLength: 64 }, 'MissingParameter'],
        [{ Ipv4NetmaskLength: 24 }, 'MissingParameter'],
      ],
      shows: {
        'Subnet.SubnetId': /^subnet-[0-9a-f]{17}$/,
        'Subnet.AvailableIpAddressCount': 251,
        'Subnet.State': 'available',
        'Subnet.SubnetArn': /^arn:aws:ec2:us-east-1:123456789012:subnet\/subnet-/,
        'Subnet.AvailabilityZoneId': 'use1-az1',
        'Subnet.Ipv6CidrBlockAssociationSet': [],
      },
      remembers: { subnet: 'Subnet.SubnetId' },
      after: [[{}, conflict]],
    },
  ),
  step(
    'CreateSubnet',
    { VpcId: '$vpc', CidrBlock: '10.0.2.0/24', AvailabilityZone: 'us-east-1b' },
    {
      remembers: { subnetB: 'Subnet.SubnetId' },
    },
  ),
  step(
    'CreateSubnet',
    { VpcId: '$otherVpc', CidrBlock: '10.1.1.0/24' },
    { remembers: { otherSubnet: 'Subnet.SubnetId' } },
  ),
  step(
    'AssociateSubnetCidrBlock',
    { SubnetId: '$subnet', Ipv6CidrBlock: '$block56|/56|/65' },
    {
      code: range,
      required: ['SubnetId', 'Ipv6CidrBlock'],
      refuses: [
        [{ Ipv6IpamPoolId: 'ipam-pool-1' }, 'InvalidIpamPoolId.NotFound'],
        [{ Ipv6CidrBlock: 'x' }, value],
      ],
    },
  ),
];

const blocks: readonly Row[] = [
  step(
    'AssociateSubnetCidrBlock',
    { SubnetId: '$subnet', Ipv6CidrBlock: '$block56|/56|/64' },
    {
      shows: { SubnetId: '$subnet', 'Ipv6CidrBlockAssociation.Ipv6CidrBlockState.State': 'associating' },
      remembers: { subnetIpv6: 'Ipv6CidrBlockAssociation.AssociationId' },
      ids: { SubnetId: 'subnet' },
      after: [[{ Ipv6CidrBlock: '$block56|00::/56|01::/64' }, 'SubnetCidrBlockLimitExceeded']],
    },
  ),
  step(
    'CreateSubnet',
    { VpcId: '$vpc', CidrBlock: '10.0.3.0/24', Ipv6CidrBlock: '$block56|/56|/64' },
    { code: conflict },
  ),
  {
    lists: 'DescribeSubnets',
    items: 'Subnets',
    by: 'SubnetId',
    item: '$subnet',
    ids: ['SubnetIds', 'subnet'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      'availability-zone': 'AvailabilityZone',
      availabilityZone: 'AvailabilityZone',
      'availability-zone-id': 'AvailabilityZoneId',
      availabilityZoneId: 'AvailabilityZoneId',
      'available-ip-address-count': 'AvailableIpAddressCount',
      cidr: 'CidrBlock',
      cidrBlock: 'CidrBlock',
      'cidr-block': 'CidrBlock',
      'customer-owned-ipv4-pool': null,
      'default-for-az': 'DefaultForAz',
      defaultForAz: 'DefaultForAz',
      'enable-dns64': 'EnableDns64',
      'enable-lni-at-device-index': null,
      'ipv6-cidr-block-association.association-id': 'Ipv6CidrBlockAssociationSet.0.AssociationId',
      'ipv6-cidr-block-association.ipv6-cidr-block': 'Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock',
      'ipv6-cidr-block-association.state': 'Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlockState.State',
      'ipv6-native': 'Ipv6Native',
      'map-customer-owned-ip-on-launch': 'MapCustomerOwnedIpOnLaunch',
      'map-public-ip-on-launch': 'MapPublicIpOnLaunch',
      'outpost-arn': null,
      'owner-id': 'OwnerId',
      'private-dns-name-options-on-launch.hostname-type': 'PrivateDnsNameOptionsOnLaunch.HostnameType',
      'private-dns-name-options-on-launch.enable-resource-name-dns-a-record':
        'PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord',
      'private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record':
        'PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord',
      state: 'State',
      'subnet-arn': 'SubnetArn',
      'subnet-id': 'SubnetId',
      'vpc-id': 'VpcId',
    },
  },
];

const changing: readonly Row[] = [
  ...[
    { MapPublicIpOnLaunch: { Value: true } },
    { AssignIpv6AddressOnCreation: { Value: true } },
    { AssignIpv6AddressOnCreation: { Value: false } },
    { EnableDns64: { Value: true } },
    { EnableResourceNameDnsARecordOnLaunch: { Value: true } },
    { EnableResourceNameDnsAAAARecordOnLaunch: { Value: true } },
    { PrivateDnsHostnameTypeOnLaunch: 'resource-name' },
    { PrivateDnsHostnameTypeOnLaunch: 'ip-name' },
  ].map((change) => step('ModifySubnetAttribute', { SubnetId: '$subnet', ...change })),
  step(
    'ModifySubnetAttribute',
    { SubnetId: '$subnet', MapPublicIpOnLaunch: { Value: false } },
    {
      required: ['SubnetId', 'MapPublicIpOnLaunch'],
      ids: { SubnetId: 'subnet' },
      refuses: [
        [{ EnableDns64: { Value: true } }, combination],
        [{ MapPublicIpOnLaunch: undefined, PrivateDnsHostnameTypeOnLaunch: 'x' }, value],
        [{ EnableLniAtDeviceIndex: 1 }, combination],
        [{ MapCustomerOwnedIpOnLaunch: { Value: true } }, 'MissingParameter'],
        [{ CustomerOwnedIpv4Pool: 'ipv4pool-coip-1' }, 'InvalidPoolID.NotFound'],
        [
          {
            SubnetId: '$subnetB',
            MapPublicIpOnLaunch: undefined,
            AssignIpv6AddressOnCreation: { Value: true },
          },
          value,
        ],
      ],
    },
  ),
  step('DeleteSubnet', { SubnetId: '$defaultSubnet' }),
  step(
    'CreateDefaultSubnet',
    { AvailabilityZone: 'us-east-1a' },
    {
      required: ['AvailabilityZone'],
      refuses: [
        [{ AvailabilityZone: 'us-east-1b' }, 'DefaultSubnetAlreadyExistsInAvailabilityZone'],
        [{ AvailabilityZone: 'us-east-1z' }, value],
        [{ Ipv6Native: true }, combination],
      ],
      shows: { 'Subnet.DefaultForAz': true, 'Subnet.CidrBlock': /^172\.31\.\d+\.0\/20$/ },
      remembers: { defaultSubnet: 'Subnet.SubnetId' },
    },
  ),
];

export const subnetStory: readonly Row[] = [...making, ...blocks, ...changing];
