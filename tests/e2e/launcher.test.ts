/** The launcher on a checkout of its own whose CLI prints its arguments: nothing is downloaded. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** The first Node program in the search path: `node` alone would be this one even where the shell has another. */
const nodeFolder = dirname(process.execPath);

describe('launcher', () => {
  let scratch: string;
  let checkout: string;

  before(() => {
    scratch = mkdtempSync(join(tmpdir(), 'rampart-launcher-'));
    checkout = join(scratch, 'a checkout');
    mkdirSync(join(checkout, 'src/cli'), { recursive: true });
    mkdirSync(join(checkout, 'node_modules'));
    for (const file of ['rampart', 'package.json', 'package-lock.json']) {
      cpSync(join(root, file), join(checkout, file));
    }
    cpSync(join(root, 'package-lock.json'), join(checkout, 'node_modules/.rampart-lock'));
    writeFileSync(
      join(checkout, 'src/cli/main.js'),
      'console.log(JSON.stringify(process.argv.slice(2))); process.exitCode = 7;\n',
    );
  });
  after(() => rmSync(scratch, { recursive: true }));

  /** Runs the launcher with a search path that finds this Node and no npm unless it is given. */
  const run = (
    command: string,
    args: readonly string[],
    { path = `${nodeFolder}:/usr/bin:/bin`, cwd = scratch }: { path?: string; cwd?: string } = {},
  ) => spawnSync(command, args, { cwd, encoding: 'utf8', env: { ...process.env, PATH: path } });

  const passed: readonly (readonly [why: string, typed: readonly string[], handedOver: readonly string[]])[] =
    [
      ['arguments', ['can', 'a b', '$HOME', '*'], ['can', 'a b', '$HOME', '*']],
      ['an empty argument', ['can', ''], ['can', '']],
      ['--no-install, which is its own', ['--no-install', 'up', '--no-install', '--x'], ['up', '--x']],
      [
        'what stands after --',
        ['exec', 'i', '--', 'c', '--no-install'],
        ['exec', 'i', '--', 'c', '--no-install'],
      ],
    ];
  for (const [why, typed, handedOver] of passed) {
    test(`hands over ${why}`, () => {
      const { stdout, stderr, status } = run(join(checkout, 'rampart'), typed);
      assert.deepEqual([JSON.parse(stdout), stderr, status], [handedOver, '', 7]);
    });
  }

  test('finds the checkout through symbolic links, from any folder', () => {
    mkdirSync(join(scratch, 'bin'));
    symlinkSync('../a checkout/rampart', join(scratch, 'bin/relative'));
    symlinkSync('relative', join(scratch, 'bin/rampart'));
    assert.equal(run(join(scratch, 'bin/rampart'), ['x'], { cwd: '/' }).stdout, '["x"]\n');
    assert.equal(run('sh', ['rampart', 'x'], { cwd: checkout }).stdout, '["x"]\n');
    const path = `${join(scratch, 'bin')}:${nodeFolder}:/usr/bin:/bin`;
    assert.equal(run('rampart', ['x'], { path }).stdout, '["x"]\n');
  });

  test('installs nothing while the lock is the installed one, and says what it needs when it is not', () => {
    const lock = join(checkout, 'package-lock.json');
    const original = readFileSync(lock);
    const empty = join(scratch, 'empty');
    mkdirSync(empty);
    symlinkSync(process.execPath, join(empty, 'node'));
    for (const tool of ['awk', 'cmp', 'grep', 'id', 'readlink', 'mkdir', 'sh']) {
      const place = ['/usr/bin', '/bin'].find((folder) => existsSync(join(folder, tool)));
      symlinkSync(join(place ?? assert.fail(`no ${tool}`), tool), join(empty, tool));
    }
    assert.equal(run(join(checkout, 'rampart'), ['x'], { path: empty }).stdout, '["x"]\n');
    writeFileSync(lock, `${original}\n`);
    const { stdout, stderr, status } = run(join(checkout, 'rampart'), ['x'], { path: empty });
    writeFileSync(lock, original);
    const sentence = 'rampart: Node 20 or newer and npm are needed to install what Rampart runs on\n';
    assert.deepEqual([stdout, stderr, status], ['', sentence, 1]);
  });
});
