/**
 * Who filters under a prefix: one process of the machine at a time. The names of namespaces come from the data directory,
 * so that servers on two copies of one would each put right what the other does, and the older copy would open what has
 * been closed since.
 */
import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import { SystemError } from '../sys/error.ts';
import { tryCall } from '../sys/libc.ts';

/** Gone with the next boot, as namespaces are. */
const noteOf = (prefix: string) => `/run/${prefix}.lock`;

// flock(2): an exclusive lock, or an error at once where somebody has one.
const LOCK_EX = 2;
const LOCK_NB = 4;

/** A prefix that is this process's until it releases it or ends, or what its holder says of itself. */
export type Lease =
  | { readonly kind: 'taken'; readonly release: () => void }
  | { readonly kind: 'held'; readonly by: string };

/**
 * Takes a prefix. Throws a system error where the note of it cannot be written.
 * @param holder what others are told, in a few words
 */
export function takeLease(prefix: string, holder: string): Lease {
  const path = noteOf(prefix);
  for (;;) {
    const file = openSync(path, 'a+', 0o600);
    const errno = -tryCall('flock', file, LOCK_EX | LOCK_NB);
    if (errno === 0 && isAt(file, path)) {
      ftruncateSync(file);
      writeSync(file, holder);
      return { kind: 'taken', release: () => release(file, path) };
    }
    const by = readFileSync(file, 'utf8');
    closeSync(file);
    if (errno === constants.errno.EWOULDBLOCK) return { kind: 'held', by };
    if (errno !== 0) throw new SystemError('flock', errno);
    // Its last holder took the note away between the two calls: nobody else will find what is locked here.
  }
}

/** The note goes while it is locked, so that whoever gets the lock of it afterwards sees that it is gone. */
function release(file: number, path: string): void {
  unlinkSync(path);
  closeSync(file);
}

function isAt(file: number, path: string): boolean {
  const [own, there] = [fstatSync(file), statSync(path, { throwIfNoEntry: false })];
  return own.dev === there?.dev && own.ino === there.ino;
}
