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
import { copySqlite } from './sqlite-copy.ts';
import { faultOf } from './sqlite-faults.ts';
import { changesText, entryOf, type JournalRow, journalSql } from './sqlite-journal.ts';
import { rowsSequenceKey, SqliteRows } from './sqlite-rows.ts';
import { migrate, readMeta, readVersion, schemaVersion, writeMeta } from './sqlite-schema.ts';
import type { Head, JournalQuery, Store, StoredEntry, StoredResource } from './store.ts';

/** Makes what was written to a file durable. */
export type Synchronize = (descriptor: number) => Promise<void>;

const synchronizeData: Synchronize = promisify(fdatasync);

/** Changes that the rows may stay behind the journal: enough to share pages, few enough not to hold up a request. */
const changesBehindMax = 128;

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
    // Names of files and namespaces are made of it, by root: a directory may be somebody else's.
    if (!/^[0-9a-f]{8}$/.test(readMeta(db, 'installation') ?? ''))
      throw new DataDirectoryError('damaged', `${path} has an installation id that no Rampart gave`);
    return new SqliteStore(db, openSync(`${path}-wal`, 'r'), synchronize);
  } catch (error) {
    db.close();
    throw faultOf(error, path);
  }
}

type JournalEnd = {
  readonly sequence: number;
  /** Its last entries, which the rows do not follow yet. */
  readonly behind: readonly StoredEntry[];
  /** How many changes these hold. */
  readonly changesBehind: number;
};

class SqliteStore implements Store {
  readonly #db: DatabaseSync;
  /** Of the log, which SQLite keeps in one file while the database is open. */
  readonly #log: number;
  readonly #synchronize: Synchronize;
  #failure: unknown;
  readonly #rows: SqliteRows;
  /** Undefined after a failure, which may have left more or less than was known, until it is read again. */
  #end: JournalEnd | undefined;
  readonly #begin: StatementSync;
  readonly #commit: StatementSync;
  readonly #insertEntry: StatementSync;
  readonly #head: StatementSync;

  constructor(db: DatabaseSync, log: number, synchronize: Synchronize) {
    this.#db = db;
    this.#log = log;
    this.#synchronize = synchronize;
    this.#rows = new SqliteRows(db);
    this.#begin = db.prepare('BEGIN IMMEDIATE');
    this.#commit = db.prepare('COMMIT');
    this.#insertEntry = db.prepare(
      `INSERT INTO journal (sequence, time, principal, action, account, region, request_id, changes, request)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#head = db.prepare('SELECT sequence, time AS timeMs FROM journal ORDER BY sequence DESC LIMIT 1');
    this.#catchUp();
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
    this.#refuseAfterFailure();
    const end = this.#journalEnd();
    if (end.sequence !== expectedSequence) {
      throw new Error(
        `the journal ends at ${end.sequence}, not at ${expectedSequence}: there is another writer`,
      );
    }
    const behind = [...end.behind, ...entries];
    const changesBehind = end.changesBehind + changesIn(entries);
    const isFarBehind = changesBehind > changesBehindMax;
    this.#transact(() => {
      for (const entry of entries) this.#write(entry);
      if (isFarBehind) this.#rows.follow(behind);
    });
    const sequence = entries.at(-1)?.sequence ?? expectedSequence;
    this.#end = isFarBehind ? endAt(sequence, []) : { sequence, behind, changesBehind };
    await this.#makeDurable();
  }

  async resources(visit: (row: StoredResource) => void): Promise<void> {
    this.#catchUp();
    for (const row of this.#resourceRows()) visit(row);
  }

  async scopes(): Promise<readonly { readonly account: string; readonly region: string }[]> {
    this.#catchUp();
    const rows = this.#db.prepare('SELECT account, region FROM scope').all();
    return rows.map((row) => ({ ...row }) as { readonly account: string; readonly region: string });
  }

  async journal(query: JournalQuery): Promise<readonly StoredEntry[]> {
    return this.#entries(query, this.#journalEnd().behind);
  }

  async probe(): Promise<void> {
    this.#refuseAfterFailure();
    this.#transact(() => writeMeta(this.#db, 'probe', randomUUID()));
    await this.#makeDurable();
  }

  async copyTo(path: string): Promise<void> {
    this.#refuseAfterFailure();
    await copySqlite(this.#db, path);
  }

  async wipe(): Promise<void> {
    this.#refuseAfterFailure();
    this.#transact(() => {
      this.#db.exec('DELETE FROM resource; DELETE FROM journal; DELETE FROM touched; DELETE FROM scope');
      writeMeta(this.#db, rowsSequenceKey, '0');
      writeMeta(this.#db, 'identity', randomUUID());
    });
    this.#end = endAt(0, []);
    await this.#makeDurable();
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

  #journalEnd(): JournalEnd {
    this.#end ??= this.#readEnd();
    return this.#end;
  }

  #readEnd(): JournalEnd {
    const from = Number(this.#meta(rowsSequenceKey)) + 1;
    const behind = this.#entries({ from, limit: Number.MAX_SAFE_INTEGER }, []);
    return endAt(this.#readHead().sequence, behind);
  }

  #entries(query: JournalQuery, behind: readonly StoredEntry[]): readonly StoredEntry[] {
    const { sql, values } = journalSql(query, behind);
    const rows = this.#db.prepare(sql).all(...values) as JournalRow[];
    return rows.map(entryOf);
  }

  #write(entry: StoredEntry): void {
    const { sequence, timeMs, principal, action, account, region, requestId, request = null } = entry;
    this.#insertEntry.run(
      ...[sequence, timeMs, principal, action, account, region, requestId, changesText(entry), request],
    );
  }

  *#resourceRows(): IterableIterator<StoredResource> {
    try {
      const rows = this.#db.prepare('SELECT account, region, kind, id, body FROM resource').iterate();
      for (const row of rows) yield row as StoredResource;
    } catch (error) {
      throw faultOf(error, this.#db.location() ?? '');
    }
  }

  /** Needs no synchronisation: what is lost of it follows from the journal again. */
  #catchUp(): void {
    const { sequence, behind } = this.#journalEnd();
    if (behind.length === 0) return;
    this.#transact(() => this.#rows.follow(behind));
    this.#end = endAt(sequence, []);
  }

  #transact(work: () => void): void {
    this.#begin.run();
    try {
      work();
      this.#commit.run();
    } catch (error) {
      this.#end = undefined;
      // Some failures (disk full, I/O) roll back by themselves: https://www.sqlite.org/lang_transaction.html
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  async #makeDurable(): Promise<void> {
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

function endAt(sequence: number, behind: readonly StoredEntry[]): JournalEnd {
  return { sequence, behind, changesBehind: changesIn(behind) };
}

function changesIn(entries: readonly StoredEntry[]): number {
  return entries.reduce((count, { changes }) => count + changes.length, 0);
}
