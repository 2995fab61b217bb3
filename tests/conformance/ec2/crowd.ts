/**
 * An account with more of everything than a smallest page holds, for tokens that outlast the server: the stories alone
 * leave too little behind.
 */
import { type Members, type Row, type Step, step } from './step.ts';

export const crowdAccount = { account: '666666666666' };

/** A smallest page of most actions holds five. */
const six = [0, 1, 2, 3, 4, 5] as const;
/** Enough where a page may hold one. */
const two = [0, 1] as const;

function made(action: string, input: Members = {}, remembers: Step['remembers'] = {}): Row {
  return step(action, input, { as: crowdAccount, remembers });
}

const hub = { VpcId: '$hub' };

const vpcs: readonly Row[] = [
  made('CreateVpc', { CidrBlock: '172.16.0.0/16' }, { hub: 'Vpc.VpcId' }),
  made('CreateSubnet', { ...hub, CidrBlock: '172.16.0.0/20' }, { hubSubnet: 'Subnet.SubnetId' }),
  ...six.flatMap((n) => [
    made('CreateVpc', { CidrBlock: `10.${n}.0.0/16` }, { [`spoke${n}`]: 'Vpc.VpcId' }),
    made(
      'CreateVpcPeeringConnection',
      { ...hub, PeerVpcId: `$spoke${n}` },
      { [`link${n}`]: 'VpcPeeringConnection.VpcPeeringConnectionId' },
    ),
    made('CreateVpcEncryptionControl', { VpcId: `$spoke${n}` }),
    made('CreateVpcBlockPublicAccessExclusion', {
      VpcId: `$spoke${n}`,
      InternetGatewayExclusionMode: 'allow-egress',
    }),
  ]),
];

const gateways = six.flatMap((n): readonly Row[] => [
  made('CreateInternetGateway'),
  made('CreateEgressOnlyInternetGateway', hub),
  made('CreateNatGateway', { SubnetId: '$hubSubnet', ConnectivityType: 'private' }),
  made('CreateDhcpOptions', {
    DhcpConfigurations: [{ Key: 'domain-name', Values: [`d${n}.example.com`] }],
  }),
  made('CreateNetworkAcl', hub),
  made('CreateSubnetCidrReservation', {
    SubnetId: '$hubSubnet',
    Cidr: `172.16.8.${n * 16}/28`,
    ReservationType: 'explicit',
  }),
]);

const groups: readonly Row[] = [
  made(
    'CreateManagedPrefixList',
    {
      PrefixListName: 'crowd',
      AddressFamily: 'IPv4',
      MaxEntries: 2,
      Entries: [{ Cidr: '10.0.0.0/8' }, { Cidr: '11.0.0.0/8' }],
    },
    { crowdList: 'PrefixList.PrefixListId' },
  ),
  made('AcceptVpcPeeringConnection', { VpcPeeringConnectionId: '$link0' }),
  made(
    'CreateSecurityGroup',
    { GroupName: 'far', Description: 'd', VpcId: '$spoke0' },
    { crowdFar: 'GroupId' },
  ),
  ...six.flatMap((n): readonly Row[] => [
    made(
      'CreateSecurityGroup',
      { ...hub, GroupName: `g${n}`, Description: 'd' },
      { [`group${n}`]: 'GroupId' },
    ),
    made('AssociateSecurityGroupVpc', { GroupId: `$group${n}`, VpcId: '$spoke1' }),
    made('AuthorizeSecurityGroupIngress', {
      GroupId: `$group${n}`,
      IpPermissions: [
        { IpProtocol: '-1', PrefixListIds: [{ PrefixListId: '$crowdList' }] },
        { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: '$crowdFar' }] },
      ],
    }),
  ]),
  // The rules that name the other end are stale from here on.
  made('DeleteVpcPeeringConnection', { VpcPeeringConnectionId: '$link0' }),
];

const machines: readonly Row[] = [
  ...six.flatMap((n): readonly Row[] => [
    made('AllocateAddress', {}, { [`allocation${n}`]: 'AllocationId' }),
    made('ModifyAddressAttribute', {
      AllocationId: `$allocation${n}`,
      DomainName: `m${n}.example.com`,
    }),
    made('CreateVolume', { AvailabilityZone: 'us-east-1a', Size: 8 }, { crowdVolume: 'VolumeId' }),
    made('CreateSnapshot', { VolumeId: '$crowdVolume' }),
    made(
      'CreateNetworkInterface',
      { SubnetId: '$hubSubnet' },
      {
        [`crowdEni${n}`]: 'NetworkInterface.NetworkInterfaceId',
      },
    ),
    made('CreateTags', { Resources: [`$crowdEni${n}`], Tags: [{ Key: 'n', Value: String(n) }] }),
  ]),
  made(
    'RunInstances',
    {
      ImageId: 'ami-0123456789abcdef0',
      InstanceType: 't3.micro',
      MinCount: 6,
      MaxCount: 6,
      SubnetId: '$hubSubnet',
      InstanceMarketOptions: { MarketType: 'spot' },
    },
    { oneInstance: 'Instances.0.InstanceId', otherInstance: 'Instances.1.InstanceId' },
  ),
  ...two.flatMap((n): readonly Row[] => [
    made(
      'CreateLaunchTemplate',
      { LaunchTemplateName: `servers${n}`, LaunchTemplateData: { InstanceType: 't3.micro' } },
      { crowdTemplate: 'LaunchTemplate.LaunchTemplateId' },
    ),
  ]),
  made('CreateLaunchTemplateVersion', {
    LaunchTemplateId: '$crowdTemplate',
    LaunchTemplateData: { InstanceType: 't3.small' },
  }),
];

const from = (instance: string): Members => ({
  Source: { ResourceStatement: { Resources: [instance] } },
});
const scope = { MatchPaths: [from('$oneInstance'), from('$otherInstance')] };

const analyses = two.flatMap((n): readonly Row[] => [
  made('CreateVpcEndpoint', {
    ...hub,
    ServiceName: `com.amazonaws.us-east-1.${n === 0 ? 's3' : 'dynamodb'}`,
  }),
  made(
    'CreateNetworkInsightsPath',
    { Source: '$crowdEni0', Destination: '$crowdEni1', Protocol: 'tcp', DestinationPort: 22 + n },
    { crowdPath: 'NetworkInsightsPath.NetworkInsightsPathId' },
  ),
  made('StartNetworkInsightsAnalysis', { NetworkInsightsPathId: '$crowdPath' }),
  made('StartNetworkInsightsAnalysis', { NetworkInsightsPathId: '$crowdPath' }),
  made('CreateNetworkInsightsAccessScope', scope, {
    crowdScope: 'NetworkInsightsAccessScope.NetworkInsightsAccessScopeId',
  }),
  made(
    'StartNetworkInsightsAccessScopeAnalysis',
    { NetworkInsightsAccessScopeId: '$crowdScope' },
    { crowdAnalysis: 'NetworkInsightsAccessScopeAnalysis.NetworkInsightsAccessScopeAnalysisId' },
  ),
]);

const settled = step(
  'GetNetworkInsightsAccessScopeAnalysisFindings',
  { NetworkInsightsAccessScopeAnalysisId: '$crowdAnalysis' },
  { as: crowdAccount, until: ['AnalysisStatus', 'succeeded'] },
);

export const crowd: readonly Row[] = [...vpcs, ...gateways, ...groups, ...machines, ...analyses, settled];

/** What the lists that are those of one thing are asked of. */
export const crowdInputs: Readonly<Record<string, Members>> = {
  DescribeLaunchTemplateVersions: { LaunchTemplateId: '$crowdTemplate' },
  DescribeNetworkInsightsAnalyses: { NetworkInsightsPathId: '$crowdPath' },
  DescribeStaleSecurityGroups: hub,
  GetManagedPrefixListAssociations: { PrefixListId: '$crowdList' },
  GetManagedPrefixListEntries: { PrefixListId: '$crowdList' },
  GetNetworkInsightsAccessScopeAnalysisFindings: { NetworkInsightsAccessScopeAnalysisId: '$crowdAnalysis' },
  GetSecurityGroupsForVpc: hub,
  GetSubnetCidrReservations: { SubnetId: '$hubSubnet' },
};
