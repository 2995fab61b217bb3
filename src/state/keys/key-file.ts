/** `keys.key`: the 32 random bytes under which the secrets of access keys are kept, readable by their owner alone. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, linkSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { DataDirectoryError } from '../data-directory.ts';

const keyBytes = 32;
/** Any right of group or others. */
const foreignRights = 0o077;

/** The key of a data directory; undefined where it has none. Throws `DataDirectoryError` where others may read it. */
export function readKeyFile(directory: string): Buffer | undefined {
  const path = join(directory, 'keys.key');
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat) return undefined;
  if ((stat.mode & foreignRights) !== 0) {
    throw new DataDirectoryError('forbidden', `${path} may be read by others: set its mode to 600`);
  }
  const key = readFileSync(path);
  if (key.length === keyBytes) return key;
  throw new DataDirectoryError('damaged', `${path} is not a key of ${keyBytes} bytes`);
}

/** Makes the key of a data directory, or reads the one that another process made in the same moment. */
export function makeKeyFile(directory: string): Buffer {
  const path = join(directory, 'keys.key');
  const temporary = `${path}.${process.pid}`;
  const descriptor = openSync(temporary, 'wx', 0o600);
  try {
    writeSync(descriptor, randomBytes(keyBytes));
    fsyncSync(descriptor);
    // A link fails where the name is taken, so that nobody's key is ever replaced or read half written.
    linkSync(temporary, path);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  } finally {
    closeSync(descriptor);
    rmSync(temporary);
  }
  const key = readKeyFile(directory);
  if (!key) throw new Error(`${path} is gone`);
  return key;
}
