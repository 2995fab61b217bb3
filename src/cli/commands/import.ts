/** `rampart import`: takes a network from elsewhere into the server, or into its data while it does not run. */
import { createInterface } from 'node:readline/promises';
import { conflictText, importMeta } from '#server/import-text.ts';
import { openDatabase, openStore } from '#server/open-store.ts';
import { dataDirectory } from '#server/options.ts';
import { isAlive, readServerFile } from '#server/server-file.ts';
import type { Going } from '#state/clear-scopes.ts';
import { type ImportOutcome, importWorld } from '#state/import-world.ts';
import { snapshotLines } from '#state/snapshot.ts';
import type { World } from '#vpc/network.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { printGaps, readNetwork } from '../network-source.ts';
import { print, printJson } from '../output.ts';
import { askControl, findServer } from '../server-link.ts';
import type { ServerOptions } from '../server-options.ts';

export type ImportOptions = ServerOptions & {
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  /** Takes what could be read of a source that could not be read whole. */
  readonly allowUnknown?: boolean;
};

/** Imports a network whole, or prints what stands in the way and changes nothing. */
export async function importCommand(source: string, options: ImportOptions): Promise<ExitCode> {
  if (options.yes && !options.replace) throw usageFailure('--yes is for --replace');
  // A folder may be called dump.
  const named = /^(dump|tfplan|snapshot|aws):|^aws(@|$)|^live$/.test(source) ? source : `dump:${source}`;
  const network = await readNetwork(named, options);
  printGaps(network);
  if (network.problems.length > 0 && !options.allowUnknown)
    throw new Failure('nothing was imported: not all of it can be read; --allow-unknown imports the rest');
  const dryRun = options.dryRun === true;
  const replace = options.replace === true;
  const mayGo = replace && !dryRun && !options.yes ? await agreed(network.world, options) : undefined;
  const outcome = await imported(network.world, { dryRun, replace, mayGo }, options);
  if (options.json) printJson({ dryRun, ...outcome });
  else print(importedText(outcome, dryRun));
  return exitCodes.ok;
}

type Asked = Pick<Parameters<typeof importWorld>[2], 'dryRun' | 'replace' | 'mayGo'>;
type Imported = ImportOutcome & { readonly kind: 'imported' };

async function imported(world: World, asked: Asked, options: ImportOptions): Promise<Imported> {
  const outcome = hasServer(options)
    ? await throughServer(world, asked, options)
    : await intoStore(world, asked, options);
  if (outcome.kind === 'refused') throw new Failure(conflictText(outcome.conflicts));
  return outcome;
}

/** Shows what would go and asks; the answer holds for exactly that. Nothing is asked where nothing goes. */
async function agreed(world: World, options: ImportOptions): Promise<string | undefined> {
  const { going } = await imported(world, { dryRun: true, replace: true }, options);
  if (!going || Object.keys(going.counts).length === 0) return going?.fingerprint;
  process.stderr.write(`${goingText(going, 'would go')}\n`);
  if (!process.stdin.isTTY) throw usageFailure('nobody can be asked here: give --yes to let them go');
  const reader = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await reader.question('Let them go? [y/N] ');
  reader.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new Failure('nothing was imported');
  return going.fingerprint;
}

function importedText({ counts, going }: Imported, dryRun: boolean): string {
  const lines = [`${dryRun ? 'would import' : 'imported'} ${countsText(counts) || 'nothing'}`];
  if (going) lines.push(goingText(going, dryRun ? 'would go' : 'gone'));
  return lines.join('\n');
}

const countsText = (counts: Imported['counts']) =>
  Object.entries(counts)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');

function goingText({ counts, ids }: Going, word: string): string {
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const more = all > ids.length ? [`  and ${all - ids.length} more`] : [];
  return [`${word}: ${countsText(counts) || 'nothing'}`, ...ids.map((id) => `  ${id}`), ...more].join('\n');
}

function hasServer({ data }: ServerOptions): boolean {
  if (data === undefined && process.env['RAMPART_ENDPOINT']) return true;
  const file = readServerFile(dataDirectory(data));
  return file !== undefined && isAlive(file);
}

async function throughServer(world: World, asked: Asked, options: ImportOptions): Promise<ImportOutcome> {
  const lines = [...snapshotLines({ world, sequence: 0 })];
  const given = Object.entries(asked).flatMap(([name, value]) =>
    value ? [[name, String(value)] as [string, string]] : [],
  );
  const path = `import?${new URLSearchParams(given)}`;
  const init = { method: 'POST', body: `${lines.join('\n')}\n` };
  return (await askControl(findServer(options), path, init)) as ImportOutcome;
}

/** The directory's lock keeps a server from starting meanwhile. */
async function intoStore(world: World, asked: Asked, { data }: ImportOptions): Promise<ImportOutcome> {
  const database = await openDatabase(openStore(dataDirectory(data)));
  try {
    return await importWorld(database, world, { ...asked, meta: importMeta() });
  } finally {
    await database.close();
  }
}
