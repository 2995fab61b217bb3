/** The journal's rows: how entries are written as text, read back, and found. */
import type { SQLInputValue } from 'node:sqlite';
import type { JournalQuery, StoredEntry } from './store.ts';

/** The `changes` column, put together from bodies that are JSON already; the entry's own scope is not repeated. */
export function changesText({ account, region, changes }: StoredEntry): string {
  const texts = changes.map((change) => {
    const foreign = change.account !== account || change.region !== region;
    const scope = foreign
      ? `"account":${JSON.stringify(change.account)},"region":${JSON.stringify(change.region)},`
      : '';
    const name = `"kind":${JSON.stringify(change.kind)},"id":${JSON.stringify(change.id)}`;
    return `{${scope}${name},"before":${change.before ?? 'null'},"after":${change.after ?? 'null'}}`;
  });
  return `[${texts.join(',')}]`;
}

/** An entry as a row. */
export type JournalRow = Omit<StoredEntry, 'changes' | 'request'> & {
  readonly changes: string;
  readonly request: string | null;
};

/** A change as it stands in the `changes` column. */
type ChangeText = {
  readonly account?: string;
  readonly region?: string;
  readonly kind: string;
  readonly id: string;
  readonly before: unknown;
  readonly after: unknown;
};

export function entryOf(row: JournalRow): StoredEntry {
  const { account, region } = row;
  const text = (body: unknown) => (body === null ? undefined : JSON.stringify(body));
  const changes = (JSON.parse(row.changes) as readonly ChangeText[]).map((change) => ({
    account: change.account ?? account,
    region: change.region ?? region,
    kind: change.kind,
    id: change.id,
    before: text(change.before),
    after: text(change.after),
  }));
  return { ...row, request: row.request ?? undefined, changes };
}

const journalColumns =
  'sequence, time AS timeMs, principal, action, account, region, request_id AS requestId, request, changes';

/**
 * The statement that finds the entries of a query, and its parameters.
 * @param behind entries that `touched` does not know yet.
 */
export function journalSql(
  query: JournalQuery,
  behind: readonly StoredEntry[],
): { readonly sql: string; readonly values: SQLInputValue[] } {
  const descending = query.order === 'descending';
  const { from, account, region, principal, action, resourceId } = query;
  const given = [
    condition(descending ? 'sequence <= ?' : 'sequence >= ?', from),
    condition('account = ?', account),
    condition('region = ?', region),
    condition('principal = ?', principal),
    condition('action = ?', action),
    condition(
      'sequence IN (SELECT sequence FROM touched WHERE id = ? UNION ALL SELECT value FROM json_each(?))',
      resourceId,
      JSON.stringify(sequencesOf(behind, resourceId)),
    ),
  ].flat();
  const where = given.length > 0 ? `WHERE ${given.map(({ sql }) => sql).join(' AND ')}` : '';
  const order = descending ? 'DESC' : 'ASC';
  return {
    sql: `SELECT ${journalColumns} FROM journal ${where} ORDER BY sequence ${order} LIMIT ?`,
    values: [...given.flatMap(({ values }) => values), query.limit],
  };
}

type Condition = { readonly sql: string; readonly values: readonly SQLInputValue[] };

/** A condition where its first value is given. */
function condition(
  sql: string,
  value: SQLInputValue | undefined,
  ...more: readonly SQLInputValue[]
): readonly Condition[] {
  return value === undefined ? [] : [{ sql, values: [value, ...more] }];
}

function sequencesOf(entries: readonly StoredEntry[], resourceId: string | undefined): readonly number[] {
  return entries
    .filter(({ changes }) => changes.some(({ id }) => id === resourceId))
    .map(({ sequence }) => sequence);
}
