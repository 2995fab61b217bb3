/** Export and dump are each other's inverse: random worlds survive it, and so does a server through the real aws CLI. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cliJson, describeWorld } from '#cli/export/describe-world.ts';
import { readDump } from '#import/dump/read-dump.ts';
import { remove, type World } from '#vpc/network.ts';
import { operationOf } from '#wire/operation.ts';
import { encodeOutput } from '#wire/output.ts';
import { withFiles, worldLines } from '../../support/import.ts';
import { seeded } from '../../support/random.ts';
import { randomProofWorld } from '../../support/random-proof-world.ts';
import { seeds } from '../../support/seeds.ts';

/** A minute after everything in the random worlds: no state is in between any more, and nothing is forgotten yet. */
const laterMs = 60_000;

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

/** What the server's API has no model of: networks from elsewhere alone have it. */
const foreign = /^(elbv2?-|(describe|get|search)-transit-gateway)/;

/** The files of a world; each must fit the shape that AWS's model gives the output of its call. */
function filesOf(world: World): Record<string, string> {
  const files = [...describeWorld(world, laterMs)];
  for (const { name, body } of files) {
    const [command = ''] = name.split('.');
    const action = command.replaceAll(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());
    const operation = operationOf('ec2', action);
    if (operation) encodeOutput(operation, body, 'request');
    else assert.match(name, foreign, 'the server answers it, so that its shape is known');
  }
  return Object.fromEntries(
    files.map(({ folder, name, body }) => [[...folder, name].join('/'), cliJson(body)]),
  );
}

test('random worlds are the same after export and dump', async () => {
  for (const seed of seeds(60)) {
    const world = withoutBareInstances(randomProofWorld(seeded(seed)));
    await withFiles(filesOf(world), (folder) => {
      const { world: read, unknowns, problems, skipped } = readDump(folder);
      assert.deepEqual(worldLines(read), worldLines(world), `seed ${seed}`);
      // What the world itself does not know of transit gateways stays so.
      const lost = unknowns.filter(({ what }) => !/transit-gateway/.test(what));
      assert.deepEqual([lost, problems, skipped], [[], [], []], `seed ${seed}`);
    });
  }
});
