/** Describe operations: one declaration per resource, one function that answers them all. */
import { type IndexName, type Kind, type Kinds, type TableOf, tagIndexKey } from '#vpc/network.ts';
import type { Tags } from '#vpc/tags.ts';
import { type Fields, type Filter, type FilterInput, isLiteral, readFilters } from './filters.ts';
import type { Context } from './operation.ts';
import { type Page, type PageBounds, pageOf } from './page.ts';
import { refuse } from './refusal.ts';

/** How the entities of a describe operation are found. */
export type Listing<T> = {
  readonly action: string;
  readonly bounds: PageBounds;
  /** Name of the parameter that AWS does not let stand beside MaxResults, where there is one. */
  readonly idsExclusive?: string;
  readonly fields: Fields<T>;
  readonly tagsOf?: (entity: T) => Tags;
  readonly idOf: (entity: T) => string;
  readonly all: (context: Context) => Iterable<T>;
  /** Of what there is, however it was found, what the caller gets to see; everything where this is absent. */
  readonly isShown?: (entity: T, context: Context) => boolean;
  /**
   * The entity of an id in the request; refuses a malformed or unknown one. Undefined for an unknown one where AWS
   * answers with a shorter list instead.
   */
  readonly byId: (id: string, context: Context) => T | undefined;
  /** Filter name → the entities with a value, from an index; `tag:*` stands for every tag filter. */
  readonly lookups: Readonly<Record<string, (value: string, context: Context) => Iterable<T>>>;
};

/** What every describe request has, as AWS's SDK spells it, and the ids, whose parameter each calls after its resource. */
export type ListRequest = {
  readonly ids?: readonly string[] | undefined;
  readonly Filters?: readonly FilterInput[] | undefined;
  readonly MaxResults?: number | undefined;
  readonly NextToken?: string | undefined;
  readonly DryRun?: boolean | undefined;
};

/** The bounds of most EC2 actions. */
export const usualBounds: PageBounds = { min: 5, max: 1000 };

/**
 * The entities that a request asks for, in the order of their ids. Whatever else stands in the request makes another list
 * of it, to which a token does not lead on.
 */
export function list<T>(listing: Listing<T>, request: ListRequest, context: Context): Page<T> {
  const { ids = [], MaxResults: maxResults, NextToken: nextToken, DryRun: _, ...asked } = request;
  if (listing.idsExclusive !== undefined && ids.length > 0 && maxResults !== undefined) {
    refuse('invalidCombination', {
      reason: `The parameter ${listing.idsExclusive} cannot be used with the parameter MaxResults.`,
    });
  }
  const filters = readFilters(asked.Filters, listing.fields, listing.tagsOf);
  const candidates =
    ids.length > 0
      ? [...new Set(ids)].flatMap((id) => listing.byId(id, context) ?? [])
      : found(listing, filters, context);
  const items = [...candidates].filter(
    (entity) =>
      (listing.isShown?.(entity, context) ?? true) &&
      filters.every(({ matches }) => matches(entity, context)),
  );
  const query = { scope: context.caller.scope, action: listing.action, ids, asked };
  return pageOf(items, { maxResults, nextToken }, { query, bounds: listing.bounds, idOf: listing.idOf });
}

/** The smallest set at hand that holds every match: the first filter that an index answers, else everything. */
function* found<T>(listing: Listing<T>, filters: readonly Filter<T>[], context: Context): Iterable<T> {
  for (const filter of filters) {
    const { name, values } = filter;
    const tagKey = name.startsWith('tag:') ? name.slice('tag:'.length) : undefined;
    const lookup = listing.lookups[tagKey === undefined ? name : anyTag];
    if (!lookup || !values.every(isLiteral)) continue;
    const seen = new Set<string>();
    for (const value of values) {
      for (const entity of lookup(tagKey === undefined ? value : tagIndexKey(tagKey, value), context)) {
        if (seen.has(listing.idOf(entity))) continue;
        seen.add(listing.idOf(entity));
        yield entity;
      }
    }
    return;
  }
  yield* listing.all(context);
}

/** The name under which a listing's lookups hold the index of tags. */
const anyTag = 'tag:*';

type KindListing<K extends Kind> = {
  readonly action: string;
  readonly kind: K;
  readonly bounds?: PageBounds;
  readonly idsExclusive?: string;
  readonly fields: Fields<Kinds[K]>;
  readonly isShown?: (entity: Kinds[K], context: Context) => boolean;
  readonly byId: (id: string, context: Context) => Kinds[K] | undefined;
  /** Filter name, or `tag:*` for every tag filter → index that answers it, or `id`. */
  readonly indexes: Readonly<Record<string, IndexName<K> | 'id'>>;
};

/** The listing of a kind of resource that has a table of its own. */
export function listingOf<K extends Kind>(spec: KindListing<K>): Listing<Kinds[K]> {
  const table = ({ transaction }: Context) => transaction.network[spec.kind] as TableOf<K>;
  const lookup = (index: IndexName<K> | 'id') => (value: string, context: Context) => {
    if (index !== 'id') return table(context).by(index, value);
    const entity = table(context).get(value);
    return entity ? [entity] : [];
  };
  return {
    action: spec.action,
    bounds: spec.bounds ?? usualBounds,
    ...(spec.idsExclusive === undefined ? {} : { idsExclusive: spec.idsExclusive }),
    fields: spec.fields,
    tagsOf: (entity) => (entity as { readonly tags?: Tags }).tags ?? {},
    idOf: ({ id }) => id,
    all: (context) => table(context).values(),
    ...(spec.isShown === undefined ? {} : { isShown: spec.isShown }),
    byId: spec.byId,
    lookups: Object.fromEntries(Object.entries(spec.indexes).map(([name, index]) => [name, lookup(index)])),
  };
}
