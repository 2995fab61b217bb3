import { deepEqual, equal, notEqual, rejects, throws } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { emptyNetwork, networkOf, type World } from '#vpc/network.ts';
import { plainVpc, type Vpc } from '#vpc/vpc.ts';
import { prepareDataDirectory } from './data-directory.ts';
import { CommitFailed, Database, gatheredMax } from './database.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store, StoredEntry } from './store.ts';
import type { Transaction } from './transaction.ts';

const scope = { account: '123456789012', region: 'us-east-1' };
const meta = {
  timeMs: 1000,
  principal: 'arn:aws:iam::123456789012:root',
  action: 'CreateVpc',
  requestId: 'r',
};

function vpc(id: string, tags: Vpc['tags'] = {}): Vpc {
  return { ...template, id: id as Vpc['id'], tags };
}

const template: Omit<Vpc, 'id' | 'tags'> = {
  cidrBlocks: [],
  ipv6Blocks: [],
  ...plainVpc,
};

const putVpc =
  (id: string, tags: Vpc['tags'] = {}) =>
  (tx: Transaction) =>
    tx.put('vpc', vpc(id, tags));

/** A store whose commits can be made to fail, before or after they take effect, or to take their time. */
class Disturbed implements Store {
  readonly inner: Store;
  readonly batches: number[] = [];
  /** Commits begun. */
  begun = 0;
  fail: 'never' | 'before' | 'after' = 'never';
  headFails = false;
  gate: Promise<void> = Promise.resolve();

  constructor(inner: Store) {
    this.inner = inner;
  }

  async commit(expected: number, entries: readonly StoredEntry[]): Promise<void> {
    this.begun++;
    await this.gate;
    if (this.fail === 'before') throw new Error('disk full');
    await this.inner.commit(expected, entries);
    this.batches.push(entries.length);
    if (this.fail === 'after') throw new Error('connection lost');
  }

  async head() {
    if (this.headFails) throw new Error('connection lost');
    return this.inner.head();
  }

  installation = () => this.inner.installation();
  identity = () => this.inner.identity();
  resources: Store['resources'] = (visit) => this.inner.resources(visit);
  scopes = () => this.inner.scopes();
  journal: Store['journal'] = (query) => this.inner.journal(query);
  probe = () => this.inner.probe();
  copyTo: Store['copyTo'] = (path) => this.inner.copyTo(path);
  wipe = () => this.inner.wipe();
  close = () => this.inner.close();
}

type Setting = { readonly store: Disturbed; readonly database: Database };

async function withDatabase(work: (setting: Setting) => Promise<void>): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'rpt-database-'));
  const store = new Disturbed(openSqliteStore(prepareDataDirectory(directory)));
  try {
    await work({ store, database: await Database.open(store) });
  } finally {
    await store.close();
    rmSync(directory, { recursive: true });
  }
}

const idsIn = (world: World) => [...networkOf(world, scope).vpc.values()].map(({ id }) => id).sort();

test('a change is durable and committed when it resolves, and not read before', () =>
  withDatabase(async ({ store, database }) => {
    const done = database.change(scope, meta, (tx) => {
      putVpc('vpc-1')(tx);
      return 'made';
    });
    deepEqual(idsIn(database.committed), []);
    deepEqual(await done, { output: 'made', sequence: 1 });
    deepEqual(idsIn(database.committed), ['vpc-1']);
    deepEqual(idsIn((await Database.open(store)).committed), ['vpc-1']);
    const [entry] = await database.journal({ limit: 9 });
    deepEqual(entry, {
      ...meta,
      sequence: 1,
      scope,
      request: undefined,
      changes: [{ scope, kind: 'vpc', id: 'vpc-1', before: undefined, after: vpc('vpc-1') }],
    });
  }));

test('requests of one turn share a commit, see each other, and keep their order', () =>
  withDatabase(async ({ store, database }) => {
    const seen: number[] = [];
    database.onCommit(({ before, after, entries, sequence }) => {
      seen.push(idsIn(before).length, idsIn(after).length, entries.length, sequence);
    });
    const sizes = await Promise.all(
      ['vpc-1', 'vpc-2', 'vpc-3'].map((id) =>
        database.change(scope, meta, (tx) => {
          putVpc(id)(tx);
          return tx.network.vpc.size;
        }),
      ),
    );
    deepEqual(
      sizes.map(({ output, sequence }) => [output, sequence]),
      [
        [1, 1],
        [2, 2],
        [3, 3],
      ],
    );
    deepEqual(store.batches, [3]);
    deepEqual(seen, [0, 3, 3, 3]);
  }));

/** How many requests arrive in each turn of the event loop, and how many each commit then holds. */
const arrivals: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['one alone', [1], [1]],
  ['one a turn', [1, 1, 1, 1], [4]],
  ['more and more', [1, 2, 3], [6]],
  ['a turn without any', [2, 1, 0, 0, 2], [3, 2]],
  ['as many as a commit waits for, at once', [gatheredMax, 0, 1], [gatheredMax, 1]],
  ['one a turn without an end', Array(gatheredMax + 1).fill(1), [gatheredMax, 1]],
];

for (const [name, turns, batches] of arrivals) {
  test(`requests share a commit while every turn brings one: ${name}`, () =>
    withDatabase(async ({ store, database }) => {
      const changes: Promise<unknown>[] = [];
      for (const count of turns) {
        for (let n = 0; n < count; n++) {
          changes.push(database.change(scope, meta, putVpc(`vpc-${changes.length}`)));
        }
        await turn();
      }
      await Promise.all(changes);
      deepEqual(store.batches, batches);
    }));
}

test('a request that changes nothing, or is refused, writes nothing', () =>
  withDatabase(async ({ database }) => {
    await database.change(scope, meta, putVpc('vpc-1'));
    const world = database.committed;
    const idle: readonly ((tx: Transaction) => void)[] = [
      () => undefined,
      putVpc('vpc-1'),
      (tx) => tx.remove('vpc', 'vpc-absent'),
      (tx) => {
        putVpc('vpc-2')(tx);
        tx.remove('vpc', 'vpc-2');
      },
      (tx) => {
        putVpc('vpc-2')(tx);
        tx.drop();
      },
    ];
    for (const work of idle) equal((await database.change(scope, meta, work)).sequence, 1);
    await rejects(
      database.change(scope, meta, (tx) => {
        putVpc('vpc-2')(tx);
        throw new RangeError('refused');
      }),
      RangeError,
    );
    equal(database.committed, world);
    equal((await database.journal({ limit: 9 })).length, 1);
  }));

test('a reader that writes is a bug', () =>
  withDatabase(async ({ database }) => {
    equal(
      database.read(scope, ({ network }) => network.vpc.size),
      0,
    );
    throws(() => database.read(scope, putVpc('vpc-1')), /reading operation/);
  }));

test('a failed commit discards pending and fails what was built on it; later requests go on', () =>
  withDatabase(async ({ store, database }) => {
    await database.change(scope, meta, putVpc('vpc-1'));
    let open = () => {};
    store.gate = new Promise((resolve) => {
      open = resolve;
    });
    store.fail = 'before';
    const failing = database.change(scope, meta, putVpc('vpc-2'));
    while (store.begun === 1) await turn();
    // The commit is in flight: one builds on it with a change, one only saw it, one was refused because of it.
    const built = database.change(scope, meta, putVpc('vpc-3'));
    const saw = database.change(scope, meta, ({ network }) => network.vpc.has('vpc-2'));
    const refused = database.change(scope, meta, ({ network }) => {
      if (network.vpc.has('vpc-2')) throw new RangeError('there already');
    });
    const outcomes = Promise.allSettled([failing, built, saw, refused]);
    open();
    for (const outcome of await outcomes) {
      equal(outcome.status === 'rejected' && outcome.reason instanceof CommitFailed, true);
    }
    deepEqual(idsIn(database.committed), ['vpc-1']);
    store.fail = 'never';
    equal((await database.change(scope, meta, putVpc('vpc-4'))).sequence, 2);
    deepEqual(idsIn((await Database.open(store)).committed), ['vpc-1', 'vpc-4']);
  }));

test('a commit that took effect though it failed is found and taken over', () =>
  withDatabase(async ({ store, database }) => {
    const sequences: number[] = [];
    database.onCommit(({ sequence }) => sequences.push(sequence));
    store.fail = 'after';
    store.headFails = true;
    await rejects(database.change(scope, meta, putVpc('vpc-1')), CommitFailed);
    await rejects(database.change(scope, meta, putVpc('vpc-2')), CommitFailed);
    store.fail = 'never';
    store.headFails = false;
    await rejects(database.change(scope, meta, putVpc('vpc-3')), CommitFailed);
    deepEqual(idsIn(database.committed), ['vpc-1']);
    equal((await database.change(scope, meta, putVpc('vpc-4'))).sequence, 2);
    deepEqual(idsIn((await Database.open(store)).committed), ['vpc-1', 'vpc-4']);
    deepEqual(sequences, [1, 2]);
  }));

test('the world of any moment can be read back', () =>
  withDatabase(async ({ database }) => {
    const other = { ...scope, region: 'eu-west-1' };
    const steps: readonly (readonly [number, (tx: Transaction) => void])[] = [
      [1000, putVpc('vpc-1')],
      [3000, putVpc('vpc-2')],
      [3000, putVpc('vpc-1', { Name: 'renamed' })],
      [2000, (tx) => tx.remove('vpc', 'vpc-1')],
      [9000, (tx) => putVpc('vpc-3')(tx.at(other))],
    ];
    const worlds = [database.committed];
    for (const [timeMs, work] of steps) {
      await database.change(scope, { ...meta, timeMs }, work);
      worlds.push(database.committed);
    }
    for (const [sequence, world] of worlds.entries()) {
      const then = await database.worldAt(sequence);
      for (const place of [scope, other]) {
        const vpcs = (of: World) => [...networkOf(of, place).vpc.values()];
        deepEqual(vpcs(then), vpcs(world), `at ${sequence}`);
      }
    }
    // The clock went back at the fourth change; times in the journal do not.
    const moments = [
      [0, 0],
      [999, 0],
      [1000, 1],
      [2999, 1],
      [3000, 4],
      [8999, 4],
      [9000, 5],
      [99999, 5],
    ] as const;
    for (const [timeMs, sequence] of moments) equal(await database.sequenceAt(timeMs), sequence, `${timeMs}`);
    await rejects(database.worldAt(6), RangeError);
    await rejects(database.worldAt(-1), RangeError);
  }));

test('a restart rebuilds the same world, indexes included, and remembers regions that hold nothing', () =>
  withDatabase(async ({ store, database }) => {
    await Promise.all(
      Array.from({ length: 300 }, (_, n) => database.change(scope, meta, putVpc(`vpc-${n}`))),
    );
    await database.change({ ...scope, region: 'eu-west-1' }, meta, putVpc('vpc-gone'));
    await database.change({ ...scope, region: 'eu-west-1' }, meta, (tx) => tx.remove('vpc', 'vpc-gone'));
    const again = await Database.open(store);
    equal(again.sequence, 302);
    deepEqual(
      [...networkOf(again.committed, scope).vpc.values()],
      [...networkOf(database.committed, scope).vpc.values()],
    );
    equal(again.committed.get('123456789012/eu-west-1')?.vpc.size, 0);
    equal(again.committed.has('123456789012/sa-east-1'), false);
    deepEqual(Object.keys(again.committed.get('123456789012/eu-west-1') ?? {}), Object.keys(emptyNetwork));
  }));

test('a store that takes nothing is known by the commit that failed, and trusted again after one that did not', () =>
  withDatabase(async ({ store, database }) => {
    equal(database.storageError, undefined);
    store.fail = 'before';
    await rejects(database.change(scope, meta, putVpc('vpc-1')), CommitFailed);
    equal(database.storageError, 'disk full');
    await database.checkStorage();
    equal(database.storageError, 'disk full', 'just tried');
    store.fail = 'never';
    await database.change(scope, meta, putVpc('vpc-2'));
    equal(database.storageError, undefined);
  }));

test('a wipe forgets all and fails what arrives meanwhile', () =>
  withDatabase(async ({ database }) => {
    const { identity } = database;
    await database.change(scope, meta, putVpc('vpc-1'));
    const before = database.change(scope, meta, putVpc('vpc-2'));
    const wiped = database.wipe();
    equal((await before).sequence, 2);
    await wiped;
    equal(database.sequence, 0);
    deepEqual(idsIn(database.committed), []);
    notEqual(database.identity, identity);
    equal((await database.change(scope, meta, putVpc('vpc-3'))).sequence, 1);
  }));
