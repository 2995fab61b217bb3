/** Export and dump are each other's inverse: random worlds survive it, and so does a server through the real aws CLI. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliJson, describeWorld } from '#cli/export/describe-world.ts';
import { readDump } from '#import/dump/read-dump.ts';
import { parseCidr } from '#net/cidr.ts';
import { type Kind, type Kinds, kinds, remove, type World } from '#vpc/network.ts';
import { withFiles } from '../../support/import.ts';
import { seeded } from '../../support/random.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';

/** A minute after everything in the random worlds: no state is in between any more, and nothing is forgotten yet. */
const laterMs = 60_000;

/** A world as sorted lines, so that a difference shows its resource. */
function linesOf(world: World): readonly string[] {
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

/** The generator makes a gateway of an instance's interface; AWS has no instance without one. */
function withoutBareInstances(world: World): World {
  let left = world;
  for (const [key, network] of world.entries()) {
    for (const { id } of network.instance.values()) {
      if (network.eni.countBy('instance', id) > 0) continue;
      left = left.set(key, remove(left.get(key) ?? network, 'instance', id));
    }
  }
  return left;
}

function filesOf(world: World): Record<string, string> {
  const files = [...describeWorld(world, laterMs)];
  return Object.fromEntries(
    files.map(({ folder, name, body }) => [[...folder, name].join('/'), cliJson(body)]),
  );
}

test('random worlds are the same after export and dump', async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const world = withoutBareInstances(randomProofWorld(seeded(seed)));
    await withFiles(filesOf(world), (folder) => {
      const { world: read, unknowns, problems, skipped } = readDump(folder);
      assert.deepEqual(linesOf(read), linesOf(world), `seed ${seed}`);
      assert.deepEqual([unknowns, problems, skipped], [[], [], []], `seed ${seed}`);
    });
  }
});
