/**
 * The functions of the C library that Node has no interface for. Loaded at first use, so that importing this
 * room does no harm where there is no Linux.
 */
import { createRequire } from 'node:module';
import type koffiModule from 'koffi';
import { SystemError } from './error.ts';

type Koffi = typeof koffiModule;

const prototypes = {
  socket: 'int socket(int, int, int)',
  bind: 'int bind(int, const void *, uint32_t)',
  getsockname: 'int getsockname(int, void *, void *)',
  listen: 'int listen(int, int)',
  setsockopt: 'int setsockopt(int, int, int, const void *, uint32_t)',
  send: 'long send(int, const void *, size_t, int)',
  sendto: 'long sendto(int, const void *, size_t, int, const void *, uint32_t)',
  recv: 'long recv(int, void *, size_t, int)',
  recvfrom: 'long recvfrom(int, void *, size_t, int, void *, void *)',
  ioctl: 'int ioctl(int, unsigned long, void *)',
  close: 'int close(int)',
  setns: 'int setns(int, int)',
  unshare: 'int unshare(int)',
  mount: 'int mount(const char *, const char *, const char *, unsigned long, const char *)',
  umount2: 'int umount2(const char *, int)',
  fcntl: 'int fcntl(int, int, int)',
  flock: 'int flock(int, int)',
  poll: 'int poll(void *, unsigned long, int)',
  signal: 'intptr_t signal(int, intptr_t)',
  sigprocmask: 'int sigprocmask(int, const void *, void *)',
  syscall: 'long syscall(long, long, long, long)',
} as const;

type Name = keyof typeof prototypes;
type Argument = number | string | Uint8Array | null;
type Answer = (error: unknown, result: number) => void;
type Native = {
  (...args: readonly Argument[]): number;
  readonly async: (...args: readonly [...Argument[], Answer]) => void;
};

let koffi: Koffi | undefined;
const loaded = new Map<Name, Native>();

function native(name: Name): Native {
  const known = loaded.get(name);
  if (known) return known;
  koffi ??= createRequire(import.meta.url)('koffi') as Koffi;
  // null: the symbols of the running program, whichever C library it is linked with.
  const found = koffi.load(null).func(prototypes[name]) as unknown as Native;
  loaded.set(name, found);
  return found;
}

/** Calls a function of the C library and returns its result; a result below zero throws a SystemError. */
export function call(name: Name, ...args: readonly Argument[]): number {
  const result = native(name)(...args);
  if (result < 0) throw new SystemError(name, koffi?.errno() ?? 0);
  return result;
}

/** Like `call`, but a failure is returned as its negative error number: for errors that are part of the game. */
export function tryCall(name: Name, ...args: readonly Argument[]): number {
  const result = native(name)(...args);
  return result < 0 ? -(koffi?.errno() ?? 0) : result;
}

/**
 * Like `call`, on another thread, so that the event loop turns while the kernel works. What the arguments point to must
 * be left alone until then. Only for calls that have done nothing where they fail: the error number stays with the other
 * thread, so such a call is made once more on this one.
 */
export async function callAside(name: Name, ...args: readonly Argument[]): Promise<number> {
  const result = await new Promise<number>((resolve, reject) => {
    native(name).async(...args, (error, value) => (error ? reject(error) : resolve(value)));
  });
  return result < 0 ? call(name, ...args) : result;
}
