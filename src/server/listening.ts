/** Begins and ends listening in good order. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostOf } from './binding.ts';
import { StartupError } from './startup-error.ts';

/** Requests that are still running after this are cut off. */
const drainMs = 10_000;

export type Place = { readonly listen: string; readonly port: number };

/** Listens, and returns the URL under which this machine reaches the server. Throws a `StartupError`. */
export async function listenAt(http: Server, { listen, port }: Place): Promise<string> {
  http.listen({ host: listen, port });
  try {
    await once(http, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new StartupError(`port ${port} is taken; choose another with --port`);
    if (code === 'EACCES') throw new StartupError(`no permission to listen on port ${port}`);
    if (code === 'EADDRNOTAVAIL') throw new StartupError(`${listen} is no address of this machine`);
    throw error;
  }
  return `http://${hostOf(listen)}:${(http.address() as AddressInfo).port}`;
}

/** Accepts nothing new, lets running requests finish, and closes what is idle as it becomes so. */
export async function drain(http: Server): Promise<void> {
  const closed = once(http, 'close');
  http.close();
  const sweep = setInterval(() => http.closeIdleConnections(), 20);
  const cut = setTimeout(() => http.closeAllConnections(), drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
