/** The files of a dump, as texts. */
import { readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { OnProgress } from '#proof/progress.ts';
import { type FileText, fileText } from '../file-text.ts';
import { UnreadableSource } from '../imported.ts';
import { systemReason } from '../system-reason.ts';

/**
 * `folder` is the whole path's, for the accounts and regions in it; `file` is short, for messages. Without a text it
 * cannot be read, and `reason` says why.
 */
export type DumpFile = { readonly folder: string; readonly file: string } & FileText;

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

const readFile = (path: string, file: string): DumpFile => ({
  folder: dirname(path),
  file,
  ...fileText(path),
});

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UnreadableSource(`${path || 'the path'} cannot be read: ${systemReason(error)}`, {
      cause: error,
    });
  }
}
