import { deepEqual, equal, match, throws } from 'node:assert/strict';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { DataDirectoryError } from '../data-directory.ts';
import { KeyStore, type SecretKey } from './key-store.ts';
import { open, seal } from './sealed.ts';

function inDirectory(work: (directory: string) => void): void {
  const directory = mkdtempSync(join(tmpdir(), 'rpt-keys-'));
  try {
    work(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const secretAccessKey = 'abcdefghijklmnopqrstuvwxyz0123456789+/AB';
const alice: SecretKey = {
  id: 'AKIAAAAAAAAAAAAAAAAA',
  account: '123456789012',
  user: 'alice',
  createdAtMs: 5,
  policy: undefined,
  secretAccessKey,
};
const bob: SecretKey = { ...alice, id: 'AKIABBBBBBBBBBBBBBBB', user: 'bob', policy: '{}', createdAtMs: 4 };

const ofKind = (kind: string) => (error: unknown) =>
  error instanceof DataDirectoryError && error.kind === kind;

test('keys come back with their secrets, are listed without, and stay after reopening', () =>
  inDirectory((directory) => {
    const store = KeyStore.open(directory);
    equal(store.find(alice.id), undefined);
    store.add(alice);
    store.add(bob);
    store.close();
    const again = KeyStore.open(directory);
    deepEqual(again.find(alice.id), alice);
    deepEqual(again.find(bob.id), bob);
    const { secretAccessKey: _, ...listed } = alice;
    deepEqual(
      again.list().map(({ id }) => id),
      [bob.id, alice.id],
    );
    deepEqual(again.list()[1], listed);
    throws(() => again.add(alice), /UNIQUE/);
    again.close();
  }));

test('another connection sees a revocation at once', () =>
  inDirectory((directory) => {
    const server = KeyStore.open(directory);
    const cli = KeyStore.open(directory);
    cli.add(alice);
    equal(server.find(alice.id)?.user, 'alice');
    equal(cli.remove(alice.id), true);
    equal(cli.remove(alice.id), false);
    equal(server.find(alice.id), undefined);
    server.close();
    cli.close();
  }));

test('files are private and hold no secret in the clear', () =>
  inDirectory((directory) => {
    const store = KeyStore.open(directory);
    store.add(alice);
    const names = readdirSync(directory).sort();
    deepEqual(names, ['keys.key', 'keys.sqlite', 'keys.sqlite-shm', 'keys.sqlite-wal']);
    for (const name of names) {
      equal(statSync(join(directory, name)).mode & 0o777, 0o600, name);
      equal(readFileSync(join(directory, name)).includes(secretAccessKey), false, name);
    }
    store.close();
  }));

test('a key file that is readable, damaged, lost or foreign is refused', () =>
  inDirectory((directory) => {
    const path = join(directory, 'keys.key');
    const store = KeyStore.open(directory);
    store.add(alice);
    store.close();
    chmodSync(path, 0o640);
    throws(() => KeyStore.open(directory), ofKind('forbidden'));
    chmodSync(path, 0o600);
    const bytes = readFileSync(path);
    writeFileSync(path, bytes.subarray(1));
    throws(() => KeyStore.open(directory), ofKind('damaged'));
    for (const other of [undefined, Buffer.alloc(32)]) {
      rmSync(path, { force: true });
      if (other) writeFileSync(path, other, { mode: 0o600 });
      const broken = KeyStore.open(directory);
      throws(() => broken.find(alice.id), ofKind('damaged'));
      if (!other) throws(() => broken.add(bob), ofKind('damaged'));
      equal(broken.list().length, 1);
      broken.close();
    }
    writeFileSync(path, bytes, { mode: 0o600 });
    const mended = KeyStore.open(directory);
    equal(mended.find(alice.id)?.secretAccessKey, secretAccessKey);
    mended.close();
  }));

test('a row that was given another account, user or policy is refused', () => {
  for (const change of ["account = '999999999999'", "user = 'root'", 'policy = NULL']) {
    inDirectory((directory) => {
      const store = KeyStore.open(directory);
      store.add(bob);
      const db = new DatabaseSync(join(directory, 'keys.sqlite'));
      db.exec(`UPDATE access_key SET ${change}`);
      db.close();
      throws(() => store.find(bob.id), ofKind('damaged'), change);
      store.close();
    });
  }
});

test('a file of a newer program is refused', () =>
  inDirectory((directory) => {
    const db = new DatabaseSync(join(directory, 'keys.sqlite'));
    db.exec('PRAGMA user_version = 2');
    db.close();
    throws(() => KeyStore.open(directory), ofKind('newer'));
  }));

test('every bit of a sealed secret counts', () => {
  const key = Buffer.alloc(32, 7);
  const sealed = seal('secret', 'owner', key);
  equal(open(sealed, 'owner', key), 'secret');
  equal(open(sealed, 'other', key), undefined);
  equal(open(sealed, 'owner', Buffer.alloc(32, 8)), undefined);
  equal(open(sealed.subarray(0, 20), 'owner', key), undefined);
  for (let at = 0; at < sealed.length; at++) {
    const changed = Uint8Array.from(sealed);
    changed[at] = (changed[at] ?? 0) ^ 1;
    equal(open(changed, 'owner', key), undefined, `byte ${at}`);
  }
  match(Buffer.from(seal('secret', 'owner', key)).toString('hex'), /^[0-9a-f]{68}$/);
});
