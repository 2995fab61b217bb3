/** Paths and their analyses; what an analysis finds is tested beside its code, against the engine. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const asked = { Source: '$plainInstance', Destination: '$templated', Protocol: 'tcp' };

export const networkInsightsStory: readonly Row[] = [
  step(
    'CreateNetworkInsightsPath',
    { ...asked, FilterAtSource: { DestinationPortRange: { FromPort: 22, ToPort: 22 } } },
    {
      required: ['Source', 'Protocol'],
      tags: 'network-insights-path',
      refuses: [
        [{ Protocol: 'x' }, value],
        [{ Source: 'x' }, value],
        [{ DestinationPort: 22 }, 'InvalidParameterCombination'],
      ],
      shows: { 'NetworkInsightsPath.NetworkInsightsPathId': /^nip-[0-9a-f]{17}$/ },
      remembers: { path: 'NetworkInsightsPath.NetworkInsightsPathId' },
    },
  ),
  step(
    'DescribeNetworkInsightsPaths',
    { NetworkInsightsPathIds: ['$path'] },
    { shows: { 'NetworkInsightsPaths.length': 1 } },
  ),
  step(
    'StartNetworkInsightsAnalysis',
    { NetworkInsightsPathId: '$path' },
    {
      required: ['NetworkInsightsPathId'],
      tags: 'network-insights-analysis',
      refuses: [[{ AdditionalAccounts: ['999999999999'] }, 'UnsupportedOperation']],
      remembers: { analysis: 'NetworkInsightsAnalysis.NetworkInsightsAnalysisId' },
    },
  ),
  step(
    'DescribeNetworkInsightsAnalyses',
    { NetworkInsightsAnalysisIds: ['$analysis'] },
    {
      until: ['NetworkInsightsAnalyses.0.Status', 'succeeded'],
      shows: { 'NetworkInsightsAnalyses.0.NetworkPathFound': true },
    },
  ),
  step(
    'DeleteNetworkInsightsPath',
    { NetworkInsightsPathId: '$path' },
    { code: 'AnalysisExistsForNetworkInsightsPath' },
  ),
  step('DeleteNetworkInsightsAnalysis', { NetworkInsightsAnalysisId: '$analysis' }),
  step('DeleteNetworkInsightsPath', { NetworkInsightsPathId: '$path' }),
];
