/** Network interfaces and elastic addresses. */
import { type Refused, type Row, step } from '../step.ts';
import { addressRows } from './addresses.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const missing = 'MissingParameter';
const inUse = 'InvalidIPAddress.InUse';
const unknown = '0123456789abcdef0';

const wrongAddresses: readonly Refused[] = [
  [{ PrivateIpAddress: '10.0.1.0' }, value],
  [{ PrivateIpAddress: '10.0.1.3' }, value],
  [{ PrivateIpAddress: '10.0.1.255' }, value],
  [{ PrivateIpAddress: '10.0.9.9' }, value],
  [{ PrivateIpAddress: 'x' }, value],
  [{ PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.21', Primary: true }] }, combination],
  [
    { PrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.21' }], SecondaryPrivateIpAddressCount: 1 },
    combination,
  ],
  [
    { PrivateIpAddresses: Array.from({ length: 51 }, (_, n) => ({ PrivateIpAddress: `10.0.1.${100 + n}` })) },
    'PrivateIpAddressLimitExceeded',
  ],
  [{ SecondaryPrivateIpAddressCount: 51 }, value],
  [{ Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }], Ipv6AddressCount: undefined }, value],
  [{ Ipv6Addresses: [{ Ipv6Address: '2001:db8::1' }], Ipv6AddressCount: 1 }, combination],
];

const making: readonly Row[] = [
  step(
    'CreateNetworkInterface',
    {
      SubnetId: '$subnet',
      PrivateIpAddress: '10.0.1.20',
      Description: 'test',
      Groups: ['$group'],
      Ipv6AddressCount: 1,
    },
    {
      required: ['SubnetId'],
      ids: { SubnetId: 'subnet', Groups: 'securityGroup' },
      tags: 'network-interface',
      token: 'NetworkInterface.NetworkInterfaceId',
      refuses: [
        ...wrongAddresses,
        [{ Groups: ['$foreignGroup'] }, 'InvalidParameter'],
        [{ Groups: ['$group', '$app', '$thirdGroup'] }, 'SecurityGroupsPerInterfaceLimitExceeded'],
        [{ Description: 'd'.repeat(256) }, value],
        [{ InterfaceType: 'x' }, value],
        [{ InterfaceType: 'efa-only' }, combination],
        [{ ConnectionTrackingSpecification: { TcpEstablishedTimeout: 59 } }, value],
        [{ ConnectionTrackingSpecification: { UdpTimeout: 61 } }, value],
        [{ SubnetId: '$subnetB', PrivateIpAddress: undefined, Ipv6AddressCount: 1 }, value],
      ],
      shows: {
        'NetworkInterface.NetworkInterfaceId': /^eni-[0-9a-f]{17}$/,
        'NetworkInterface.Status': 'pending',
        'NetworkInterface.OwnerId': '123456789012',
        'NetworkInterface.PrivateIpAddress': '10.0.1.20',
        'NetworkInterface.SourceDestCheck': true,
        'NetworkInterface.TagSet': [{ Key: 'suite', Value: 'conformance' }],
      },
      remembers: {
        eni: 'NetworkInterface.NetworkInterfaceId',
        ip6: 'NetworkInterface.Ipv6Addresses.0.Ipv6Address',
      },
      after: [[{}, inUse]],
    },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$subnet', SecondaryPrivateIpAddressCount: 2 },
    { remembers: { second: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  step(
    'CreateSubnet',
    { VpcId: '$vpc', CidrBlock: '10.0.250.0/28' },
    { remembers: { tiny: 'Subnet.SubnetId' } },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$tiny', SecondaryPrivateIpAddressCount: 11 },
    { code: 'InsufficientFreeAddressesInSubnet' },
  ),
];

const attributes: readonly Row[] = [
  ...[
    { Description: { Value: 'changed' } },
    { SourceDestCheck: { Value: false } },
    { EnaSrdSpecification: { EnaSrdEnabled: true } },
    { AssociatePublicIpAddress: true },
    { AssociatePublicIpAddress: false },
    { AssociatedSubnetIds: ['$subnetB'] },
    { ConnectionTrackingSpecification: { TcpEstablishedTimeout: 60, UdpTimeout: 30, UdpStreamTimeout: 60 } },
  ].map((change) => step('ModifyNetworkInterfaceAttribute', { NetworkInterfaceId: '$eni', ...change })),
  step(
    'ModifyNetworkInterfaceAttribute',
    { NetworkInterfaceId: '$eni', Groups: ['$group', '$app'] },
    {
      required: ['NetworkInterfaceId', 'Groups'],
      ids: { NetworkInterfaceId: 'eni', Groups: 'securityGroup' },
      refuses: [
        [{ Description: { Value: 'x' } }, combination],
        [{ Groups: undefined, Description: { Value: 'd'.repeat(256) } }, value],
        [{ Groups: ['$foreignGroup'] }, 'InvalidParameter'],
        [{ Groups: undefined, Attachment: { DeleteOnTermination: true } }, missing],
        [
          {
            Groups: undefined,
            Attachment: { AttachmentId: `eni-attach-${unknown}`, DeleteOnTermination: true },
          },
          'InvalidAttachmentID.NotFound',
        ],
        [{ Groups: undefined, AssociatedSubnetIds: ['$otherSubnet'] }, 'InvalidParameter'],
        [
          {
            Groups: undefined,
            EnaSrdSpecification: {
              EnaSrdEnabled: false,
              EnaSrdUdpSpecification: { EnaSrdUdpEnabled: true },
            },
          },
          combination,
        ],
      ],
    },
  ),
  ...['description', 'groupSet', 'sourceDestCheck', 'attachment', 'associatePublicIpAddress'].map(
    (Attribute) =>
      step(
        'DescribeNetworkInterfaceAttribute',
        { NetworkInterfaceId: '$eni', Attribute },
        { shows: { NetworkInterfaceId: '$eni' } },
      ),
  ),
  step(
    'DescribeNetworkInterfaceAttribute',
    { NetworkInterfaceId: '$eni', Attribute: 'groupSet' },
    {
      required: ['NetworkInterfaceId', 'Attribute'],
      ids: { NetworkInterfaceId: 'eni' },
      refuses: [[{ Attribute: 'x' }, value]],
      shows: { 'Groups.length': 2, Description: undefined },
    },
  ),
  step(
    'ResetNetworkInterfaceAttribute',
    { NetworkInterfaceId: '$eni', SourceDestCheck: 'true' },
    { required: ['NetworkInterfaceId'], ids: { NetworkInterfaceId: 'eni' } },
  ),
];

const assigning: readonly Row[] = [
  step(
    'AssignPrivateIpAddresses',
    { NetworkInterfaceId: '$eni', PrivateIpAddresses: ['10.0.1.30'] },
    {
      required: ['NetworkInterfaceId', 'PrivateIpAddresses'],
      ids: { NetworkInterfaceId: 'eni' },
      refuses: [
        [{ SecondaryPrivateIpAddressCount: 1 }, combination],
        [{ PrivateIpAddresses: ['10.0.1.20'] }, inUse],
        [{ PrivateIpAddresses: ['10.0.2.30'] }, value],
        [{ PrivateIpAddresses: ['x'] }, value],
        [
          { PrivateIpAddresses: undefined, SecondaryPrivateIpAddressCount: 50 },
          'PrivateIpAddressLimitExceeded',
        ],
      ],
      shows: { NetworkInterfaceId: '$eni', AssignedPrivateIpAddresses: [{ PrivateIpAddress: '10.0.1.30' }] },
    },
  ),
  step('AssignPrivateIpAddresses', {
    NetworkInterfaceId: '$second',
    PrivateIpAddresses: ['10.0.1.30'],
    AllowReassignment: true,
  }),
  step(
    'AssignIpv6Addresses',
    { NetworkInterfaceId: '$eni', Ipv6AddressCount: 1 },
    {
      required: ['NetworkInterfaceId', 'Ipv6AddressCount'],
      ids: { NetworkInterfaceId: 'eni' },
      refuses: [
        [{ Ipv6Addresses: ['$ip6'] }, combination],
        [{ Ipv6AddressCount: undefined, Ipv6Addresses: ['$ip6'] }, inUse],
        [{ Ipv6AddressCount: undefined, Ipv6Addresses: ['2001:db8::1'] }, value],
      ],
      remembers: { moreIp6: 'AssignedIpv6Addresses.0' },
    },
  ),
  step(
    'UnassignIpv6Addresses',
    { NetworkInterfaceId: '$eni', Ipv6Addresses: ['$moreIp6'] },
    {
      required: ['NetworkInterfaceId', 'Ipv6Addresses'],
      ids: { NetworkInterfaceId: 'eni' },
      refuses: [
        [{ Ipv6Addresses: ['2001:db8::1'] }, value],
        [{ Ipv6Prefixes: ['2001:db8::/80'] }, value],
      ],
      shows: { UnassignedIpv6Addresses: ['$moreIp6'] },
    },
  ),
  step(
    'UnassignPrivateIpAddresses',
    { NetworkInterfaceId: '$second', PrivateIpAddresses: ['10.0.1.30'] },
    {
      required: ['NetworkInterfaceId', 'PrivateIpAddresses'],
      ids: { NetworkInterfaceId: 'eni' },
      refuses: [
        [{ NetworkInterfaceId: '$eni', PrivateIpAddresses: ['10.0.1.20'] }, value],
        [{ PrivateIpAddresses: ['10.0.1.99'] }, value],
        [{ Ipv4Prefixes: ['10.0.1.96/28'] }, value],
      ],
    },
  ),
];

export const interfaceStory: readonly Row[] = [...making, ...attributes, ...assigning, ...addressRows];
