/** The outputs that make a network: by their top-level key, which is how a file is known whatever its name. */

export type Call = {
  /** The API's action; the CLI's command is the same in kebab case. */
  readonly action: string;
  readonly key: string;
  /** What nobody can know where this output is missing; absent where nothing is lost but what was never there. */
  readonly without?: string;
  /** Without this output traffic may be admitted of which nobody knows. */
  readonly hidesAccess?: true;
};

/** Calls that describe a whole region without naming a subject. */
export const regionCalls = [
  { action: 'DescribeVpcs', key: 'Vpcs', without: 'the blocks of VPCs are inferred from routes and subnets' },
  {
    action: 'DescribeSubnets',
    key: 'Subnets',
    without: 'which route table and ACL an interface is under is unknown',
  },
  {
    action: 'DescribeNetworkInterfaces',
    key: 'NetworkInterfaces',
    without: 'only the interfaces of instances are known, none of load balancers and other services',
    hidesAccess: true,
  },
  {
    action: 'DescribeInstances',
    key: 'Reservations',
    without: 'every instance that an interface is attached to is taken to run',
  },
  {
    action: 'DescribeSecurityGroups',
    key: 'SecurityGroups',
    without: 'no rule is known, so nothing is let in or out',
    hidesAccess: true,
  },
  { action: 'DescribeSecurityGroupRules', key: 'SecurityGroupRules' },
  {
    action: 'DescribeNetworkAcls',
    key: 'NetworkAcls',
    without: 'every subnet is taken to have an ACL that allows everything',
  },
  {
    action: 'DescribeRouteTables',
    key: 'RouteTables',
    without: 'only routes inside each VPC are known; what leaves it is unknown',
    hidesAccess: true,
  },
  {
    action: 'DescribeInternetGateways',
    key: 'InternetGateways',
    without: 'gateways that active routes name are taken to be attached; others are unknown',
  },
  {
    action: 'DescribeEgressOnlyInternetGateways',
    key: 'EgressOnlyInternetGateways',
    without: 'gateways that active routes name are taken to be attached; others are unknown',
  },
  {
    action: 'DescribeNatGateways',
    key: 'NatGateways',
    without: 'routes to NAT gateways lead nowhere that is known',
  },
  {
    action: 'DescribeVpcPeeringConnections',
    key: 'VpcPeeringConnections',
    without: 'routes to peerings lead nowhere that is known',
  },
  {
    action: 'DescribeAddresses',
    key: 'Addresses',
    without: 'only the elastic addresses that interfaces name are known',
  },
  {
    action: 'DescribeManagedPrefixLists',
    key: 'PrefixLists',
    without: 'whom rules with prefix lists admit is unknown',
    hidesAccess: true,
  },
  {
    action: 'DescribeVpcBlockPublicAccessOptions',
    key: 'VpcBlockPublicAccessOptions',
    without: 'whether the region blocks internet gateways is unknown; it is taken not to',
  },
  {
    action: 'DescribeVpcBlockPublicAccessExclusions',
    key: 'VpcBlockPublicAccessExclusions',
    without:
      'which VPCs and subnets a block of public access leaves out is unknown; it is taken to leave out none',
  },
  { action: 'DescribeVpcEndpoints', key: 'VpcEndpoints' },
  { action: 'DescribeDhcpOptions', key: 'DhcpOptions' },
] as const satisfies readonly Call[];

/** The same of what Rampart's own API does not answer: only other networks have it. */
export const foreignCalls = [
  {
    action: 'DescribeTransitGateways',
    key: 'TransitGateways',
    without: 'rules are taken not to name groups across transit gateways',
  },
  {
    action: 'DescribeTransitGatewayAttachments',
    key: 'TransitGatewayAttachments',
    without: 'which route tables transit gateways use is unknown',
  },
  {
    action: 'DescribeTransitGatewayVpcAttachments',
    key: 'TransitGatewayVpcAttachments',
    without: 'by which subnets VPCs are attached to transit gateways is unknown',
  },
  { action: 'DescribeTransitGatewayPeeringAttachments', key: 'TransitGatewayPeeringAttachments' },
  {
    action: 'DescribeTransitGatewayRouteTables',
    key: 'TransitGatewayRouteTables',
    without: 'where transit gateways send what they get is unknown',
  },
] as const satisfies readonly Call[];

/** Calls of Elastic Load Balancing, which has two generations with commands of the same names. */
export const balancerCalls = [
  { service: 'elbv2', action: 'DescribeLoadBalancers', key: 'LoadBalancers' },
  { service: 'elbv2', action: 'DescribeTargetGroups', key: 'TargetGroups' },
  { service: 'elb', action: 'DescribeLoadBalancers', key: 'LoadBalancerDescriptions' },
] as const;

/** What is asked of Elastic Load Balancing about each of what those list. */
export const callsPerBalancer = [
  {
    service: 'elbv2',
    after: 'LoadBalancers',
    id: 'LoadBalancerArn',
    action: 'DescribeListeners',
    key: 'Listeners',
  },
  {
    service: 'elbv2',
    after: 'LoadBalancers',
    id: 'LoadBalancerArn',
    action: 'DescribeLoadBalancerAttributes',
    key: 'Attributes',
  },
  { service: 'elbv2', after: 'Listeners', id: 'ListenerArn', action: 'DescribeRules', key: 'Rules' },
  {
    service: 'elbv2',
    after: 'TargetGroups',
    id: 'TargetGroupArn',
    action: 'DescribeTargetHealth',
    key: 'TargetHealthDescriptions',
  },
  {
    service: 'elbv2',
    after: 'TargetGroups',
    id: 'TargetGroupArn',
    action: 'DescribeTargetGroupAttributes',
    key: 'Attributes',
  },
  {
    service: 'elb',
    after: 'LoadBalancerDescriptions',
    id: 'LoadBalancerName',
    action: 'DescribeLoadBalancerAttributes',
    key: 'LoadBalancerAttributes',
  },
] as const;

/** Calls about one resource each, by the call that lists the resources. */
export const callsPerResource = [
  {
    after: 'DescribeVpcs',
    list: 'Vpcs',
    id: 'VpcId',
    action: 'DescribeVpcAttribute',
    input: { Attribute: 'enableDnsSupport' },
    suffix: '.enableDnsSupport',
  },
  {
    after: 'DescribeVpcs',
    list: 'Vpcs',
    id: 'VpcId',
    action: 'DescribeVpcAttribute',
    input: { Attribute: 'enableDnsHostnames' },
    suffix: '.enableDnsHostnames',
  },
  {
    after: 'DescribeManagedPrefixLists',
    list: 'PrefixLists',
    id: 'PrefixListId',
    action: 'GetManagedPrefixListEntries',
  },
  {
    after: 'DescribeTransitGatewayRouteTables',
    list: 'TransitGatewayRouteTables',
    id: 'TransitGatewayRouteTableId',
    action: 'SearchTransitGatewayRoutes',
    // AWS wants a filter; these are the states in which a route decides something.
    input: { Filters: [{ Name: 'state', Values: ['active', 'blackhole'] }] },
  },
] as const;

/** Outputs that name no subject, or one subject each: they are asked for once per resource. */
export const subjectKeys = {
  entries: 'Entries',
  ipv4Reservations: 'SubnetIpv4CidrReservations',
  ipv6Reservations: 'SubnetIpv6CidrReservations',
} as const;

const transitTable = { member: 'TransitGatewayRouteTableId', pattern: /tgw-rtb-[0-9a-f]{8,17}/ } as const;

/** Outputs that name no subject: the member that some programs write it in, and how it looks in the file's name. */
export const subjectsOf = {
  Routes: { ...transitTable, what: 'routes of a transit gateway' },
  Associations: { ...transitTable, what: 'associations of a transit gateway’s route table' },
  TransitGatewayPrefixListReferences: {
    ...transitTable,
    what: 'prefix lists of a transit gateway’s route table',
  },
} as const;

/** Outputs about one load balancer or target group, told by the file's name: its name, or the end of its ARN. */
export const outputKeys: ReadonlySet<string> = new Set([
  'Attributes',
  'LoadBalancerAttributes',
  'TargetHealthDescriptions',
]);

export const readKeys: ReadonlySet<string> = new Set<string>([
  ...[...regionCalls, ...foreignCalls, ...balancerCalls, ...callsPerBalancer].map(({ key }) => key),
  ...Object.values(subjectKeys),
  ...Object.keys(subjectsOf),
  ...outputKeys,
  // What is propagated stands among the routes.
  'TransitGatewayRouteTablePropagations',
]);

/** What the engine does not model although it carries or filters packets → what cannot be known where there is some. */
export const unmodelled: ReadonlyMap<string, string> = new Map([
  ['VpnConnections', 'traffic over VPN connections is not followed'],
  ['VpnGateways', 'traffic over virtual private gateways is not followed'],
  ['Firewalls', 'network firewalls are not modelled'],
  ['ServiceNetworks', 'VPC Lattice is not modelled'],
]);

/** The CLI's command of an action, `describe-vpcs`. */
export function commandOf(action: string): string {
  return action.replace(/(?<=.)([A-Z])/g, '-$1').toLowerCase();
}
