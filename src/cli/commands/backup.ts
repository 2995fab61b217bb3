/** `rampart backup`: a data directory as of one moment, while its server runs or not. */
import {
  closeSync,
  copyFileSync,
  createWriteStream,
  existsSync,
  fsyncSync,
  mkdtempSync,
  openSync,
} from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { systemReason } from '#import/system-reason.ts';
import { openStore } from '#server/open-store.ts';
import { dataDirectory } from '#server/options.ts';
import { isAlive, readServerFile } from '#server/server-file.ts';
import { startupOf } from '#server/startup-error.ts';
import { DataDirectoryError, databaseName, isSystemError } from '#state/data-directory.ts';
import { hasKeyStore, KeyStore } from '#state/keys/key-store.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { print } from '../output.ts';
import { fetchControl, findServer } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';

export type BackupOptions = ServerOptions & { readonly to: string };

const configurations = ['rampart.yaml', 'rampart.json'] as const;

/** Writes a folder that `up --data` takes as it is: whole, or not at all. */
export async function backupCommand({ data, to }: BackupOptions): Promise<ExitCode> {
  const directory = dataDirectory(data);
  if (!existsSync(join(directory, databaseName))) throw usageFailure(`${directory} holds no Rampart data`);
  const target = resolve(to);
  if (existsSync(target) && !(await isEmptyFolder(target)))
    throw usageFailure(`${to} is not an empty folder`);
  const unfinished = await unfinishedBeside(target);
  const stop = new AbortController();
  const onSignal = () => stop.abort();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
  try {
    await writeBackup(directory, unfinished, stop.signal);
    await rename(unfinished, target);
  } catch (error) {
    await rm(unfinished, { recursive: true, force: true });
    if (stop.signal.aborted) throw new Failure('interrupted; nothing was written');
    if (error instanceof DataDirectoryError) throw new Failure(error.message);
    if (!isSystemError(error)) throw error;
    throw new Failure(`${to} cannot be written: ${systemReason(error)}`);
  }
  print(`a backup of ${directory} is in ${to}; start a server on it with "rampart up --data"`);
  if (existsSync(join(target, 'keys.key')))
    print('It holds the access keys and what opens them, keys.key: keep it as safe as the data directory.');
  return exitCodes.ok;
}

const isEmptyFolder = async (path: string): Promise<boolean> =>
  (await stat(path)).isDirectory() && (await readdir(path)).length === 0;

/** A new folder for the owner alone, where the finished one will stand. */
async function unfinishedBeside(target: string): Promise<string> {
  try {
    await mkdir(dirname(target), { recursive: true });
    return mkdtempSync(join(dirname(target), `.unfinished-${basename(target)}-`));
  } catch (error) {
    throw new Failure(`${target} cannot be written: ${systemReason(error)}`);
  }
}

async function writeBackup(directory: string, to: string, signal: AbortSignal): Promise<void> {
  const path = join(to, databaseName);
  const file = readServerFile(directory);
  if (file && isAlive(file)) {
    const { body } = await fetchControl(findServer({ data: directory }), 'backup', { signal });
    const sink = createWriteStream(path, { mode: 0o600, flush: true });
    await pipeline(Readable.fromWeb(body as import('node:stream/web').ReadableStream), sink, { signal });
  } else {
    await copyAtRest(directory, path);
  }
  if (hasKeyStore(directory)) await copyKeys(directory, to);
  for (const name of configurations) {
    const from = join(directory, name);
    if (existsSync(from)) copyFileSync(from, join(to, name));
  }
  const folder = openSync(to, 'r');
  fsyncSync(folder);
  closeSync(folder);
}

async function copyAtRest(directory: string, path: string): Promise<void> {
  const store = openStore(directory);
  try {
    await store.copyTo(path);
  } finally {
    await store.close();
  }
}

async function copyKeys(directory: string, to: string): Promise<void> {
  const keys = startupOf(() => KeyStore.open(directory));
  try {
    await keys.copyTo(to);
  } finally {
    keys.close();
  }
}
