/** `rampart export`: a network as describe-* files, in the AWS CLI's own shape. */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemReason } from '#import/system-reason.ts';
import { counted } from '#server/counted.ts';
import { cliJson, describeWorld } from '../export/describe-world.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { askedNetwork, type NetworkOptions, printGaps } from '../network-source.ts';
import { print } from '../output.ts';

export type ExportOptions = NetworkOptions & { readonly to: string };

/** Writes `ACCOUNT/REGION/describe-….json` into a new or empty folder. */
export async function exportCommand(options: ExportOptions): Promise<ExitCode> {
  const { to } = options;
  if (existsSync(to) && readdirSync(to).length > 0) throw usageFailure(`${to} is not empty`);
  const network = await askedNetwork(options);
  printGaps(network);
  let count = 0;
  try {
    for (const { folder, name, body } of describeWorld(network.world, Date.now())) {
      mkdirSync(join(to, ...folder), { recursive: true });
      writeFileSync(join(to, ...folder, name), cliJson(body));
      count++;
    }
  } catch (error) {
    throw new Failure(`${to} cannot be written: ${systemReason(error)}`);
  }
  print(`${counted(count, 'file')} in ${to}; ask with --network dump:${to}`);
  return exitCodes.ok;
}
