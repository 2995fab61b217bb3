/** The network that a question is asked of: what `--network` names, or else that of the running server. */
import { existsSync } from 'node:fs';
import { readAccount } from '#import/aws/collect.ts';
import { accountName } from '#import/aws/name.ts';
import { readDump } from '#import/dump/read-dump.ts';
import {
  type Problem,
  problemPlace,
  type Skipped,
  type Unknown,
  UnreadableSource,
} from '#import/imported.ts';
import { readPlanFile } from '#import/terraform/read-plan.ts';
import { readSnapshot } from '#state/snapshot.ts';
import type { World } from '#vpc/network.ts';
import { usageFailure } from './failure.ts';
import { oneLine, warn } from './output.ts';
import { withProgress } from './progress.ts';
import { fetchControl, findServer } from './server-link.ts';
import type { ServerOptions } from './server-options.ts';

export type NetworkOptions = ServerOptions & {
  /** `live`, `snapshot:TIME|SEQ`, `dump:PATH`, `tfplan:FILE` or `aws[:PROFILE][@REGION,…]`. */
  readonly network?: string;
};

export type AskedNetwork = {
  /** The network to ask; of a plan, the one that it leads to. */
  readonly world: World;
  /** Plans alone have it: the network before. */
  readonly before?: World;
  /** Where the journal of a server stood. */
  readonly sequence?: number;
  /** The source as it was named. */
  readonly source: string;
  readonly unknowns: readonly Unknown[];
  readonly skipped: readonly Skipped[];
  readonly problems: readonly Problem[];
};

type Reader = (rest: string, options: NetworkOptions) => Promise<Omit<AskedNetwork, 'source'>>;

const nothingMissing = { unknowns: [], skipped: [], problems: [] } as const;

/** What stands before the colon of `--network` → how it is read. */
const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['live', async (_rest, options) => await fromServer('snapshot', options)],
  ['snapshot', async (rest, options) => await fromServer(snapshotPath(rest), options)],
  ['dump', async (path) => readDump(named(path, 'dump:./account'), withProgress)],
  ['tfplan', async (file) => fromPlan(named(file, 'tfplan:plan.json'))],
  ['aws', async (rest) => await readAccount(accountName(rest))],
]);

/** Reads the network that the options name. Fails in one line where it cannot be had. */
export async function askedNetwork(options: NetworkOptions): Promise<AskedNetwork> {
  return await readNetwork(options.network ?? 'live', options);
}

/** Reads the network of a source, for commands that take two of them. */
export async function readNetwork(source: string, options: NetworkOptions): Promise<AskedNetwork> {
  const [, kind = '', rest = ''] = /^(aws(?=@)|[a-z]+(?=:|$)):?(.*)$/s.exec(source) ?? [];
  const reader = readers.get(kind);
  if (!reader || (kind === 'live' && rest !== ''))
    throw usageFailure(`--network ${source}: ${whatItIs(source)}`);
  try {
    return { source, ...(await reader(rest, options)) };
  } catch (error) {
    if (error instanceof UnreadableSource) throw usageFailure(error.message);
    throw error;
  }
}

const forms = 'live, snapshot:TIME|SEQ, dump:PATH, tfplan:FILE or aws[:PROFILE][@REGION,…]';

/** Somebody may have given a path alone. */
const whatItIs = (source: string): string =>
  existsSync(source) ? `a folder or file of describe-* output is dump:${source}` : `it is ${forms}`;

function named(path: string, example: string): string {
  if (path === '') throw usageFailure(`name what to read, as in --network ${example}`);
  return path;
}

async function fromServer(path: string, options: NetworkOptions): Promise<Omit<AskedNetwork, 'source'>> {
  const response = await fetchControl(findServer(options), path);
  return { ...readSnapshot(await response.text()), ...nothingMissing };
}

function fromPlan(file: string): Omit<AskedNetwork, 'source'> {
  const { after, ...rest } = readPlanFile(file);
  return { world: after, ...rest };
}

/** A sequence is all digits; anything else must be a time. */
function snapshotPath(when: string): string {
  if (/^\d{1,15}$/.test(when)) return `snapshot?at=${when}`;
  const timeMs = Date.parse(when);
  if (Number.isNaN(timeMs)) {
    throw usageFailure(`snapshot:${when}: give a journal sequence or a time such as 2026-01-31T12:00:00Z`);
  }
  return `snapshot?time=${timeMs}`;
}

/**
 * What the source left out, on standard error, so that answers on standard output stay clean. Nothing is printed for a
 * server's own networks.
 */
export function printGaps(network: AskedNetwork): void {
  for (const line of gapLines(network)) warn(oneLine(line));
}

/** The same for programs. */
export const gapsView = ({ unknowns, skipped, problems }: AskedNetwork) => ({ unknowns, skipped, problems });

/** The same as sentences. */
export function gapLines({ unknowns, skipped, problems }: AskedNetwork): readonly string[] {
  return [
    ...problems.map((problem) => `cannot read ${problemPlace(problem)}: ${problem.reason}`),
    ...unknowns.map(({ what, effect }) => `unknown: ${what}; ${effect}`),
    ...skipped.map(({ what, count }) => `skipped: ${count} ${what}`),
  ];
}
