/** `rampart export`: a network as describe-* files, in the AWS CLI's own shape. */
import { counted } from '#server/counted.ts';
import { describeWorld } from '../export/describe-world.ts';
import { refuseFull, writeFolder } from '../export/folder.ts';
import { type ExitCode, exitCodes } from '../failure.ts';
import { askedNetwork, type NetworkOptions, printGaps } from '../network-source.ts';
import { print } from '../output.ts';

export type ExportOptions = NetworkOptions & { readonly to: string };

/** Writes `ACCOUNT/REGION/describe-….json` into a new or empty folder. */
export async function exportCommand(options: ExportOptions): Promise<ExitCode> {
  const { to } = options;
  refuseFull(to);
  const network = await askedNetwork(options);
  printGaps(network);
  const count = await writeFolder(to, describeWorld(network.world, Date.now()));
  print(`${counted(count, 'file')} in ${to}; ask with --network dump:${to}`);
  return exitCodes.ok;
}
