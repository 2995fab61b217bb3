/** What the tests of imports share: short texts of rules, and files in a folder of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseCidr } from '#net/cidr.ts';
import type { IndexedTable } from '#table/indexed-table.ts';
import { ruleKey } from '#vpc/group-rules.ts';
import { type Kind, type Kinds, kinds, type World } from '#vpc/network.ts';

/** The path of a fixture. */
export function fixture(name: string): string {
  return fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));
}

/** Every resource of a kind, of all networks. */
export function allOf<K extends Kind>(world: World, kind: K): readonly Kinds[K][] {
  return [...world.values()].flatMap((network) => [
    ...(network[kind] as unknown as IndexedTable<Kinds[K]>).values(),
  ]);
}

/** The rules of a group, by its name, as sorted keys. */
export function rulesOf(world: World, groupName: string): readonly string[] {
  const groups = allOf(world, 'securityGroup').filter(({ name }) => name === groupName);
  return groups.flatMap(({ rules }) => rules.map(ruleKey)).sort();
}

/** Runs work on files in a folder that is removed afterwards. */
export async function withFiles(
  files: Readonly<Record<string, string | Buffer | object>>,
  work: (folder: string) => unknown,
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rpt-import-'));
  try {
    for (const [name, content] of Object.entries(files)) {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      const isText = typeof content === 'string' || Buffer.isBuffer(content);
      writeFileSync(path, isText ? content : JSON.stringify(content));
    }
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A world as sorted lines, so that a difference shows its resource. */
export function worldLines(world: World): readonly string[] {
  const lines: string[] = [];
  for (const [key, network] of world.entries()) {
    for (const kind of kinds) {
      if (kind === 'settings' || kind === 'clientToken') continue;
      for (const entity of network[kind].values()) lines.push(`${key} ${kind} ${canonical(kind, entity)}`);
    }
  }
  return lines.sort();
}

/** Their order means nothing, and describe calls have one of their own. */
const sets: ReadonlySet<string> = new Set(['rules', 'entries']);

/** With members in order of their names, and without what no describe call shows. */
function canonical(kind: Kind, entity: Kinds[Kind]): string {
  const hidden: readonly string[] =
    { eni: ['createdAtMs'], peering: ['deletedBy'], natGateway: ['allocationId'] }[kind as string] ?? [];
  return JSON.stringify(inOrder(entity), (name, value: unknown) =>
    hidden.includes(name) ? undefined : value,
  );
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value === 'string') return parseCidr(value) ?? value;
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, part]): [string, unknown] => {
    const ordered = inOrder(part);
    const isSet = Array.isArray(ordered) && sets.has(name);
    return [name, isSet ? ordered.map((each) => JSON.stringify(each)).sort() : ordered];
  });
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}
