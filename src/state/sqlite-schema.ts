/** The tables of the SQLite store and how older ones are brought forward. */
import type { DatabaseSync } from 'node:sqlite';

/**
 * Steps from an empty file to the current schema; step N leads to version N + 1. A released step never changes.
 *
 * `resource` keeps rowids, since bodies run to kilobytes and a WITHOUT ROWID tree suits small rows
 * (https://www.sqlite.org/withoutrowid.html); `touched` is the way from a resource to its entries.
 */
const migrations: readonly string[] = [
  `
  CREATE TABLE resource (
    account TEXT NOT NULL, region TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL,
    UNIQUE (account, region, kind, id)
  ) STRICT;
  CREATE TABLE journal (
    sequence INTEGER PRIMARY KEY, time INTEGER NOT NULL, principal TEXT NOT NULL, action TEXT NOT NULL,
    account TEXT NOT NULL, region TEXT NOT NULL, request_id TEXT NOT NULL, changes TEXT NOT NULL
  ) STRICT;
  CREATE TABLE touched (
    id TEXT NOT NULL, sequence INTEGER NOT NULL, PRIMARY KEY (id, sequence)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE scope (
    account TEXT NOT NULL, region TEXT NOT NULL, PRIMARY KEY (account, region)
  ) STRICT, WITHOUT ROWID;
  `,
  // Until now the rows were written with their entry.
  `
  INSERT INTO meta SELECT 'rows_sequence', CAST(coalesce(max(sequence), 0) AS TEXT) FROM journal;
  `,
  'ALTER TABLE journal ADD COLUMN request TEXT',
  // From here on rules are written as arrays (rule-text.ts), which older programs cannot read.
  '',
];

/** The version that this program writes. */
export const schemaVersion = migrations.length;

/** The schema version of a file; 0 for one without tables. */
export function readVersion(db: DatabaseSync): number {
  const table = db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'meta'").get();
  return table ? Number(readMeta(db, 'schema_version') ?? 0) : 0;
}

/** Brings a file from an older version to the current one, in one transaction. */
export function migrate(db: DatabaseSync, from: number, newIdentity: () => string): void {
  if (from === schemaVersion) return;
  db.exec('BEGIN IMMEDIATE');
  if (from === 0) {
    db.exec('CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID');
    writeMeta(db, 'identity', newIdentity());
    writeMeta(db, 'installation', newIdentity().slice(0, 8));
  }
  for (const step of migrations.slice(from)) db.exec(step);
  writeMeta(db, 'schema_version', String(schemaVersion));
  db.exec('COMMIT');
}

export function readMeta(db: DatabaseSync, key: string): string | undefined {
  const row = db.prepare('SELECT value FROM meta WHERE key = ?').get(key);
  return (row as { readonly value: string } | undefined)?.value;
}

export function writeMeta(db: DatabaseSync, key: string, value: string): void {
  db.prepare('INSERT INTO meta VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value').run(
    key,
    value,
  );
}
