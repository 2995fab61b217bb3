/** `rampart reset`: a server as it was at first, for the next test. */
import { type ExitCode, exitCodes } from '../failure.ts';
import { print } from '../output.ts';
import { askControl, findServer } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';

/** Removes all state; keys stay. Fails where the server was not started with --allow-reset. */
export async function resetCommand(options: ServerOptions): Promise<ExitCode> {
  await askControl(findServer(options), 'reset', { method: 'POST' });
  print('All state is gone; the default VPC of a region is made anew when it is asked for.');
  return exitCodes.ok;
}
