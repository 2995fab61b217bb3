/** Peerings between VPCs, accounts and regions, and references over them. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const transition = 'InvalidStateTransition';
const other = { account: '999999999999' };
const pair = (GroupId: string) => [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }];

const requesting: readonly Row[] = [
  step('CreateVpc', { CidrBlock: '10.40.0.0/16' }, { as: other, remembers: { farVpc: 'Vpc.VpcId' } }),
  step(
    'CreateSecurityGroup',
    { GroupName: 'far', Description: 'far away', VpcId: '$farVpc' },
    { as: other, remembers: { farGroup: 'GroupId' } },
  ),
  step(
    'CreateVpcPeeringConnection',
    { VpcId: '$vpc', PeerVpcId: '$farVpc', PeerOwnerId: '999999999999' },
    {
      required: ['VpcId', 'PeerVpcId'],
      ids: { VpcId: 'vpc' },
      tags: 'vpc-peering-connection',
      refuses: [
        [{ PeerOwnerId: 'x' }, value],
        [{ PeerRegion: 'mars-north-1' }, value],
        [{ PeerVpcId: '$vpc' }, value],
        [{ PeerVpcId: 'x' }, 'InvalidVpcID.Malformed'],
        [{ PeerOwnerId: undefined }, 'InvalidVpcID.NotFound'],
      ],
      shows: {
        'VpcPeeringConnection.VpcPeeringConnectionId': /^pcx-[0-9a-f]{17}$/,
        'VpcPeeringConnection.Status.Code': 'initiating-request',
        'VpcPeeringConnection.AccepterVpcInfo.OwnerId': '999999999999',
      },
      remembers: { peering: 'VpcPeeringConnection.VpcPeeringConnectionId' },
      after: [[{}, 'VpcPeeringConnectionAlreadyExists']],
    },
  ),
  {
    lists: 'DescribeVpcPeeringConnections',
    items: 'VpcPeeringConnections',
    by: 'VpcPeeringConnectionId',
    item: '$peering',
    ids: ['VpcPeeringConnectionIds', 'peering'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      'accepter-vpc-info.cidr-block': null,
      'accepter-vpc-info.owner-id': 'AccepterVpcInfo.OwnerId',
      'accepter-vpc-info.vpc-id': 'AccepterVpcInfo.VpcId',
      'expiration-time': 'ExpirationTime',
      'requester-vpc-info.cidr-block': 'RequesterVpcInfo.CidrBlock',
      'requester-vpc-info.owner-id': 'RequesterVpcInfo.OwnerId',
      'requester-vpc-info.vpc-id': 'RequesterVpcInfo.VpcId',
      'status-code': 'Status.Code',
      'status-message': 'Status.Message',
      'vpc-peering-connection-id': 'VpcPeeringConnectionId',
    },
  },
];

const living: readonly Row[] = [
  step(
    'ModifyVpcPeeringConnectionOptions',
    {
      VpcPeeringConnectionId: '$peering',
      RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
    },
    { code: 'OperationNotPermitted' },
  ),
  step(
    'AcceptVpcPeeringConnection',
    { VpcPeeringConnectionId: '$peering' },
    { code: 'OperationNotPermitted' },
  ),
  step(
    'RejectVpcPeeringConnection',
    { VpcPeeringConnectionId: '$peering' },
    { code: 'OperationNotPermitted' },
  ),
  step(
    'DeleteVpcPeeringConnection',
    { VpcPeeringConnectionId: '$peering' },
    { as: other, code: 'OperationNotPermitted' },
  ),
  step(
    'AcceptVpcPeeringConnection',
    { VpcPeeringConnectionId: '$peering' },
    {
      as: other,
      required: ['VpcPeeringConnectionId'],
      ids: { VpcPeeringConnectionId: 'peering' },
      shows: { 'VpcPeeringConnection.Status.Code': 'provisioning' },
      after: [[{}, transition]],
    },
  ),
  step(
    'RejectVpcPeeringConnection',
    { VpcPeeringConnectionId: '$peering' },
    {
      as: other,
      code: transition,
      required: ['VpcPeeringConnectionId'],
      ids: { VpcPeeringConnectionId: 'peering' },
    },
  ),
  step('ModifyVpcAttribute', { VpcId: '$vpc', EnableDnsHostnames: { Value: true } }),
  step(
    'ModifyVpcPeeringConnectionOptions',
    {
      VpcPeeringConnectionId: '$peering',
      RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
    },
    { code: 'InvalidVpcPeeringConnectionState.DnsHostnamesDisabled' },
  ),
  step('ModifyVpcAttribute', { VpcId: '$farVpc', EnableDnsHostnames: { Value: true } }, { as: other }),
  step(
    'ModifyVpcPeeringConnectionOptions',
    {
      VpcPeeringConnectionId: '$peering',
      RequesterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true },
    },
    {
      required: ['VpcPeeringConnectionId', 'RequesterPeeringConnectionOptions'],
      ids: { VpcPeeringConnectionId: 'peering' },
      refuses: [
        [
          { AccepterPeeringConnectionOptions: { AllowDnsResolutionFromRemoteVpc: true } },
          'OperationNotPermitted',
        ],
        [
          { RequesterPeeringConnectionOptions: { AllowEgressFromLocalClassicLinkToRemoteVpc: true } },
          'UnsupportedOperation',
        ],
      ],
      shows: { 'RequesterPeeringConnectionOptions.AllowDnsResolutionFromRemoteVpc': true },
    },
  ),
  step('CreateRoute', {
    RouteTableId: '$table',
    DestinationCidrBlock: '10.40.0.0/16',
    VpcPeeringConnectionId: '$peering',
  }),
  step(
    'DescribeRouteTables',
    { Filters: [{ Name: 'route.vpc-peering-connection-id', Values: ['$peering'] }] },
    { shows: { 'RouteTables.0.RouteTableId': '$table' } },
  ),
];

const references: readonly Row[] = [
  step(
    'AuthorizeSecurityGroupIngress',
    {
      GroupId: '$app',
      IpPermissions: [
        {
          IpProtocol: '-1',
          UserIdGroupPairs: [
            { GroupId: '$farGroup', UserId: '999999999999', VpcPeeringConnectionId: '$foreignPeering' },
          ],
        },
      ],
    },
    { code: 'InvalidGroup.NotFound' },
  ),
  step('AuthorizeSecurityGroupIngress', {
    GroupId: '$app',
    IpPermissions: [
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: '$farGroup', UserId: '999999999999' }] },
    ],
  }),
  step('AuthorizeSecurityGroupEgress', { GroupId: '$app', IpPermissions: pair('$farGroup') }),
  step(
    'DescribeSecurityGroupReferences',
    { GroupId: ['$farGroup'] },
    {
      as: other,
      required: ['GroupId'],
      shows: {
        SecurityGroupReferenceSet: [
          { GroupId: '$farGroup', ReferencingVpcId: '$vpc', VpcPeeringConnectionId: '$peering' },
        ],
      },
      refuses: [
        [{ GroupId: ['sg-x'] }, 'InvalidGroupId.Malformed'],
        [{ GroupId: ['sg-0123456789abcdef0'] }, 'InvalidGroup.NotFound'],
      ],
    },
  ),
  step('AssociateVpcCidrBlock', { VpcId: '$vpc', CidrBlock: '10.40.1.0/24' }, { code: 'InvalidVpc.Range' }),
  step('DescribeStaleSecurityGroups', { VpcId: '$vpc' }, { shows: { StaleSecurityGroupSet: [] } }),
  step(
    'DeleteVpcPeeringConnection',
    { VpcPeeringConnectionId: '$peering' },
    {
      required: ['VpcPeeringConnectionId'],
      ids: { VpcPeeringConnectionId: 'peering' },
      shows: { Return: true },
      after: [[{}, transition]],
    },
  ),
  step(
    'DescribeRouteTables',
    { RouteTableIds: ['$table'], Filters: [{ Name: 'route.state', Values: ['blackhole'] }] },
    { shows: { 'RouteTables.0.RouteTableId': '$table' } },
  ),
  step(
    'DescribeStaleSecurityGroups',
    { VpcId: '$vpc' },
    {
      required: ['VpcId'],
      ids: { VpcId: 'vpc' },
      shows: {
        'StaleSecurityGroupSet.0.GroupId': '$app',
        'StaleSecurityGroupSet.0.StaleIpPermissions.0.UserIdGroupPairs.0.PeeringStatus': 'deleted',
        'StaleSecurityGroupSet.0.StaleIpPermissionsEgress.0.UserIdGroupPairs.0.GroupId': '$farGroup',
      },
    },
  ),
  {
    lists: 'DescribeStaleSecurityGroups',
    input: { VpcId: '$vpc' },
    items: 'StaleSecurityGroupSet',
    by: 'GroupId',
    item: '$app',
    bounds: [5, 255],
    filters: {},
  },
];

const otherEnds: readonly Row[] = [
  // The blocks overlap: AWS makes a peering that has failed.
  step('CreateVpc', { CidrBlock: '10.0.0.0/24' }, { remembers: { overlapping: 'Vpc.VpcId' } }),
  step(
    'CreateVpcPeeringConnection',
    { VpcId: '$vpc', PeerVpcId: '$overlapping' },
    { remembers: { failed: 'VpcPeeringConnection.VpcPeeringConnectionId' } },
  ),
  step(
    'DescribeVpcPeeringConnections',
    { VpcPeeringConnectionIds: ['$failed'] },
    { shows: { 'VpcPeeringConnections.0.Status.Code': 'failed' } },
  ),
  step(
    'RejectVpcPeeringConnection',
    { VpcPeeringConnectionId: '$foreignPeering' },
    { shows: { Return: true } },
  ),
  step(
    'DescribeVpcPeeringConnections',
    { VpcPeeringConnectionIds: ['$foreignPeering'] },
    { shows: { 'VpcPeeringConnections.0.Status.Code': 'rejected' } },
  ),
];

export const peeringStory: readonly Row[] = [...requesting, ...living, ...references, ...otherEnds];
