/**
 * The embedded store: one SQLite file, durable before `commit` resolves, owned by one process at a time.
 *
 * SQLite itself synchronises only at checkpoints (`synchronous = NORMAL`), and every commit synchronises the log on a
 * thread of its own: together that is what `FULL` does (https://www.sqlite.org/pragma.html#pragma_synchronous), except
 * that the event loop does not stand still for the disk and the next batch gathers meanwhile.
 */
import { randomUUID } from 'node:crypto';
import { closeSync, fdatasync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { DataDirectoryError } from './data-directory.ts';
import { changesText, entryOf, type JournalRow, journalSql } from './sqlite-journal.ts';
import { migrate, readMeta, readVersion, schemaVersion, writeMeta } from './sqlite-schema.ts';
import type { Head, JournalQuery, Store, StoredChange, StoredEntry, StoredResource } from './store.ts';

/** Result code that SQLite gives when another process holds the file (https://www.sqlite.org/rescode.html#busy). */
const sqliteBusy = 5;
const sqliteNotADatabase = 26;
/** Read-only, failed input or output, full, cannot open: the disk's matter, not a fault of the program. */
const sqliteOfTheDisk: ReadonlySet<number> = new Set([8, 10, 13, 14]);

/** Makes what was written to a file durable. */
export type Synchronize = (descriptor: number) => Promise<void>;

const synchronizeData: Synchronize = promisify(fdatasync);

/**
 * Opens the store in this file, made before. The exclusive locking mode holds an advisory lock that the system
 * releases with the process, however it ends. Throws `DataDirectoryError` where another process has the file, a newer
 * program wrote it, or it is no database.
 */
export function openSqliteStore(path: string, synchronize = synchronizeData): Store {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    // Exclusive before WAL: the index of the log then lives in memory (https://www.sqlite.org/wal.html#noshm).
    db.exec('PRAGMA locking_mode = EXCLUSIVE');
    db.exec('PRAGMA journal_mode = WAL');
    db.exec('PRAGMA synchronous = NORMAL');
    db.exec('BEGIN EXCLUSIVE; COMMIT');
    const version = readVersion(db);
    if (version > schemaVersion) {
      throw new DataDirectoryError(
        'newer',
        `${path} was written by a newer Rampart (schema ${version}; this one knows ${schemaVersion})`,
      );
    }
    migrate(db, version, randomUUID);
    return new SqliteStore(db, openSync(`${path}-wal`, 'r'), synchronize);
  } catch (error) {
    db.close();
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined;
    if (code === sqliteBusy) throw new DataDirectoryError('locked', `${path} is in use`, { cause: error });
    if (code === sqliteNotADatabase) {
      throw new DataDirectoryError('damaged', `${path} is not a Rampart database`, { cause: error });
    }
    if (error instanceof Error && code !== undefined && sqliteOfTheDisk.has(code)) {
      throw new DataDirectoryError('forbidden', `cannot use ${path}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  /** Of the log, which SQLite keeps in one file while the database is open. */
  readonly #log: number;
  readonly #synchronize: Synchronize;
  #failure: unknown;
  readonly #scopes: Set<string>;
  readonly #insertEntry: StatementSync;
  readonly #insertTouched: StatementSync;
  readonly #insertScope: StatementSync;
  readonly #putResource: StatementSync;
  readonly #deleteResource: StatementSync;
  readonly #head: StatementSync;

  constructor(db: DatabaseSync, log: number, synchronize: Synchronize) {
    this.#db = db;
    this.#log = log;
    this.#synchronize = synchronize;
    this.#scopes = new Set();
    this.#insertEntry = db.prepare('INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
    this.#insertTouched = db.prepare('INSERT OR IGNORE INTO touched VALUES (?, ?)');
    this.#insertScope = db.prepare('INSERT OR IGNORE INTO scope VALUES (?, ?)');
    this.#putResource = db.prepare(
      `INSERT INTO resource VALUES (?, ?, ?, ?, ?)
       ON CONFLICT (account, region, kind, id) DO UPDATE SET body = excluded.body`,
    );
    this.#deleteResource = db.prepare(
      'DELETE FROM resource WHERE account = ? AND region = ? AND kind = ? AND id = ?',
    );
    this.#head = db.prepare('SELECT sequence, time AS timeMs FROM journal ORDER BY sequence DESC LIMIT 1');
  }

  async installation(): Promise<string> {
    return this.#meta('installation');
  }

  async identity(): Promise<string> {
    return this.#meta('identity');
  }

  async head(): Promise<Head> {
    this.#refuseAfterFailure();
    return this.#readHead();
  }

  async commit(expectedSequence: number, entries: readonly StoredEntry[]): Promise<void> {
    await this.#transact(() => {
      const head = this.#readHead().sequence;
      if (head !== expectedSequence) {
        throw new Error(`the journal ends at ${head}, not at ${expectedSequence}: there is another writer`);
      }
      for (const entry of entries) this.#write(entry);
    });
  }

  async resources(visit: (row: StoredResource) => void): Promise<void> {
    const rows = this.#db.prepare('SELECT account, region, kind, id, body FROM resource').iterate();
    for (const row of rows) visit(row as StoredResource);
  }

  async scopes(): Promise<readonly { readonly account: string; readonly region: string }[]> {
    const rows = this.#db.prepare('SELECT account, region FROM scope').all();
    return rows.map((row) => ({ ...row }) as { readonly account: string; readonly region: string });
  }

  async journal(query: JournalQuery): Promise<readonly StoredEntry[]> {
    const { sql, values } = journalSql(query);
    const rows = this.#db.prepare(sql).all(...values) as JournalRow[];
    return rows.map(entryOf);
  }

  async wipe(): Promise<void> {
    this.#scopes.clear();
    await this.#transact(() => {
      this.#db.exec('DELETE FROM resource; DELETE FROM journal; DELETE FROM touched; DELETE FROM scope');
      writeMeta(this.#db, 'identity', randomUUID());
    });
  }

  async close(): Promise<void> {
    this.#db.close();
    closeSync(this.#log);
  }

  #meta(key: string): string {
    const value = readMeta(this.#db, key);
    if (value === undefined) throw new Error(`the database has no ${key}`);
    return value;
  }

  #readHead(): Head {
    const row = this.#head.get() as Head | undefined;
    return row ? { sequence: row.sequence, timeMs: row.timeMs } : { sequence: 0, timeMs: 0 };
  }

  #write(entry: StoredEntry): void {
    const { sequence, timeMs, principal, action, account, region, requestId, changes } = entry;
    this.#insertEntry.run(
      ...[sequence, timeMs, principal, action, account, region, requestId, changesText(entry)],
    );
    this.#writeScope(account, region);
    for (const change of changes) {
      this.#insertTouched.run(change.id, sequence);
      this.#writeResource(change);
    }
  }

  #writeResource({ account, region, kind, id, after }: StoredChange): void {
    this.#writeScope(account, region);
    if (after === undefined) this.#deleteResource.run(account, region, kind, id);
    else this.#putResource.run(account, region, kind, id, after);
  }

  #writeScope(account: string, region: string): void {
    const key = `${account}/${region}`;
    if (this.#scopes.has(key)) return;
    this.#insertScope.run(account, region);
    this.#scopes.add(key);
  }

  async #transact(work: () => void): Promise<void> {
    this.#refuseAfterFailure();
    this.#db.exec('BEGIN IMMEDIATE');
    try {
      work();
      this.#db.exec('COMMIT');
    } catch (error) {
      this.#scopes.clear();
      // Some failures (disk full, I/O) roll back by themselves: https://www.sqlite.org/lang_transaction.html
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
    try {
      await this.#synchronize(this.#log);
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  /**
   * After a failed synchronisation the system may have dropped what it could not write, and a second one would succeed
   * without it (https://wiki.postgresql.org/wiki/Fsync_Errors). Only opening the file anew tells what is there.
   */
  #refuseAfterFailure(): void {
    if (this.#failure === undefined) return;
    throw new Error('the disk failed earlier; the server must be restarted', { cause: this.#failure });
  }
}
