/** Internet, egress-only and NAT gateways, and DHCP options. */
import { type Members, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';

const internet: readonly Row[] = [
  step(
    'CreateInternetGateway',
    {},
    {
      tags: 'internet-gateway',
      shows: { 'InternetGateway.InternetGatewayId': /^igw-[0-9a-f]{17}$/, 'InternetGateway.Attachments': [] },
      remembers: { igw: 'InternetGateway.InternetGatewayId' },
    },
  ),
  step('CreateInternetGateway', {}, { remembers: { otherIgw: 'InternetGateway.InternetGatewayId' } }),
  step(
    'AttachInternetGateway',
    { InternetGatewayId: '$igw', VpcId: '$vpc' },
    {
      required: ['InternetGatewayId', 'VpcId'],
      ids: { InternetGatewayId: 'internetGateway', VpcId: 'vpc' },
      after: [
        [{}, 'Resource.AlreadyAssociated'],
        [{ InternetGatewayId: '$otherIgw' }, value],
      ],
    },
  ),
  {
    lists: 'DescribeInternetGateways',
    items: 'InternetGateways',
    by: 'InternetGatewayId',
    item: '$igw',
    ids: ['InternetGatewayIds', 'internetGateway'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      'attachment.state': 'Attachments.0.State',
      'attachment.vpc-id': 'Attachments.0.VpcId',
      'internet-gateway-id': 'InternetGatewayId',
      'owner-id': 'OwnerId',
    },
  },
  step(
    'DetachInternetGateway',
    { InternetGatewayId: '$otherIgw', VpcId: '$vpc' },
    {
      code: 'Gateway.NotAttached',
      required: ['InternetGatewayId', 'VpcId'],
      ids: { InternetGatewayId: 'internetGateway', VpcId: 'vpc' },
    },
  ),
  step(
    'DeleteInternetGateway',
    { InternetGatewayId: '$otherIgw' },
    {
      required: ['InternetGatewayId'],
      ids: { InternetGatewayId: 'internetGateway' },
      refuses: [[{ InternetGatewayId: '$igw' }, 'DependencyViolation']],
    },
  ),
];

const egressOnly: readonly Row[] = [
  step(
    'CreateEgressOnlyInternetGateway',
    { VpcId: '$vpc' },
    {
      required: ['VpcId'],
      ids: { VpcId: 'vpc' },
      tags: 'egress-only-internet-gateway',
      token: 'EgressOnlyInternetGateway.EgressOnlyInternetGatewayId',
      shows: { 'EgressOnlyInternetGateway.Attachments': [{ State: 'attached', VpcId: '$vpc' }] },
      remembers: { eigw: 'EgressOnlyInternetGateway.EgressOnlyInternetGatewayId' },
    },
  ),
  {
    lists: 'DescribeEgressOnlyInternetGateways',
    items: 'EgressOnlyInternetGateways',
    by: 'EgressOnlyInternetGatewayId',
    item: '$eigw',
    ids: ['EgressOnlyInternetGatewayIds', 'egressOnlyGateway', 'ok'],
    tagged: true,
    bounds: [5, 255],
    filters: {},
  },
];

const nat: readonly Row[] = [
  step('AllocateAddress', { Domain: 'vpc' }, { remembers: { natAllocation: 'AllocationId' } }),
  step(
    'CreateNatGateway',
    { SubnetId: '$subnet', AllocationId: '$natAllocation' },
    {
      required: ['SubnetId', 'AllocationId'],
      ids: { SubnetId: 'subnet', AllocationId: 'address' },
      tags: 'natgateway',
      token: 'NatGateway.NatGatewayId',
      refuses: [
        [{ ConnectivityType: 'x' }, value],
        [{ ConnectivityType: 'private' }, 'InvalidParameterCombination'],
        [{ SecondaryPrivateIpAddressCount: 1 }, 'InvalidParameterCombination'],
        [
          {
            ConnectivityType: 'private',
            AllocationId: undefined,
            SecondaryPrivateIpAddressCount: 1,
            SecondaryPrivateIpAddresses: ['10.0.1.99'],
          },
          'InvalidParameterCombination',
        ],
        [{ AvailabilityMode: 'regional' }, 'InvalidParameterCombination'],
        [{ VpcId: '$vpc' }, 'InvalidParameterCombination'],
        [{ AvailabilityMode: 'x' }, value],
      ],
      shows: { 'NatGateway.NatGatewayId': /^nat-[0-9a-f]{17}$/, 'NatGateway.State': 'pending' },
      remembers: { nat: 'NatGateway.NatGatewayId' },
    },
  ),
  step(
    'CreateNatGateway',
    { SubnetId: '$subnet', ConnectivityType: 'private', SecondaryPrivateIpAddressCount: 1 },
    {
      remembers: { privateNat: 'NatGateway.NatGatewayId' },
    },
  ),
  step(
    'CreateNatGateway',
    { SubnetId: '$subnet', AllocationId: '$natAllocation' },
    {
      remembers: { failedNat: 'NatGateway.NatGatewayId' },
    },
  ),
  step('CreateNatGateway', { SubnetId: '$otherSubnet', AllocationId: '$natAllocation' }),
  step(
    'CreateNatGateway',
    { SubnetId: '$subnet', ConnectivityType: 'private', PrivateIpAddress: '10.0.9.9' },
    { code: value },
  ),
  {
    lists: 'DescribeNatGateways',
    items: 'NatGateways',
    by: 'NatGatewayId',
    item: '$nat',
    ids: ['NatGatewayIds', 'natGateway'],
    bounds: [5, 1000],
    filters: {},
  },
  ...(
    [
      ['nat-gateway-id', '$nat'],
      ['subnet-id', '$subnet'],
      ['vpc-id', '$vpc'],
      ['tag:suite', 'conformance'],
    ] as const
  ).map(([Name, Value]) =>
    step(
      'DescribeNatGateways',
      { Filter: [{ Name, Values: [Value] }], NatGatewayIds: ['$nat'] },
      {
        shows: { 'NatGateways.0.NatGatewayId': '$nat' },
      },
    ),
  ),
  step(
    'DescribeNatGateways',
    { Filter: [{ Name: 'state', Values: ['no-such-state'] }] },
    { shows: { NatGateways: [] } },
  ),
  step('DescribeNatGateways', { Filter: [{ Name: 'x', Values: ['x'] }] }, { code: value }),
  step(
    'DeleteNatGateway',
    { NatGatewayId: '$privateNat' },
    {
      required: ['NatGatewayId'],
      ids: { NatGatewayId: 'natGateway' },
      shows: { NatGatewayId: '$privateNat' },
      after: [[{}, 'NatGatewayNotFound']],
    },
  ),
];

const namesOfOptions = [
  'x',
  'domain-name-servers',
  'ntp-servers',
  'netbios-name-servers',
  'netbios-node-type',
  'ipv6-address-preferred-lease-time',
];
const fiveServers = ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'];

const wrongOptions: readonly (readonly Members[])[] = [
  ...namesOfOptions.map((Key) => [{ Key, Values: ['x'] }]),
  [
    { Key: 'domain-name', Values: ['a'] },
    { Key: 'domain-name', Values: ['b'] },
  ],
  [{ Key: 'ntp-servers', Values: fiveServers }],
  [{ Key: 'domain-name', Values: ['', ''] }],
];

const dhcp: readonly Row[] = [
  step(
    'CreateDhcpOptions',
    {
      DhcpConfigurations: [
        { Key: 'domain-name', Values: ['example.org'] },
        { Key: 'domain-name-servers', Values: ['10.0.0.2, 10.0.0.3'] },
      ],
    },
    {
      required: ['DhcpConfigurations'],
      tags: 'dhcp-options',
      refuses: wrongOptions.map((DhcpConfigurations) => [{ DhcpConfigurations }, value]),
      shows: { 'DhcpOptions.DhcpOptionsId': /^dopt-[0-9a-f]{17}$/, 'DhcpOptions.OwnerId': '123456789012' },
      remembers: { options: 'DhcpOptions.DhcpOptionsId' },
    },
  ),
  step('CreateDhcpOptions', {
    DhcpConfigurations: [
      { Key: 'netbios-node-type', Values: ['2'] },
      { Key: 'domain-name', Values: ['x'] },
      { Key: 'ipv6-address-preferred-lease-time', Values: ['140'] },
    ],
  }),
  {
    lists: 'DescribeDhcpOptions',
    items: 'DhcpOptions',
    by: 'DhcpOptionsId',
    item: '$options',
    ids: ['DhcpOptionsIds', 'dhcpOptions', 'InvalidDhcpOptionID.NotFound'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      'dhcp-options-id': 'DhcpOptionsId',
      key: 'DhcpConfigurations.*.Key',
      value: 'DhcpConfigurations.*.Values.*.Value',
      'owner-id': 'OwnerId',
    },
  },
  step(
    'AssociateDhcpOptions',
    { DhcpOptionsId: '$options', VpcId: '$vpc' },
    {
      required: ['DhcpOptionsId', 'VpcId'],
      ids: { DhcpOptionsId: 'dhcpOptions', VpcId: 'vpc' },
    },
  ),
  step(
    'DeleteDhcpOptions',
    { DhcpOptionsId: '$options' },
    {
      code: 'DependencyViolation',
      required: ['DhcpOptionsId'],
      ids: { DhcpOptionsId: 'dhcpOptions' },
    },
  ),
  step('AssociateDhcpOptions', { DhcpOptionsId: 'default', VpcId: '$vpc' }),
  step(
    'DeleteDhcpOptions',
    { DhcpOptionsId: '$options' },
    { after: [[{}, 'InvalidDhcpOptionsID.NotFound']] },
  ),
];

const vpn: readonly Row[] = [
  step(
    'DescribeVpnGateways',
    { Filters: [{ Name: 'attachment.vpc-id', Values: ['$vpc'] }] },
    {
      shows: { VpnGateways: [] },
      refuses: [
        [{ VpnGatewayIds: ['vgw-0123456789abcdef0'] }, 'InvalidVpnGatewayID.NotFound'],
        [{ Filters: [{ Name: 'route', Values: ['x'] }] }, value],
      ],
    },
  ),
];

export const gatewayStory: readonly Row[] = [...internet, ...egressOnly, ...nat, ...dhcp, ...vpn];
