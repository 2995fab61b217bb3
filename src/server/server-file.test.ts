/** Whom a server file may name: with real processes of two users. */
import { deepEqual, equal, ok, throws } from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { inDirectory } from '../../tests/support/server.ts';
import { down } from './down.ts';
import { isAlive, processStart, readServerFile, writeServerFile } from './server-file.ts';
import { StartupError } from './startup-error.ts';

const skip = process.platform === 'linux' && process.getuid?.() === 0 ? false : 'needs root on Linux';
const nobody = 65_534;

async function sleeper(uid: number): Promise<{ readonly child: ChildProcess; readonly pid: number }> {
  const child = spawn('sleep', ['60'], { uid, stdio: 'ignore' });
  await once(child, 'spawn');
  return { child, pid: child.pid ?? 0 };
}

test('only a process of the file’s owner, begun when it says, is taken for the server', { skip }, () =>
  inDirectory(async (directory) => {
    const [mine, theirs] = [await sleeper(0), await sleeper(nobody)];
    try {
      const rows = [
        ['root names its own', 0, mine, {}, true],
        ['nobody names its own', nobody, theirs, {}, true],
        ['nobody names one of root', nobody, mine, {}, false],
        ['root names one of nobody', 0, theirs, {}, false],
        ['another beginning', 0, mine, { processStart: '1' }, false],
        ['no beginning', 0, mine, { processStart: undefined }, false],
        ['no process', 0, { pid: 2 ** 22 + 1 }, {}, false],
      ] as const;
      for (const [name, owner, { pid }, change, alive] of rows) {
        const start = processStart(pid);
        writeServerFile(directory, { pid, version: '0', ...(start && { processStart: start }), ...change });
        chownSync(join(directory, 'server.json'), owner, owner);
        const file = readServerFile(directory);
        equal(file && isAlive(file), alive, name);
        if (!alive) deepEqual(await down({ data: directory }), { wasRunning: false }, name);
      }
      equal(mine.child.exitCode ?? mine.child.signalCode, null);
      equal(theirs.child.exitCode ?? theirs.child.signalCode, null);
    } finally {
      mine.child.kill('SIGKILL');
      theirs.child.kill('SIGKILL');
    }
  }),
);

test('a link in the file’s place is not followed', () =>
  inDirectory((directory) => {
    const path = join(directory, 'server.json');
    writeFileSync(join(directory, 'other'), JSON.stringify({ pid: process.pid, version: '0' }));
    symlinkSync(join(directory, 'other'), path);
    throws(
      () => readServerFile(directory),
      (error) => error instanceof StartupError && /symbolic link/.test(error.message),
    );
    renameSync(join(directory, 'other'), path);
    ok(readServerFile(directory));
  }));
