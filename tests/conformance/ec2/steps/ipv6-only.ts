/** Subnets of IPv6 alone, and what lives in them. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';

const block = '$block56|00::/56|0b::/64';

const subnet: readonly Row[] = [
  step(
    'CreateSubnet',
    { VpcId: '$vpc', Ipv6Native: true, Ipv6CidrBlock: block },
    {
      required: ['VpcId', 'Ipv6CidrBlock'],
      refuses: [[{ CidrBlock: '10.0.241.0/24' }, combination]],
      shows: {
        'Subnet.Ipv6Native': true,
        'Subnet.CidrBlock': undefined,
        'Subnet.AvailableIpAddressCount': 0,
        'Subnet.AssignIpv6AddressOnCreation': true,
        'Subnet.PrivateDnsNameOptionsOnLaunch.HostnameType': 'resource-name',
      },
      remembers: {
        only6: 'Subnet.SubnetId',
        only6Block: 'Subnet.Ipv6CidrBlockAssociationSet.0.AssociationId',
      },
    },
  ),
  ...[
    { MapPublicIpOnLaunch: { Value: true } },
    { AssignIpv6AddressOnCreation: { Value: false } },
    { EnableResourceNameDnsARecordOnLaunch: { Value: true } },
    { PrivateDnsHostnameTypeOnLaunch: 'ip-name' },
  ].map((change) => step('ModifySubnetAttribute', { SubnetId: '$only6', ...change }, { code: value })),
  step('ModifySubnetAttribute', { SubnetId: '$only6', PrivateDnsHostnameTypeOnLaunch: 'resource-name' }),
  step('ModifySubnetAttribute', { SubnetId: '$only6', MapPublicIpOnLaunch: { Value: false } }),
  step('ModifySubnetAttribute', {
    SubnetId: '$only6',
    EnableResourceNameDnsARecordOnLaunch: { Value: false },
  }),
  {
    lists: 'DescribeSubnets',
    items: 'Subnets',
    by: 'SubnetId',
    item: '$only6',
    filters: { 'ipv6-native': '=true', cidr: null },
  },
];

const interfaces: readonly Row[] = [
  step(
    'CreateNetworkInterface',
    { SubnetId: '$only6' },
    {
      refuses: [
        [{ PrivateIpAddress: '10.0.1.9' }, value],
        [{ SecondaryPrivateIpAddressCount: 1 }, value],
      ],
      shows: {
        'NetworkInterface.PrivateIpAddress': undefined,
        'NetworkInterface.PrivateIpAddresses': [],
        'NetworkInterface.Ipv6Native': true,
        'NetworkInterface.Ipv6Addresses.length': 1,
      },
      remembers: { only6Eni: 'NetworkInterface.NetworkInterfaceId' },
    },
  ),
  step('DisassociateSubnetCidrBlock', { AssociationId: '$only6Block' }, { code: 'InvalidCidrBlock.InUse' }),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$only6Eni' }),
  step(
    'RunInstances',
    {
      ImageId: 'ami-0123456789abcdef0',
      InstanceType: 't3.micro',
      SubnetId: '$only6',
      MinCount: 2,
      MaxCount: 2,
    },
    {
      refuses: [[{ InstanceType: 't2.micro' }, 'UnsupportedOperation']],
      shows: {
        'Instances.0.PrivateIpAddress': undefined,
        'Instances.0.PrivateDnsName': /^i-[0-9a-f]{17}\.ec2\.internal$/,
        'Instances.0.Ipv6Address': /:/,
        'Instances.1.NetworkInterfaces.0.PrivateIpAddresses': [],
      },
      remembers: { only6One: 'Instances.0.InstanceId', only6Two: 'Instances.1.InstanceId' },
    },
  ),
  step('TerminateInstances', { InstanceIds: ['$only6One', '$only6Two'] }),
];

const as = { region: 'eu-west-3' };

const byDefault: readonly Row[] = [
  step(
    'DescribeSubnets',
    { Filters: [{ Name: 'availability-zone', Values: ['eu-west-3a'] }] },
    { as, remembers: { parisSubnet: 'Subnets.0.SubnetId', parisVpc: 'Subnets.0.VpcId' } },
  ),
  step('DeleteSubnet', { SubnetId: '$parisSubnet' }, { as }),
  step(
    'CreateDefaultSubnet',
    { AvailabilityZone: 'eu-west-3a', Ipv6Native: true },
    { as, code: combination },
  ),
  step('AssociateVpcCidrBlock', { VpcId: '$parisVpc', AmazonProvidedIpv6CidrBlock: true }, { as }),
  step(
    'CreateDefaultSubnet',
    { AvailabilityZone: 'eu-west-3a', Ipv6Native: true },
    {
      as,
      shows: {
        'Subnet.DefaultForAz': true,
        'Subnet.Ipv6Native': true,
        'Subnet.MapPublicIpOnLaunch': false,
        'Subnet.Ipv6CidrBlockAssociationSet.0.Ipv6CidrBlock': /\/64$/,
      },
      remembers: { parisSubnet: 'Subnet.SubnetId' },
    },
  ),
  step(
    'CreateSubnet',
    { VpcId: '$parisVpc', CidrBlock: '172.31.0.0/20' },
    { as, remembers: { parisDual: 'Subnet.SubnetId' } },
  ),
];

export const ipv6OnlyStory: readonly Row[] = [...subnet, ...interfaces, ...byDefault];
