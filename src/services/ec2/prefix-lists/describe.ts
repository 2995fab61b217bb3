/** Describe operations of prefix lists, their entries and what names them. */
import type {
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult,
  DescribePrefixListsRequest,
  DescribePrefixListsResult,
  GetManagedPrefixListAssociationsRequest,
  GetManagedPrefixListAssociationsResult,
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult,
} from '@aws-sdk/client-ec2';
import { list, listingOf } from '../../listing.ts';
import type { Operation } from '../../operation.ts';
import { pageOf } from '../../page.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { isAwsList } from './aws-lists.ts';
import { listOutput } from './output.ts';
import { usersOf } from './users.ts';

const managedLists = listingOf({
  action: 'DescribeManagedPrefixLists',
  kind: 'prefixList',
  bounds: { min: 1, max: 100 },
  fields: {
    'owner-id': ({ ownerId }) => ownerId,
    'prefix-list-id': ({ id }) => id,
    'prefix-list-name': ({ name }) => name,
  },
  byId: (id, context) => resourceOf('prefixList', id, context),
  indexes: { 'prefix-list-id': 'id', 'prefix-list-name': 'name' },
});

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeManagedPrefixLists.html */
export const describeManagedPrefixLists: Operation<
  DescribeManagedPrefixListsRequest,
  DescribeManagedPrefixListsResult
> = (input, context) => {
  const page = list(managedLists, { ...input, ids: input.PrefixListIds }, context);
  return { PrefixLists: page.items.map((each) => listOutput(each, context)), NextToken: page.nextToken };
};

const awsLists = listingOf({
  action: 'DescribePrefixLists',
  kind: 'prefixList',
  bounds: { min: 5, max: 1000 },
  fields: { 'prefix-list-id': ({ id }) => id, 'prefix-list-name': ({ name }) => name },
  isShown: isAwsList,
  byId: (id, { transaction }) => {
    const found = transaction.network.prefixList.get(id);
    if (found && isAwsList(found)) return found;
    // This action's own spelling: those of managed lists say InvalidPrefixListID.NotFound.
    return refuse('notFound', { code: 'InvalidPrefixListId.NotFound', noun: 'prefix list', id });
  },
  indexes: {},
});

/** AWS's own lists alone. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribePrefixLists.html */
export const describePrefixLists: Operation<DescribePrefixListsRequest, DescribePrefixListsResult> = (
  input,
  context,
) => {
  const page = list(awsLists, { ...input, ids: input.PrefixListIds }, context);
  const shown = page.items.map(({ id, name, entries }) => ({
    PrefixListId: id,
    PrefixListName: name,
    Cidrs: entries.map(({ cidr }) => cidr),
  }));
  return { PrefixLists: shown, NextToken: page.nextToken };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html */
export const getManagedPrefixListEntries: Operation<
  GetManagedPrefixListEntriesRequest,
  GetManagedPrefixListEntriesResult
> = (input, context) => {
  const found = resourceOf('prefixList', input.PrefixListId, context);
  const target = input.TargetVersion ?? found.version;
  const version =
    target === found.version ? found : found.history.find(({ version: each }) => each === target);
  if (!version) {
    const expected = `prefix list ${found.id} has no such version`;
    return refuse('invalidValue', { parameter: 'TargetVersion', value: target, expected });
  }
  const query = { action: 'GetManagedPrefixListEntries', scope: context.caller.scope, id: found.id, target };
  const page = pageOf(
    version.entries,
    { maxResults: input.MaxResults, nextToken: input.NextToken },
    { query, bounds: { min: 1, max: 100 }, idOf: ({ cidr }) => cidr },
  );
  const entries = page.items.map(({ cidr, description }) => ({
    Cidr: cidr,
    ...(description === undefined ? {} : { Description: description }),
  }));
  return { Entries: entries, NextToken: page.nextToken };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListAssociations.html */
export const getManagedPrefixListAssociations: Operation<
  GetManagedPrefixListAssociationsRequest,
  GetManagedPrefixListAssociationsResult
> = (input, context) => {
  const { scope } = context.caller;
  const found = resourceOf('prefixList', input.PrefixListId, context);
  const page = pageOf(
    usersOf(found.id, context),
    { maxResults: input.MaxResults, nextToken: input.NextToken },
    {
      query: { action: 'GetManagedPrefixListAssociations', scope, id: found.id },
      bounds: { min: 5, max: 255 },
      idOf: (id) => id,
    },
  );
  const shown = page.items.map((id) => ({ ResourceId: id, ResourceOwner: scope.account }));
  return { PrefixListAssociations: shown, NextToken: page.nextToken };
};
