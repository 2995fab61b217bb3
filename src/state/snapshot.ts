/** A world as lines of JSON, one resource a line after a headline: for tools that answer questions by themselves. */
import { kinds, type World } from '#vpc/network.ts';
import { scopeOfKey } from '#vpc/scope.ts';
import { isKind, WorldBuilder } from './world-text.ts';

export type Snapshot = { readonly world: World; readonly sequence: number };

/** The headline says what follows; a reader refuses a version that it does not know. */
const format = 'rampart-snapshot';
const version = 1;

/** The lines of a snapshot, without line ends. */
export function* snapshotLines({ world, sequence }: Snapshot): IterableIterator<string> {
  yield JSON.stringify({ format, version, sequence });
  for (const [key, network] of world.entries()) {
    const scope = scopeOfKey(key);
    yield JSON.stringify(scope);
    for (const kind of kinds) {
      for (const body of network[kind].values()) yield JSON.stringify({ ...scope, kind, body });
    }
  }
}

type Line = {
  readonly account: string;
  readonly region: string;
  readonly kind?: string;
  readonly body?: { readonly id: string };
};

function isLine(read: unknown): read is Line {
  if (!isObject(read) || typeof read['account'] !== 'string' || typeof read['region'] !== 'string')
    return false;
  const { kind, body } = read;
  if (kind === undefined && body === undefined) return true;
  return typeof kind === 'string' && isObject(body) && typeof body['id'] === 'string';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text is no snapshot, or one of a version that this program does not know. */
export class BadSnapshot extends Error {}

/** The world of a snapshot that somebody sent. Throws `BadSnapshot` on text that is none, or of a newer version. */
export function parseSnapshot(text: string): Snapshot {
  try {
    return readSnapshot(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new BadSnapshot('a line is no JSON', { cause: error });
    throw error;
  }
}

/** The world of a snapshot that this program wrote. */
export function readSnapshot(text: string): Snapshot {
  const [first = '', ...lines] = text.split('\n');
  const head: unknown = JSON.parse(first);
  if (!isObject(head) || head['format'] !== format || head['version'] !== version) {
    throw new BadSnapshot(`this is no snapshot of version ${version}`);
  }
  const { sequence } = head;
  if (typeof sequence !== 'number') throw new BadSnapshot('its headline has no sequence');
  const builder = new WorldBuilder();
  for (const line of lines) {
    if (line === '') continue;
    const read: unknown = JSON.parse(line);
    if (!isLine(read)) throw new BadSnapshot('a line is no resource');
    const { account, region, kind, body } = read;
    if (kind === undefined || body === undefined) builder.addScope(account, region);
    else if (isKind(kind)) builder.addEntity({ account, region }, kind, body);
    else throw new BadSnapshot(`unknown kind of resource: ${kind}`);
  }
  return { world: builder.build(), sequence };
}
