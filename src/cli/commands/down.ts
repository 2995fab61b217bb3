/** `rampart down`: stops a server. */
import { type DownOptions, down as endServer } from '#server/down.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** Succeeds also where none was running: then it is down. */
export async function down(options: DownOptions): Promise<ExitCode> {
  const { wasRunning } = await endServer(options);
  print(wasRunning ? 'The server has ended.' : 'No server was running.');
  if (options.purge) print('Its network namespaces and rules are gone.');
  else if (wasRunning) print('The kernel keeps filtering; --purge removes its namespaces and rules.');
  return exitCodes.ok;
}
