/** What a running server hands out of its store for a backup. */
import { createReadStream, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { databaseName } from '#state/data-directory.ts';
import type { Store } from '#state/store.ts';

const unfinished = '.unfinished-backup-';

/** Takes away what a server left of a copy when it was killed while it made one. */
export function sweepUnfinishedBackups(directory: string): void {
  for (const name of readdirSync(directory)) {
    if (name.startsWith(unfinished)) rmSync(join(directory, name), { recursive: true, force: true });
  }
}

/**
 * The file of the store as of one moment. While it is read it has no name any more, so that nothing of it is left
 * whatever becomes of the reader.
 */
export async function backupStream(store: Store, directory: string): Promise<Readable> {
  const folder = mkdtempSync(join(directory, unfinished));
  try {
    const path = join(folder, databaseName);
    await store.copyTo(path);
    return createReadStream(path, { fd: openSync(path, 'r') });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
