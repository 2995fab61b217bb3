/** Access scopes of Network Insights, asked through the API. */
import type {
  AccessScopeAnalysisFinding,
  AccessScopePathRequest,
  CreateNetworkInsightsAccessScopeResult,
  GetNetworkInsightsAccessScopeAnalysisFindingsResult,
  NetworkInsightsAccessScopeAnalysis,
} from '@aws-sdk/client-ec2';
import type { Account } from './account.ts';

export type ScopePaths = readonly AccessScopePathRequest[];

/** Makes a scope of the paths and starts an analysis of it, which takes a moment. */
export function startAnalysis(
  account: Account,
  MatchPaths: ScopePaths,
  ExcludePaths: ScopePaths = [],
): NetworkInsightsAccessScopeAnalysis {
  const made = account.call<CreateNetworkInsightsAccessScopeResult>('CreateNetworkInsightsAccessScope', {
    MatchPaths,
    ExcludePaths,
  });
  const { NetworkInsightsAccessScopeId } = made.NetworkInsightsAccessScope ?? {};
  return account.call<{ NetworkInsightsAccessScopeAnalysis: NetworkInsightsAccessScopeAnalysis }>(
    'StartNetworkInsightsAccessScopeAnalysis',
    { NetworkInsightsAccessScopeId },
  ).NetworkInsightsAccessScopeAnalysis;
}

/** What an analysis has found so far. */
export const findingsOf = (account: Account, id: string | undefined): readonly AccessScopeAnalysisFinding[] =>
  account.call<GetNetworkInsightsAccessScopeAnalysisFindingsResult>(
    'GetNetworkInsightsAccessScopeAnalysisFindings',
    { NetworkInsightsAccessScopeAnalysisId: id },
  ).AnalysisFindings ?? [];
