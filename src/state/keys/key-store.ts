/**
 * The access keys of a data directory, in `keys.sqlite`: a file of its own, so that `rampart keys` changes it while a
 * server holds the state, and a running server sees a revocation with its next request. Who can write the directory
 * makes keys; there is no way over the network.
 */
import { chmodSync, closeSync, constants, copyFileSync, existsSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { DataDirectoryError } from '../data-directory.ts';
import { copySqlite } from '../sqlite-copy.ts';
import { makeKeyFile, readKeyFile } from './key-file.ts';
import { open, seal } from './sealed.ts';

/** What is known of an access key besides its secret. */
export type AccessKey = {
  /** `AKIA…`. */
  readonly id: string;
  readonly account: string;
  /** Name of the IAM user that the key stands for, with its path: `alice`, `team/alice`. */
  readonly user: string;
  readonly createdAtMs: number;
  /** JSON of the policy document; undefined: full access. */
  readonly policy: string | undefined;
};

export type SecretKey = AccessKey & { readonly secretAccessKey: string };

const schemaVersion = 1;
/** How long to wait while another process writes. */
const busyTimeoutMs = 2000;

type Row = {
  readonly id: string;
  readonly account: string;
  readonly user: string;
  readonly createdAtMs: number;
  readonly policy: string | null;
  readonly sealed: Uint8Array;
};

const columns = 'id, account, user, created AS createdAtMs, policy, sealed';

export class KeyStore {
  readonly #directory: string;
  readonly #db: DatabaseSync;
  readonly #find: StatementSync;
  #key: Buffer | undefined;

  private constructor(directory: string, db: DatabaseSync, key: Buffer | undefined) {
    this.#directory = directory;
    this.#db = db;
    this.#key = key;
    this.#find = db.prepare(`SELECT ${columns} FROM access_key WHERE id = ?`);
  }

  /** Opens the keys of a data directory that was prepared before. Throws `DataDirectoryError` for one line. */
  static open(directory: string): KeyStore {
    // First: where it is refused, nothing is made.
    const key = readKeyFile(directory);
    const path = join(directory, 'keys.sqlite');
    // SQLite gives its -wal and -shm files the mode of the database.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    const db = new DatabaseSync(path, { timeout: busyTimeoutMs });
    try {
      db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON');
      prepareTables(db, path);
      return new KeyStore(directory, db, key);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  /** Writes the keys as of one moment, and what opens them, into another directory. */
  async copyTo(directory: string): Promise<void> {
    await copySqlite(this.#db, join(directory, 'keys.sqlite'));
    const key = join(this.#directory, 'keys.key');
    if (existsSync(key)) copyFileSync(key, join(directory, 'keys.key'), constants.COPYFILE_EXCL);
  }

  /** Keeps a key, durable when this returns. */
  add(key: SecretKey): void {
    this.#key ??= this.#makeKey();
    const { id, account, user, createdAtMs, policy, secretAccessKey } = key;
    const sealed = seal(secretAccessKey, ownerOf(key), this.#key);
    this.#db
      .prepare(
        'INSERT INTO access_key (id, account, user, created, policy, sealed) VALUES (?, ?, ?, ?, ?, ?)',
      )
      .run(id, account, user, createdAtMs, policy ?? null, sealed);
  }

  /** The key of an id as it is now, with its secret; undefined where there is none. */
  find(id: string): SecretKey | undefined {
    const row = this.#find.get(id) as Row | undefined;
    if (!row) return undefined;
    this.#key ??= readKeyFile(this.#directory);
    const key = accessKey(row);
    const secretAccessKey = this.#key && open(row.sealed, ownerOf(key), this.#key);
    if (secretAccessKey !== undefined) return { ...key, secretAccessKey };
    throw new DataDirectoryError(
      'damaged',
      `the secret of ${id} cannot be read with ${join(this.#directory, 'keys.key')}: restore that file or revoke the key`,
    );
  }

  /** All keys without their secrets, oldest first. */
  list(): readonly AccessKey[] {
    const rows = this.#db.prepare(`SELECT ${columns} FROM access_key ORDER BY created, id`).all();
    return (rows as Row[]).map(accessKey);
  }

  /** Forgets a key, durable when this returns; false where there was none. */
  remove(id: string): boolean {
    return this.#db.prepare('DELETE FROM access_key WHERE id = ?').run(id).changes > 0;
  }

  /** Seals a text that leaves the server; makes the key of the directory where it has none. */
  seal(text: string, owner: string): Uint8Array {
    this.#key ??= this.#makeKey();
    return seal(text, owner, this.#key);
  }

  /** A text that was sealed for the owner; undefined for what was not, or was changed. */
  unseal(sealed: Uint8Array, owner: string): string | undefined {
    this.#key ??= readKeyFile(this.#directory);
    return this.#key && open(sealed, owner, this.#key);
  }

  close(): void {
    this.#db.close();
  }

  /** Secrets under a lost key would stay unreadable: better to say so than to begin anew beside them. */
  #makeKey(): Buffer {
    if (this.list().length === 0) return makeKeyFile(this.#directory);
    const made = readKeyFile(this.#directory);
    if (made) return made;
    const path = join(this.#directory, 'keys.key');
    throw new DataDirectoryError('damaged', `${path} is missing: restore it, or revoke all keys`);
  }
}

/** Whether a data directory ever had keys. */
export function hasKeyStore(directory: string): boolean {
  return existsSync(join(directory, 'keys.sqlite'));
}

function prepareTables(db: DatabaseSync, path: string): void {
  db.exec('BEGIN IMMEDIATE');
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as {
    readonly user_version: number;
  };
  if (version > schemaVersion) {
    db.exec('ROLLBACK');
    throw new DataDirectoryError('newer', `${path} was written by a newer Rampart`);
  }
  db.exec(`
    CREATE TABLE IF NOT EXISTS access_key (
      id TEXT PRIMARY KEY, account TEXT NOT NULL, user TEXT NOT NULL, created INTEGER NOT NULL, policy TEXT,
      sealed BLOB NOT NULL
    ) STRICT;
    PRAGMA user_version = ${schemaVersion};
    COMMIT`);
}

function accessKey({ id, account, user, createdAtMs, policy }: Row): AccessKey {
  return { id, account, user, createdAtMs, policy: policy ?? undefined };
}

/** What a secret is sealed for: neither it nor a policy can be moved to another row. */
function ownerOf({ id, account, user, policy }: AccessKey): string {
  return JSON.stringify([id, account, user, policy ?? null]);
}
