/** `rampart env`: the shell lines that point AWS clients at a server. */
import { envLines } from '#server/env.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { print } from '../output.ts';
import { findEndpoint } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';

/** Prints lines to be evaluated by a POSIX shell. */
export async function env(options: ServerOptions): Promise<ExitCode> {
  print(envLines(findEndpoint(options)).join('\n'));
  return exitCodes.ok;
}
