/**
 * The calls by which Terraform's AWS provider makes and reads its resources, as its documentation and AWS's tell them.
 * The provider itself cannot be run here: these are its requests, not proof of its run.
 * https://registry.terraform.io/providers/hashicorp/aws/latest/docs
 */
import { type Members, type Row, step } from '../step.ts';

const by = (...pairs: readonly (readonly [name: string, value: string])[]): Members => ({
  Filters: pairs.map(([Name, Value]) => ({ Name, Values: [Value] })),
});

const vpc: readonly Row[] = [
  step('DescribeAccountAttributes', { AttributeNames: ['supported-platforms'] }),
  step(
    'CreateVpc',
    { CidrBlock: '10.70.0.0/16', InstanceTenancy: 'default' },
    { remembers: { tfVpc: 'Vpc.VpcId' } },
  ),
  step('DescribeVpcs', { VpcIds: ['$tfVpc'] }, { shows: { 'Vpcs.0.State': 'available' } }),
  step('ModifyVpcAttribute', { VpcId: '$tfVpc', EnableDnsHostnames: { Value: true } }),
  ...['enableDnsHostnames', 'enableDnsSupport', 'enableNetworkAddressUsageMetrics'].map((Attribute) =>
    step('DescribeVpcAttribute', { VpcId: '$tfVpc', Attribute }),
  ),
  step('DescribeNetworkAcls', by(['default', 'true'], ['vpc-id', '$tfVpc']), {
    shows: { 'NetworkAcls.length': 1 },
  }),
  step('DescribeRouteTables', by(['association.main', 'true'], ['vpc-id', '$tfVpc']), {
    shows: { 'RouteTables.length': 1 },
  }),
  step('DescribeSecurityGroups', by(['group-name', 'default'], ['vpc-id', '$tfVpc']), {
    shows: { 'SecurityGroups.length': 1 },
  }),
  step(
    'CreateSubnet',
    { VpcId: '$tfVpc', CidrBlock: '10.70.1.0/24', AvailabilityZone: 'us-east-1a' },
    { remembers: { tfSubnet: 'Subnet.SubnetId' } },
  ),
  step('DescribeSubnets', { SubnetIds: ['$tfSubnet'] }, { shows: { 'Subnets.0.State': 'available' } }),
];

const everywhere = { IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] };

const groups: readonly Row[] = [
  step(
    'CreateSecurityGroup',
    { GroupName: 'terraform-20260101', Description: 'Managed by Terraform', VpcId: '$tfVpc' },
    { remembers: { tfGroup: 'GroupId' } },
  ),
  step('DescribeSecurityGroups', { GroupIds: ['$tfGroup'] }),
  // The provider takes AWS's own outbound rule away.
  step('RevokeSecurityGroupEgress', { GroupId: '$tfGroup', IpPermissions: [everywhere] }),
  step(
    'AuthorizeSecurityGroupEgress',
    { GroupId: '$tfGroup', IpPermissions: [everywhere] },
    { remembers: { tfRule: 'SecurityGroupRules.0.SecurityGroupRuleId' } },
  ),
  step(
    'DescribeSecurityGroupRules',
    { SecurityGroupRuleIds: ['$tfRule'] },
    { shows: { 'SecurityGroupRules.0.IsEgress': true } },
  ),
];

const ruleTags = [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'Name', Value: 'https' }] }];
const https = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 };

/** `aws_vpc_security_group_ingress_rule`: a resource for each rule, known by its id. */
const rules: readonly Row[] = [
  step(
    'AuthorizeSecurityGroupIngress',
    {
      GroupId: '$tfGroup',
      IpPermissions: [{ ...https, IpRanges: [{ CidrIp: '10.70.0.0/16' }] }],
      TagSpecifications: ruleTags,
    },
    { remembers: { tfHttps: 'SecurityGroupRules.0.SecurityGroupRuleId' } },
  ),
  step('ModifySecurityGroupRules', {
    GroupId: '$tfGroup',
    SecurityGroupRules: [
      {
        SecurityGroupRuleId: '$tfHttps',
        SecurityGroupRule: { ...https, CidrIpv4: '10.70.1.0/24', Description: 'changed' },
      },
    ],
  }),
  step(
    'DescribeSecurityGroupRules',
    { SecurityGroupRuleIds: ['$tfHttps'] },
    {
      shows: {
        'SecurityGroupRules.0.CidrIpv4': '10.70.1.0/24',
        'SecurityGroupRules.0.Tags': ruleTags[0]?.Tags,
      },
    },
  ),
  step('RevokeSecurityGroupIngress', { GroupId: '$tfGroup', SecurityGroupRuleIds: ['$tfHttps'] }),
  step(
    'DescribeSecurityGroupRules',
    { SecurityGroupRuleIds: ['$tfHttps'] },
    { code: 'InvalidSecurityGroupRuleId.NotFound' },
  ),
];

const outside = { DestinationCidrBlock: '0.0.0.0/0' };

/** `aws_internet_gateway`, `aws_route_table`, `aws_route`, `aws_route_table_association`. */
const routing: readonly Row[] = [
  step('CreateInternetGateway', {}, { remembers: { tfIgw: 'InternetGateway.InternetGatewayId' } }),
  step('AttachInternetGateway', { InternetGatewayId: '$tfIgw', VpcId: '$tfVpc' }),
  step(
    'DescribeInternetGateways',
    { InternetGatewayIds: ['$tfIgw'] },
    { until: ['InternetGateways.0.Attachments.0.State', 'available'] },
  ),
  step('CreateRouteTable', { VpcId: '$tfVpc' }, { remembers: { tfTable: 'RouteTable.RouteTableId' } }),
  step('CreateRoute', { RouteTableId: '$tfTable', ...outside, GatewayId: '$tfIgw' }),
  step(
    'DescribeRouteTables',
    { RouteTableIds: ['$tfTable'] },
    { shows: { 'RouteTables.0.Routes.1.State': 'active' } },
  ),
  step(
    'AssociateRouteTable',
    { RouteTableId: '$tfTable', SubnetId: '$tfSubnet' },
    { remembers: { tfAssociation: 'AssociationId' } },
  ),
  step('DescribeRouteTables', by(['association.route-table-association-id', '$tfAssociation']), {
    shows: { 'RouteTables.0.Associations.0.AssociationState.State': 'associated' },
  }),
  step('ReplaceRoute', { RouteTableId: '$tfTable', ...outside, GatewayId: '$tfIgw' }),
  step('DisassociateRouteTable', { AssociationId: '$tfAssociation' }),
  step('DeleteRoute', { RouteTableId: '$tfTable', ...outside }),
  step('DeleteRouteTable', { RouteTableId: '$tfTable' }),
  step('DescribeRouteTables', { RouteTableIds: ['$tfTable'] }, { code: 'InvalidRouteTableID.NotFound' }),
  step('DetachInternetGateway', { InternetGatewayId: '$tfIgw', VpcId: '$tfVpc' }),
  step('DeleteInternetGateway', { InternetGatewayId: '$tfIgw' }),
  step(
    'DescribeInternetGateways',
    { InternetGatewayIds: ['$tfIgw'] },
    { code: 'InvalidInternetGatewayID.NotFound' },
  ),
];

const machines: readonly Row[] = [
  step(
    'RunInstances',
    {
      ImageId: 'ami-0abcdef1234567890',
      InstanceType: 't3.micro',
      MinCount: 1,
      MaxCount: 1,
      SubnetId: '$tfSubnet',
      SecurityGroupIds: ['$tfGroup'],
    },
    {
      remembers: { tfInstance: 'Instances.0.InstanceId' },
    },
  ),
  step(
    'DescribeInstances',
    { InstanceIds: ['$tfInstance'] },
    { until: ['Reservations.0.Instances.0.State.Name', 'running'] },
  ),
  step('DescribeInstanceTypes', { InstanceTypes: ['t3.micro'] }),
  ...['disableApiTermination', 'disableApiStop', 'instanceInitiatedShutdownBehavior', 'userData'].map(
    (Attribute) => step('DescribeInstanceAttribute', { InstanceId: '$tfInstance', Attribute }),
  ),
  step('DescribeVolumes', by(['attachment.instance-id', '$tfInstance']), { shows: { 'Volumes.length': 1 } }),
  step(
    'DescribeInstanceCreditSpecifications',
    { InstanceIds: ['$tfInstance'] },
    { shows: { 'InstanceCreditSpecifications.length': 1 } },
  ),
  step('DescribeTags', by(['resource-id', '$tfInstance']), { shows: { Tags: [] } }),
  step('AllocateAddress', { Domain: 'vpc' }, { remembers: { tfAddress: 'AllocationId' } }),
  step('DescribeAddresses', { AllocationIds: ['$tfAddress'] }),
  step('DescribeAddressesAttribute', { AllocationIds: ['$tfAddress'], Attribute: 'domain-name' }),
  step('DescribePrefixLists', by(['prefix-list-name', 'com.amazonaws.us-east-1.s3']), {
    shows: { 'PrefixLists.length': 1 },
  }),
];

const destroying: readonly Row[] = [
  step('ReleaseAddress', { AllocationId: '$tfAddress' }),
  step('TerminateInstances', { InstanceIds: ['$tfInstance'] }),
  step(
    'DescribeInstances',
    { InstanceIds: ['$tfInstance'] },
    { until: ['Reservations.0.Instances.0.State.Name', 'terminated'] },
  ),
  step('DeleteSecurityGroup', { GroupId: '$tfGroup' }),
  step('DescribeSecurityGroups', { GroupIds: ['$tfGroup'] }, { code: 'InvalidGroup.NotFound' }),
  step('DeleteSubnet', { SubnetId: '$tfSubnet' }),
  step('DescribeSubnets', { SubnetIds: ['$tfSubnet'] }, { code: 'InvalidSubnetID.NotFound' }),
  step('DeleteVpc', { VpcId: '$tfVpc' }),
  step('DescribeVpcs', { VpcIds: ['$tfVpc'] }, { code: 'InvalidVpcID.NotFound' }),
];

export const terraformStory: readonly Row[] = [
  ...vpc,
  ...groups,
  ...rules,
  ...routing,
  ...machines,
  ...destroying,
];
