/**
 * Every EC2 operation through the real SDK against a server in a process of its own: what it answers, every refusal in
 * its code, every filter, its pages. The rows are data (`steps/`), and the last tests see to it that none is missing.
 */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { upDetached } from '#server/up.ts';
import { services } from '#services/services.ts';
import { inDirectory } from '../../support/server.ts';
import { unreached } from './coverage.ts';
import { checkList } from './lists.ts';
import { quotas } from './quotas.ts';
import { afterRestart, beforeRestart } from './restart.ts';
import { Runner } from './runner.ts';
import type { Row } from './step.ts';
import { stories } from './stories.ts';
import { reasonFor } from './unreachable.ts';
import { untried } from './untried.ts';

const rows = Object.values(stories).flat();

test('every operation has a row', () => {
  const tested = new Set(rows.map((row) => ('lists' in row ? row.lists : row.action)));
  assert.deepEqual(
    Object.keys(services['ec2'] ?? {}).filter((action) => !tested.has(action)),
    [],
  );
});

test('every operation that pages, filters, tags, takes client tokens or tries dryly has a row for that', () => {
  assert.deepEqual(untried(Object.keys(services['ec2'] ?? {}), rows), []);
});

test('every operation answers as AWS does', (t) =>
  inDirectory(async (directory) => {
    const data = join(directory, 'data');
    const coverage = join(directory, 'coverage');
    mkdirSync(data);
    writeFileSync(join(data, 'rampart.json'), JSON.stringify({ quotas }));
    const start = () => startCovered(data, coverage);
    const runner = new Runner(await start());
    try {
      for (const [name, story] of Object.entries(stories)) {
        await t.test(name, async () => {
          assert.deepEqual(await contradictions(runner, story), []);
        });
      }
      await t.test('the pages of every list and client tokens last over a restart', async () => {
        const before = await beforeRestart(runner, rows);
        runner.close();
        await down({ data });
        runner.endpoint = await start();
        await afterRestart(runner, before);
      });
    } finally {
      runner.close();
      await down({ data });
    }
    await t.test('every refusal and every function was reached', () => {
      const places = unreached(coverage, 'src/services/ec2/**/*.ts');
      assert.deepEqual(
        places.filter((place) => reasonFor(place) === undefined),
        [],
      );
    });
  }));

/** What the rows of a story find wrong; the later ones run all the same. */
async function contradictions(runner: Runner, story: readonly Row[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const row of story) {
    try {
      if ('lists' in row) await checkList(runner, row);
      else await runner.run(row);
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      found.push(error.message);
    }
  }
  return found;
}

/** Starts a server that leaves V8's coverage in a directory when it ends; gives its endpoint. */
async function startCovered(data: string, coverage: string): Promise<string> {
  const before = process.env['NODE_V8_COVERAGE'];
  process.env['NODE_V8_COVERAGE'] = coverage;
  try {
    return (await upDetached(upOptions.parse({ port: 0, data, enforce: 'off' }))).endpoint;
  } finally {
    if (before === undefined) delete process.env['NODE_V8_COVERAGE'];
    else process.env['NODE_V8_COVERAGE'] = before;
  }
}
