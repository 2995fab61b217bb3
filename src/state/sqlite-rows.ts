/**
 * The tables that follow from the journal: resources as they are, scopes, and the way from a resource to its entries.
 * An entry of the journal alone makes a change durable; the rows of many entries are written together later
 * (docs/decisions/0016).
 */
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { StoredChange, StoredEntry } from './store.ts';

/** Key in `meta` of the sequence up to which the rows follow the journal. */
export const rowsSequenceKey = 'rows_sequence';

export class SqliteRows {
  readonly #insertTouched: StatementSync;
  readonly #insertScope: StatementSync;
  readonly #putResource: StatementSync;
  readonly #deleteResource: StatementSync;
  readonly #setSequence: StatementSync;

  constructor(db: DatabaseSync) {
    this.#insertTouched = db.prepare('INSERT OR IGNORE INTO touched VALUES (?, ?)');
    this.#insertScope = db.prepare('INSERT OR IGNORE INTO scope VALUES (?, ?)');
    this.#putResource = db.prepare(
      `INSERT INTO resource VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (account, region, kind, id) DO UPDATE SET body = excluded.body`,
    );
    this.#deleteResource = db.prepare(
      'DELETE FROM resource WHERE account = ? AND region = ? AND kind = ? AND id = ?',
    );
    this.#setSequence = db.prepare(`UPDATE meta SET value = ? WHERE key = '${rowsSequenceKey}'`);
  }

  /** Brings the rows forward by the next entries of the journal, inside the caller's transaction. */
  follow(entries: readonly StoredEntry[]): void {
    const scopes = new Map<string, { readonly account: string; readonly region: string }>();
    const last = new Map<string, StoredChange>();
    for (const entry of entries) {
      scopes.set(`${entry.account} ${entry.region}`, entry);
      for (const change of entry.changes) {
        const { account, region, kind, id } = change;
        scopes.set(`${account} ${region}`, change);
        last.set(`${account} ${region} ${kind} ${id}`, change);
        this.#insertTouched.run(id, entry.sequence);
      }
    }
    for (const { account, region } of scopes.values()) this.#insertScope.run(account, region);
    for (const { account, region, kind, id, after } of last.values()) {
      if (after === undefined) this.#deleteResource.run(account, region, kind, id);
      else this.#putResource.run(account, region, kind, id, after);
    }
    const sequence = entries.at(-1)?.sequence;
    if (sequence !== undefined) this.#setSequence.run(String(sequence));
  }
}
