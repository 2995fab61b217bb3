/** The suite that every store must pass; each row of `stores` is one implementation. */
import { deepEqual, equal, notEqual, rejects } from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { prepareDataDirectory } from './data-directory.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store, StoredChange, StoredEntry, StoredResource } from './store.ts';

type Opened = { readonly store: Store; readonly reopen: () => Promise<Store>; readonly remove: () => void };

const stores: readonly (readonly [string, () => Opened])[] = [['SQLite', openSqlite]];

function openSqlite(): Opened {
  const directory = mkdtempSync(join(tmpdir(), 'rpt-store-'));
  let store = openSqliteStore(prepareDataDirectory(directory));
  return {
    store,
    reopen: async () => {
      await store.close();
      store = openSqliteStore(prepareDataDirectory(directory));
      return store;
    },
    remove: () => rmSync(directory, { recursive: true }),
  };
}

const account = '123456789012';
const region = 'us-east-1';
/** JSON of a text that stores could spoil. */
const awkward = JSON.stringify("x\u0000ü\u2028'");

function change(id: string, before: string | undefined, after: string | undefined): StoredChange {
  return { account, region, kind: 'vpc', id, before, after };
}

function entry(sequence: number, changes: readonly StoredChange[], rest: Partial<StoredEntry> = {}) {
  return {
    sequence,
    timeMs: sequence * 1000,
    principal: 'arn:aws:iam::123456789012:root',
    action: 'CreateVpc',
    account,
    region,
    requestId: `request-${sequence}`,
    request: sequence % 2 === 0 ? `{"of":${sequence}}` : undefined,
    changes,
    ...rest,
  } satisfies StoredEntry;
}

async function rowsOf(store: Store): Promise<readonly StoredResource[]> {
  const rows: StoredResource[] = [];
  await store.resources((row) => rows.push({ ...row }));
  return rows.sort((a, b) => (a.id < b.id ? -1 : 1));
}

for (const [name, open] of stores) {
  const withStore = (work: (opened: Opened) => Promise<void>) => async () => {
    const opened = open();
    const store = opened.store;
    try {
      await work(opened);
    } finally {
      await store.close().catch(() => undefined);
      opened.remove();
    }
  };

  describe(name, () => {
    test(
      'keeps rows and journal over a restart',
      withStore(async ({ store, reopen }) => {
        deepEqual(await store.head(), { sequence: 0, timeMs: 0 });
        const first = entry(1, [change('a', undefined, '{"n":1}'), change('b', undefined, awkward)]);
        const second = entry(2, [change('a', '{"n":1}', '{"n":2}'), change('b', awkward, undefined)]);
        await store.commit(0, [first]);
        await store.commit(1, [second]);
        const again = await reopen();
        deepEqual(await rowsOf(again), [{ account, region, kind: 'vpc', id: 'a', body: '{"n":2}' }]);
        deepEqual(await again.head(), { sequence: 2, timeMs: 2000 });
        deepEqual(await again.journal({ limit: 10 }), [first, second]);
        deepEqual(await again.scopes(), [{ account, region }]);
        await again.close();
      }),
    );

    test(
      'takes several requests at once, over several accounts and regions',
      withStore(async ({ store }) => {
        const elsewhere = { ...change('a', undefined, '{}'), account: '999999999999', region: 'eu-west-1' };
        const entries = [entry(1, [change('a', undefined, '{}'), elsewhere]), entry(2, [])];
        await store.commit(0, entries);
        equal((await rowsOf(store)).length, 2);
        deepEqual(await store.journal({ limit: 10 }), entries);
        equal((await store.scopes()).length, 2);
      }),
    );

    test(
      'writes nothing of a commit on another head, or of one that fails half way',
      withStore(async ({ store }) => {
        await store.commit(0, [entry(1, [change('a', undefined, '1')])]);
        await rejects(store.commit(0, [entry(1, [change('b', undefined, '1')])]), /another writer/);
        await rejects(store.commit(2, [entry(3, [change('b', undefined, '1')])]), /another writer/);
        const twice = [entry(2, [change('b', undefined, '1')]), entry(2, [change('c', undefined, '1')])];
        await rejects(store.commit(1, twice));
        deepEqual(
          (await rowsOf(store)).map(({ id }) => id),
          ['a'],
        );
        equal((await store.head()).sequence, 1);
        await store.commit(1, [entry(2, [change('d', undefined, '1')])]);
        equal((await store.scopes()).length, 1);
      }),
    );

    test(
      'finds entries of the journal',
      withStore(async ({ store }) => {
        await store.commit(0, [
          entry(1, [change('a', undefined, '1')]),
          entry(2, [change('b', undefined, '1')], { principal: 'other', action: 'CreateSubnet' }),
          entry(3, [change('a', '1', '2')], { region: 'eu-west-1' }),
          entry(4, [change('a', '2', undefined)], { account: '999999999999' }),
        ]);
        const rows = [
          [{ limit: 2 }, [1, 2]],
          [{ limit: 9, from: 3 }, [3, 4]],
          [{ limit: 9, from: 5 }, []],
          [{ limit: 9, order: 'descending' }, [4, 3, 2, 1]],
          [{ limit: 2, order: 'descending', from: 3 }, [3, 2]],
          [{ limit: 9, principal: 'other' }, [2]],
          [{ limit: 9, action: 'CreateVpc' }, [1, 3, 4]],
          [{ limit: 9, region: 'eu-west-1' }, [3]],
          [{ limit: 9, account: '999999999999' }, [4]],
          [{ limit: 9, resourceId: 'a' }, [1, 3, 4]],
          [{ limit: 1, resourceId: 'a', order: 'descending' }, [4]],
          [{ limit: 9, resourceId: 'a', account, region }, [1]],
          [{ limit: 9, resourceId: 'absent' }, []],
        ] as const;
        for (const [query, sequences] of rows) {
          const found = (await store.journal(query)).map(({ sequence }) => sequence);
          deepEqual(found, sequences, JSON.stringify(query));
        }
      }),
    );

    test(
      'a probe leaves no trace',
      withStore(async ({ store }) => {
        await store.commit(0, [entry(1, [change('a', undefined, '1')])]);
        const rows = await rowsOf(store);
        await store.probe();
        deepEqual(await rowsOf(store), rows);
        equal((await store.head()).sequence, 1);
        equal((await store.journal({ limit: 9 })).length, 1);
        await store.commit(1, [entry(2, [])]);
      }),
    );

    test(
      'forgets everything when wiped, and says that it is another history',
      withStore(async ({ store }) => {
        const identity = await store.identity();
        const installation = await store.installation();
        await store.commit(0, [entry(1, [change('a', undefined, '1')])]);
        equal(await store.identity(), identity);
        await store.wipe();
        deepEqual(await rowsOf(store), []);
        deepEqual(await store.journal({ limit: 9 }), []);
        deepEqual(await store.journal({ limit: 9, resourceId: 'a' }), []);
        deepEqual(await store.scopes(), []);
        notEqual(await store.identity(), identity);
        equal(await store.installation(), installation);
        await store.commit(0, [entry(1, [change('a', undefined, '1')])]);
        equal((await store.scopes()).length, 1);
      }),
    );
  });
}
