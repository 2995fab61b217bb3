/**
 * Pages of a list. Items stand in the order of their ids, and a token says after which id to go on, so that pages hold
 * while resources come and go, and after a restart. A token carries a checksum over the account, the region, the
 * action, the query and the place: one that was changed, or given to another list, is refused. It guards nothing (a
 * caller sees only what it may see anyway), so no secret goes into it and any server can read another's.
 */
import { fingerprint } from './fingerprint.ts';
import { inRange } from './input.ts';
import { refuse } from './refusal.ts';

export type PageRequest = {
  readonly maxResults?: number | undefined;
  readonly nextToken?: string | undefined;
};

export type Page<T> = { readonly items: readonly T[]; readonly nextToken?: string };

/** Smallest and largest page that an action gives. */
export type PageBounds = { readonly min: number; readonly max: number };

/**
 * One page of the items; all that are left where no size is asked for.
 * @param query what makes the list: scope, action, ids and filters; equal for all pages of one list.
 */
export function pageOf<T>(
  items: readonly T[],
  request: PageRequest,
  { query, bounds, idOf }: { query: unknown; bounds: PageBounds; idOf: (item: T) => string },
): Page<T> {
  const { maxResults, nextToken } = request;
  if (maxResults !== undefined) inRange(maxResults, { ...bounds, parameter: 'MaxResults' });
  const after = nextToken === undefined || nextToken === '' ? '' : readToken(nextToken, query);
  const byId = items
    .map((item) => ({ id: idOf(item), item }))
    .filter(({ id }) => id > after)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
  const size = maxResults ?? byId.length;
  const page = byId.slice(0, size);
  const last = page.at(-1);
  const rest = last && byId.length > size ? { nextToken: writeToken(last.id, query) } : {};
  return { items: page.map(({ item }) => item), ...rest };
}

/** The token of a place in a list. */
export function writeToken(after: string, query: unknown): string {
  return Buffer.from(`${fingerprint([query, after])} ${after}`).toString('base64url');
}

function readToken(token: string, query: unknown): string {
  return placeIn(token, query) ?? refuse('invalidToken', { token });
}

/** The place that a token of this list names; undefined where the list did not give it out. */
export function placeIn(token: string, query: unknown): string | undefined {
  const text = Buffer.from(token, 'base64url').toString();
  const after = text.slice(text.indexOf(' ') + 1);
  return token === writeToken(after, query) ? after : undefined;
}
