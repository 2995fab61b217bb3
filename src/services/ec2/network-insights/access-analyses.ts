/** Analyses of access scopes, computed when they start, of the network as it is then. */
import type {
  DeleteNetworkInsightsAccessScopeAnalysisRequest,
  DeleteNetworkInsightsAccessScopeAnalysisResult,
  DescribeNetworkInsightsAccessScopeAnalysesRequest,
  DescribeNetworkInsightsAccessScopeAnalysesResult,
  GetNetworkInsightsAccessScopeAnalysisFindingsRequest,
  GetNetworkInsightsAccessScopeAnalysisFindingsResult,
  NetworkInsightsAccessScopeAnalysis,
  StartNetworkInsightsAccessScopeAnalysisRequest,
  StartNetworkInsightsAccessScopeAnalysisResult,
} from '@aws-sdk/client-ec2';
import { findingsMax, findPaths } from '#proof/access-scope.ts';
import { typesNotFollowed } from '#proof/scope-statements.ts';
import { newId } from '#vpc/ids.ts';
import { type AccessScope, type AccessScopeAnalysis, analysisMs, isRunning } from '#vpc/insights.ts';
import { emptyWorld, type World } from '#vpc/network.ts';
import { scopeKey } from '#vpc/scope.ts';
import { once } from '../../client-token.ts';
import { checkQuota } from '../../limits.ts';
import { list, listingOf } from '../../listing.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { pageOf } from '../../page.ts';
import { arnOfResource, resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';
import { pathOutput } from './components.ts';
import { insightsBounds } from './paths.ts';
import { warningOf } from './visible-world.ts';

/** StartNetworkInsightsAccessScopeAnalysis. */
export const startAccessAnalysis: Operation<
  StartNetworkInsightsAccessScopeAnalysisRequest,
  StartNetworkInsightsAccessScopeAnalysisResult
> = (input, context) => {
  const [id = ''] = once({ action: 'StartNetworkInsightsAccessScopeAnalysis', input }, context, () => [
    start(input, context).id,
  ]);
  const analysis = resourceOf('accessScopeAnalysis', id, context);
  return { NetworkInsightsAccessScopeAnalysis: analysisOutput(analysis, context) };
};

function start(
  input: Checked<StartNetworkInsightsAccessScopeAnalysisRequest>,
  context: Context,
): AccessScopeAnalysis {
  const { caller, transaction, hex17, nowMs } = context;
  const tags = tagsOnCreate('accessScopeAnalysis', input.TagSpecifications, context);
  const scope = resourceOf('accessScope', input.NetworkInsightsAccessScopeId, context);
  const { network } = transaction;
  const count = network.accessScopeAnalysis.size;
  const code = 'NetworkInsightsAccessScopeAnalysis.LimitExceeded';
  checkQuota('accessScopeAnalysesPerRegion', { count, code, what: 'access scope analyses' }, context);
  // "One account and Region": the page of limitations.
  const world = emptyWorld.set(scopeKey(caller.scope), network);
  const paths = findPaths(world, network, scope);
  const warning = warningFor(world, scope, paths.length);
  const analysis: AccessScopeAnalysis = {
    id: newId('accessScopeAnalysis', hex17),
    accessScopeId: scope.id,
    startedAtMs: nowMs,
    findings: paths.map((hops) => ({ id: `nisaf-${hex17()}`, hops })),
    interfaceCount: network.eni.size,
    ...(warning === undefined ? {} : { warning }),
    tags,
  };
  transaction.put('accessScopeAnalysis', analysis);
  return analysis;
}

/** What the findings leave out of account. */
function warningFor(
  world: World,
  { matchPaths, excludePaths }: AccessScope,
  count: number,
): string | undefined {
  const named = [...matchPaths, ...excludePaths].flatMap(({ source, destination, through }) =>
    [source?.resource, destination?.resource, ...through].flatMap((each) => each?.resourceTypes ?? []),
  );
  const unknown = [...new Set(named.filter((type) => typesNotFollowed.includes(type)))];
  const sentences = [
    unknown.length > 0
      ? `Nothing is matched by type ${unknown.join(', ')}, which Rampart does not follow.`
      : '',
    count >= findingsMax ? `There may be more than the first ${findingsMax} findings.` : '',
    warningOf(world) ?? '',
  ].filter((sentence) => sentence !== '');
  return sentences.length > 0 ? sentences.join(' ') : undefined;
}

const statusOf = (analysis: AccessScopeAnalysis, nowMs: number) =>
  isRunning(analysis, nowMs) ? 'running' : 'succeeded';

function analysisOutput(analysis: AccessScopeAnalysis, context: Context): NetworkInsightsAccessScopeAnalysis {
  const { id, accessScopeId, startedAtMs, findings, interfaceCount, warning } = analysis;
  const status = statusOf(analysis, context.nowMs);
  const isOver = status === 'succeeded';
  return {
    NetworkInsightsAccessScopeAnalysisId: id,
    NetworkInsightsAccessScopeAnalysisArn: arnOfResource('accessScopeAnalysis', id, context),
    NetworkInsightsAccessScopeId: accessScopeId,
    Status: status,
    StartDate: new Date(startedAtMs),
    ...(isOver ? { EndDate: new Date(startedAtMs + analysisMs), AnalyzedEniCount: interfaceCount } : {}),
    FindingsFound: isOver ? (findings.length > 0 ? 'true' : 'false') : 'unknown',
    ...(isOver && warning !== undefined ? { WarningMessage: warning } : {}),
    Tags: tagList(analysis.tags),
  };
}

const analyses = listingOf({
  action: 'DescribeNetworkInsightsAccessScopeAnalyses',
  kind: 'accessScopeAnalysis',
  bounds: insightsBounds,
  fields: {},
  byId: (id, context) => resourceOf('accessScopeAnalysis', id, context),
  indexes: {},
});

/** DescribeNetworkInsightsAccessScopeAnalyses. */
export const describeAccessAnalyses: Operation<
  DescribeNetworkInsightsAccessScopeAnalysesRequest,
  DescribeNetworkInsightsAccessScopeAnalysesResult
> = (input, context) => {
  const { NetworkInsightsAccessScopeId: id } = input;
  const { AnalysisStartTimeBegin: since, AnalysisStartTimeEnd: until } = input;
  const own = id === undefined ? undefined : resourceOf('accessScope', id, context).id;
  const isAsked = ({ startedAtMs, accessScopeId }: AccessScopeAnalysis) =>
    (own === undefined || accessScopeId === own) &&
    startedAtMs >= (since?.getTime() ?? 0) &&
    startedAtMs <= (until?.getTime() ?? Number.POSITIVE_INFINITY);
  const ids = input.NetworkInsightsAccessScopeAnalysisIds;
  const page = list({ ...analyses, isShown: isAsked }, { ...input, ids }, context);
  const shown = page.items.map((analysis) => analysisOutput(analysis, context));
  return { NetworkInsightsAccessScopeAnalyses: shown, NextToken: page.nextToken };
};

/** GetNetworkInsightsAccessScopeAnalysisFindings. */
export const getFindings: Operation<
  GetNetworkInsightsAccessScopeAnalysisFindingsRequest,
  GetNetworkInsightsAccessScopeAnalysisFindingsResult
> = (input, context) => {
  const { NetworkInsightsAccessScopeAnalysisId: id, MaxResults: maxResults, NextToken: nextToken } = input;
  const analysis = resourceOf('accessScopeAnalysis', id, context);
  const status = statusOf(analysis, context.nowMs);
  const query = ['GetNetworkInsightsAccessScopeAnalysisFindings', context.caller.scope, id];
  const found = status === 'running' ? [] : analysis.findings;
  const page = pageOf(
    found,
    { maxResults, nextToken },
    { query, bounds: insightsBounds, idOf: (finding) => finding.id },
  );
  return {
    NetworkInsightsAccessScopeAnalysisId: analysis.id,
    AnalysisStatus: status,
    AnalysisFindings: page.items.map((finding) => ({
      NetworkInsightsAccessScopeAnalysisId: analysis.id,
      NetworkInsightsAccessScopeId: analysis.accessScopeId,
      FindingId: finding.id,
      FindingComponents: pathOutput(finding.hops),
    })),
    NextToken: page.nextToken,
  };
};

/** DeleteNetworkInsightsAccessScopeAnalysis. */
export const deleteAccessAnalysis: Operation<
  DeleteNetworkInsightsAccessScopeAnalysisRequest,
  DeleteNetworkInsightsAccessScopeAnalysisResult
> = (input, context) => {
  const { id } = resourceOf('accessScopeAnalysis', input.NetworkInsightsAccessScopeAnalysisId, context);
  context.transaction.remove('accessScopeAnalysis', id);
  return { NetworkInsightsAccessScopeAnalysisId: id };
};
