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
export type JournalRow = Omit<StoredEntry, 'changes'> & { readonly changes: string };

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
  return { ...row, changes };
}

const journalColumns =
  'sequence, time AS timeMs, principal, action, account, region, request_id AS requestId, changes';

/** The statement that finds the entries of a query, and its parameters. */
export function journalSql(query: JournalQuery): { readonly sql: string; readonly values: SQLInputValue[] } {
  const descending = query.order === 'descending';
  const conditions: readonly (readonly [string, SQLInputValue | undefined])[] = [
    [descending ? 'sequence <= ?' : 'sequence >= ?', query.from],
    ['account = ?', query.account],
    ['region = ?', query.region],
    ['principal = ?', query.principal],
    ['action = ?', query.action],
    ['sequence IN (SELECT sequence FROM touched WHERE id = ?)', query.resourceId],
  ];
  const given = conditions.flatMap(([sql, value]) => (value === undefined ? [] : [{ sql, value }]));
  const where = given.length > 0 ? `WHERE ${given.map(({ sql }) => sql).join(' AND ')}` : '';
  const order = descending ? 'DESC' : 'ASC';
  return {
    sql: `SELECT ${journalColumns} FROM journal ${where} ORDER BY sequence ${order} LIMIT ?`,
    values: [...given.map(({ value }) => value), query.limit],
  };
}
