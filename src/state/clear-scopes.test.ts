/** Replacing what an account has in a region: what goes, what stays, what stands in the way, and never a half of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id, InstanceId } from '#vpc/ids.ts';
import type { KeyPair } from '#vpc/key-pair.ts';
import { emptyNetwork, networkOf, put, type World } from '#vpc/network.ts';
import { scopeKey } from '#vpc/scope.ts';
import { settingsId } from '#vpc/settings.ts';
import { noTags } from '#vpc/tags.ts';
import type { Volume } from '#vpc/volume.ts';
import { worldLines } from '../../tests/support/import.ts';
import {
  buildWorld,
  eniId,
  groupId,
  idFor,
  testScope,
  vpcId,
  withEntity,
} from '../../tests/support/network.ts';
import { inDirectory } from '../../tests/support/server.ts';
import { Database } from './database.ts';
import { importWorld } from './import-world.ts';
import { openSqliteStore } from './sqlite-store.ts';

const meta = { timeMs: 1000, principal: 'rampart:operator', action: 'ImportNetwork', requestId: 'r' };
const elsewhere = scopeKey({ account: '999999999999', region: testScope.region });

const networkWith = (group: string): World =>
  buildWorld({
    subnets: { a: { cidr: '10.0.1.0/24' } },
    groups: { [group]: {} },
    enis: { [group]: { subnet: 'a', ips: ['10.0.1.10'], groups: [group] } },
  });

const volume = (name: string, deleteOnTermination?: boolean): Volume => ({
  id: idFor('vol', name) as Id<'volume'>,
  settings: { sizeGib: 8, type: 'gp3', encrypted: false },
  zone: 'us-east-1a',
  createdAtMs: 0,
  ...(deleteOnTermination === undefined
    ? {}
    : {
        attachment: {
          instanceId: 'i-1' as InstanceId,
          device: '/dev/sda1',
          attachedAtMs: 0,
          deleteOnTermination,
        },
      }),
  tags: noTags,
});

const old = [volume('x', true), volume('y', false), volume('z')].reduce<World>(
  (world, each) => withEntity(world, 'volume', each),
  withEntity(networkWith('old'), 'settings', {
    id: settingsId,
    defaultsMadeAtMs: 5,
    publicAccess: { block: 'block-bidirectional', changedAtMs: 5 },
  }),
);
const fresh = networkWith('new');

async function withWorld(world: World, work: (database: Database) => Promise<void>): Promise<void> {
  await inDirectory(async (directory) => {
    const database = await Database.open(openSqliteStore(`${directory}/rampart.sqlite`));
    await database.change(testScope, meta, (transaction) => {
      for (const [key, network] of world.entries()) {
        const [account = '', region = ''] = key.split('/');
        const there = transaction.at({ account, region });
        for (const kind of Object.keys(network) as (keyof typeof network)[]) {
          for (const entity of network[kind].values()) there.put(kind, entity as never);
        }
      }
    });
    await work(database);
    await database.close();
  });
}

const keyPair = (id: string, name: string): KeyPair => ({
  ...{
    id: idFor('key', id) as Id<'keyPair'>,
    name,
    type: 'ed25519',
    fingerprint: 'f',
    publicKey: 'ssh-ed25519 x',
  },
  ...{ createdAtMs: 0, tags: noTags },
});

test('a server’s own past takes its place again, with key pairs and volumes as they were', async () => {
  const past = [volume('y', false), volume('z')].reduce<World>(
    (world, each) => withEntity(world, 'volume', each),
    withEntity(networkWith('old'), 'keyPair', keyPair('k', 'ours')),
  );
  await withWorld(past, async (database) => {
    const then = worldLines(database.committed);
    const kept = keyPair('l', 'later');
    await database.change(testScope, meta, (transaction) => {
      transaction.put('volume', { ...volume('y'), tags: { changed: 'yes' } });
      transaction.put('keyPair', { ...keyPair('k', 'ours'), tags: { changed: 'yes' } });
      transaction.put('keyPair', kept);
    });
    const done = await importWorld(database, past, { dryRun: false, meta, replace: true });
    assert.equal(done.kind, 'imported');
    assert.deepEqual(networkOf(database.committed, testScope).keyPair.get(kept.id), kept, 'others stay');
    await database.change(testScope, meta, (transaction) => transaction.remove('keyPair', kept.id));
    assert.deepEqual(worldLines(database.committed), then);
  });
});

test('a key pair does not come back whose name another one has', async () => {
  const past = withEntity(networkWith('old'), 'keyPair', keyPair('k', 'ours'));
  const now = withEntity(networkWith('old'), 'keyPair', keyPair('l', 'ours'));
  await withWorld(now, async (database) => {
    assert.deepEqual(await importWorld(database, past, { dryRun: false, meta, replace: true }), {
      kind: 'refused',
      conflicts: [{ id: idFor('key', 'k'), why: `is called ours, as ${idFor('key', 'l')} is` }],
    });
  });
});

test('what comes takes the place of everything, in one change', async () => {
  await withWorld(old, async (database) => {
    const before = worldLines(database.committed);
    const shown = await importWorld(database, fresh, { dryRun: true, replace: true, meta });
    assert.ok(shown.kind === 'imported' && shown.going);
    assert.deepEqual(shown.going.counts, { eni: 1, instance: 1, volume: 1, securityGroup: 1 });
    assert.ok(shown.going.ids.includes(eniId('old')) && shown.going.ids.includes(idFor('vol', 'x')));
    assert.deepEqual([worldLines(database.committed), database.sequence], [before, 1]);
    const mayGo = shown.going.fingerprint;
    const done = await importWorld(database, fresh, { dryRun: false, replace: true, mayGo, meta });
    assert.deepEqual([done.kind, database.sequence], ['imported', 2]);
    const network = networkOf(database.committed, testScope);
    assert.deepEqual(
      [...network.securityGroup.values()].map(({ id }) => id),
      [groupId('new')],
    );
    assert.deepEqual(
      [...network.eni.values()].map(({ id }) => id),
      [eniId('new')],
    );
    // As where an instance is terminated.
    assert.deepEqual(
      [...network.volume.values()].map(({ id, attachment }) => [id, attachment]).sort(),
      [idFor('vol', 'y'), idFor('vol', 'z')].map((id) => [id, undefined]),
    );
    assert.deepEqual(network.settings.get(settingsId), { id: settingsId, defaultsMadeAtMs: 5 });
  });
});

test('replacing a network by itself takes nothing away', async () => {
  await withWorld(fresh, async (database) => {
    const before = worldLines(database.committed);
    const done = await importWorld(database, fresh, { dryRun: false, replace: true, meta });
    assert.deepEqual(done.kind === 'imported' && done.going?.counts, {});
    assert.deepEqual(worldLines(database.committed), before);
  });
});

test('what stands in the way leaves everything as it was', async () => {
  const eni = networkOf(old, testScope).eni.get(eniId('old'));
  assert.ok(eni);
  const lodger = { ...eni, id: 'eni-lodger' as typeof eni.id };
  const [requester, accepter] = [
    { ...testScope, vpcId },
    { account: '999999999999', region: testScope.region, vpcId: 'vpc-9' as typeof vpcId },
  ];
  const times = { createdAtMs: 0, statusAtMs: 0, tags: noTags };
  const peering = { id: 'pcx-1' as Id<'peering'>, requester, accepter, status: 'active', ...times } as const;
  const other = { ...networkOf(fresh, testScope).vpc.get(vpcId), id: idFor('vpc', 'other') } as never;
  const bare = fresh.set(scopeKey(testScope), put(emptyNetwork, 'vpc', other));
  const [web] = networkOf(fresh, testScope).securityGroup.values();
  assert.ok(web);
  const rows: readonly (readonly [held: World, incoming: World, conflict: RegExp])[] = [
    [
      old.set(elsewhere, put(emptyNetwork, 'eni', lodger)),
      bare,
      /eni-lodger of 999999999999\/us-east-1 needs subnet-/,
    ],
    [
      old.set(elsewhere, put(emptyNetwork, 'eni', lodger)),
      fresh,
      /eni-lodger of 999999999999\/us-east-1 needs sg-/,
    ],
    [
      old.set(elsewhere, put(emptyNetwork, 'peering', peering)),
      bare,
      /pcx-1 of 999999999999\/us-east-1 leads to vpc-/,
    ],
    // The same id in an account that nobody replaces.
    [
      old.set(elsewhere, put(emptyNetwork, 'securityGroup', web)),
      fresh,
      new RegExp(`${groupId('new')} exists`),
    ],
    [
      old,
      withEntity(fresh, 'securityGroup', { ...web, vpcId: 'vpc-none' as typeof vpcId }),
      /stands in vpc-none/,
    ],
  ];
  for (const [held, incoming, conflict] of rows) {
    await withWorld(held, async (database) => {
      const before = worldLines(database.committed);
      for (const dryRun of [true, false]) {
        const outcome = await importWorld(database, incoming, { dryRun, replace: true, meta });
        assert.ok(outcome.kind === 'refused', String(conflict));
        assert.match(outcome.conflicts.map(({ id, why }) => `${id} ${why}`).join('\n'), conflict);
        assert.deepEqual([worldLines(database.committed), database.sequence], [before, 1]);
      }
    });
  }
});

test('what was shown is what goes, or nothing does', async () => {
  await withWorld(old, async (database) => {
    const shown = await importWorld(database, fresh, { dryRun: true, replace: true, meta });
    const mayGo = shown.kind === 'imported' ? shown.going?.fingerprint : undefined;
    const [web] = networkOf(fresh, testScope).securityGroup.values();
    await database.change(testScope, meta, (transaction) => {
      if (web) transaction.put('securityGroup', { ...web, id: groupId('late'), name: 'late' });
    });
    const late = await importWorld(database, fresh, { dryRun: false, replace: true, mayGo, meta });
    assert.deepEqual([late.kind, database.sequence], ['refused', 2]);
    assert.ok(networkOf(database.committed, testScope).securityGroup.has(groupId('late')));
  });
});
