/** LookupEvents: who changed what and when, newest first, from the journal. */
import type { LookupEventsRequest, LookupEventsResponse } from '@aws-sdk/client-cloudtrail';
import type { JournalEntry } from '#state/journal.ts';
import type { Scope } from '#vpc/scope.ts';
import type { History, Recollection } from '../operation.ts';
import { placeIn, writeToken } from '../page.ts';
import { refuse } from '../refusal.ts';
import { eventOf } from './event.ts';
import { type Search, searchOf } from './search.ts';

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const maxResultsMax = 50;
/** Entries looked at for one answer: a rare attribute gives short pages with a token instead of a long wait. */
const scannedMax = 5000;
const scanPage = 500;

export const lookupEvents: Recollection<LookupEventsRequest, LookupEventsResponse> = async (
  input,
  { caller: { scope } },
  history,
) => {
  const { MaxResults: size = maxResultsMax, NextToken: token, EventCategory: category } = input;
  if (category !== undefined) refuse('eventCategory', { category });
  const attributes = input.LookupAttributes ?? [];
  const search = searchOf(attributes);
  const startMs = input.StartTime?.getTime();
  const endMs = input.EndTime?.getTime();
  if (startMs !== undefined && endMs !== undefined && startMs > endMs) refuse('lookupTimes', {});
  if (size < 1 || size > maxResultsMax) refuse('lookupPageSize', { value: size, limit: maxResultsMax });
  const list = ['LookupEvents', scope, attributes, startMs ?? null, endMs ?? null];
  const place = token === undefined ? undefined : (placeIn(token, list) ?? refuse('lookupToken', { token }));
  if (search.kind === 'nothing') return { Events: [] };
  // Events have whole seconds, so that one second as start and end gives all that happened in it.
  const first =
    startMs === undefined ? 1 : (await history.sequenceAt(Math.ceil(startMs / 1000) * 1000 - 1)) + 1;
  const last = await history.sequenceAt(
    endMs === undefined ? Number.MAX_SAFE_INTEGER : Math.floor(endMs / 1000) * 1000 + 999,
  );
  const range = {
    first: Math.max(first, search.at ?? first),
    from: Math.min(place === undefined ? last : Number(place), search.at ?? last),
  };
  const { found, next } = await scan({ search, scope, size, ...range }, history);
  const rest = next >= range.first ? { NextToken: writeToken(String(next), list) } : {};
  return { Events: found.map(eventOf), ...rest };
};

type Scan = {
  readonly search: Search & { readonly kind: 'entries' };
  readonly scope: Scope;
  readonly size: number;
  /** The last and the first sequence to look at. */
  readonly from: number;
  readonly first: number;
};

/** Up to `size` matching entries going back, and the sequence at which to go on; below `first` at the end. */
async function scan({ search, scope, size, from, first }: Scan, history: History) {
  const found: JournalEntry[] = [];
  const limit = search.matches ? scanPage : size;
  let next = from;
  for (let scanned = 0; scanned < scannedMax && next >= first; scanned += limit) {
    const page = await history.journal({ ...scope, ...search.query, from: next, order: 'descending', limit });
    for (const entry of page) {
      if (entry.sequence < first) return { found, next: 0 };
      next = entry.sequence - 1;
      if (search.matches?.(entry) ?? true) found.push(entry);
      if (found.length === size) return { found, next };
    }
    if (page.length < limit) return { found, next: 0 };
  }
  return { found, next };
}
