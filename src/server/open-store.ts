/** Opens the store of a data directory, and says who has it where that is another server. */
import { DataDirectoryError, prepareDataDirectory } from '#state/data-directory.ts';
import { Database } from '#state/database.ts';
import { openSqliteStore } from '#state/sqlite-store.ts';
import type { Store } from '#state/store.ts';
import { isAlive, readServerFile } from './server-file.ts';
import { StartupError } from './startup-error.ts';

/** Throws a `StartupError` where the directory cannot be used or another process has it. */
export function openStore(directory: string): Store {
  try {
    return openSqliteStore(prepareDataDirectory(directory));
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    if (error.kind !== 'locked') throw new StartupError(error.message, { cause: error });
    const owner = readServerFile(directory);
    const who = owner && isAlive(owner) ? `the server with process id ${owner.pid}` : 'another process';
    const where = owner?.endpoint ? ` (${owner.endpoint})` : '';
    throw new StartupError(`${directory} is in use by ${who}${where}`, { cause: error });
  }
}

/** The database over a store. Throws a `StartupError` where what it reads is damaged. */
export async function openDatabase(store: Store): Promise<Database> {
  try {
    return await Database.open(store);
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    throw new StartupError(error.message, { cause: error });
  }
}
