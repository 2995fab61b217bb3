/** A folder of files is there whole or not at all. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { DescribedFile } from './describe-world.ts';
import { refuseFull, writeFolder } from './folder.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rpt-folder-'));
after(() => rmSync(scratch, { recursive: true }));

const fileOf = (name: string): DescribedFile => ({
  folder: ['111122223333', 'us-east-1'],
  name,
  body: { name },
});

test('files are written into a new folder and into an empty one', async () => {
  const empty = join(scratch, 'empty');
  mkdirSync(empty);
  for (const to of [join(scratch, 'new'), empty]) {
    assert.equal(await writeFolder(to, [fileOf('a.json'), fileOf('b.json')]), 2);
    assert.deepEqual(readdirSync(to), ['111122223333']);
    const at = join(to, '111122223333', 'us-east-1');
    assert.deepEqual(readdirSync(at).sort(), ['a.json', 'b.json']);
    assert.deepEqual(JSON.parse(readFileSync(join(at, 'a.json'), 'utf8')), { name: 'a.json' });
    assert.throws(() => refuseFull(to), /is not empty/);
    assert.throws(() => refuseFull(join(at, 'a.json')), /a\.json is no folder/);
  }
});

test('no name leads out of the folder', async () => {
  const to = join(scratch, 'inside');
  const names = ['../out.json', '..', '.', '.hidden.json', 'a/b.json', 'a\\b.json', 'a\0.json', ''];
  for (const name of names) {
    for (const file of [fileOf(name), { ...fileOf('a.json'), folder: ['111122223333', name] }])
      await assert.rejects(writeFolder(to, [fileOf('first.json'), file]), /is no name for a file/, name);
  }
  assert.deepEqual([existsSync(to), existsSync(join(scratch, 'out.json'))], [false, false]);
});

test('a failure on the way leaves nothing', async () => {
  function* failing(): Iterable<DescribedFile> {
    yield fileOf('a.json');
    throw Object.assign(new Error('full'), { code: 'ENOSPC' });
  }
  const [fresh, empty] = [join(scratch, 'fresh'), join(scratch, 'kept')];
  mkdirSync(empty);
  for (const to of [fresh, empty])
    await assert.rejects(writeFolder(to, failing()), /cannot be written: no space is left/);
  assert.deepEqual([existsSync(fresh), readdirSync(empty)], [false, []]);
});

/** A program that writes for ever, and is ended by a signal once it has begun. */
async function interrupted(to: string, signal: NodeJS.Signals): Promise<unknown> {
  const module = fileURLToPath(new URL('./folder.ts', import.meta.url));
  const script = `
    import { writeFolder } from ${JSON.stringify(module)};
    function* endless() {
      for (let at = 0; ; at++) {
        if (at === 10) console.log('writing');
        yield { folder: ['a'], name: at % 20 + '.json', body: {} };
      }
    }
    await writeFolder(${JSON.stringify(to)}, endless());`;
  const program = spawn(process.execPath, ['--input-type=module', '-e', script]);
  const ended = new Promise((resolve) => program.once('exit', (_code, by) => resolve(by)));
  await once(program.stdout, 'data');
  if (signal === 'SIGKILL')
    assert.throws(() => refuseFull(to), new RegExp(`process ${program.pid} is writing`));
  program.kill(signal);
  return ended;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`${signal} on the way leaves nothing`, async () => {
    const to = join(scratch, signal);
    assert.deepEqual([await interrupted(to, signal), existsSync(to)], [signal, false]);
  });
}

test('what a killed export has left is cleared by the next one, and nothing else is', async () => {
  const to = join(scratch, 'killed');
  assert.equal(await interrupted(to, 'SIGKILL'), 'SIGKILL');
  assert.match(readdirSync(to).join(), /^\.unfinished-\d+-\w{6}$/);
  refuseFull(to);
  assert.equal(await writeFolder(to, [fileOf('a.json')]), 1);
  assert.deepEqual(readdirSync(to), ['111122223333']);
});

for (const name of ['.unfinished-notes', `.unfinished-${process.pid}-abc123`, 'unfinished-1-abc123']) {
  test(`${name} is no abandoned export`, () => {
    const to = mkdtempSync(join(scratch, 'held-'));
    mkdirSync(join(to, name));
    assert.throws(() => refuseFull(to), /is not empty|is writing into/);
  });
}
