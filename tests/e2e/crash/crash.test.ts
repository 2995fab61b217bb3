/** Kill -9 during writes: every acknowledged change is there, and no half of any. */
import { deepEqual, equal, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { prepareDataDirectory } from '#state/data-directory.ts';
import { Database } from '#state/database.ts';
import { openSqliteStore } from '#state/sqlite-store.ts';
import type { Store, StoredResource } from '#state/store.ts';
import { networkOf } from '#vpc/network.ts';
import { gatewayOf, scope, tallyOf, vpcOf } from './resources.ts';

const rounds = 50;
const writer = fileURLToPath(new URL('./writer.ts', import.meta.url));

/** Runs the writer, kills it some time after its first acknowledgement; the acknowledged numbers. */
async function writeUntilKilled(directory: string, round: number): Promise<readonly number[]> {
  const child = spawn(process.execPath, [writer, directory], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  try {
    await once(child.stdout, 'data');
    await sleep((round * 7) % 50);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
  }
  equal(child.signalCode, 'SIGKILL');
  // The last line may have been cut.
  return said.split('\n').slice(0, -1).map(Number);
}

/** Rows by kind and id. */
async function rowsOf(store: Store): Promise<ReadonlyMap<string, unknown>> {
  const rows: StoredResource[] = [];
  await store.resources((row) => rows.push(row));
  return new Map(rows.map(({ kind, id, body }) => [`${kind} ${id}`, JSON.parse(body)]));
}

/** The rows that follow from the journal, and how many entries it has. */
async function replay(store: Store) {
  const rows = new Map<string, unknown>();
  const entries = await store.journal({ limit: 1_000_000 });
  for (const [index, { sequence, changes }] of entries.entries()) {
    equal(sequence, index + 1);
    for (const { kind, id, before, after } of changes) {
      const key = `${kind} ${id}`;
      deepEqual(rows.get(key), before && JSON.parse(before), `before of ${key} at ${sequence}`);
      if (after === undefined) rows.delete(key);
      else rows.set(key, JSON.parse(after));
    }
  }
  return { rows, length: entries.length };
}

async function check(directory: string, acknowledged: readonly number[]): Promise<void> {
  const store = openSqliteStore(prepareDataDirectory(directory));
  try {
    const last = Math.max(...acknowledged);
    const { length, rows } = await replay(store);
    ok(length >= last, `acknowledged ${last}, stored ${length}`);
    deepEqual(await rowsOf(store), rows);
    const { vpc, internetGateway, prefixList } = networkOf((await Database.open(store)).committed, scope);
    for (let n = 1; n <= length; n++) {
      deepEqual(internetGateway.get(gatewayOf(n).id), gatewayOf(n));
      const removed = n % 3 === 1 && n + 2 <= length;
      deepEqual(vpc.get(vpcOf(n).id), removed ? undefined : vpcOf(n));
    }
    deepEqual(prefixList.get('pl-tally'), tallyOf(length));
  } finally {
    await store.close();
  }
}

test(`nothing acknowledged is lost and nothing is half done, killed ${rounds} times`, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'rpt-crash-'));
  try {
    let total = 0;
    for (let round = 0; round < rounds; round++) {
      const acknowledged = await writeUntilKilled(directory, round);
      ok(acknowledged.length > 0);
      total += acknowledged.length;
      // Replaying all is quadratic in rounds, so the later ones start anew.
      await check(directory, acknowledged);
      if (round % 5 === 4) rmSync(directory, { recursive: true });
    }
    ok(total >= rounds);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
