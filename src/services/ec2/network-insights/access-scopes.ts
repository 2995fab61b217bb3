/** Network Access Scopes. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInsightsAccessScope.html */
import type {
  CreateNetworkInsightsAccessScopeRequest,
  CreateNetworkInsightsAccessScopeResult,
  DeleteNetworkInsightsAccessScopeRequest,
  DeleteNetworkInsightsAccessScopeResult,
  DescribeNetworkInsightsAccessScopesRequest,
  DescribeNetworkInsightsAccessScopesResult,
  GetNetworkInsightsAccessScopeContentRequest,
  GetNetworkInsightsAccessScopeContentResult,
  NetworkInsightsAccessScope,
  NetworkInsightsAccessScopeContent,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { AccessScope } from '#vpc/insights.ts';
import { once } from '../../client-token.ts';
import { checkQuota } from '../../limits.ts';
import { list, listingOf } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { arnOfResource, resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';
import { insightsBounds } from './paths.ts';
import { scopePathOutput, scopePathsIn } from './scope-input.ts';

/** CreateNetworkInsightsAccessScope. */
export const createAccessScope: Operation<
  CreateNetworkInsightsAccessScopeRequest,
  CreateNetworkInsightsAccessScopeResult
> = (input, context) => {
  const [id = ''] = once({ action: 'CreateNetworkInsightsAccessScope', input }, context, () => [
    make(input, context).id,
  ]);
  const scope = resourceOf('accessScope', id, context);
  return {
    NetworkInsightsAccessScope: scopeOutput(scope, context),
    NetworkInsightsAccessScopeContent: contentOutput(scope),
  };
};

function make(input: CreateNetworkInsightsAccessScopeRequest, context: Context): AccessScope {
  const { transaction, hex17, nowMs } = context;
  const matchPaths = scopePathsIn(input.MatchPaths);
  const excludePaths = scopePathsIn(input.ExcludePaths);
  if (matchPaths.length === 0) refuse('missingParameter', { parameter: 'MatchPaths' });
  const tags = tagsOnCreate('accessScope', input.TagSpecifications, context);
  const count = transaction.network.accessScope.size;
  const code = 'NetworkInsightsAccessScope.LimitExceeded';
  checkQuota('accessScopesPerRegion', { count, code, what: 'network insights access scopes' }, context);
  const scope = { id: newId('accessScope', hex17), createdAtMs: nowMs, matchPaths, excludePaths, tags };
  transaction.put('accessScope', scope);
  return scope;
}

function scopeOutput({ id, createdAtMs, tags }: AccessScope, context: Context): NetworkInsightsAccessScope {
  return {
    NetworkInsightsAccessScopeId: id,
    NetworkInsightsAccessScopeArn: arnOfResource('accessScope', id, context),
    CreatedDate: new Date(createdAtMs),
    UpdatedDate: new Date(createdAtMs),
    Tags: tagList(tags),
  };
}

function contentOutput({ id, matchPaths, excludePaths }: AccessScope): NetworkInsightsAccessScopeContent {
  return {
    NetworkInsightsAccessScopeId: id,
    MatchPaths: matchPaths.map(scopePathOutput),
    ExcludePaths: excludePaths.map(scopePathOutput),
  };
}

/** GetNetworkInsightsAccessScopeContent. */
export const getAccessScopeContent: Operation<
  GetNetworkInsightsAccessScopeContentRequest,
  GetNetworkInsightsAccessScopeContentResult
> = ({ NetworkInsightsAccessScopeId: id }, context) => ({
  NetworkInsightsAccessScopeContent: contentOutput(resourceOf('accessScope', id, context)),
});

const scopes = listingOf({
  action: 'DescribeNetworkInsightsAccessScopes',
  kind: 'accessScope',
  bounds: insightsBounds,
  fields: {},
  byId: (id, context) => resourceOf('accessScope', id, context),
  indexes: {},
});

/** DescribeNetworkInsightsAccessScopes. */
export const describeAccessScopes: Operation<
  DescribeNetworkInsightsAccessScopesRequest,
  DescribeNetworkInsightsAccessScopesResult
> = (input, context) => {
  const ids = input.NetworkInsightsAccessScopeIds;
  const page = list(scopes, { ...input, ids }, context);
  const shown = page.items.map((scope) => scopeOutput(scope, context));
  return { NetworkInsightsAccessScopes: shown, NextToken: page.nextToken };
};

/** DeleteNetworkInsightsAccessScope: its analyses go first. */
export const deleteAccessScope: Operation<
  DeleteNetworkInsightsAccessScopeRequest,
  DeleteNetworkInsightsAccessScopeResult
> = (input, context) => {
  const { transaction } = context;
  const { id } = resourceOf('accessScope', input.NetworkInsightsAccessScopeId, context);
  if (transaction.network.accessScopeAnalysis.countBy('scope', id) > 0) {
    refuse('analysisExists', { code: 'AnalysisExistsForNetworkInsightsAccessScope', id });
  }
  transaction.remove('accessScope', id);
  return { NetworkInsightsAccessScopeId: id };
};
