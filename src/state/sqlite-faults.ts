/** What SQLite's errors mean to the operator. */
import { DataDirectoryError } from './data-directory.ts';

/** Result code that SQLite gives when another process holds the file (https://www.sqlite.org/rescode.html#busy). */
const sqliteBusy = 5;
const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;
/** Read-only, failed input or output, full, cannot open: the disk's matter, not a fault of the program. */
const sqliteOfTheDisk: ReadonlySet<number> = new Set([8, 10, 13, 14]);

/** What the operator is told of an error that SQLite gave where it is the file's matter, else the error itself. */
export function faultOf(error: unknown, path: string): unknown {
  if (!(error instanceof Error) || !('errcode' in error)) return error;
  const code = Number(error.errcode) & 0xff;
  if (code === sqliteBusy) return new DataDirectoryError('locked', `${path} is in use`, { cause: error });
  if (code === sqliteNotADatabase) {
    return new DataDirectoryError('damaged', `${path} is not a Rampart database`, { cause: error });
  }
  if (code === sqliteCorrupt) {
    const advice = 'restore a backup of the data directory, or start with another one';
    return new DataDirectoryError('damaged', `${path} is damaged: ${advice}`, { cause: error });
  }
  if (!sqliteOfTheDisk.has(code)) return error;
  return new DataDirectoryError('forbidden', `cannot use ${path}: ${error.message}`, { cause: error });
}
