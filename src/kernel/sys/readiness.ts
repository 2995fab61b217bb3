/**
 * Tells when there is something to read on sockets that Node cannot wait for: raw ones, and those whose
 * senders it cannot spell. The kernel sends SIGIO for each packet (fcntl(2), O_ASYNC), which Node makes an
 * event; poll(2) says for whom it was. So a process that nobody asks anything does nothing.
 */
import process from 'node:process';
import { F_GETFL, F_SETFL, F_SETOWN, O_ASYNC } from './fcntl.ts';
import { call } from './libc.ts';

const POLLIN = 1;
/** `struct pollfd`: descriptor, what is asked, what is so. */
const pollfdBytes = 8;
const soAt = 6;

const listeners = new Map<number, () => void>();
let isLookDue = false;

/**
 * Calls `onReadable` while there is something to read on a socket, once in each turn of the event loop, until the returned
 * function is called; that is to be done before the socket is closed. Does not keep the process running. `onReadable` must
 * not throw. For the main thread.
 */
export function whenReadable(fd: number, onReadable: () => void): () => void {
  // Never taken back: a signal may be on its way when the last socket closes, and ends a process that does not listen.
  if (!process.listeners('SIGIO').includes(look)) process.on('SIGIO', look);
  call('fcntl', fd, F_SETOWN, process.pid);
  const flags = call('fcntl', fd, F_GETFL, 0);
  call('fcntl', fd, F_SETFL, flags | O_ASYNC);
  listeners.set(fd, onReadable);
  // For what came before.
  lookSoon();
  return () => {
    listeners.delete(fd);
    call('fcntl', fd, F_SETFL, flags);
  };
}

function lookSoon(): void {
  if (isLookDue) return;
  isLookDue = true;
  setImmediate(() => {
    isLookDue = false;
    look();
  });
}

function look(): void {
  const readable = readableAmong([...listeners.keys()]);
  for (const fd of readable) listeners.get(fd)?.();
  // One signal may stand for many packets, and a listener need not read all of them.
  if (readable.length > 0) lookSoon();
}

function readableAmong(fds: readonly number[]): readonly number[] {
  const asked = Buffer.alloc(fds.length * pollfdBytes);
  for (const [at, fd] of fds.entries()) {
    asked.writeInt32LE(fd, at * pollfdBytes);
    asked.writeInt16LE(POLLIN, at * pollfdBytes + 4);
  }
  if (fds.length === 0 || call('poll', asked, fds.length, 0) === 0) return [];
  return fds.filter((_, at) => asked.readInt16LE(at * pollfdBytes + soAt) !== 0);
}
