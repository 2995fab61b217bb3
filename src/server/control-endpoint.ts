/** `/_rampart/…`: what the CLI, monitoring and tests ask of the server itself. It runs no commands for anyone. */
import { Readable } from 'node:stream';
import { z } from 'zod';
import { NotOnTheInternet } from '#kernel/enforcement.ts';
import { parseIp } from '#net/address.ts';
import { DataDirectoryError } from '#state/data-directory.ts';
import { importWorld } from '#state/import-world.ts';
import { BadSnapshot, parseSnapshot, type Snapshot, snapshotLines } from '#state/snapshot.ts';
import { type HealthParts, healthOf } from './health.ts';
import { conflictText, importMeta } from './import-text.ts';
import type { Metrics } from './metrics.ts';

export type ControlPorts = HealthParts & {
  readonly metrics: Metrics;
  /** All state as of one moment, as the file of a data directory. */
  readonly backup: () => Promise<Readable>;
  /** Forgets all state and empties the kernel; absent where the operator did not allow it. */
  readonly reset: (() => Promise<void>) | undefined;
};

export type ControlRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly authorized: boolean;
  readonly body: Uint8Array;
};

export type ControlResponse = {
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Readable;
};

type Route = {
  readonly method: 'GET' | 'POST';
  /** Open routes show nothing of the state; all others want what `controlGuard` (binding.ts) asks. */
  readonly open: boolean;
  readonly run: (ports: ControlPorts, request: ControlRequest) => Promise<ControlResponse>;
};

export const controlPrefix = '/_rampart/';

/** Takes far larger bodies than all others. */
export const importPath = `${controlPrefix}import`;

const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
  ['health', { method: 'GET', open: true, run: health }],
  ['metrics', { method: 'GET', open: true, run: metricsText }],
  ['snapshot', { method: 'GET', open: false, run: snapshot }],
  ['journal', { method: 'GET', open: false, run: journal }],
  ['backup', { method: 'GET', open: false, run: backup }],
  ['import', { method: 'POST', open: false, run: importNetworks }],
  ['reset', { method: 'POST', open: false, run: reset }],
  ['lab/namespace', { method: 'GET', open: false, run: namespaceOfInstance }],
  ['lab/internet-host', { method: 'POST', open: false, run: internetHost }],
]);

const unauthorized =
  'An Authorization header is required; while signatures are checked, with the token of the data directory: use --data.';

/** Answers a request under the prefix. */
export async function answerControl(ports: ControlPorts, request: ControlRequest): Promise<ControlResponse> {
  const route = routes.get(request.path.slice(controlPrefix.length));
  if (!route) return problem(404, 'There is no such address.');
  if (request.method !== route.method) return problem(405, `This address takes ${route.method} only.`);
  if (!route.open && !request.authorized) return problem(401, unauthorized);
  return route.run(ports, request);
}

/** An answer that says what is wrong. */
export function problem(status: number, message: string): ControlResponse {
  return json({ error: message }, status);
}

function json(value: unknown, status = 200): ControlResponse {
  return { status, contentType: 'application/json', body: `${JSON.stringify(value)}\n` };
}

async function health(ports: ControlPorts): Promise<ControlResponse> {
  await ports.database.checkStorage();
  return json(healthOf(ports));
}

async function metricsText({ metrics }: ControlPorts): Promise<ControlResponse> {
  return { status: 200, ...(await metrics.scraped()) };
}

/** The resources now, or as of `?at=SEQUENCE` or `?time=MILLISECONDS` since 1970. */
async function snapshot({ database }: ControlPorts, { query }: ControlRequest): Promise<ControlResponse> {
  const [at, time] = ['at', 'time'].map((name) => new URLSearchParams(query).get(name) ?? undefined);
  if (at !== undefined && !/^\d{1,15}$/.test(at)) return problem(400, 'at must be a journal sequence.');
  if (time !== undefined && !/^\d{1,15}$/.test(time)) {
    return problem(400, 'time must be milliseconds since 1970.');
  }
  const then = time === undefined ? database.sequence : await database.sequenceAt(Number(time));
  const sequence = at === undefined ? then : Number(at);
  if (sequence > database.sequence) return problem(404, `The journal ends at ${database.sequence}.`);
  const isNow = at === undefined && time === undefined;
  const world = isNow ? database.committed : await database.worldAt(sequence);
  const body = Readable.from(chunks(snapshotLines({ world, sequence })));
  return { status: 200, contentType: 'application/x-ndjson', body };
}

async function backup(ports: ControlPorts): Promise<ControlResponse> {
  try {
    return { status: 200, contentType: 'application/vnd.sqlite3', body: await ports.backup() };
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    return problem(507, `${error.message}. While no server runs, a backup needs no room here.`);
  }
}

const journalPageMax = 1000;

/**
 * Entries of the journal, newest first: at most `?limit=` of them, from `?from=SEQUENCE` back, with
 * `?resource=ID` those that changed it.
 */
async function journal({ database }: ControlPorts, { query }: ControlRequest): Promise<ControlResponse> {
  const asked = new URLSearchParams(query);
  const [from, limit, resource] = ['from', 'limit', 'resource'].map((name) => asked.get(name) ?? undefined);
  if (from !== undefined && !/^\d{1,15}$/.test(from)) return problem(400, 'from must be a journal sequence.');
  if (limit !== undefined && !/^[1-9]\d{0,3}$/.test(limit)) return problem(400, 'limit must be 1 to 1000.');
  const entries = await database.journal({
    from: from === undefined ? database.sequence : Number(from),
    order: 'descending',
    limit: Math.min(Number(limit ?? journalPageMax), journalPageMax),
    ...(resource === undefined ? {} : { resourceId: resource }),
  });
  return json({ entries });
}

const snapshotChunkChars = 64 * 1024;

function* chunks(lines: Iterable<string>): IterableIterator<string> {
  let chunk = '';
  for (const line of lines) {
    chunk += `${line}\n`;
    if (chunk.length < snapshotChunkChars) continue;
    yield chunk;
    chunk = '';
  }
  yield chunk;
}

/**
 * Takes in the networks of a snapshot, whole or not at all; `?dryRun=true` says what would happen, `?replace=true` removes
 * what the same accounts' regions have, with `&mayGo=FINGERPRINT` only what a dry run has shown.
 */
async function importNetworks(
  { database }: ControlPorts,
  { query, body }: ControlRequest,
): Promise<ControlResponse> {
  let incoming: Snapshot;
  try {
    incoming = parseSnapshot(Buffer.from(body).toString('utf8'));
  } catch (error) {
    if (!(error instanceof BadSnapshot)) throw error;
    return problem(400, `The body is no snapshot: ${error.message}.`);
  }
  const asked = new URLSearchParams(query);
  const outcome = await importWorld(database, incoming.world, {
    dryRun: asked.get('dryRun') === 'true',
    replace: asked.get('replace') === 'true',
    mayGo: asked.get('mayGo') ?? undefined,
    meta: importMeta(),
  });
  return outcome.kind === 'refused'
    ? json({ error: conflictText(outcome.conflicts), conflicts: outcome.conflicts }, 409)
    : json(outcome);
}

async function reset(ports: ControlPorts): Promise<ControlResponse> {
  if (!ports.reset) return problem(403, 'Start the server with --allow-reset to permit this.');
  await ports.reset();
  const { sequence, identity } = ports.database;
  return json({ sequence, identity });
}

async function namespaceOfInstance(
  { enforcement }: ControlPorts,
  { query }: ControlRequest,
): Promise<ControlResponse> {
  const instance = new URLSearchParams(query).get('instance');
  if (instance === null) return problem(400, 'instance is required.');
  if (enforcement.status().mode === 'off')
    return problem(409, 'Enforcement is off: there are no namespaces.');
  const namespace = enforcement.namespaceOf(instance);
  return namespace === undefined
    ? problem(404, `No running lab instance has the id ${instance}.`)
    : json({ namespace, resolverConfig: enforcement.resolverConfigOf(instance) });
}

const internetHostBody = z.strictObject({ address: z.string() });

async function internetHost(
  { enforcement }: ControlPorts,
  { body }: ControlRequest,
): Promise<ControlResponse> {
  if (enforcement.status().mode === 'off')
    return problem(409, 'Enforcement is off: there are no internet hosts.');
  const read = internetHostBody.safeParse(jsonOf(body));
  const address = read.success ? parseIp(read.data.address) : undefined;
  if (address === undefined) return problem(400, 'The body must be {"address": "an IP address"}.');
  try {
    return json({ namespace: await enforcement.internetHost(address) });
  } catch (error) {
    if (!(error instanceof NotOnTheInternet)) throw error;
    return problem(400, error.message);
  }
}

function jsonOf(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
