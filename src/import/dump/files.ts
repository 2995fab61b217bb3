/** The files of a dump, as texts. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
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

/** Every file under the path, in the order of their names, or the one file that it is; each is read when it is its turn. */
export function* dumpFiles(path: string): IterableIterator<DumpFile> {
  const root = attempt(path, () => statSync(path));
  if (root.isFile()) {
    yield readFile(path, basename(path));
    return;
  }
  const entries = attempt(path, () => readdirSync(path, { recursive: true, withFileTypes: true }));
  const files = entries
    .filter(
      (entry) => entry.isFile() || (entry.isSymbolicLink() && isFile(join(entry.parentPath, entry.name))),
    )
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const each of files) yield readFile(each, relative(path, each));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

function readFile(path: string, file: string): DumpFile {
  const place = { folder: dirname(path), file };
  try {
    return { ...place, text: textOf(readFileSync(path)) };
  } catch (error) {
    return { ...place, reason: systemReason(error) };
  }
}

/** UTF-8, or UTF-16 as Windows PowerShell writes it when output is redirected; either with its mark at the start. */
function textOf(bytes: Buffer): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new UnreadableSource(`${path || 'the path'} cannot be read: ${systemReason(error)}`, {
      cause: error,
    });
  }
}
