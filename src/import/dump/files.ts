/** The files of a dump, as texts. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { OnProgress } from '#proof/progress.ts';
import { UnreadableSource } from '../imported.ts';
import { systemReason } from '../system-reason.ts';

/**
 * `folder` is the whole path's, for the accounts and regions in it; `file` is short, for messages. Without a text it
 * cannot be read, and `reason` says why.
 */
export type DumpFile = { readonly folder: string; readonly file: string } & (
  | { readonly text: string }
  | { readonly reason: string }
);

const megabyte = 1_000_000;

/** How the folder is called in which `rampart export` and `collect` stand until they are done. */
const unfinished = '.unfinished-';

/**
 * Every file under the path, in the order of their names, or the one file that it is; each is read when it is its turn.
 * `onProgress` hears how many megabytes are read.
 */
export function* dumpFiles(path: string, onProgress: OnProgress): IterableIterator<DumpFile> {
  const root = attempt(path, () => statSync(path));
  if (root.isFile()) {
    yield readFile(path, basename(path));
    return;
  }
  const entries = attempt(path, () => readdirSync(path, { recursive: true, withFileTypes: true }));
  for (const { name } of entries.filter((entry) => entry.isDirectory() && entry.name.startsWith(unfinished)))
    yield {
      folder: path,
      file: name,
      reason: 'an export or collection that was never finished; it is left out',
    };
  const files = entries
    .filter(
      (entry) =>
        !relative(path, entry.parentPath)
          .split(sep)
          .some((each) => each.startsWith(unfinished)),
    )
    .filter(
      (entry) => entry.isFile() || (entry.isSymbolicLink() && isFile(join(entry.parentPath, entry.name))),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const sizes = files.map((each) => (statSync(each, { throwIfNoEntry: false })?.size ?? 0) / megabyte);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  let done = 0;
  for (const [at, each] of files.entries()) {
    onProgress(Math.floor(done), Math.ceil(total));
    yield readFile(each, relative(path, each));
    done += sizes[at] ?? 0;
  }
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function readFile(path: string, file: string): DumpFile {
  const place = { folder: dirname(path), file };
  try {
    const bytes = readFileSync(path);
    const isPacked = startsWith(bytes, 0x1f, 0x8b);
    return { ...place, text: textOf(isPacked ? gunzipSync(bytes) : bytes) };
  } catch (error) {
    return { ...place, reason: isOfZlib(error) ? 'what gzip packed is damaged' : systemReason(error) };
  }
}

/** https://nodejs.org/api/zlib.html#constants; anything else that it throws has other codes. */
const isOfZlib = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^Z_/.test(String(error.code));

/** UTF-8, or UTF-16 as Windows PowerShell writes it when output is redirected; either with its mark at the start. */
function textOf(bytes: Buffer): string {
  const isLittle = startsWith(bytes, 0xff, 0xfe);
  const isBig = startsWith(bytes, 0xfe, 0xff);
  return new TextDecoder(isLittle ? 'utf-16le' : isBig ? 'utf-16be' : 'utf-8').decode(bytes);
}

const startsWith = (bytes: Buffer, first: number, second: number): boolean =>
  bytes[0] === first && bytes[1] === second;

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UnreadableSource(`${path || 'the path'} cannot be read: ${systemReason(error)}`, {
      cause: error,
    });
  }
}
