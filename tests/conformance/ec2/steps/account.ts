/** What belongs to the account and region: regions, zones, attributes, tags, reservations of addresses; and endings. */
import { small } from '../quotas.ts';
import { type Row, step } from '../step.ts';
import { tagStory } from './tags.ts';

const value = 'InvalidParameterValue';
const unknown = '0123456789abcdef0';
const tag = { Key: 'team', Value: 'net' };

const places: readonly Row[] = [
  {
    lists: 'DescribeRegions',
    items: 'Regions',
    by: 'RegionName',
    item: 'eu-west-1',
    filters: { endpoint: 'Endpoint', 'opt-in-status': 'OptInStatus', 'region-name': 'RegionName' },
  },
  step(
    'DescribeRegions',
    { RegionNames: ['eu-west-1'] },
    { refuses: [[{ RegionNames: ['mars-north-1'] }, value]], shows: { 'Regions.length': 1 } },
  ),
  {
    lists: 'DescribeAvailabilityZones',
    items: 'AvailabilityZones',
    by: 'ZoneName',
    item: 'us-east-1a',
    filters: {
      'group-long-name': 'GroupLongName',
      'group-name': 'GroupName',
      message: null,
      'opt-in-status': 'OptInStatus',
      'parent-zone-id': null,
      'parent-zone-name': null,
      'region-name': 'RegionName',
      state: 'State',
      'zone-id': 'ZoneId',
      'zone-name': 'ZoneName',
      'zone-type': 'ZoneType',
    },
  },
  step(
    'DescribeAvailabilityZones',
    { ZoneNames: ['us-east-1a'] },
    {
      refuses: [
        [{ ZoneIds: ['use1-az1'] }, 'InvalidParameterCombination'],
        [{ ZoneNames: ['us-east-1z'] }, value],
      ],
      shows: { 'AvailabilityZones.0.ZoneId': 'use1-az1' },
    },
  ),
  step(
    'DescribeAccountAttributes',
    {},
    {
      refuses: [[{ AttributeNames: ['x'] }, value]],
      shows: { 'AccountAttributes.0.AttributeName': 'supported-platforms' },
    },
  ),
];

const reservations: readonly Row[] = [
  step(
    'CreateSubnetCidrReservation',
    { SubnetId: '$subnetB', Cidr: '10.0.2.128/28', ReservationType: 'explicit' },
    {
      required: ['SubnetId', 'Cidr', 'ReservationType'],
      ids: { SubnetId: 'subnet' },
      tags: 'subnet-cidr-reservation',
      refuses: [
        [{ ReservationType: 'x' }, value],
        [{ Cidr: 'x' }, value],
        [{ Cidr: '10.9.0.0/28' }, value],
      ],
      shows: { 'SubnetCidrReservation.Cidr': '10.0.2.128/28' },
      remembers: { reserved: 'SubnetCidrReservation.SubnetCidrReservationId' },
      after: [[{}, value]],
    },
  ),
  {
    lists: 'GetSubnetCidrReservations',
    input: { SubnetId: '$subnetB' },
    items: 'SubnetIpv4CidrReservations',
    by: 'SubnetCidrReservationId',
    item: '$reserved',
    bounds: [5, 1000],
    tagged: true,
    filters: { reservationType: 'ReservationType', 'subnet-id': 'SubnetId' },
  },
  step(
    'GetSubnetCidrReservations',
    { SubnetId: '$subnetB' },
    { required: ['SubnetId'], ids: { SubnetId: 'subnet' } },
  ),
  step(
    'DeleteSubnetCidrReservation',
    { SubnetCidrReservationId: '$reserved' },
    {
      required: ['SubnetCidrReservationId'],
      ids: { SubnetCidrReservationId: 'subnetReservation' },
    },
  ),
];

/** Other accounts and regions have their own, and see none of these. */
const isolation: readonly Row[] = [{ account: '999999999999' }, { region: 'eu-west-1' }].flatMap(
  (as): Row[] => [
    step('DescribeVpcs', { VpcIds: ['$vpc'] }, { as, code: 'InvalidVpcID.NotFound' }),
    step('DescribeSecurityGroups', { GroupIds: ['$group'] }, { as, code: 'InvalidGroup.NotFound' }),
    step('DescribeVpcs', { Filters: [{ Name: 'vpc-id', Values: ['$vpc'] }] }, { as, shows: { Vpcs: [] } }),
    step('DeleteVpc', { VpcId: '$vpc' }, { as, code: 'InvalidVpcID.NotFound' }),
    step('CreateSubnet', { VpcId: '$vpc', CidrBlock: '10.0.99.0/24' }, { as, code: 'InvalidVpcID.NotFound' }),
    step('CreateTags', { Resources: ['$vpc'], Tags: [tag] }, { as, code: 'InvalidVpcID.NotFound' }),
  ],
);

/** Regions that AWS does not have. */
const nowhere: readonly Row[] = [
  step('DescribeVpcs', {}, { as: { region: 'mars-north-1' }, code: 'AuthFailure' }),
];

export const accountStory: readonly Row[] = [
  ...places,
  ...reservations,
  ...tagStory,
  ...isolation,
  ...nowhere,
];

const limited = (action: string, input: Record<string, unknown>, code: string): Row =>
  step(action, input, { as: small, code });

/** An account whose limits are reached at once. */
export const limitStory: readonly Row[] = [
  step('DescribeVpcs', {}, { as: small, remembers: { smallVpc: 'Vpcs.0.VpcId' } }),
  limited('CreateVpc', { CidrBlock: '10.0.0.0/16' }, 'VpcLimitExceeded'),
  limited('CreateSubnet', { VpcId: '$smallVpc', CidrBlock: '172.31.250.0/24' }, 'SubnetLimitExceeded'),
  limited(
    'AssociateVpcCidrBlock',
    { VpcId: '$smallVpc', CidrBlock: '100.64.0.0/16' },
    'CidrBlockLimitExceeded',
  ),
  limited(
    'AssociateVpcCidrBlock',
    { VpcId: '$smallVpc', AmazonProvidedIpv6CidrBlock: true },
    'CidrBlockLimitExceeded',
  ),
  limited('AllocateAddress', {}, 'AddressLimitExceeded'),
  limited('CreateInternetGateway', {}, 'InternetGatewayLimitExceeded'),
  limited(
    'CreateVpcBlockPublicAccessExclusion',
    { VpcId: '$smallVpc', InternetGatewayExclusionMode: 'allow-egress' },
    'VpcBlockPublicAccessExclusionLimitExceeded',
  ),
  limited(
    'CreateEgressOnlyInternetGateway',
    { VpcId: '$smallVpc' },
    'EgressOnlyInternetGatewayLimitExceeded',
  ),
  limited('CreateNetworkAcl', { VpcId: '$smallVpc' }, 'NetworkAclLimitExceeded'),
  limited('CreateRouteTable', { VpcId: '$smallVpc' }, 'RouteTableLimitExceeded'),
  limited('CreateSecurityGroup', { GroupName: 'g', Description: 'd' }, 'SecurityGroupLimitExceeded'),
  limited('CreateKeyPair', { KeyName: 'k', KeyType: 'ed25519' }, 'KeyPairLimitExceeded'),
  limited(
    'CreateManagedPrefixList',
    { PrefixListName: 'l', MaxEntries: 1, AddressFamily: 'IPv4' },
    'PrefixListLimitExceeded',
  ),
  limited(
    'RunInstances',
    { ImageId: 'ami-0abcdef1234567890', MinCount: 1, MaxCount: 1 },
    'NetworkInterfaceLimitExceeded',
  ),
  limited(
    'CreateVpcEndpoint',
    { VpcId: '$smallVpc', ServiceName: 'com.amazonaws.us-east-1.s3' },
    'VpcEndpointLimitExceeded',
  ),
  step('DescribeSubnets', {}, { as: small, remembers: { smallSubnet: 'Subnets.0.SubnetId' } }),
  limited('CreateNetworkInterface', { SubnetId: '$smallSubnet' }, 'NetworkInterfaceLimitExceeded'),
  limited(
    'RunInstances',
    { MinCount: 1, MaxCount: 1, ImageId: 'ami-0abcdef1234567890', InstanceType: 'g5.xlarge' },
    'VcpuLimitExceeded',
  ),
  limited(
    'CreateNatGateway',
    { SubnetId: '$smallSubnet', ConnectivityType: 'private' },
    'NatGatewayLimitExceeded',
  ),
  step(
    'DescribeRouteTables',
    {},
    {
      as: small,
      remembers: { smallTable: 'RouteTables.0.RouteTableId', smallIgw: 'RouteTables.0.Routes.1.GatewayId' },
    },
  ),
  limited(
    'CreateNetworkInsightsPath',
    { Source: '$smallIgw', Destination: '$smallIgw', Protocol: 'tcp' },
    'NetworkInsightsPath.LimitExceeded',
  ),
  limited(
    'CreateNetworkInsightsAccessScope',
    { MatchPaths: [{ Source: { ResourceStatement: { Resources: ['$smallVpc'] } } }] },
    'NetworkInsightsAccessScope.LimitExceeded',
  ),
  limited(
    'CreateRoute',
    { RouteTableId: '$smallTable', DestinationCidrBlock: '10.0.0.0/8', GatewayId: '$smallIgw' },
    'RouteLimitExceeded',
  ),
  step('DescribeNetworkAcls', {}, { as: small, remembers: { smallAcl: 'NetworkAcls.0.NetworkAclId' } }),
  limited(
    'CreateNetworkAclEntry',
    {
      NetworkAclId: '$smallAcl',
      RuleNumber: 7,
      Protocol: '-1',
      RuleAction: 'allow',
      Egress: false,
      CidrBlock: '10.0.0.0/8',
    },
    'NetworkAclEntryLimitExceeded',
  ),
];

/** Taken apart in an order in which nothing is in use any more. */
export const endStory: readonly Row[] = [
  step(
    'DeleteVpc',
    { VpcId: '$vpc' },
    { code: 'DependencyViolation', required: ['VpcId'], ids: { VpcId: 'vpc' } },
  ),
  step(
    'DeleteEgressOnlyInternetGateway',
    { EgressOnlyInternetGatewayId: '$eigw' },
    {
      required: ['EgressOnlyInternetGatewayId'],
      ids: { EgressOnlyInternetGatewayId: 'egressOnlyGateway' },
      shows: { ReturnCode: true },
    },
  ),
  step(
    'DescribeRouteTables',
    { RouteTableIds: ['$table'], Filters: [{ Name: 'route.state', Values: ['blackhole'] }] },
    { shows: { 'RouteTables.length': 1 } },
  ),
  step(
    'DeleteSubnet',
    { SubnetId: '$subnet' },
    { code: 'DependencyViolation', required: ['SubnetId'], ids: { SubnetId: 'subnet' } },
  ),
  step(
    'DisassociateSubnetCidrBlock',
    { AssociationId: '$subnetIpv6' },
    {
      code: 'InvalidCidrBlock.InUse',
      required: ['AssociationId'],
      refuses: [
        [{ AssociationId: 'x' }, 'InvalidSubnetCidrBlockAssociationID.Malformed'],
        [{ AssociationId: `subnet-cidr-assoc-${unknown}` }, 'InvalidSubnetCidrBlockAssociationID.NotFound'],
      ],
    },
  ),
  step(
    'DisassociateVpcCidrBlock',
    { AssociationId: '$vpcIpv6' },
    {
      code: 'InvalidCidrBlock.InUse',
      required: ['AssociationId'],
      refuses: [
        [{ AssociationId: 'x' }, 'InvalidVpcCidrBlockAssociationID.Malformed'],
        [{ AssociationId: `vpc-cidr-assoc-${unknown}` }, 'InvalidVpcCidrBlockAssociationID.NotFound'],
      ],
    },
  ),
  step(
    'DisassociateVpcCidrBlock',
    { AssociationId: '$block' },
    { shows: { 'CidrBlockAssociation.CidrBlockState.State': 'disassociating' } },
  ),
  step(
    'DisassociateVpcCidrBlock',
    { AssociationId: '$block6' },
    { shows: { 'Ipv6CidrBlockAssociation.Ipv6CidrBlockState.State': 'disassociating' } },
  ),
  step(
    'DescribeVpcs',
    { VpcIds: ['$vpc'] },
    { remembers: { primaryBlock: 'Vpcs.0.CidrBlockAssociationSet.0.AssociationId' } },
  ),
  step('DisassociateVpcCidrBlock', { AssociationId: '$primaryBlock' }, { code: 'OperationNotPermitted' }),
  step(
    'CreateRoute',
    {
      RouteTableId: '$otherTable',
      DestinationCidrBlock: '10.3.0.0/16',
      EgressOnlyInternetGatewayId: '$otherEigw',
    },
    { code: value },
  ),
  step('CreateRoute', {
    RouteTableId: '$otherTable',
    DestinationCidrBlock: '10.3.0.0/16',
    NetworkInterfaceId: '$otherEni',
  }),
  step(
    'AssociateVpcCidrBlock',
    { VpcId: '$otherVpc', CidrBlock: '10.3.0.0/16' },
    { code: 'InvalidVpc.Range' },
  ),
  step('UnassignIpv6Addresses', { NetworkInterfaceId: '$eni', Ipv6Addresses: ['$ip6'] }),
  step('ModifySubnetAttribute', { SubnetId: '$subnet', AssignIpv6AddressOnCreation: { Value: true } }),
  step('DisassociateSubnetCidrBlock', { AssociationId: '$subnetIpv6' }, { code: 'InvalidCidrBlock.InUse' }),
  step('ModifySubnetAttribute', { SubnetId: '$subnet', AssignIpv6AddressOnCreation: { Value: false } }),
  step('DisassociateSubnetCidrBlock', { AssociationId: '$subnetIpv6' }),
  // The last association of a table goes with the subnet.
  step(
    'CreateSubnet',
    { VpcId: '$overlapping', CidrBlock: '10.0.0.0/28' },
    { remembers: { lastSubnet: 'Subnet.SubnetId' } },
  ),
  step(
    'CreateRouteTable',
    { VpcId: '$overlapping' },
    { remembers: { lastTable: 'RouteTable.RouteTableId' } },
  ),
  step('AssociateRouteTable', { RouteTableId: '$lastTable', SubnetId: '$lastSubnet' }),
  step('DeleteSubnet', { SubnetId: '$lastSubnet' }),
  step('DeleteRouteTable', { RouteTableId: '$lastTable' }),
  step('DeleteVpc', { VpcId: '$overlapping' }, { after: [[{}, 'InvalidVpcID.NotFound']] }),
  step('CreateDefaultVpc', {}, { code: 'DefaultVpcAlreadyExists' }),
];

/** A region whose default VPC goes and comes back. */
const frankfurt = { region: 'eu-central-1' };
export const defaultVpcStory: readonly Row[] = [
  step('DescribeVpcs', {}, { as: frankfurt, remembers: { lost: 'Vpcs.0.VpcId' } }),
  step(
    'DescribeInternetGateways',
    {},
    { as: frankfurt, remembers: { lostIgw: 'InternetGateways.0.InternetGatewayId' } },
  ),
  step(
    'DescribeSubnets',
    {},
    {
      as: frankfurt,
      remembers: { lostA: 'Subnets.0.SubnetId', lostB: 'Subnets.1.SubnetId', lostC: 'Subnets.2.SubnetId' },
    },
  ),
  step('DeleteSubnet', { SubnetId: '$lostA' }, { as: frankfurt }),
  step('DeleteSubnet', { SubnetId: '$lostB' }, { as: frankfurt }),
  step('DeleteSubnet', { SubnetId: '$lostC' }, { as: frankfurt }),
  step(
    'RunInstances',
    { ImageId: 'ami-0abcdef1234567890', MinCount: 1, MaxCount: 1 },
    { as: frankfurt, code: 'MissingInput' },
  ),
  step('DetachInternetGateway', { InternetGatewayId: '$lostIgw', VpcId: '$lost' }, { as: frankfurt }),
  step('DeleteVpc', { VpcId: '$lost' }, { as: frankfurt }),
  step(
    'CreateSecurityGroup',
    { GroupName: 'g', Description: 'd' },
    { as: frankfurt, code: 'VPCIdNotSpecified' },
  ),
  step(
    'CreateDefaultSubnet',
    { AvailabilityZone: 'eu-central-1a' },
    { as: frankfurt, code: 'DefaultVpcDoesNotExist' },
  ),
  step(
    'DescribeAccountAttributes',
    { AttributeNames: ['default-vpc'] },
    { as: frankfurt, shows: { 'AccountAttributes.0.AttributeValues.0.AttributeValue': 'none' } },
  ),
  step(
    'CreateDefaultVpc',
    {},
    { as: frankfurt, shows: { 'Vpc.IsDefault': true, 'Vpc.CidrBlock': '172.31.0.0/16' } },
  ),
];
