/** Secondary addresses of NAT gateways, in a zone of their own. */
import { type Members, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const addresses = 'NatGateways.0.NatGatewayAddresses';

/** Waits until no address of a gateway is on its way any more. */
const settled = (NatGatewayIds: readonly string[], count: number): Row =>
  step(
    'DescribeNatGateways',
    { NatGatewayIds },
    { until: [`${addresses}.1.Status`, count > 1 ? 'succeeded' : undefined] },
  );

const allocate = (name: string): Row =>
  step('AllocateAddress', { Domain: 'vpc' }, { remembers: { [name]: 'AllocationId' } });

const make = (name: string, input: Members): Row =>
  step(
    'CreateNatGateway',
    { SubnetId: '$natSubnet', ...input },
    { remembers: { [name]: 'NatGateway.NatGatewayId' } },
  );

const standing = (name: string): Row =>
  step(
    'DescribeNatGateways',
    { NatGatewayIds: [`$${name}`] },
    { until: ['NatGateways.0.State', 'available'] },
  );

const preparation: readonly Row[] = [
  step(
    'CreateSubnet',
    { VpcId: '$vpc', CidrBlock: '10.0.200.0/24' },
    { remembers: { natSubnet: 'Subnet.SubnetId' } },
  ),
  allocate('primaryAllocation'),
  allocate('secondAllocation'),
  allocate('thirdAllocation'),
  make('openNat', { AllocationId: '$primaryAllocation' }),
  make('closedNat', { ConnectivityType: 'private' }),
  step(
    'AssociateNatGatewayAddress',
    { NatGatewayId: '$openNat', AllocationIds: ['$secondAllocation'] },
    { code: 'IncorrectState' },
  ),
  standing('openNat'),
  standing('closedNat'),
  step(
    'CreateNatGateway',
    {
      SubnetId: '$natSubnet',
      AllocationId: '$primaryAllocation',
      SecondaryAllocationIds: ['$secondAllocation', '$thirdAllocation'],
    },
    { code: 'AddressLimitExceeded' },
  ),
  step(
    'CreateNatGateway',
    { SubnetId: '$natSubnet', ConnectivityType: 'private', SecondaryPrivateIpAddressCount: 8 },
    { code: 'PrivateIpAddressLimitExceeded' },
  ),
];

const elastic: readonly Row[] = [
  step(
    'AssociateNatGatewayAddress',
    { NatGatewayId: '$openNat', AllocationIds: ['$secondAllocation'], PrivateIpAddresses: ['10.0.200.99'] },
    {
      required: ['NatGatewayId', 'AllocationIds'],
      ids: { NatGatewayId: 'natGateway' },
      refuses: [
        [{ AllocationIds: ['eipalloc-0123456789abcdef0'] }, 'InvalidAllocationID.NotFound'],
        [{ AllocationIds: ['$primaryAllocation'] }, 'Resource.AlreadyAssociated'],
        [
          { AllocationIds: ['$secondAllocation', '$thirdAllocation'], PrivateIpAddresses: [] },
          'AddressLimitExceeded',
        ],
        [{ AllocationIds: ['$secondAllocation', '$thirdAllocation'] }, combination],
        [{ NatGatewayId: '$closedNat' }, combination],
        [{ AvailabilityZone: 'us-east-1a' }, combination],
        [{ AvailabilityZoneId: 'use1-az1' }, combination],
        [{ PrivateIpAddresses: ['10.9.0.1'] }, value],
      ],
      shows: {
        NatGatewayId: '$openNat',
        'NatGatewayAddresses.length': 1,
        'NatGatewayAddresses.0.AllocationId': '$secondAllocation',
        'NatGatewayAddresses.0.PrivateIp': '10.0.200.99',
        'NatGatewayAddresses.0.IsPrimary': false,
        'NatGatewayAddresses.0.Status': 'associating',
      },
      remembers: { natAssociation: 'NatGatewayAddresses.0.AssociationId' },
    },
  ),
  settled(['$openNat'], 2),
  step(
    'DescribeNatGateways',
    { NatGatewayIds: ['$openNat'] },
    { remembers: { primaryAssociation: `${addresses}.0.AssociationId` } },
  ),
  step(
    'DisassociateNatGatewayAddress',
    { NatGatewayId: '$openNat', AssociationIds: ['$natAssociation'] },
    {
      required: ['NatGatewayId', 'AssociationIds'],
      ids: { NatGatewayId: 'natGateway' },
      refuses: [
        [{ AssociationIds: ['eipassoc-0123456789abcdef0'] }, 'InvalidAssociationID.NotFound'],
        [{ AssociationIds: ['$primaryAssociation'] }, value],
        [{ NatGatewayId: '$closedNat' }, combination],
        [{ NatGatewayId: '$nat' }, value],
        [{ MaxDrainDurationSeconds: 0 }, value],
        [{ MaxDrainDurationSeconds: 4001 }, value],
      ],
      shows: {
        'NatGatewayAddresses.0.AssociationId': '$natAssociation',
        'NatGatewayAddresses.0.Status': 'disassociating',
      },
      after: [[{ AssociationIds: ['$primaryAssociation'] }, 'IncorrectState']],
    },
  ),
  settled(['$openNat'], 1),
];

const privately: readonly Row[] = [
  step(
    'AssignPrivateNatGatewayAddress',
    { NatGatewayId: '$closedNat', PrivateIpAddresses: ['10.0.200.50'] },
    {
      required: ['NatGatewayId', 'PrivateIpAddresses'],
      ids: { NatGatewayId: 'natGateway' },
      refuses: [
        [{ PrivateIpAddressCount: 1 }, combination],
        [{ PrivateIpAddresses: undefined, PrivateIpAddressCount: 0 }, value],
        [{ PrivateIpAddresses: undefined, PrivateIpAddressCount: 32 }, value],
        [{ PrivateIpAddresses: undefined, PrivateIpAddressCount: 8 }, 'PrivateIpAddressLimitExceeded'],
        [{ NatGatewayId: '$openNat' }, combination],
        [{ PrivateIpAddresses: ['x'] }, value],
      ],
      shows: {
        'NatGatewayAddresses.0.PrivateIp': '10.0.200.50',
        'NatGatewayAddresses.0.Status': 'assigning',
      },
    },
  ),
  settled(['$closedNat'], 2),
  step(
    'DescribeNatGateways',
    { NatGatewayIds: ['$closedNat'] },
    { remembers: { primaryIp: `${addresses}.0.PrivateIp` } },
  ),
  step(
    'UnassignPrivateNatGatewayAddress',
    { NatGatewayId: '$closedNat', PrivateIpAddresses: ['10.0.200.50'] },
    {
      required: ['NatGatewayId', 'PrivateIpAddresses'],
      ids: { NatGatewayId: 'natGateway' },
      refuses: [
        [{ PrivateIpAddresses: ['10.0.200.51'] }, value],
        [{ PrivateIpAddresses: ['x'] }, value],
        [{ PrivateIpAddresses: ['$primaryIp'] }, value],
        [{ NatGatewayId: '$openNat' }, combination],
        [{ MaxDrainDurationSeconds: 4001 }, value],
      ],
      shows: { 'NatGatewayAddresses.0.Status': 'unassigning' },
    },
  ),
  settled(['$closedNat'], 1),
];

const end: readonly Row[] = [
  ...['openNat', 'closedNat'].map((name) => step('DeleteNatGateway', { NatGatewayId: `$${name}` })),
  ...['primary', 'second', 'third'].map((name) =>
    step('ReleaseAddress', { AllocationId: `$${name}Allocation` }),
  ),
  step('DeleteSubnet', { SubnetId: '$natSubnet' }),
];

export const natAddressStory: readonly Row[] = [...preparation, ...elastic, ...privately, ...end];
