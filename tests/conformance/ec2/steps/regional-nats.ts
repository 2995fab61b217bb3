/** Regional NAT gateways: automatic and manual ones, their addresses by zone, and their route tables. */
import { type Members, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const gateway = 'NatGateways.0';

const allocate = (name: string): Row =>
  step('AllocateAddress', { Domain: 'vpc' }, { remembers: { [name]: 'AllocationId' } });

const zoneA = { AvailabilityZone: 'us-east-1a' };
const [one, two, three] = ['$zoneAllocation1', '$zoneAllocation2', '$zoneAllocation3'];
const regional = { VpcId: '$vpc', AvailabilityMode: 'regional' };
const inZones = (...AvailabilityZoneAddresses: Members[]) => ({ AvailabilityZoneAddresses });

/** Waits until a gateway shows this of itself. */
const until = (name: string, path: string, expected: string | undefined, remembers = {}): Row =>
  step(
    'DescribeNatGateways',
    { NatGatewayIds: [`$${name}`] },
    { until: [`${gateway}.${path}`, expected], remembers },
  );

const preparation: readonly Row[] = [1, 2, 3, 4].map((n) => allocate(`zoneAllocation${n}`));

const manual: readonly Row[] = [
  step(
    'CreateNatGateway',
    { ...regional, ...inZones({ ...zoneA, AllocationIds: [one] }) },
    {
      required: ['VpcId'],
      ids: { VpcId: 'vpc' },
      tags: 'natgateway',
      refuses: [
        [{ AvailabilityMode: 'x' }, value],
        [{ ConnectivityType: 'private' }, combination],
        [{ ConnectivityType: 'x' }, value],
        [{ SubnetId: '$subnet' }, combination],
        [{ AllocationId: two }, combination],
        [{ PrivateIpAddress: '10.0.1.9' }, combination],
        [{ SecondaryAllocationIds: [two] }, combination],
        [{ SecondaryPrivateIpAddresses: ['10.0.1.9'] }, combination],
        [{ SecondaryPrivateIpAddressCount: 1 }, combination],
        [inZones({ AllocationIds: [one] }), 'MissingParameter'],
        [inZones(zoneA), 'MissingParameter'],
        [inZones({ AvailabilityZone: 'us-east-1z', AllocationIds: [one] }), value],
        [inZones({ AvailabilityZoneId: 'use1-az99', AllocationIds: [one] }), value],
        [inZones({ ...zoneA, AvailabilityZoneId: 'use1-az1', AllocationIds: [one] }), combination],
        [
          inZones({ ...zoneA, AllocationIds: ['eipalloc-0123456789abcdef0'] }),
          'InvalidAllocationID.NotFound',
        ],
        [
          inZones(
            { ...zoneA, AllocationIds: [one] },
            { AvailabilityZone: 'us-east-1b', AllocationIds: [one] },
          ),
          combination,
        ],
        [inZones({ ...zoneA, AllocationIds: [one, two, three] }), 'AddressLimitExceeded'],
      ],
      shows: {
        'NatGateway.State': 'pending',
        'NatGateway.AvailabilityMode': 'regional',
        'NatGateway.AutoProvisionZones': 'disabled',
        'NatGateway.AutoScalingIps': 'disabled',
        'NatGateway.RouteTableId': /^rtb-[0-9a-f]{17}$/,
        'NatGateway.SubnetId': undefined,
        'NatGateway.NatGatewayAddresses.0.AvailabilityZone': 'us-east-1a',
        'NatGateway.NatGatewayAddresses.0.AllocationId': one,
        'NatGateway.NatGatewayAddresses.0.PrivateIp': undefined,
      },
      remembers: {
        zonesNat: 'NatGateway.NatGatewayId',
        zonesTable: 'NatGateway.RouteTableId',
        zoneId: 'NatGateway.NatGatewayAddresses.0.AvailabilityZoneId',
      },
    },
  ),
  step(
    'AssociateNatGatewayAddress',
    { NatGatewayId: '$zonesNat', AllocationIds: [two], AvailabilityZoneId: '$zoneId' },
    { code: 'IncorrectState' },
  ),
  until('zonesNat', 'State', 'available'),
  step(
    'AssociateNatGatewayAddress',
    { NatGatewayId: '$zonesNat', AllocationIds: [two], AvailabilityZoneId: '$zoneId' },
    {
      refuses: [
        [{ AvailabilityZoneId: undefined }, 'MissingParameter'],
        [{ AvailabilityZone: 'us-east-1a' }, combination],
        [{ AvailabilityZoneId: 'use1-az99' }, value],
        [{ PrivateIpAddresses: ['10.0.1.9'] }, combination],
        [{ AllocationIds: [one] }, 'Resource.AlreadyAssociated'],
        [{ AllocationIds: [two, three] }, 'AddressLimitExceeded'],
      ],
      shows: {
        'NatGatewayAddresses.length': 1,
        'NatGatewayAddresses.0.AllocationId': two,
        'NatGatewayAddresses.0.AvailabilityZone': 'us-east-1a',
        'NatGatewayAddresses.0.Status': 'associating',
      },
      remembers: { zoneAssociation: 'NatGatewayAddresses.0.AssociationId' },
    },
  ),
  step(
    'DescribeAddresses',
    { AllocationIds: [two] },
    {
      shows: {
        'Addresses.0.AssociationId': '$zoneAssociation',
        'Addresses.0.NetworkInterfaceId': undefined,
        'Addresses.0.ServiceManaged': undefined,
      },
    },
  ),
  step('ReleaseAddress', { AllocationId: two }, { code: 'InvalidIPAddress.InUse' }),
  until('zonesNat', 'NatGatewayAddresses.1.Status', 'succeeded'),
  step(
    'DisassociateNatGatewayAddress',
    { NatGatewayId: '$zonesNat', AssociationIds: ['$zoneAssociation'] },
    {
      refuses: [[{ MaxDrainDurationSeconds: 0 }, value]],
      shows: {
        'NatGatewayAddresses.0.AssociationId': '$zoneAssociation',
        'NatGatewayAddresses.0.Status': 'disassociating',
      },
    },
  ),
  until('zonesNat', 'NatGatewayAddresses.1.Status', undefined),
  step(
    'CreateNatGateway',
    { ...regional, ...inZones({ ...zoneA, AllocationIds: [one] }) },
    { remembers: { lateNat: 'NatGateway.NatGatewayId' } },
  ),
  until('lateNat', 'FailureCode', 'Resource.AlreadyAssociated'),
];

const table = { RouteTableId: '$zonesTable' };
const everywhere = { ...table, DestinationCidrBlock: '0.0.0.0/0' };

const routes: readonly Row[] = [
  step(
    'DescribeRouteTables',
    { RouteTableIds: ['$zonesTable'] },
    {
      shows: {
        'RouteTables.0.Associations.0.GatewayId': '$zonesNat',
        'RouteTables.0.Routes.2.GatewayId': '$igw',
      },
      remembers: { zonesTableAssociation: 'RouteTables.0.Associations.0.RouteTableAssociationId' },
    },
  ),
  step('DeleteRouteTable', table, { code: 'DependencyViolation' }),
  step('DisassociateRouteTable', { AssociationId: '$zonesTableAssociation' }, { code: value }),
  step(
    'ReplaceRouteTableAssociation',
    { AssociationId: '$zonesTableAssociation', ...table },
    { code: value },
  ),
  step('DeleteRoute', everywhere, { code: value }),
  step('ReplaceRoute', { ...everywhere, NatGatewayId: '$zonesNat' }, { code: value }),
  step(
    'CreateRoute',
    { ...table, DestinationCidrBlock: '10.50.0.0/16', NatGatewayId: '$zonesNat' },
    { code: value },
  ),
];

const automatic: readonly Row[] = [
  step('CreateNatGateway', regional, {
    shows: {
      'NatGateway.AutoProvisionZones': 'enabled',
      'NatGateway.AutoScalingIps': 'enabled',
      'NatGateway.NatGatewayAddresses.0.Status': 'associating',
    },
    remembers: { autoNat: 'NatGateway.NatGatewayId' },
  }),
  until('autoNat', 'NatGatewayAddresses.0.Status', 'succeeded', {
    ownAllocation: `${gateway}.NatGatewayAddresses.0.AllocationId`,
    ownAssociation: `${gateway}.NatGatewayAddresses.0.AssociationId`,
  }),
  step(
    'DescribeAddresses',
    { AllocationIds: ['$ownAllocation'] },
    { shows: { 'Addresses.0.ServiceManaged': 'rnat' } },
  ),
  step('ReleaseAddress', { AllocationId: '$ownAllocation' }, { code: 'InvalidIPAddress.InUse' }),
  step('DisassociateAddress', { AssociationId: '$ownAssociation' }, { code: 'AuthFailure' }),
  step(
    'AssociateNatGatewayAddress',
    { NatGatewayId: '$autoNat', AllocationIds: [three], ...zoneA },
    { code: combination },
  ),
  step(
    'DisassociateNatGatewayAddress',
    { NatGatewayId: '$autoNat', AssociationIds: ['$ownAssociation'] },
    { refuses: [[{ NatGatewayId: '$zonesNat' }, value]], code: combination },
  ),
  step(
    'AssignPrivateNatGatewayAddress',
    { NatGatewayId: '$autoNat', PrivateIpAddressCount: 1 },
    { code: combination },
  ),
  step(
    'DetachInternetGateway',
    { InternetGatewayId: '$igw', VpcId: '$vpc' },
    { code: 'DependencyViolation' },
  ),
];

/** A zone is covered while it has an interface. */
const following: readonly Row[] = [
  step(
    'CreateSubnet',
    { VpcId: '$vpc', CidrBlock: '10.0.201.0/24', AvailabilityZone: 'us-east-1b' },
    { remembers: { nextSubnet: 'Subnet.SubnetId' } },
  ),
  step(
    'CreateNetworkInterface',
    { SubnetId: '$nextSubnet' },
    { remembers: { nextInterface: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  until('autoNat', 'NatGatewayAddresses.1.AvailabilityZone', 'us-east-1b'),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$nextInterface' }),
  until('autoNat', 'NatGatewayAddresses.1.AvailabilityZone', undefined),
  step('DeleteSubnet', { SubnetId: '$nextSubnet' }),
];

const end: readonly Row[] = [
  ...['autoNat', 'zonesNat'].map((name) => step('DeleteNatGateway', { NatGatewayId: `$${name}` })),
  step('DescribeRouteTables', { RouteTableIds: ['$zonesTable'] }, { code: 'InvalidRouteTableID.NotFound' }),
  ...[1, 2, 3, 4].map((n) => step('ReleaseAddress', { AllocationId: `$zoneAllocation${n}` })),
];

export const regionalNatStory: readonly Row[] = [
  ...preparation,
  ...manual,
  ...routes,
  ...automatic,
  ...following,
  ...end,
];
