/** `rampart collect`: saves a live account as a dump. */
import { collect } from '#import/aws/collect.ts';
import { accountName } from '#import/aws/name.ts';
import type { Collected } from '#import/aws/region.ts';
import { UnreadableSource } from '#import/imported.ts';
import { counted } from '#server/counted.ts';
import { refuseFull, writeFolder } from '../export/folder.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { print, warn } from '../output.ts';

export type CollectCommandOptions = { readonly to: string };

/** Reads `aws[:PROFILE][@REGION,…]` and writes `ACCOUNT/REGION/describe-….json` into a new or empty folder. */
export async function collectCommand(
  source: string | undefined,
  { to }: CollectCommandOptions,
): Promise<ExitCode> {
  const rest = /^aws(?::(.*)|(@.*))?$/.exec(source ?? 'aws');
  if (!rest) throw usageFailure(`${source}: it is aws[:PROFILE][@REGION,…]`);
  refuseFull(to);
  const { documents, unknowns } = await collected(rest[1] ?? rest[2] ?? '');
  // `ACCOUNT/REGION`
  const files = documents.map(({ folder, file, body }) => ({ folder: folder.split('/'), name: file, body }));
  const count = await writeFolder(to, files);
  for (const { what, effect } of unknowns) warn(`unknown: ${what}; ${effect}`);
  print(`${counted(count, 'file')} in ${to}; ask with --network dump:${to}`);
  return exitCodes.ok;
}

async function collected(rest: string): Promise<Collected> {
  try {
    return await collect(accountName(rest), {
      onCall: (region, action) => {
        if (process.stderr.isTTY) process.stderr.write(`rampart: ${region} ${action}\n`);
      },
    });
  } catch (error) {
    if (error instanceof UnreadableSource) throw new Failure(error.message);
    throw error;
  }
}
