/** The lookup attribute of a request, as what it asks of the store and of each entry. */
import type { LookupAttribute } from '@aws-sdk/client-cloudtrail';
import type { JournalEntry } from '#state/journal.ts';
import type { JournalQuery } from '#state/store.ts';
import { refuse } from '../refusal.ts';
import { eventId, eventSource, noteOf, resourcesOf, sequenceOfEventId, usernameOf } from './event.ts';

export type Search =
  | { readonly kind: 'nothing' }
  | {
      readonly kind: 'entries';
      /** What an index of the store answers. */
      readonly query: Pick<JournalQuery, 'action' | 'resourceId'>;
      /** What must be asked of each entry; undefined: nothing more. */
      readonly matches?: (entry: JournalEntry) => boolean;
      /** The one sequence that can match. */
      readonly at?: number;
    };

const nothing: Search = { kind: 'nothing' };
const everything: Search = { kind: 'entries', query: {} };

/** Refuses more than one attribute and unknown ones, as AWS does. */
export function searchOf(attributes: readonly LookupAttribute[]): Search {
  const [attribute, second] = attributes;
  if (second) refuse('lookupAttributes', { reason: 'Give one lookup attribute: AWS takes no more.' });
  if (!attribute) return everything;
  const { AttributeKey: key, AttributeValue: value = '' } = attribute;
  switch (key) {
    case 'EventName':
      return { kind: 'entries', query: { action: value } };
    case 'ResourceName':
      return { kind: 'entries', query: { resourceId: value }, matches: has('ResourceName', value) };
    case 'ResourceType':
      return { kind: 'entries', query: {}, matches: has('ResourceType', value) };
    case 'Username':
      return { kind: 'entries', query: {}, matches: ({ principal }) => usernameOf(principal) === value };
    case 'EventId': {
      const at = sequenceOfEventId(value);
      if (at === undefined) return nothing;
      return { kind: 'entries', query: {}, at, matches: (entry) => eventId(entry) === value };
    }
    case 'EventSource':
      return value === eventSource ? everything : nothing;
    case 'ReadOnly':
      // The journal holds changes alone.
      return value === 'false' ? everything : nothing;
    case 'AccessKeyId':
      return { kind: 'entries', query: {}, matches: (entry) => noteOf(entry)?.accessKeyId === value };
    default:
      return refuse('lookupAttributes', { reason: `There is no lookup attribute '${key}'.` });
  }
}

function has(member: 'ResourceName' | 'ResourceType', value: string): (entry: JournalEntry) => boolean {
  return (entry) => resourcesOf(entry).some((resource) => resource[member] === value);
}
