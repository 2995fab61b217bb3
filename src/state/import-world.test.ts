import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Id } from '#vpc/ids.ts';
import { emptyWorld, networkOf, put, remove, type World } from '#vpc/network.ts';
import { scopeKey } from '#vpc/scope.ts';
import { buildWorld, idFor, ip, testScope, withEntity } from '../../tests/support/network.ts';
import { inDirectory } from '../../tests/support/server.ts';
import { Database } from './database.ts';
import { conflictsOf, importWorld } from './import-world.ts';
import { openSqliteStore } from './sqlite-store.ts';

const incoming = buildWorld({
  subnets: { a: { cidr: '10.0.1.0/24', internet: true } },
  groups: { web: { ingress: ['tcp/80 0.0.0.0/0'] } },
  enis: { a: { subnet: 'a', ips: ['10.0.1.10'], groups: ['web'], publicIp: '198.18.0.10' } },
});
const key = scopeKey(testScope);
const meta = { timeMs: 1000, principal: 'rampart:operator', action: 'ImportNetwork', requestId: 'r' };

const without = (kind: 'subnet' | 'vpc' | 'securityGroup', name: string): World => {
  const network = networkOf(incoming, testScope);
  return incoming.set(key, remove(network, kind, name));
};

test('what stands in the way of an import', () => {
  const network = networkOf(incoming, testScope);
  const [vpc] = network.vpc.values();
  const [address] = network.address.values();
  assert.ok(vpc && address);
  const elsewhere = scopeKey({ account: '999999999999', region: 'eu-west-1' });
  const empty = networkOf(emptyWorld, testScope);
  const asDefault = withEntity(incoming, 'vpc', { ...vpc, isDefault: true });
  const otherDefault = put(empty, 'vpc', { ...vpc, id: 'vpc-1' as typeof vpc.id, isDefault: true });
  const samePublicIp = { ...address, id: idFor('eipalloc', 'z') as Id<'address'> };
  const other = put(empty, 'address', { ...samePublicIp, publicIp: ip('198.18.0.11') });
  const rows: readonly (readonly [world: World, added: World, conflicts: readonly string[]])[] = [
    [emptyWorld, incoming, []],
    [emptyWorld.set(key, put(empty, 'vpc', vpc)), incoming, [`${vpc.id} exists`]],
    // Ids are unique in the world, whatever the scope.
    [emptyWorld.set(elsewhere, put(empty, 'vpc', vpc)), incoming, [`${vpc.id} exists`]],
    [emptyWorld.set(key, otherDefault), incoming, []],
    [emptyWorld.set(key, otherDefault), asDefault, [`${vpc.id} is a default VPC, and ${key} has one, vpc-1`]],
    [emptyWorld.set(elsewhere, otherDefault), asDefault, []],
    [
      emptyWorld.set(key, put(empty, 'address', samePublicIp)),
      incoming,
      [`${address.id} is 198.18.0.10, which is taken`],
    ],
    [emptyWorld.set(key, other), incoming, []],
    [
      emptyWorld,
      withEntity(incoming, 'vpc', { ...vpc, id: 'vpc-prod-1' as typeof vpc.id }),
      ['vpc-prod-1 is no id such as vpc-0123456789abcdef0'],
    ],
    [emptyWorld, withEntity(incoming, 'vpc', { ...vpc, id: 'vpc-0123abcd' as typeof vpc.id }), []],
    [
      emptyWorld,
      without('securityGroup', idFor('sg', 'web')),
      [`${idFor('eni', 'a')} carries ${idFor('sg', 'web')}, which is not described`],
    ],
    [
      emptyWorld,
      without('subnet', idFor('subnet', 'a')),
      [`${idFor('eni', 'a')} stands in ${idFor('subnet', 'a')}, which is not described`],
    ],
  ];
  for (const [world, added, conflicts] of rows) {
    assert.deepEqual(
      conflictsOf(world, added).map(({ id, why }) => `${id} ${why}`),
      conflicts,
    );
  }
});

test('an import is one change, and nothing where it is refused', async () => {
  await inDirectory(async (directory) => {
    const database = await Database.open(openSqliteStore(`${directory}/rampart.sqlite`));
    const tried = await importWorld(database, incoming, { dryRun: true, meta });
    assert.deepEqual([tried.kind, database.sequence, database.committed.size], ['imported', 0, 0]);
    const done = await importWorld(database, incoming, { dryRun: false, meta });
    assert.deepEqual(done, {
      kind: 'imported',
      counts: {
        vpc: 1,
        subnet: 1,
        eni: 1,
        instance: 1,
        address: 1,
        securityGroup: 1,
        networkAcl: 1,
        routeTable: 1,
        internetGateway: 1,
      },
      sequence: 1,
    });
    const network = networkOf(database.committed, testScope);
    assert.deepEqual([network.eni.size, network.settings.get('settings')?.defaultsMadeAtMs], [1, 1000]);
    const [entry] = await database.journal({ limit: 10 });
    assert.deepEqual([entry?.action, entry?.changes.length], ['ImportNetwork', 10]);
    for (const dryRun of [true, false]) {
      const again = await importWorld(database, incoming, { dryRun, meta });
      assert.equal(again.kind === 'refused' ? again.conflicts.length : 0, 9);
      assert.equal(database.sequence, 1);
    }
    await database.close();
  });
});
