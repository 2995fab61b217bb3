/** Network interfaces and elastic addresses. */
import { type Refused, type Row, step } from '../step.ts';

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

const addresses: readonly Row[] = [
  step(
    'DescribeNetworkInterfaces',
    { Filters: [{ Name: 'requester-managed', Values: ['true'] }] },
    { remembers: { natEni: 'NetworkInterfaces.0.NetworkInterfaceId' } },
  ),
  step(
    'DescribeAddresses',
    { AllocationIds: ['$natAllocation'] },
    { remembers: { natAssociation: 'Addresses.0.AssociationId' } },
  ),
  step(
    'AllocateAddress',
    { Domain: 'vpc' },
    {
      tags: 'elastic-ip',
      refuses: [
        [{ Domain: 'x' }, value],
        [{ PublicIpv4Pool: 'ipv4pool-ec2-1' }, 'InvalidPublicIpv4PoolID.NotFound'],
        [{ NetworkBorderGroup: 'x' }, value],
        [{ Address: '8.8.8.8' }, value],
        [{ Address: 'x' }, value],
        [{ CustomerOwnedIpv4Pool: 'x' }, 'InvalidPoolID.NotFound'],
        [{ IpamPoolId: 'ipam-pool-1' }, 'InvalidIpamPoolId.NotFound'],
      ],
      shows: { AllocationId: /^eipalloc-[0-9a-f]{17}$/, Domain: 'vpc', NetworkBorderGroup: 'us-east-1' },
      remembers: { allocation: 'AllocationId', publicIp: 'PublicIp' },
    },
  ),
  step('AllocateAddress', { Address: '$publicIp' }, { code: 'InvalidAddress.NotFound' }),
  step('AllocateAddress', {}, { remembers: { secondAllocation: 'AllocationId', secondIp: 'PublicIp' } }),
  step(
    'AssociateAddress',
    { AllocationId: '$allocation', NetworkInterfaceId: '$eni' },
    {
      ids: { AllocationId: 'address', NetworkInterfaceId: 'eni' },
      required: ['AllocationId'],
      refuses: [
        [{ NetworkInterfaceId: '$otherEni' }, 'Gateway.NotAttached'],
        [{ PrivateIpAddress: '10.0.1.99' }, value],
        [{ PublicIp: '$publicIp' }, combination],
        [{ NetworkInterfaceId: undefined }, missing],
        [{ InstanceId: `i-${unknown}` }, combination],
        [{ NetworkInterfaceId: undefined, InstanceId: `i-${unknown}` }, 'InvalidInstanceID.NotFound'],
        [{ AllocationId: undefined, PublicIp: '198.18.255.254' }, 'AuthFailure'],
        [{ AllocationId: undefined, PublicIp: 'x' }, value],
        [{ NetworkInterfaceId: '$natEni' }, 'OperationNotPermitted'],
        [{ AllocationId: '$natAllocation' }, 'AuthFailure'],
      ],
      shows: { AssociationId: /^eipassoc-[0-9a-f]{17}$/ },
      remembers: { addressAssociation: 'AssociationId' },
      after: [
        [{ NetworkInterfaceId: '$second', AllowReassociation: false }, 'Resource.AlreadyAssociated'],
        [{ AllocationId: '$secondAllocation', AllowReassociation: false }, 'Resource.AlreadyAssociated'],
      ],
    },
  ),
  {
    lists: 'DescribeAddresses',
    items: 'Addresses',
    by: 'AllocationId',
    item: '$allocation',
    ids: ['AllocationIds', 'address'],
    tagged: true,
    filters: {
      'allocation-id': 'AllocationId',
      'association-id': 'AssociationId',
      'instance-id': null,
      'network-border-group': 'NetworkBorderGroup',
      'network-interface-id': 'NetworkInterfaceId',
      'network-interface-owner-id': 'NetworkInterfaceOwnerId',
      'private-ip-address': 'PrivateIpAddress',
      'public-ip': 'PublicIp',
      domain: 'Domain',
    },
  },
  step(
    'DescribeAddresses',
    { PublicIps: ['$publicIp'] },
    { shows: { 'Addresses.0.AllocationId': '$allocation' } },
  ),
  step('DescribeAddresses', { PublicIps: ['198.18.255.254'] }, { code: 'InvalidAddress.NotFound' }),
  step(
    'ModifyAddressAttribute',
    { AllocationId: '$allocation', DomainName: 'mail.example.com' },
    {
      required: ['AllocationId', 'DomainName'],
      ids: { AllocationId: 'address' },
      refuses: [
        [{ DomainName: 'no name' }, value],
        [{ DomainName: `${'a'.repeat(64)}.com` }, value],
      ],
      shows: { 'Address.PtrRecord': 'mail.example.com.', 'Address.PublicIp': '$publicIp' },
    },
  ),
  step(
    'DescribeAddressesAttribute',
    { AllocationIds: ['$allocation'], Attribute: 'domain-name' },
    {
      ids: { AllocationIds: 'address' },
      refuses: [[{ Attribute: 'x' }, value]],
      shows: { 'Addresses.0.PtrRecord': 'mail.example.com.' },
    },
  ),
  step('DescribeAddressesAttribute', {}, { shows: { 'Addresses.length': 1 } }),
  step('ReleaseAddress', { AllocationId: '$allocation' }, { code: 'InvalidAddress.Locked' }),
  step(
    'ResetAddressAttribute',
    { AllocationId: '$allocation', Attribute: 'domain-name' },
    {
      required: ['AllocationId', 'Attribute'],
      ids: { AllocationId: 'address' },
      refuses: [[{ Attribute: 'x' }, value]],
      shows: { 'Address.PtrRecord': undefined },
    },
  ),
  step('DescribeAddressesAttribute', {}, { shows: { Addresses: [] } }),
  {
    lists: 'DescribeNetworkInterfaces',
    items: 'NetworkInterfaces',
    by: 'NetworkInterfaceId',
    item: '$eni',
    ids: ['NetworkInterfaceIds', 'eni'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      'addresses.association.owner-id': 'PrivateIpAddresses.0.Association.IpOwnerId',
      'addresses.association.public-ip': 'PrivateIpAddresses.0.Association.PublicIp',
      'addresses.primary': 'PrivateIpAddresses.0.Primary',
      'addresses.private-ip-address': 'PrivateIpAddresses.*.PrivateIpAddress',
      'association.allocation-id': 'Association.AllocationId',
      'association.association-id': 'Association.AssociationId',
      'association.ip-owner-id': 'Association.IpOwnerId',
      'association.public-dns-name': 'Association.PublicDnsName',
      'association.public-ip': 'Association.PublicIp',
      'attachment.attach-time': null,
      'attachment.attachment-id': null,
      'attachment.delete-on-termination': null,
      'attachment.device-index': null,
      'attachment.instance-id': null,
      'attachment.instance-owner-id': null,
      'attachment.status': null,
      'availability-zone': 'AvailabilityZone',
      'availability-zone-id': '=use1-az1',
      description: 'Description',
      'group-id': 'Groups.*.GroupId',
      'group-name': 'Groups.*.GroupName',
      'interface-type': 'InterfaceType',
      'ipv6-addresses.ipv6-address': 'Ipv6Addresses.0.Ipv6Address',
      'mac-address': 'MacAddress',
      'network-interface-id': 'NetworkInterfaceId',
      'operator.managed': '=false',
      'operator.principal': null,
      'owner-id': 'OwnerId',
      'private-dns-name': 'PrivateDnsName',
      'private-ip-address': 'PrivateIpAddress',
      'requester-id': null,
      'requester-managed': 'RequesterManaged',
      'source-dest-check': 'SourceDestCheck',
      status: 'Status',
      'subnet-id': 'SubnetId',
      'vpc-id': 'VpcId',
    },
  },
  step('DescribeNetworkInterfaces', { NetworkInterfaceIds: ['$eni'], MaxResults: 5 }, { code: combination }),
  step(
    'ReleaseAddress',
    { AllocationId: '$allocation' },
    {
      code: inUse,
      required: ['AllocationId'],
      ids: { AllocationId: 'address' },
      refuses: [[{ AllocationId: undefined, PublicIp: '$publicIp' }, combination]],
    },
  ),
  step(
    'DetachInternetGateway',
    { InternetGatewayId: '$igw', VpcId: '$vpc' },
    { code: 'DependencyViolation' },
  ),
  step(
    'DisassociateAddress',
    { AssociationId: '$addressAssociation' },
    {
      refuses: [
        [{ PublicIp: '$publicIp' }, combination],
        [{ AssociationId: 'x' }, 'InvalidAssociationID.NotFound'],
        [{ AssociationId: '$natAssociation' }, 'AuthFailure'],
        [{ AssociationId: undefined, PublicIp: '$secondIp' }, 'InvalidAssociationID.NotFound'],
        [{ AssociationId: undefined }, missing],
        [{ AssociationId: `eipassoc-${unknown}` }, 'InvalidAssociationID.NotFound'],
      ],
    },
  ),
  step('ReleaseAddress', { AllocationId: '$allocation' }),
  step(
    'DeleteNetworkInterface',
    { NetworkInterfaceId: '$second' },
    { required: ['NetworkInterfaceId'], ids: { NetworkInterfaceId: 'eni' } },
  ),
  step(
    'DeleteNetworkInterface',
    { NetworkInterfaceId: '$natEni' },
    { code: 'InvalidNetworkInterface.InUse' },
  ),
  step(
    'ModifyNetworkInterfaceAttribute',
    { NetworkInterfaceId: '$natEni', Description: { Value: 'x' } },
    { code: 'OperationNotPermitted' },
  ),
];

export const interfaceStory: readonly Row[] = [...making, ...attributes, ...assigning, ...addresses];
