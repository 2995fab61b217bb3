/** What the operating system says about a file, in words. */

const words: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file or folder'],
  ['ENOTDIR', 'there is no such file or folder'],
  ['EACCES', 'its permissions do not allow it'],
  ['EPERM', 'its permissions do not allow it'],
  ['EEXIST', 'something of that name is there'],
  ['EISDIR', 'it is a folder'],
  ['ENOSPC', 'no space is left'],
  ['EROFS', 'the file system is read-only'],
  ['ELOOP', 'its links lead round in a circle'],
]);

/** The reason of a failed system call; other errors are bugs, and thrown again. */
export function systemReason(error: unknown): string {
  if (!(error instanceof Error && 'code' in error)) throw error;
  const code = String(error.code);
  return words.get(code) ?? code;
}
