/** `rampart down`: ends the server of a data directory. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { databaseName } from '#state/data-directory.ts';
import { labPrefix, makeLab, soleFilter } from './enforcement-choice.ts';
import { openStore } from './open-store.ts';
import { dataDirectory } from './options.ts';
import { type FoundServer, isAlive, readServerFile } from './server-file.ts';
import { StartupError } from './startup-error.ts';
import { strayLabs } from './stray-labs.ts';

export type DownOptions = {
  readonly data?: string;
  /** Also removes the network namespaces and rules of the data directory. */
  readonly purge?: boolean;
};

/** The server finishes its requests within 10 seconds, and the kernel needs a moment. */
const endTimeoutMs = 20_000;

/** Ends the server; says whether one was running. Throws a `StartupError` where it cannot be ended. */
export async function down({ data, purge = false }: DownOptions): Promise<{ readonly wasRunning: boolean }> {
  const directory = dataDirectory(data);
  const file = readServerFile(directory);
  const wasRunning = file !== undefined && isAlive(file);
  if (wasRunning) await end(file);
  if (purge) await purgeKernel(directory);
  return { wasRunning };
}

async function end(file: FoundServer): Promise<void> {
  try {
    process.kill(file.pid, 'SIGTERM');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return;
    if (code !== 'EPERM') throw error;
    throw new StartupError(`the server (process id ${file.pid}) belongs to another user`, { cause: error });
  }
  const deadline = Date.now() + endTimeoutMs;
  while (isAlive(file)) {
    if (Date.now() > deadline) throw new StartupError(`the server (process id ${file.pid}) does not end`);
    await sleep(20);
  }
}

async function purgeKernel(directory: string): Promise<void> {
  if (process.platform !== 'linux') return;
  // A directory without state has no lab, and looking must not make one; its earlier lives may have left some.
  const store = existsSync(join(directory, databaseName)) ? openStore(directory) : undefined;
  try {
    const own = store && labPrefix(await store.installation());
    for (const prefix of [...(own ? [own] : []), ...(await strayLabs(directory, own))])
      await purgeLab(prefix, directory);
  } finally {
    await store?.close();
  }
}

async function purgeLab(prefix: string, directory: string): Promise<void> {
  const { kernelSupport } = await import('#kernel/support.ts');
  const { listNamespaces } = await import('#kernel/netns/namespace.ts');
  if (listNamespaces(`${prefix}-`).length === 0) return;
  const support = kernelSupport();
  if (!support.possible) throw new StartupError(`its namespaces cannot be removed. ${support.reason}`);
  const release = await soleFilter(prefix, directory);
  try {
    await (await makeLab(prefix)).purge();
  } finally {
    release();
  }
}
