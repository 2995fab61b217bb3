/** Analyses of paths. The result is computed when the analysis starts, of the network as it is then. */
import type {
  DeleteNetworkInsightsAnalysisRequest,
  DeleteNetworkInsightsAnalysisResult,
  DescribeNetworkInsightsAnalysesRequest,
  DescribeNetworkInsightsAnalysesResult,
  NetworkInsightsAnalysis,
  StartNetworkInsightsAnalysisRequest,
  StartNetworkInsightsAnalysisResult,
} from '@aws-sdk/client-ec2';
import type { PathQuestion } from '#proof/path-question.ts';
import { searchPath } from '#proof/path-search.ts';
import { newId } from '#vpc/ids.ts';
import { type InsightsAnalysis, type InsightsPath, isRunning, type PathResult } from '#vpc/insights.ts';
import type { World } from '#vpc/network.ts';
import { once } from '../../client-token.ts';
import { checkQuota } from '../../limits.ts';
import { list, listingOf } from '../../listing.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { arnOfResource, resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';
import { explanationOutput, pathOutput } from './components.ts';
import { type Places, placesOf } from './ends.ts';
import { insightsBounds } from './paths.ts';
import { ownWorld, warningOf } from './visible-world.ts';

/** StartNetworkInsightsAnalysis. */
export const startAnalysis: Operation<
  StartNetworkInsightsAnalysisRequest,
  StartNetworkInsightsAnalysisResult
> = (input, context) => {
  const [id = ''] = once({ action: 'StartNetworkInsightsAnalysis', input }, context, () => [
    start(input, context).id,
  ]);
  return { NetworkInsightsAnalysis: analysisOutput(resourceOf('insightsAnalysis', id, context), context) };
};

function start(input: Checked<StartNetworkInsightsAnalysisRequest>, context: Context): InsightsAnalysis {
  const { transaction, hex17, nowMs } = context;
  refuseUnsupported(input, ['AdditionalAccounts']);
  const [filterInArns, filterOutArns] = [input.FilterInArns ?? [], input.FilterOutArns ?? []];
  const through = filterInArns.map((arn) => idOfArn(arn, 'filterInArns'));
  const avoid = filterOutArns.map((arn) => idOfArn(arn, 'filterOutArns'));
  const tags = tagsOnCreate('insightsAnalysis', input.TagSpecifications, context);
  const path = resourceOf('insightsPath', input.NetworkInsightsPathId, context);
  const code = 'NetworkInsightsAnalysis.LimitExceeded';
  const count = transaction.network.insightsAnalysis.size;
  checkQuota('insightsAnalysesPerRegion', { count, code, what: 'network insights analyses' }, context);
  const world = ownWorld(context);
  const result = analyze(world, path, { through, avoid });
  const warning = result.kind === 'failed' ? undefined : warningOf(world);
  const analysis: InsightsAnalysis = {
    id: newId('insightsAnalysis', hex17),
    pathId: path.id,
    startedAtMs: nowMs,
    filterInArns,
    filterOutArns,
    result,
    ...(warning === undefined ? {} : { warning }),
    tags,
  };
  transaction.put('insightsAnalysis', analysis);
  return analysis;
}

function idOfArn(arn: string, parameter: string): string {
  if (/^arn:[^:]+:elasticloadbalancing:/.test(arn)) return arn;
  const id = /^arn:[^:]+:[^:]+:[^:]*:[^:]*:[^/]+\/(.+)$/.exec(arn)?.[1];
  return id ?? refuse('invalidValue', { parameter, value: arn, expected: 'use the ARN of a component' });
}

/** The first pair of places between which there is a path; why there is none between the first pair else. */
function analyze(
  world: World,
  path: InsightsPath,
  components: Pick<PathQuestion, 'through' | 'avoid'>,
): PathResult {
  const sources = placesOf(world, path.source);
  const targets = targetsOf(world, path);
  if (sources.kind === 'failed') return sources;
  if (targets.kind === 'failed') return targets;
  let first: PathResult | undefined;
  for (const from of sources.places) {
    for (const to of targets.places) {
      const result = searchPath(world, {
        from,
        to,
        protocol: path.protocol,
        ...components,
        ...filtersOf(path),
      });
      if (result.kind === 'found') return result;
      first ??= result;
    }
  }
  return first ?? { kind: 'notFound', explanations: [{ code: 'NO_SOURCE_OR_DESTINATION' }] };
}

function targetsOf(world: World, path: InsightsPath): Places {
  const { destination, filterAtSource, destinationIp } = path;
  if (destination) return placesOf(world, destination);
  const ip = filterAtSource?.destinationAddress ?? destinationIp;
  return { kind: 'places', places: ip ? [{ kind: 'address', ip }] : [] };
}

/** The older parameters of a path say the same as filters: SourceIp at the source, DestinationIp at the destination. */
function filtersOf(path: InsightsPath): Pick<PathQuestion, 'atSource' | 'atDestination'> {
  const { sourceIp, destinationIp, destinationPort: port } = path;
  return {
    atSource: {
      ...(sourceIp ? { sourceAddress: sourceIp } : {}),
      ...(port === undefined ? {} : { destinationPorts: { from: port, to: port } }),
      ...path.filterAtSource,
    },
    atDestination: {
      ...(destinationIp && path.destination ? { destinationAddress: destinationIp } : {}),
      ...path.filterAtDestination,
    },
  };
}

type Status = 'running' | 'succeeded' | 'failed';

const statusOf = (analysis: InsightsAnalysis, nowMs: number): Status => {
  if (isRunning(analysis, nowMs)) return 'running';
  return analysis.result.kind === 'failed' ? 'failed' : 'succeeded';
};

function analysisOutput(analysis: InsightsAnalysis, context: Context): NetworkInsightsAnalysis {
  const { id, pathId, filterInArns, filterOutArns } = analysis;
  const status = statusOf(analysis, context.nowMs);
  return {
    NetworkInsightsAnalysisId: id,
    NetworkInsightsAnalysisArn: arnOfResource('insightsAnalysis', id, context),
    NetworkInsightsPathId: pathId,
    StartDate: new Date(analysis.startedAtMs),
    Status: status,
    ...(filterInArns.length > 0 ? { FilterInArns: [...filterInArns] } : {}),
    ...(filterOutArns.length > 0 ? { FilterOutArns: [...filterOutArns] } : {}),
    ...(status === 'running' ? {} : resultOutput(analysis)),
    Tags: tagList(analysis.tags),
  };
}

function resultOutput({ result, warning }: InsightsAnalysis): NetworkInsightsAnalysis {
  const warned = warning === undefined ? {} : { WarningMessage: warning };
  switch (result.kind) {
    case 'found':
      return {
        ...warned,
        NetworkPathFound: true,
        ForwardPathComponents: pathOutput(result.forward),
        ReturnPathComponents: pathOutput(result.back),
      };
    case 'notFound':
      return {
        ...warned,
        NetworkPathFound: false,
        Explanations: result.explanations.map(explanationOutput),
      };
    case 'failed':
      return { StatusMessage: result.message };
    default:
      return result satisfies never;
  }
}

const analyses = listingOf({
  action: 'DescribeNetworkInsightsAnalyses',
  kind: 'insightsAnalysis',
  bounds: insightsBounds,
  fields: {
    'path-found': (analysis, { nowMs }) =>
      statusOf(analysis, nowMs) === 'succeeded' ? analysis.result.kind === 'found' : undefined,
    status: (analysis, { nowMs }) => statusOf(analysis, nowMs),
  },
  byId: (id, context) => resourceOf('insightsAnalysis', id, context),
  indexes: {},
});

/** DescribeNetworkInsightsAnalyses. */
export const describeAnalyses: Operation<
  DescribeNetworkInsightsAnalysesRequest,
  DescribeNetworkInsightsAnalysesResult
> = (input, context) => {
  const { NetworkInsightsPathId: pathId, AnalysisStartTime: since, AnalysisEndTime: until } = input;
  const { network } = context.transaction;
  const own = pathId === undefined ? undefined : resourceOf('insightsPath', pathId, context).id;
  const isAsked = ({ startedAtMs, pathId: path }: InsightsAnalysis) =>
    (own === undefined || path === own) &&
    startedAtMs >= (since?.getTime() ?? 0) &&
    startedAtMs <= (until?.getTime() ?? Number.POSITIVE_INFINITY);
  const listing = {
    ...analyses,
    all: () =>
      own === undefined ? network.insightsAnalysis.values() : network.insightsAnalysis.by('path', own),
    isShown: isAsked,
  };
  const ids = input.NetworkInsightsAnalysisIds;
  const page = list(listing, { ...input, ids }, context);
  const shown = page.items.map((analysis) => analysisOutput(analysis, context));
  return { NetworkInsightsAnalyses: shown, NextToken: page.nextToken };
};

/** DeleteNetworkInsightsAnalysis. */
export const deleteAnalysis: Operation<
  DeleteNetworkInsightsAnalysisRequest,
  DeleteNetworkInsightsAnalysisResult
> = (input, context) => {
  const { id } = resourceOf('insightsAnalysis', input.NetworkInsightsAnalysisId, context);
  context.transaction.remove('insightsAnalysis', id);
  return { NetworkInsightsAnalysisId: id };
};
