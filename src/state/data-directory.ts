/** The directory that one server owns: made private, refused where it belongs to something else. */
import { chmodSync, closeSync, existsSync, mkdirSync, openSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Why a data directory cannot be used; the message is one line for the operator. */
export class DataDirectoryError extends Error {
  readonly kind: 'locked' | 'newer' | 'forbidden' | 'foreign' | 'damaged';

  constructor(kind: DataDirectoryError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** The file of the store in a data directory. */
export const databaseName = 'rampart.sqlite';

/** What may lie in a directory before its first use: files that the operator writes. */
const operatorFiles: ReadonlySet<string> = new Set(['rampart.yaml', 'rampart.json']);

/**
 * Makes the directory (mode 0700) and the database file (mode 0600) where they are missing, and returns the path of the
 * file. Refuses a directory that holds other things, so that a mistyped path does no harm.
 */
export function prepareDataDirectory(directory: string): string {
  try {
    makeDirectory(directory);
    const names = readdirSync(directory);
    const foreign = names.find((name) => !operatorFiles.has(name));
    if (foreign !== undefined && !names.includes(databaseName)) {
      throw new DataDirectoryError(
        'foreign',
        `${directory} is not empty and holds no Rampart data (found ${foreign})`,
      );
    }
    chmodSync(directory, 0o700);
    const path = join(directory, databaseName);
    // SQLite gives its -wal file the mode of the database.
    closeSync(openSync(path, 'a', 0o600));
    chmodSync(path, 0o600);
    return path;
  } catch (error) {
    if (error instanceof DataDirectoryError || !isSystemError(error)) throw error;
    throw new DataDirectoryError('forbidden', `cannot use ${directory}: ${reasonOf(error)}`, {
      cause: error,
    });
  }
}

/**
 * Makes a directory and what it lies in. Node's own recursive way tries for ever where a file system makes no
 * directories and says that the parent is missing, as /proc does.
 */
function makeDirectory(directory: string): void {
  const parent = dirname(directory);
  if (parent !== directory && !existsSync(parent)) makeDirectory(parent);
  if (!existsSync(directory)) mkdirSync(directory, { mode: 0o700 });
}

/** Whether an error is one that the system gave. */
export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error;
}

/** What the operator is told of a system error, in a few words. */
export function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'EACCES' || error.code === 'EPERM') return 'no permission';
  if (error.code === 'ENOENT') return 'no directory can be made there';
  if (error.code === 'ENOTDIR' || error.code === 'EEXIST') return 'it is not a directory';
  if (error.code === 'EROFS') return 'the file system is read-only';
  if (error.code === 'ENOSPC') return 'no space left';
  if (error.code === 'ELOOP') return 'it is a symbolic link';
  return error.message;
}
