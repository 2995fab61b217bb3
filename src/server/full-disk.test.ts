/** What a server does where nothing can be written; /dev/full stands for a full disk. */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { fileLog } from './log.ts';
import { openStore } from './open-store.ts';
import { writeServerFile } from './server-file.ts';
import { StartupError } from './startup-error.ts';

const directory = mkdtempSync(join(tmpdir(), 'rampart-full-'));
after(() => rmSync(directory, { recursive: true }));
const skip = existsSync('/dev/full') ? false : 'this system has no /dev/full';

test('a log line that cannot be written is lost, and nothing else is', { skip }, () => {
  symlinkSync('/dev/full', join(directory, 'server.log'));
  const log = fileLog(directory);
  for (let line = 0; line < 10; line++)
    log.error({ err: new Error('the disk is full') }, 'a fault was caught');
});

test('a server file that cannot be written is one line for the operator', { skip }, () => {
  symlinkSync('/dev/full', join(directory, 'server.json.new'));
  const write = () => writeServerFile(directory, { pid: 1, version: '0' });
  assert.throws(write, (error) => error instanceof StartupError && /no space left/.test(error.message));
});

test('a place where no directory can be made is one line for the operator', () => {
  if (!existsSync('/proc/self')) return;
  assert.throws(() => openStore('/proc/rampart-none/data'), StartupError);
});
