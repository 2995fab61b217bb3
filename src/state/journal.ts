/** The journal as the product reads it: who changed what, when, from what to what. */
import type { Scope } from '#vpc/scope.ts';
import type { Store, StoredEntry } from './store.ts';
import type { RowChange } from './transaction.ts';
import { rowChange } from './world-text.ts';

/** One request that changed something. */
export type JournalEntry = {
  /** 1, 2, 3 … without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970; never less than that of the entry before. */
  readonly timeMs: number;
  /** ARN of the principal. */
  readonly principal: string;
  /** AWS action name, `AuthorizeSecurityGroupIngress`. */
  readonly action: string;
  readonly scope: Scope;
  readonly requestId: string;
  /** How the request came, what it asked and got; undefined where nobody recorded it. */
  readonly request: string | undefined;
  readonly changes: readonly RowChange[];
};

/** A stored entry with its resources read. */
export function journalEntry(stored: StoredEntry): JournalEntry {
  const { sequence, timeMs, principal, action, account, region, requestId, request, changes } = stored;
  return {
    sequence,
    timeMs,
    principal,
    action,
    scope: { account, region },
    requestId,
    request,
    changes: changes.map(rowChange),
  };
}

/**
 * The last sequence at or before a time, 0 where the journal begins later. Times never fall along the journal, so that
 * halving finds it with a handful of reads.
 */
export async function sequenceAt(store: Store, timeMs: number): Promise<number> {
  const head = await store.head();
  if (head.timeMs <= timeMs) return head.sequence;
  let [before, after] = [0, head.sequence];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    const [entry] = await store.journal({ from: middle, limit: 1 });
    if (entry && entry.timeMs <= timeMs) before = middle;
    else after = middle;
  }
  return before;
}
