/** `rampart import`: takes a network from elsewhere into the server, or into its data while it does not run. */

import { conflictText, importMeta } from '#server/import-text.ts';
import { openStore } from '#server/open-store.ts';
import { dataDirectory } from '#server/options.ts';
import { isAlive, readServerFile } from '#server/server-file.ts';
import { Database } from '#state/database.ts';
import { type ImportOutcome, importWorld } from '#state/import-world.ts';
import { snapshotLines } from '#state/snapshot.ts';
import type { World } from '#vpc/network.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { printGaps, readNetwork } from '../network-source.ts';
import { print, printJson } from '../output.ts';
import { askControl, findServer } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';

export type ImportOptions = ServerOptions & { readonly dryRun?: boolean; readonly json?: boolean };

/** Imports a network whole, or prints what stands in the way and changes nothing. */
export async function importCommand(source: string, options: ImportOptions): Promise<ExitCode> {
  const named = /^(dump|tfplan|snapshot|aws)\b|^live$/.test(source) ? source : `dump:${source}`;
  const network = await readNetwork(named, options);
  printGaps(network);
  const dryRun = options.dryRun === true;
  const outcome = hasServer(options)
    ? await throughServer(network.world, dryRun, options)
    : await intoStore(network.world, dryRun, options);
  if (outcome.kind === 'refused') throw new Failure(conflictText(outcome.conflicts));
  if (options.json) printJson({ dryRun, ...outcome });
  else print(importedText(outcome.counts, dryRun));
  return exitCodes.ok;
}

function importedText(counts: Readonly<Record<string, number>>, dryRun: boolean): string {
  const parts = Object.entries(counts).map(([kind, count]) => `${count} ${kind}`);
  return `${dryRun ? 'would import' : 'imported'} ${parts.join(', ') || 'nothing'}`;
}

function hasServer({ data }: ServerOptions): boolean {
  if (data === undefined && process.env['RAMPART_ENDPOINT']) return true;
  const file = readServerFile(dataDirectory(data));
  return file !== undefined && isAlive(file);
}

async function throughServer(world: World, dryRun: boolean, options: ImportOptions): Promise<ImportOutcome> {
  const lines = [...snapshotLines({ world, sequence: 0 })];
  const path = dryRun ? 'import?dryRun=true' : 'import';
  const init = { method: 'POST', body: `${lines.join('\n')}\n` };
  return (await askControl(findServer(options), path, init)) as ImportOutcome;
}

/** The directory's lock keeps a server from starting meanwhile. */
async function intoStore(world: World, dryRun: boolean, { data }: ImportOptions): Promise<ImportOutcome> {
  const database = await Database.open(openStore(dataDirectory(data)));
  try {
    return await importWorld(database, world, { dryRun, meta: importMeta() });
  } finally {
    await database.close();
  }
}
