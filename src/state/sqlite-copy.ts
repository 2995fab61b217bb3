/** Copies of SQLite files that others are writing. */
import { closeSync, openSync } from 'node:fs';
import { backup, type DatabaseSync } from 'node:sqlite';

/**
 * Writes a database as of one moment into a new file of mode 0600, page by page: commits between them reach the copy too
 * (https://www.sqlite.org/backup.html).
 */
export async function copySqlite(db: DatabaseSync, path: string): Promise<void> {
  closeSync(openSync(path, 'ax', 0o600));
  await backup(db, path);
}
