import { deepEqual, equal, match, rejects, throws } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DataDirectoryError, prepareDataDirectory } from './data-directory.ts';
import { schemaVersion } from './sqlite-schema.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

async function inDirectory(work: (directory: string) => unknown): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'rpt-sqlite-'));
  try {
    await work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const ofKind = (kind: DataDirectoryError['kind']) => (error: unknown) =>
  error instanceof DataDirectoryError && error.kind === kind;

test('the directory is private, whatever the umask', () =>
  inDirectory(async (parent) => {
    const umask = process.umask(0);
    try {
      const directory = join(parent, 'a', 'b');
      const path = prepareDataDirectory(directory);
      const store = openSqliteStore(path);
      const modes = [directory, path, `${path}-wal`].map((name) => statSync(name).mode & 0o777);
      deepEqual(modes, [0o700, 0o600, 0o600]);
      await store.close();
    } finally {
      process.umask(umask);
    }
  }));

test('a directory with other things in it is refused, one with a configuration file is not', () =>
  inDirectory((directory) => {
    writeFileSync(join(directory, 'rampart.yaml'), '');
    prepareDataDirectory(join(directory, 'fresh'));
    rmSync(join(directory, 'fresh'), { recursive: true });
    prepareDataDirectory(directory);
    mkdirSync(join(directory, 'other'));
    writeFileSync(join(directory, 'other', 'thesis.txt'), '');
    throws(() => prepareDataDirectory(join(directory, 'other')), ofKind('foreign'));
    throws(() => prepareDataDirectory(join(directory, 'other', 'thesis.txt')), ofKind('forbidden'));
  }));

test('one process owns the file; kill -9 of the owner frees it', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    const module = new URL('./sqlite-store.ts', import.meta.url).href;
    const program = `import { openSqliteStore } from ${JSON.stringify(module)};
      openSqliteStore(${JSON.stringify(path)}); console.log('open'); setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['--input-type=module-typescript', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    try {
      await once(owner.stdout, 'data');
      throws(() => openSqliteStore(path), ofKind('locked'));
    } finally {
      owner.kill('SIGKILL');
      await once(owner, 'exit');
    }
    const store = openSqliteStore(path);
    throws(() => openSqliteStore(path), ofKind('locked'));
    await store.close();
    await openSqliteStore(path).close();
  }));

test('a file of a newer program is refused and left as it was; a file that is none is named', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    await openSqliteStore(path).close();
    const newer = new DatabaseSync(path);
    newer.prepare("UPDATE meta SET value = ? WHERE key = 'schema_version'").run(String(schemaVersion + 1));
    newer.close();
    throws(
      () => openSqliteStore(path),
      (error: unknown) => {
        match(String(error), new RegExp(`schema ${schemaVersion + 1}; this one knows ${schemaVersion}`));
        return ofKind('newer')(error);
      },
    );
    writeFileSync(path, 'a text of more than sixteen bytes, which is no SQLite header at all'.repeat(100));
    throws(() => openSqliteStore(path), ofKind('damaged'));
  }));

test('a file whose installation id would lead elsewhere is refused', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    await openSqliteStore(path).close();
    for (const [id, isGood] of [
      ['../../x1', false],
      ['0123456g', false],
      ['0123456', false],
      ['012345678', false],
      ['01234567', true],
    ] as const) {
      const db = new DatabaseSync(path);
      db.prepare("UPDATE meta SET value = ? WHERE key = 'installation'").run(id);
      db.close();
      if (isGood) await openSqliteStore(path).close();
      else throws(() => openSqliteStore(path), ofKind('damaged'), id);
    }
  }));

test('a file that lacks pages, or whose pages are others, is named as damaged', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    const store = openSqliteStore(path);
    const changes = Array.from({ length: 200 }, (_, n) => ({
      ...{ account: '1', region: 'r', kind: 'vpc', id: `vpc-${n}`, before: undefined },
      after: JSON.stringify('x'.repeat(1000)),
    }));
    await store.commit(0, [{ ...entry(1), changes }]);
    await store.close();
    const whole = readFileSync(path);
    const readResources = async () => {
      const opened = openSqliteStore(path);
      await opened.resources(() => {}).finally(() => opened.close());
    };
    const without = (from: number, to: number) =>
      Buffer.concat([whole.subarray(0, from), Buffer.alloc(to - from, 'no page'), whole.subarray(to)]);
    const page = rootPage(path, 'resource');
    const damages = [whole.subarray(0, 5000), without(8192, whole.length), without(page, page + 4096)];
    for (const damage of damages) {
      writeFileSync(path, damage);
      await rejects(readResources, ofKind('damaged'));
    }
    writeFileSync(path, whole);
    await readResources();
  }));

/** Where the tree of a table begins in a file. */
function rootPage(path: string, table: string): number {
  const db = new DatabaseSync(path);
  const row = db.prepare('SELECT rootpage FROM sqlite_schema WHERE name = ?').get(table);
  db.close();
  return ((row as { readonly rootpage: number }).rootpage - 1) * 4096;
}

/** A synchronisation that the test ends. */
function gate() {
  const calls: PromiseWithResolvers<void>[] = [];
  const synchronize = () => {
    const call = Promise.withResolvers<void>();
    calls.push(call);
    return call.promise;
  };
  return { calls, synchronize };
}

const entry = (sequence: number) => ({
  sequence,
  timeMs: 1,
  principal: 'p',
  action: 'a',
  account: '1',
  region: 'r',
  requestId: 'r',
  request: undefined,
  changes: [],
});

test('a commit resolves when the log is synchronised, and not before', () =>
  inDirectory(async (directory) => {
    const { calls, synchronize } = gate();
    const store = openSqliteStore(prepareDataDirectory(directory), synchronize);
    let resolved = false;
    const committed = store.commit(0, [entry(1)]).then(() => {
      resolved = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    deepEqual([calls.length, resolved], [1, false]);
    calls[0]?.resolve();
    await committed;
    await store.close();
  }));

test('after a failed synchronisation nothing is taken until the file is opened anew', () =>
  inDirectory(async (directory) => {
    const { calls, synchronize } = gate();
    const path = prepareDataDirectory(directory);
    const store = openSqliteStore(path, synchronize);
    const failing = store.commit(0, [entry(1)]);
    calls[0]?.reject(new Error('EIO'));
    await rejects(failing, /EIO/);
    await rejects(store.head(), /must be restarted/);
    await rejects(store.commit(1, [entry(2)]), /must be restarted/);
    await store.close();
    const again = openSqliteStore(path);
    await again.commit((await again.head()).sequence, []);
    await again.close();
  }));

/** Entry `n` sets resource `n mod 3` to `n`. */
const numbered = (n: number) => ({
  ...entry(n),
  changes: [
    {
      account: '1',
      region: 'r',
      kind: 'vpc',
      id: `vpc-${n % 3}`,
      before: n > 3 ? String(n - 3) : undefined,
      after: String(n),
    },
  ],
});

async function bodiesOf(store: Store): Promise<Readonly<Record<string, string>>> {
  const bodies: Record<string, string> = {};
  await store.resources(({ id, body }) => {
    bodies[id] = body;
  });
  return bodies;
}

test('questions find entries that the rows follow and those that they do not, on both sides of the bound', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    const store = openSqliteStore(path);
    const followed = () => store.journal({ limit: 1000, resourceId: 'vpc-1' });
    for (let n = 1; n <= 300; n++) {
      await store.commit(n - 1, [numbered(n)]);
      if (n % 64 <= 3) equal((await followed()).length, Math.floor((n + 2) / 3), `after ${n}`);
    }
    await store.close();
    const db = new DatabaseSync(path);
    const read = (sql: string) => Object.values(db.prepare(sql).get() ?? {})[0];
    equal(read("SELECT value FROM meta WHERE key = 'rows_sequence'"), '258');
    equal(read('SELECT count(*) FROM touched'), 258);
    db.close();
    const again = openSqliteStore(path);
    deepEqual(await bodiesOf(again), { 'vpc-0': '300', 'vpc-1': '298', 'vpc-2': '299' });
    deepEqual(await again.journal({ limit: 2, from: 299 }), [numbered(299), numbered(300)]);
    await again.close();
  }));

test('rows that are behind end with a wipe', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    const store = openSqliteStore(path);
    await store.commit(0, [numbered(1), numbered(2)]);
    await store.wipe();
    deepEqual(await store.journal({ limit: 9, resourceId: 'vpc-1' }), []);
    await store.commit(0, [numbered(1)]);
    await store.close();
    const again = openSqliteStore(path);
    deepEqual(await bodiesOf(again), { 'vpc-1': '1' });
    await again.close();
  }));

test('a file whose rows were written with their entry is taken as it is', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    const store = openSqliteStore(path);
    await store.commit(0, [numbered(1), numbered(2)]);
    await store.resources(() => {});
    await store.close();
    const older = new DatabaseSync(path);
    older.exec(`DELETE FROM meta WHERE key = 'rows_sequence'; ALTER TABLE journal DROP COLUMN request;
      UPDATE meta SET value = '1' WHERE key = 'schema_version'`);
    older.close();
    const again = openSqliteStore(path);
    await again.commit(2, [numbered(3)]);
    deepEqual(await bodiesOf(again), { 'vpc-0': '3', 'vpc-1': '1', 'vpc-2': '2' });
    await again.close();
  }));

test('entries of a file that did not record requests yet have none, and new ones do', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    const store = openSqliteStore(path);
    await store.commit(0, [numbered(1)]);
    await store.close();
    const older = new DatabaseSync(path);
    older.exec(
      "ALTER TABLE journal DROP COLUMN request; UPDATE meta SET value = '2' WHERE key = 'schema_version'",
    );
    older.close();
    const again = openSqliteStore(path);
    await again.commit(1, [{ ...numbered(2), request: '{"of":2}' }]);
    const requests = (await again.journal({ limit: 9 })).map(({ request }) => request);
    deepEqual(requests, [undefined, '{"of":2}']);
    await again.close();
  }));

test('a commit that fails where it brings the rows forward leaves nothing, and the next one brings all of them', () =>
  inDirectory(async (directory) => {
    const path = prepareDataDirectory(directory);
    await openSqliteStore(path).close();
    const db = new DatabaseSync(path);
    db.exec(`CREATE TRIGGER disk BEFORE INSERT ON resource WHEN NEW.id = 'refused'
      BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
    db.close();
    const vpc = { account: '1', region: 'r', kind: 'vpc', before: undefined, after: '1' };
    const made = (id: string) => ({ ...vpc, id });
    const store = openSqliteStore(path);
    const first = Array.from({ length: 128 }, (_, n) => made(`vpc-${n}`));
    await store.commit(0, [{ ...entry(1), changes: first }]);
    await rejects(store.commit(1, [{ ...entry(2), changes: [made('refused')] }]), /the disk is full/);
    equal((await store.head()).sequence, 1);
    deepEqual(await store.journal({ limit: 9, resourceId: 'refused' }), []);
    equal((await store.journal({ limit: 9, resourceId: 'vpc-7' })).length, 1);
    await store.commit(1, [{ ...entry(2), changes: [made('after')] }]);
    await store.close();
    const rows = new DatabaseSync(path);
    deepEqual({ ...rows.prepare('SELECT count(*) AS count FROM resource').get() }, { count: 129 });
    rows.close();
    const again = openSqliteStore(path);
    const ids: string[] = [];
    await again.resources(({ id }) => ids.push(id));
    deepEqual(ids.toSorted(), [...first.map(({ id }) => id), 'after'].toSorted());
    await again.close();
  }));
