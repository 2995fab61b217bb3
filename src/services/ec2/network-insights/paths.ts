/** Paths of Reachability Analyzer. */
import type {
  CreateNetworkInsightsPathRequest,
  CreateNetworkInsightsPathResult,
  DeleteNetworkInsightsPathRequest,
  DeleteNetworkInsightsPathResult,
  DescribeNetworkInsightsPathsRequest,
  DescribeNetworkInsightsPathsResult,
  NetworkInsightsPath,
  PathFilter,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { HeaderFilter, InsightsPath, PortSpan } from '#vpc/insights.ts';
import { once } from '../../client-token.ts';
import { oneOf } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import { list, listingOf } from '../../listing.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { arnOfResource, resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';
import { arnOfId } from './components.ts';
import { endIn } from './ends.ts';
import { checkTogether, filterIn, ipv4In, portIn } from './path-input.ts';

/** Pages of these lists hold up to 100 (API_DescribeNetworkInsightsPaths). */
export const insightsBounds = { min: 1, max: 100 } as const;

/** CreateNetworkInsightsPath. */
export const createPath: Operation<CreateNetworkInsightsPathRequest, CreateNetworkInsightsPathResult> = (
  input,
  context,
) => {
  const [id = ''] = once({ action: 'CreateNetworkInsightsPath', input }, context, () => [
    make(input, context).id,
  ]);
  return { NetworkInsightsPath: pathOutput(resourceOf('insightsPath', id, context), context) };
};

function make(input: Checked<CreateNetworkInsightsPathRequest>, context: Context): InsightsPath {
  const { transaction, hex17, nowMs } = context;
  const protocol = oneOf(input.Protocol.toLowerCase(), ['tcp', 'udp'], 'protocol');
  checkTogether(input);
  const sourceIp = ipv4In(input.SourceIp, 'sourceIp');
  const destinationIp = ipv4In(input.DestinationIp, 'destinationIp');
  const destinationPort = portIn(input.DestinationPort);
  const filterAtSource = filterIn(input.FilterAtSource, 'filterAtSource');
  const filterAtDestination = filterIn(input.FilterAtDestination, 'filterAtDestination');
  const tags = tagsOnCreate('insightsPath', input.TagSpecifications, context);
  const source = endIn(input.Source, 'source', context);
  const destination = input.Destination ? endIn(input.Destination, 'destination', context) : undefined;
  const { size } = transaction.network.insightsPath;
  const code = 'NetworkInsightsPath.LimitExceeded';
  checkQuota('insightsPathsPerRegion', { count: size, code, what: 'network insights paths' }, context);
  const path: InsightsPath = {
    id: newId('insightsPath', hex17),
    createdAtMs: nowMs,
    source,
    protocol,
    ...(destination ? { destination } : {}),
    ...(sourceIp ? { sourceIp } : {}),
    ...(destinationIp ? { destinationIp } : {}),
    ...(destinationPort === undefined ? {} : { destinationPort }),
    ...(filterAtSource ? { filterAtSource } : {}),
    ...(filterAtDestination ? { filterAtDestination } : {}),
    tags,
  };
  transaction.put('insightsPath', path);
  return path;
}

const portRange = (ports: PortSpan) => ({ FromPort: ports.from, ToPort: ports.to });

function filterOutput(filter: HeaderFilter): PathFilter {
  const { sourceAddress, sourcePorts, destinationAddress, destinationPorts } = filter;
  return {
    ...(sourceAddress ? { SourceAddress: sourceAddress } : {}),
    ...(sourcePorts ? { SourcePortRange: portRange(sourcePorts) } : {}),
    ...(destinationAddress ? { DestinationAddress: destinationAddress } : {}),
    ...(destinationPorts ? { DestinationPortRange: portRange(destinationPorts) } : {}),
  };
}

function pathOutput(path: InsightsPath, context: Context): NetworkInsightsPath {
  const { source, destination, filterAtSource, filterAtDestination } = path;
  return {
    NetworkInsightsPathId: path.id,
    NetworkInsightsPathArn: arnOfResource('insightsPath', path.id, context),
    CreatedDate: new Date(path.createdAtMs),
    Source: source.id,
    SourceArn: arnOfId(source),
    ...(destination ? { Destination: destination.id, DestinationArn: arnOfId(destination) } : {}),
    ...(path.sourceIp ? { SourceIp: path.sourceIp } : {}),
    ...(path.destinationIp ? { DestinationIp: path.destinationIp } : {}),
    Protocol: path.protocol,
    ...(path.destinationPort === undefined ? {} : { DestinationPort: path.destinationPort }),
    ...(filterAtSource ? { FilterAtSource: filterOutput(filterAtSource) } : {}),
    ...(filterAtDestination ? { FilterAtDestination: filterOutput(filterAtDestination) } : {}),
    Tags: tagList(path.tags),
  };
}

const spanText = (ports: PortSpan | undefined) => ports && `${ports.from}-${ports.to}`;

const paths = listingOf({
  action: 'DescribeNetworkInsightsPaths',
  kind: 'insightsPath',
  bounds: insightsBounds,
  fields: {
    source: ({ source }) => source.id,
    destination: ({ destination }) => destination?.id,
    protocol: ({ protocol }) => protocol,
    'filter-at-source.source-address': ({ filterAtSource }) => filterAtSource?.sourceAddress,
    'filter-at-source.source-port-range': ({ filterAtSource }) => spanText(filterAtSource?.sourcePorts),
    'filter-at-source.destination-address': ({ filterAtSource }) => filterAtSource?.destinationAddress,
    'filter-at-source.destination-port-range': ({ filterAtSource }) =>
      spanText(filterAtSource?.destinationPorts),
    'filter-at-destination.source-address': ({ filterAtDestination }) => filterAtDestination?.sourceAddress,
    'filter-at-destination.source-port-range': ({ filterAtDestination }) =>
      spanText(filterAtDestination?.sourcePorts),
    'filter-at-destination.destination-address': ({ filterAtDestination }) =>
      filterAtDestination?.destinationAddress,
    'filter-at-destination.destination-port-range': ({ filterAtDestination }) =>
      spanText(filterAtDestination?.destinationPorts),
  },
  byId: (id, context) => resourceOf('insightsPath', id, context),
  indexes: {},
});

/** DescribeNetworkInsightsPaths. */
export const describePaths: Operation<
  DescribeNetworkInsightsPathsRequest,
  DescribeNetworkInsightsPathsResult
> = (input, context) => {
  const page = list(paths, { ...input, ids: input.NetworkInsightsPathIds }, context);
  const shown = page.items.map((path) => pathOutput(path, context));
  return { NetworkInsightsPaths: shown, NextToken: page.nextToken };
};

/** DeleteNetworkInsightsPath: its analyses go first. */
export const deletePath: Operation<DeleteNetworkInsightsPathRequest, DeleteNetworkInsightsPathResult> = (
  input,
  context,
) => {
  const { transaction } = context;
  const { id } = resourceOf('insightsPath', input.NetworkInsightsPathId, context);
  if (transaction.network.insightsAnalysis.countBy('path', id) > 0) {
    refuse('analysisExists', { code: 'AnalysisExistsForNetworkInsightsPath', id });
  }
  transaction.remove('insightsPath', id);
  return { NetworkInsightsPathId: id };
};
