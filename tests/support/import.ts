/** What the tests of imports share: short texts of rules, and files in a folder of their own. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { IndexedTable } from '#table/indexed-table.ts';
import { ruleKey } from '#vpc/group-rules.ts';
import type { Kind, Kinds, World } from '#vpc/network.ts';

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
