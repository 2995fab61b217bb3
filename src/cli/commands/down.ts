/** `rampart down`: stops a server. */
import { type DownOptions, down as endServer } from '#server/down.ts';
import { dataDirectory } from '#server/options.ts';
import { readServerFile } from '#server/server-file.ts';
import { statusOf } from '#server/status.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { print } from '../output.ts';

/** Succeeds also where none was running: then it is down. */
export async function down(options: DownOptions): Promise<ExitCode> {
  const directory = dataDirectory(options.data);
  const wasFiltering = await filters(directory);
  const { wasRunning } = await endServer(options);
  print(wasRunning ? 'The server has ended.' : 'No server was running.');
  if (options.purge) print(`The network namespaces and rules of ${directory} are gone.`);
  else if (wasFiltering) print('The kernel keeps filtering; --purge removes its namespaces and rules.');
  return exitCodes.ok;
}

async function filters(directory: string): Promise<boolean> {
  const endpoint = readServerFile(directory)?.endpoint;
  const status = endpoint === undefined ? undefined : await statusOf(endpoint);
  return status?.kind === 'answers' && status.health.enforcement.mode === 'lab';
}
