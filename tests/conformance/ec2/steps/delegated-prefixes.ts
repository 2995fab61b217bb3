/** Prefixes delegated to interfaces, and primary IPv6 addresses. */
import { type Refused, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const inUse = 'InvalidIPAddress.InUse';
const nitro = 't3.small';

const ofSubnet6 = (tail: string) => `$block56|00::/56|0a:${tail}`;

const exclusive: readonly Refused[] = [
  [{ Ipv4PrefixCount: 1 }, combination],
  [{ SecondaryPrivateIpAddressCount: 1 }, combination],
  [{ Ipv6PrefixCount: 1 }, combination],
  [{ Ipv6AddressCount: 1 }, combination],
];

const making: readonly Row[] = [
  step(
    'CreateSubnet',
    { VpcId: '$vpc', CidrBlock: '10.0.240.0/26', Ipv6CidrBlock: ofSubnet6(':/64') },
    {
      remembers: {
        prefixSubnet: 'Subnet.SubnetId',
        prefixAssociation: 'Subnet.Ipv6CidrBlockAssociationSet.0.AssociationId',
      },
      shows: { 'Subnet.AvailableIpAddressCount': 59 },
    },
  ),
  step(
    'CreateNetworkInterface',
    {
      SubnetId: '$prefixSubnet',
      Ipv4Prefixes: [{ Ipv4Prefix: '10.0.240.16/28' }],
      Ipv6Prefixes: [{ Ipv6Prefix: ofSubnet6('5::/80') }],
    },
    {
      refuses: [
        ...exclusive,
        [{ Ipv4Prefixes: [{ Ipv4Prefix: '10.0.240.16/27' }] }, value],
        [{ Ipv4Prefixes: [{ Ipv4Prefix: 'x' }] }, value],
        [{ Ipv4Prefixes: [{ Ipv4Prefix: '10.0.241.0/28' }] }, value],
        [{ Ipv6Prefixes: [{ Ipv6Prefix: '10.0.240.16/28' }] }, value],
        [{ Ipv4Prefixes: [{ Ipv4Prefix: '10.0.240.0/28' }] }, inUse],
        [{ Ipv4Prefixes: undefined, Ipv4PrefixCount: 51 }, value],
        [{ Ipv4Prefixes: undefined, Ipv4PrefixCount: 3 }, 'InsufficientCidrBlocks'],
        [{ PrivateIpAddress: '10.0.240.20' }, inUse],
        [{ EnablePrimaryIpv6: true }, combination],
      ],
      shows: {
        'NetworkInterface.PrivateIpAddress': '10.0.240.4',
        'NetworkInterface.Ipv4Prefixes': [{ Ipv4Prefix: '10.0.240.16/28' }],
        'NetworkInterface.Ipv6Prefixes.0.Ipv6Prefix': ofSubnet6('5::/80'),
      },
      remembers: { prefixed: 'NetworkInterface.NetworkInterfaceId' },
      after: [[{}, inUse]],
    },
  ),
  step(
    'DescribeSubnets',
    { SubnetIds: ['$prefixSubnet'] },
    { shows: { 'Subnets.0.AvailableIpAddressCount': 59 - 1 - 16 } },
  ),
];

const assigning: readonly Row[] = [
  step('CreateSubnetCidrReservation', {
    SubnetId: '$prefixSubnet',
    Cidr: ofSubnet6('9::/80'),
    ReservationType: 'prefix',
  }),
  step(
    'AssignIpv6Addresses',
    { NetworkInterfaceId: '$prefixed', Ipv6PrefixCount: 1 },
    {
      refuses: [
        [{ Ipv6Prefixes: [ofSubnet6('7::/80')] }, combination],
        [{ Ipv6PrefixCount: 50 }, 'PrivateIpAddressLimitExceeded'],
      ],
      shows: { 'AssignedIpv6Prefixes.0': ofSubnet6('9::/80'), AssignedIpv6Addresses: [] },
    },
  ),
  step(
    'AssignPrivateIpAddresses',
    { NetworkInterfaceId: '$prefixed', Ipv4PrefixCount: 1 },
    { shows: { AssignedIpv4Prefixes: [{ Ipv4Prefix: '10.0.240.32/28' }] } },
  ),
  step(
    'UnassignPrivateIpAddresses',
    { NetworkInterfaceId: '$prefixed', Ipv4Prefixes: ['10.0.240.32/28'] },
    { refuses: [[{ Ipv4Prefixes: ['10.0.240.48/28'] }, value]] },
  ),
  step(
    'UnassignIpv6Addresses',
    { NetworkInterfaceId: '$prefixed', Ipv6Prefixes: [ofSubnet6('9::/80')] },
    { shows: { 'UnassignedIpv6Prefixes.0': ofSubnet6('9::/80') } },
  ),
  step(
    'DescribeNetworkInterfaces',
    { NetworkInterfaceIds: ['$prefixed'] },
    { shows: { 'NetworkInterfaces.0.Ipv4Prefixes.length': 1, 'NetworkInterfaces.0.Ipv6Prefixes.length': 1 } },
  ),
  step(
    'DisassociateSubnetCidrBlock',
    { AssociationId: '$prefixAssociation' },
    { code: 'InvalidCidrBlock.InUse' },
  ),
];

const primary: readonly Row[] = [
  step(
    'ModifyNetworkInterfaceAttribute',
    { NetworkInterfaceId: '$prefixed', EnablePrimaryIpv6: true },
    { code: combination },
  ),
  step('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: '$prefixed', EnablePrimaryIpv6: false }),
  step(
    'AssignIpv6Addresses',
    { NetworkInterfaceId: '$prefixed', Ipv6AddressCount: 2 },
    { remembers: { primaryIp6: 'AssignedIpv6Addresses.0', otherIp6: 'AssignedIpv6Addresses.1' } },
  ),
  step(
    'ModifyNetworkInterfaceAttribute',
    { NetworkInterfaceId: '$prefixed', EnablePrimaryIpv6: true },
    { after: [[{ EnablePrimaryIpv6: false }, value]] },
  ),
  step(
    'DescribeNetworkInterfaces',
    { NetworkInterfaceIds: ['$prefixed'] },
    {
      shows: {
        'NetworkInterfaces.0.Ipv6Addresses.0.IsPrimaryIpv6': true,
        'NetworkInterfaces.0.Ipv6Addresses.1.IsPrimaryIpv6': false,
      },
    },
  ),
  step(
    'UnassignIpv6Addresses',
    { NetworkInterfaceId: '$prefixed', Ipv6Addresses: ['$otherIp6'] },
    { refuses: [[{ Ipv6Addresses: ['$primaryIp6'] }, value]] },
  ),
  step(
    'RunInstances',
    {
      ImageId: 'ami-0123456789abcdef0',
      InstanceType: nitro,
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [{ DeviceIndex: 0, NetworkInterfaceId: '$prefixed' }],
    },
    {
      refuses: [[{ InstanceType: 't2.small' }, 'UnsupportedOperation']],
      shows: {
        'Instances.0.NetworkInterfaces.0.Ipv4Prefixes.length': 1,
        'Instances.0.PublicIpAddress': undefined,
      },
      remembers: { bearer: 'Instances.0.InstanceId' },
    },
  ),
  ...[true, false].flatMap((isPublic) => [
    step('ModifyNetworkInterfaceAttribute', {
      NetworkInterfaceId: '$prefixed',
      AssociatePublicIpAddress: isPublic,
    }),
    step(
      'DescribeInstances',
      { InstanceIds: ['$bearer'] },
      { shows: { 'Reservations.0.Instances.0.PublicIpAddress': isPublic ? /^198\.1[89]\./ : undefined } },
    ),
    step(
      'DescribeNetworkInterfaceAttribute',
      { NetworkInterfaceId: '$prefixed', Attribute: 'associatePublicIpAddress' },
      { shows: { AssociatePublicIpAddress: isPublic } },
    ),
  ]),
  step('TerminateInstances', { InstanceIds: ['$bearer'] }),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$prefixed' }),
];

const launching: readonly Row[] = [
  step(
    'RunInstances',
    {
      ImageId: 'ami-0123456789abcdef0',
      InstanceType: nitro,
      MinCount: 1,
      MaxCount: 1,
      NetworkInterfaces: [
        {
          DeviceIndex: 0,
          SubnetId: '$prefixSubnet',
          Ipv4PrefixCount: 1,
          Ipv6AddressCount: 1,
          PrimaryIpv6: true,
          EnaSrdSpecification: { EnaSrdEnabled: true, EnaSrdUdpSpecification: { EnaSrdUdpEnabled: true } },
        },
      ],
    },
    {
      refuses: [
        [{ InstanceType: 't2.small' }, 'UnsupportedOperation'],
        [
          { NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: '$prefixSubnet', Ipv4PrefixCount: 4 }] },
          'PrivateIpAddressLimitExceeded',
        ],
        [
          {
            MaxCount: 2,
            NetworkInterfaces: [
              {
                DeviceIndex: 0,
                SubnetId: '$prefixSubnet',
                Ipv4Prefixes: [{ Ipv4Prefix: '10.0.240.16/28' }],
              },
            ],
          },
          combination,
        ],
        [
          {
            MinCount: 4,
            MaxCount: 4,
            NetworkInterfaces: [{ DeviceIndex: 0, SubnetId: '$prefixSubnet', Ipv4PrefixCount: 1 }],
          },
          'InsufficientFreeAddressesInSubnet',
        ],
      ],
      shows: {
        'Instances.0.NetworkInterfaces.0.Ipv4Prefixes': [{ Ipv4Prefix: '10.0.240.16/28' }],
        'Instances.0.NetworkInterfaces.0.Ipv6Addresses.0.IsPrimaryIpv6': true,
        'Instances.0.NetworkInterfaces.0.Attachment.EnaSrdSpecification.EnaSrdEnabled': true,
      },
      remembers: {
        prefixedInstance: 'Instances.0.InstanceId',
        launchedEni: 'Instances.0.NetworkInterfaces.0.NetworkInterfaceId',
      },
    },
  ),
  step('AssignIpv6Addresses', { NetworkInterfaceId: '$launchedEni', Ipv6PrefixCount: 1 }),
  {
    lists: 'DescribeInstances',
    items: 'Reservations.*.Instances',
    by: 'InstanceId',
    item: '$prefixedInstance',
    filters: {
      'network-interface.ipv4-prefixes.ipv4-prefix': 'NetworkInterfaces.0.Ipv4Prefixes.*.Ipv4Prefix',
      'network-interface.ipv6-prefixes.ipv6-prefix': 'NetworkInterfaces.0.Ipv6Prefixes.*.Ipv6Prefix',
    },
  },
  step('TerminateInstances', { InstanceIds: ['$prefixedInstance'] }),
];

export const delegatedPrefixStory: readonly Row[] = [...making, ...assigning, ...primary, ...launching];
