/** Copies of SQLite files that others are writing. */
import { closeSync, openSync } from 'node:fs';
import { backup, type DatabaseSync } from 'node:sqlite';
import { faultOf } from './sqlite-faults.ts';

/**
 * Writes a database as of one moment into a new file of mode 0600, page by page: commits between them reach the copy too
 * (https://www.sqlite.org/backup.html). Throws a `DataDirectoryError` where the disk refuses.
 */
export async function copySqlite(db: DatabaseSync, path: string): Promise<void> {
  closeSync(openSync(path, 'ax', 0o600));
  try {
    await backup(db, path);
  } catch (error) {
    throw faultOf(error, path);
  }
}
