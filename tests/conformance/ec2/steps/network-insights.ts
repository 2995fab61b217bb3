/** Paths, access scopes and their analyses; what they find is tested beside the code, against the engine. */
import { type Members, type Refused, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const unknown = '0123456789abcdef0';
const bounds = [1, 100] as const;
const asked = { Source: '$plainInstance', Destination: '$templated', Protocol: 'tcp' };
const anyHeader: Members = {
  SourceAddress: undefined,
  DestinationAddress: undefined,
  SourcePortRange: { FromPort: 1024, ToPort: 65535 },
  DestinationPortRange: { FromPort: 22, ToPort: 22 },
};
const at = (change: Members): Members => ({ FilterAtSource: { ...anyHeader, ...change } });
const elsewhere = `arn:aws:ec2:us-east-1:999999999999:instance/i-${unknown}`;

const wrongPaths: readonly Refused[] = [
  [{ Protocol: 'x' }, value],
  [{ Source: 'x' }, value],
  [{ Source: 'arn:aws:s3:::bucket' }, value],
  [{ Source: `vpc-${unknown}` }, value],
  [{ Source: 'i-xyz' }, 'InvalidInstanceID.Malformed'],
  [{ Source: `i-${unknown}` }, 'InvalidInstanceID.NotFound'],
  [{ Source: elsewhere }, 'InvalidInstanceID.NotFound'],
  [{ Destination: `tgw-${unknown}` }, 'UnsupportedOperation'],
  [{ Destination: `pcx-${unknown}` }, 'InvalidVpcPeeringConnectionID.NotFound'],
  [{ Destination: undefined }, 'MissingParameter'],
  [{ DestinationPort: 22 }, combination],
  [{ SourceIp: '10.0.0.1' }, combination],
  [{ DestinationIp: '10.0.0.1', FilterAtDestination: anyHeader }, combination],
  [{ DestinationIp: 'x' }, value],
  [{ DestinationIp: '2001:db8::1' }, value],
  [at({ SourceAddress: '10.0.0.0/8' }), value],
  [at({ SourcePortRange: { FromPort: -1, ToPort: 1 } }), value],
  [at({ SourcePortRange: { FromPort: 2, ToPort: 1 } }), value],
  [at({ DestinationPortRange: { FromPort: 1, ToPort: 65536 } }), value],
  [{ FilterAtSource: undefined, DestinationPort: 65536 }, value],
];

const paths: readonly Row[] = [
  step(
    'CreateNetworkInsightsPath',
    { ...asked, ...at({}) },
    {
      required: ['Source', 'Protocol'],
      tags: 'network-insights-path',
      token: 'NetworkInsightsPath.NetworkInsightsPathId',
      refuses: wrongPaths,
      shows: {
        'NetworkInsightsPath.NetworkInsightsPathId': /^nip-[0-9a-f]{17}$/,
        'NetworkInsightsPath.SourceArn': /:instance\/i-/,
      },
      remembers: { path: 'NetworkInsightsPath.NetworkInsightsPathId' },
    },
  ),
  step(
    'CreateNetworkInsightsPath',
    {
      ...asked,
      FilterAtSource: { ...anyHeader, SourceAddress: '10.0.0.1', DestinationAddress: '10.0.0.2' },
      FilterAtDestination: { ...anyHeader, SourceAddress: '10.0.0.1', DestinationAddress: '10.0.0.2' },
    },
    { remembers: { filtered: 'NetworkInsightsPath.NetworkInsightsPathId' } },
  ),
  {
    lists: 'DescribeNetworkInsightsPaths',
    items: 'NetworkInsightsPaths',
    by: 'NetworkInsightsPathId',
    item: '$path',
    ids: ['NetworkInsightsPathIds', 'insightsPath'],
    tagged: true,
    bounds,
    filters: {
      source: 'Source',
      destination: 'Destination',
      protocol: 'Protocol',
      'filter-at-source.source-port-range': '=1024-65535',
      'filter-at-source.destination-port-range': '=22-22',
      'filter-at-source.source-address': null,
      'filter-at-source.destination-address': null,
      'filter-at-destination.source-address': null,
      'filter-at-destination.destination-address': null,
      'filter-at-destination.source-port-range': null,
      'filter-at-destination.destination-port-range': null,
    },
  },
  {
    lists: 'DescribeNetworkInsightsPaths',
    items: 'NetworkInsightsPaths',
    by: 'NetworkInsightsPathId',
    item: '$filtered',
    filters: {
      'filter-at-source.source-address': 'FilterAtSource.SourceAddress',
      'filter-at-source.destination-address': 'FilterAtSource.DestinationAddress',
      'filter-at-destination.source-address': 'FilterAtDestination.SourceAddress',
      'filter-at-destination.destination-address': 'FilterAtDestination.DestinationAddress',
      'filter-at-destination.source-port-range': '=1024-65535',
      'filter-at-destination.destination-port-range': '=22-22',
    },
  },
  step('DeleteNetworkInsightsPath', { NetworkInsightsPathId: '$filtered' }),
];

const analyses: readonly Row[] = [
  step(
    'StartNetworkInsightsAnalysis',
    { NetworkInsightsPathId: '$path' },
    {
      required: ['NetworkInsightsPathId'],
      ids: { NetworkInsightsPathId: 'insightsPath' },
      tags: 'network-insights-analysis',
      token: 'NetworkInsightsAnalysis.NetworkInsightsAnalysisId',
      refuses: [
        [{ AdditionalAccounts: ['999999999999'] }, 'UnsupportedOperation'],
        [{ FilterInArns: ['x'] }, value],
        [{ FilterOutArns: ['x'] }, value],
      ],
      shows: { 'NetworkInsightsAnalysis.NetworkInsightsAnalysisId': /^nia-[0-9a-f]{17}$/ },
      remembers: { analysis: 'NetworkInsightsAnalysis.NetworkInsightsAnalysisId' },
    },
  ),
  step(
    'DescribeNetworkInsightsAnalyses',
    { NetworkInsightsAnalysisIds: ['$analysis'] },
    {
      until: ['NetworkInsightsAnalyses.0.Status', 'succeeded'],
      shows: {
        'NetworkInsightsAnalyses.0.NetworkPathFound': true,
        'NetworkInsightsAnalyses.0.ForwardPathComponents.0.SequenceNumber': 1,
      },
    },
  ),
  {
    lists: 'DescribeNetworkInsightsAnalyses',
    input: { NetworkInsightsPathId: '$path' },
    items: 'NetworkInsightsAnalyses',
    by: 'NetworkInsightsAnalysisId',
    item: '$analysis',
    ids: ['NetworkInsightsAnalysisIds', 'insightsAnalysis'],
    tagged: true,
    bounds,
    filters: { status: 'Status', 'path-found': 'NetworkPathFound' },
  },
  step(
    'DescribeNetworkInsightsAnalyses',
    { AnalysisStartTime: new Date(0), AnalysisEndTime: new Date(1000) },
    { shows: { NetworkInsightsAnalyses: [] } },
  ),
  // The same question the other way round: a group of the other instance, or its absence, is in the way.
  step(
    'CreateNetworkInsightsPath',
    { Source: '$igw', Destination: '$eni', Protocol: 'udp', DestinationPort: 9 },
    { remembers: { closed: 'NetworkInsightsPath.NetworkInsightsPathId' } },
  ),
  step(
    'StartNetworkInsightsAnalysis',
    { NetworkInsightsPathId: '$closed' },
    { remembers: { no: 'NetworkInsightsAnalysis.NetworkInsightsAnalysisId' } },
  ),
  step(
    'DescribeNetworkInsightsAnalyses',
    { NetworkInsightsAnalysisIds: ['$no'] },
    {
      until: ['NetworkInsightsAnalyses.0.Status', 'succeeded'],
      shows: { 'NetworkInsightsAnalyses.0.Explanations.0.ExplanationCode': /^[A-Z_]+$/ },
    },
  ),
  step(
    'DeleteNetworkInsightsPath',
    { NetworkInsightsPathId: '$path' },
    {
      code: 'AnalysisExistsForNetworkInsightsPath',
      required: ['NetworkInsightsPathId'],
      ids: { NetworkInsightsPathId: 'insightsPath' },
    },
  ),
  step(
    'DeleteNetworkInsightsAnalysis',
    { NetworkInsightsAnalysisId: '$analysis' },
    { required: ['NetworkInsightsAnalysisId'], ids: { NetworkInsightsAnalysisId: 'insightsAnalysis' } },
  ),
  step('DeleteNetworkInsightsPath', { NetworkInsightsPathId: '$path' }),
];

const resources = (change: Members): Members => ({ ResourceStatement: change });
const headers = (change: Members): Members => ({ PacketHeaderStatement: change });
const match = (Source: Members): Members => ({ MatchPaths: [{ Source }] });
const whole: Members = {
  Source: {
    ...resources({ ResourceTypes: ['AWS::EC2::InternetGateway'] }),
    ...headers({ SourceAddresses: ['0.0.0.0/0'], SourcePorts: ['1024-65535'], Protocols: ['tcp'] }),
  },
  Destination: {
    ...resources({ Resources: ['$vpc'] }),
    ...headers({ DestinationPorts: ['22', '80-443'], DestinationAddresses: ['10.0.0.0/8'] }),
  },
};

const scopes: readonly Row[] = [
  step(
    'CreateNetworkInsightsAccessScope',
    {
      MatchPaths: [whole],
      ExcludePaths: [{ ThroughResources: [resources({ ResourceTypes: ['AWS::EC2::NatGateway'] })] }],
    },
    {
      required: ['MatchPaths'],
      tags: 'network-insights-access-scope',
      token: 'NetworkInsightsAccessScope.NetworkInsightsAccessScopeId',
      refuses: [
        [
          match(resources({ Resources: ['$vpc'], ResourceTypes: ['AWS::EC2::InternetGateway'] })),
          combination,
        ],
        [match(resources({ ResourceTypes: ['AWS::EC2::Volume'] })), value],
        [match(headers({ SourceAddresses: ['x'] })), value],
        [match(headers({ SourceAddresses: ['2001:db8::/32'] })), value],
        [match(headers({ SourcePorts: ['2-1'] })), value],
        [match(headers({ DestinationPorts: ['65536'] })), value],
        [match(headers({ Protocols: ['icmp'] })), value],
      ],
      shows: {
        'NetworkInsightsAccessScope.NetworkInsightsAccessScopeId': /^nis-[0-9a-f]{17}$/,
        'NetworkInsightsAccessScopeContent.MatchPaths': [whole],
      },
      remembers: { scope: 'NetworkInsightsAccessScope.NetworkInsightsAccessScopeId' },
    },
  ),
  {
    lists: 'DescribeNetworkInsightsAccessScopes',
    items: 'NetworkInsightsAccessScopes',
    by: 'NetworkInsightsAccessScopeId',
    item: '$scope',
    ids: ['NetworkInsightsAccessScopeIds', 'accessScope'],
    tagged: true,
    bounds,
    filters: {},
  },
  step(
    'GetNetworkInsightsAccessScopeContent',
    { NetworkInsightsAccessScopeId: '$scope' },
    {
      required: ['NetworkInsightsAccessScopeId'],
      ids: { NetworkInsightsAccessScopeId: 'accessScope' },
      shows: { 'NetworkInsightsAccessScopeContent.MatchPaths': [whole] },
    },
  ),
  step(
    'StartNetworkInsightsAccessScopeAnalysis',
    { NetworkInsightsAccessScopeId: '$scope' },
    {
      required: ['NetworkInsightsAccessScopeId'],
      ids: { NetworkInsightsAccessScopeId: 'accessScope' },
      tags: 'network-insights-access-scope-analysis',
      token: 'NetworkInsightsAccessScopeAnalysis.NetworkInsightsAccessScopeAnalysisId',
      shows: { 'NetworkInsightsAccessScopeAnalysis.Status': 'running' },
      remembers: { scan: 'NetworkInsightsAccessScopeAnalysis.NetworkInsightsAccessScopeAnalysisId' },
    },
  ),
  step(
    'DescribeNetworkInsightsAccessScopeAnalyses',
    { NetworkInsightsAccessScopeId: '$scope' },
    { until: ['NetworkInsightsAccessScopeAnalyses.0.Status', 'succeeded'] },
  ),
  {
    lists: 'DescribeNetworkInsightsAccessScopeAnalyses',
    items: 'NetworkInsightsAccessScopeAnalyses',
    by: 'NetworkInsightsAccessScopeAnalysisId',
    item: '$scan',
    ids: ['NetworkInsightsAccessScopeAnalysisIds', 'accessScopeAnalysis'],
    tagged: true,
    bounds,
    filters: {},
  },
  // Whoever opens a conversation with a peered VPC, the internet or one another.
  step(
    'CreateNetworkInsightsAccessScope',
    {
      MatchPaths: [
        { Source: headers({ SourcePrefixLists: ['$list'], DestinationPrefixLists: ['$list'] }) },
        { Source: resources({ Resources: ['$plainInstance'] }) },
      ],
    },
    { remembers: { everything: 'NetworkInsightsAccessScope.NetworkInsightsAccessScopeId' } },
  ),
  step(
    'StartNetworkInsightsAccessScopeAnalysis',
    { NetworkInsightsAccessScopeId: '$everything' },
    { remembers: { all: 'NetworkInsightsAccessScopeAnalysis.NetworkInsightsAccessScopeAnalysisId' } },
  ),
  step(
    'GetNetworkInsightsAccessScopeAnalysisFindings',
    { NetworkInsightsAccessScopeAnalysisId: '$all' },
    {
      required: ['NetworkInsightsAccessScopeAnalysisId'],
      ids: { NetworkInsightsAccessScopeAnalysisId: 'accessScopeAnalysis' },
      until: ['AnalysisStatus', 'succeeded'],
      shows: {
        'AnalysisFindings.0.NetworkInsightsAccessScopeAnalysisId': '$all',
        'AnalysisFindings.0.FindingComponents.0.SequenceNumber': 1,
      },
    },
  ),
  step(
    'GetNetworkInsightsAccessScopeAnalysisFindings',
    { NetworkInsightsAccessScopeAnalysisId: '$all', MaxResults: 1 },
    { shows: { 'AnalysisFindings.length': 1 }, remembers: { finding: 'AnalysisFindings.0.FindingId' } },
  ),
  {
    lists: 'GetNetworkInsightsAccessScopeAnalysisFindings',
    input: { NetworkInsightsAccessScopeAnalysisId: '$all' },
    items: 'AnalysisFindings',
    by: 'FindingId',
    item: '$finding',
    bounds: [1, 100],
    filters: {},
  },
  step(
    'DeleteNetworkInsightsAccessScope',
    { NetworkInsightsAccessScopeId: '$scope' },
    {
      code: 'AnalysisExistsForNetworkInsightsAccessScope',
      required: ['NetworkInsightsAccessScopeId'],
      ids: { NetworkInsightsAccessScopeId: 'accessScope' },
    },
  ),
  step(
    'DeleteNetworkInsightsAccessScopeAnalysis',
    { NetworkInsightsAccessScopeAnalysisId: '$scan' },
    {
      required: ['NetworkInsightsAccessScopeAnalysisId'],
      ids: { NetworkInsightsAccessScopeAnalysisId: 'accessScopeAnalysis' },
    },
  ),
  step('DeleteNetworkInsightsAccessScope', { NetworkInsightsAccessScopeId: '$scope' }),
];

export const networkInsightsStory: readonly Row[] = [...paths, ...analyses, ...scopes];
