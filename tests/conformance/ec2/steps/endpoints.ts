/** VPC endpoints. */
import { type Row, step } from '../step.ts';

const wrong = 'InvalidParameter';
const value = 'InvalidParameterValue';
const unsupported = 'UnsupportedOperation';
const policy = JSON.stringify({
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

const gateway: readonly Row[] = [
  step(
    'CreateVpcEndpoint',
    { VpcId: '$vpc', ServiceName: 'com.amazonaws.us-east-1.s3', RouteTableIds: ['$table'] },
    {
      required: ['VpcId', 'ServiceName'],
      ids: { VpcId: 'vpc', RouteTableIds: ['routeTable', 'InvalidRouteTableId.NotFound'] },
      tags: 'vpc-endpoint',
      token: 'VpcEndpoint.VpcEndpointId',
      refuses: [
        [{ ServiceName: 'com.amazonaws.us-east-1.nothing' }, 'InvalidServiceName'],
        [{ VpcEndpointType: 'GatewayLoadBalancer' }, unsupported],
        [{ ServiceNetworkArn: 'arn' }, unsupported],
        [{ ServiceName: 'com.amazonaws.us-east-1.ec2' }, wrong],
        [{ SubnetIds: ['$subnet'] }, wrong],
        [{ PrivateDnsEnabled: true }, wrong],
        [{ RouteTableIds: ['$otherTable'] }, wrong],
        [{ PolicyDocument: 'x' }, 'InvalidPolicyDocument'],
        [{ PolicyDocument: '{}' }, 'InvalidPolicyDocument'],
      ],
      shows: {
        'VpcEndpoint.VpcEndpointId': /^vpce-[0-9a-f]{17}$/,
        'VpcEndpoint.VpcEndpointType': 'Gateway',
        'VpcEndpoint.RouteTableIds': ['$table'],
      },
      remembers: { gatewayEndpoint: 'VpcEndpoint.VpcEndpointId' },
      after: [[{}, 'RouteAlreadyExists']],
    },
  ),
  step(
    'DescribeManagedPrefixLists',
    { Filters: [{ Name: 'prefix-list-name', Values: ['*.s3'] }] },
    { remembers: { s3List: 'PrefixLists.0.PrefixListId' } },
  ),
  step('DeleteRoute', { RouteTableId: '$table', DestinationPrefixListId: '$s3List' }, { code: value }),
  step(
    'ModifyVpcEndpoint',
    { VpcEndpointId: '$gatewayEndpoint', PolicyDocument: policy },
    {
      required: ['VpcEndpointId'],
      ids: { VpcEndpointId: 'endpoint' },
      refuses: [
        [{ ResetPolicy: true }, 'InvalidParameterCombination'],
        [{ AddSubnetIds: ['$subnet'] }, wrong],
      ],
      shows: { Return: true },
    },
  ),
  step(
    'ModifyVpcEndpoint',
    { VpcEndpointId: '$gatewayEndpoint', RemoveRouteTableIds: ['$table'], ResetPolicy: true },
    {
      ids: { RemoveRouteTableIds: ['routeTable', 'InvalidRouteTableId.NotFound'] },
      after: [[{}, wrong]],
    },
  ),
];

const ec2 = { ServiceName: 'com.amazonaws.us-east-1.ec2', VpcEndpointType: 'Interface' };

const ofInterfaces: readonly Row[] = [
  step('ModifyVpcAttribute', { VpcId: '$vpc', EnableDnsHostnames: { Value: true } }),
  step(
    'CreateVpcEndpoint',
    { VpcId: '$vpc', ...ec2, SubnetIds: ['$subnet'], SecurityGroupIds: ['$group'] },
    {
      ids: { SubnetIds: ['subnet', 'InvalidSubnetId.NotFound'], SecurityGroupIds: 'securityGroup' },
      tags: 'vpc-endpoint',
      refuses: [
        [{ RouteTableIds: ['$table'] }, wrong],
        [{ IpAddressType: 'x' }, value],
        [{ SubnetIds: ['$otherSubnet'] }, wrong],
        [{ SubnetIds: ['$subnet', '$tiny'] }, 'DuplicateSubnetsInSameZone'],
        [{ VpcId: '$otherVpc', SubnetIds: ['$otherSubnet'], SecurityGroupIds: undefined }, wrong],
      ],
      shows: { 'VpcEndpoint.VpcEndpointType': 'Interface' },
      remembers: { endpoint: 'VpcEndpoint.VpcEndpointId' },
      after: [[{}, wrong]],
    },
  ),
  step(
    'DescribeVpcEndpoints',
    { VpcEndpointIds: ['$endpoint'] },
    { until: ['VpcEndpoints.0.State', 'available'] },
  ),
  {
    lists: 'DescribeVpcEndpoints',
    items: 'VpcEndpoints',
    by: 'VpcEndpointId',
    item: '$endpoint',
    ids: ['VpcEndpointIds', 'endpoint'],
    bounds: [1, 1000],
    tagged: true,
    filters: {
      'ip-address-type': 'IpAddressType',
      'service-name': 'ServiceName',
      'service-region': '=us-east-1',
      'vpc-id': 'VpcId',
      'vpc-endpoint-id': 'VpcEndpointId',
      'vpc-endpoint-state': 'State',
      'vpc-endpoint-type': 'VpcEndpointType',
    },
  },
  step(
    'ModifyVpcEndpoint',
    { VpcEndpointId: '$endpoint', AddSubnetIds: ['$subnetB'], AddSecurityGroupIds: ['$app'] },
    {
      ids: { AddSubnetIds: ['subnet', 'InvalidSubnetId.NotFound'], AddSecurityGroupIds: 'securityGroup' },
      refuses: [
        [{ AddRouteTableIds: ['$table'] }, wrong],
        [{ RemoveSubnetIds: ['$otherSubnet'] }, wrong],
        [{ RemoveSecurityGroupIds: ['$foreignGroup'] }, wrong],
        [{ RemoveSecurityGroupIds: ['$group'], AddSecurityGroupIds: undefined }, wrong],
        [{ IpAddressType: 'dualstack' }, unsupported],
      ],
    },
  ),
  step('ModifyVpcEndpoint', {
    VpcEndpointId: '$endpoint',
    RemoveSubnetIds: ['$subnetB'],
    PrivateDnsEnabled: false,
  }),
  step('ModifyVpcEndpoint', { VpcEndpointId: '$endpoint', PrivateDnsEnabled: true }),
  {
    lists: 'DescribeVpcEndpointServices',
    items: 'ServiceDetails',
    by: 'ServiceName',
    item: 'com.amazonaws.us-east-1.ec2',
    bounds: [1, 1000],
    filters: {
      owner: 'Owner',
      'service-name': 'ServiceName',
      'service-region': 'ServiceRegion',
      'service-type': 'ServiceType.0.ServiceType',
      'supported-ip-address-types': 'SupportedIpAddressTypes.*',
    },
  },
  step(
    'DescribeVpcEndpointServices',
    { ServiceNames: ['com.amazonaws.us-east-1.s3'] },
    {
      refuses: [
        [{ ServiceNames: ['x'] }, 'InvalidServiceName'],
        [{ ServiceRegions: ['eu-west-1'] }, unsupported],
      ],
      shows: { ServiceNames: ['com.amazonaws.us-east-1.s3'] },
    },
  ),
  step(
    'DescribeVpcEndpointServices',
    { Filters: [{ Name: 'tag:x', Values: ['y'] }] },
    { shows: { ServiceDetails: [] } },
  ),
  step(
    'DeleteVpcEndpoints',
    { VpcEndpointIds: ['$endpoint', '$gatewayEndpoint', 'vpce-0123456789abcdef0', 'x'] },
    {
      required: ['VpcEndpointIds'],
      shows: { 'Unsuccessful.*.Error.Code': 'InvalidVpcEndpoint.NotFound', 'Unsuccessful.length': 2 },
    },
  ),
];

export const endpointStory: readonly Row[] = [...gateway, ...ofInterfaces];
