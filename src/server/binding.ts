/** Where the server listens, and who may ask it what. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import type { AuthMode } from './authentication.ts';
import { StartupError } from './startup-error.ts';

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

/** Throws a `StartupError` where everybody on a network could use a server that checks no signatures. */
export function checkBinding({ auth, listen }: { readonly auth: AuthMode; readonly listen: string }): void {
  if (auth === 'on' || loopback.check(listen, isIPv6(listen) ? 'ipv6' : 'ipv4')) return;
  throw new StartupError(
    `--listen ${listen} is not a loopback address, and --auth off would let everybody in: start with --auth on`,
  );
}

/** Host part of a URL under which a server that listens there answers on this machine. */
export function hostOf(listen: string): string {
  if (listen === '0.0.0.0') return '127.0.0.1';
  if (listen === '::') return '[::1]';
  return isIPv6(listen) ? `[${listen}]` : listen;
}

/**
 * Whether an Authorization header opens the server's own paths. While signatures are not checked any will do: it only
 * keeps web pages out. Else it is the token that stands in `server.json`, which the directory's owner alone can read.
 */
export function controlGuard(token: string | undefined): (authorization: string | undefined) => boolean {
  if (token === undefined) return (authorization) => authorization !== undefined;
  const expected = digest(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ''), expected);
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
