/** `rampart env`: the shell lines that point AWS clients at a server. */
import { envLines } from '#server/env.ts';
import { statusOf } from '#server/status.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { print } from '../output.ts';
import { findServer } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';

/** Prints lines to be evaluated by a POSIX shell. */
export async function env(options: ServerOptions): Promise<ExitCode> {
  const { endpoint } = findServer(options);
  const found = await statusOf(endpoint);
  if (found.kind === 'silent') throw new Failure(`${endpoint}: ${found.why}`);
  print(envLines(endpoint, found.health.auth).join('\n'));
  return exitCodes.ok;
}
