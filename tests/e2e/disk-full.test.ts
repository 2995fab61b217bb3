/**
 * A disk that fills up under a running server, and is freed again: a small file system in a mount namespace of the
 * server's own.
 */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { StartMessage } from '#server/detached.ts';
import type { Health } from '#server/health.ts';
import { upOptions } from '#server/options.ts';
import { ec2Call, inDirectory, send } from '../support/server.ts';

const skip =
  process.platform === 'linux' && process.getuid?.() === 0 ? false : 'mounting needs root on Linux';
const program = fileURLToPath(new URL('../../src/server/main.js', import.meta.url));

type Rig = {
  readonly create: (name: string) => Promise<{ readonly status: number; readonly body: string }>;
  readonly names: () => Promise<readonly string[]>;
  readonly health: () => Promise<Health>;
  readonly backup: () => Promise<{ readonly status: number; readonly body: string }>;
  readonly fill: () => void;
  readonly free: () => void;
};

/** Runs work with a server whose data directory is a file system of 3 MB. */
async function withSmallDisk(work: (rig: Rig) => Promise<void>): Promise<void> {
  await inDirectory(async (data) => {
    const options = JSON.stringify(upOptions.parse({ port: 0, enforce: 'off', data }));
    const script = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" "$3" "$4"';
    const shell = ['--mount', 'sh', '-ec', script, 'sh', data, process.execPath, program, options];
    const child = spawn('unshare', shell, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    try {
      const [message] = (await once(child, 'message')) as [StartMessage];
      if (message.kind === 'failed') throw new Error(message.message);
      // The namespace is the server's own; this is the way into it.
      await work(rigOf(message.endpoint, join(`/proc/${child.pid}/root`, data, 'filler')));
    } finally {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
  });
}

function rigOf(endpoint: string, filler: string): Rig {
  return {
    create: (name) =>
      send(endpoint, ec2Call('CreateSecurityGroup', { GroupName: name, GroupDescription: 'a group' })),
    names: async () => {
      const { body } = await send(endpoint, ec2Call('DescribeSecurityGroups'));
      return [...body.matchAll(/<groupName>([^<]+)</g)].map(([, name = '']) => name).sort();
    },
    health: async () => JSON.parse((await send(endpoint, { path: '/_rampart/health' })).body) as Health,
    backup: () => send(endpoint, { path: '/_rampart/backup', headers: { authorization: 'Rampart' } }),
    fill: () => {
      writeFileSync(filler, '');
      for (let size = 65_536; size > 0; size >>= 1) {
        try {
          for (;;) appendFileSync(filler, Buffer.alloc(size));
        } catch (error) {
          ok(error instanceof Error && 'code' in error && error.code === 'ENOSPC', String(error));
        }
      }
    },
    free: () => rmSync(filler),
  };
}

/** Asks until the answer is given; the server looks at its disk once a second. */
async function until<Value>(ask: () => Promise<Value>, holds: (value: Value) => boolean): Promise<Value> {
  for (;;) {
    const value = await ask();
    if (holds(value)) return value;
    await sleep(100);
  }
}

test(
  'a full disk refuses changes with AWS’s code, health says so, and it goes on when there is room',
  { skip },
  () =>
    withSmallDisk(async ({ create, names, health, fill, free }) => {
      equal((await create('before')).status, 200);
      equal((await health()).status, 'ok');
      fill();
      const { sequence, identity } = await health();
      const refused = await create('refused');
      equal(refused.status, 503);
      match(refused.body, /<Code>Unavailable<\/Code>/);
      const full = await health();
      deepEqual(
        [full.status, full.storage, full.sequence],
        ['degraded', { ok: false, error: 'database or disk is full' }, sequence],
      );
      deepEqual(await names(), ['before', 'default'], 'reading goes on');
      free();
      const freed = await until(health, ({ status }) => status === 'ok');
      deepEqual([freed.storage, freed.identity], [{ ok: true }, identity]);
      equal((await create('after')).status, 200);
      deepEqual(await names(), ['after', 'before', 'default']);
    }),
);

test('a backup for which there is no room says so, and leaves nothing', { skip }, () =>
  withSmallDisk(async ({ create, backup, fill, free }) => {
    equal((await create('before')).status, 200);
    fill();
    const { status, body } = await backup();
    equal(status, 507);
    match(body, /database or disk is full\. While no server runs, a backup needs no room here/);
    free();
    equal((await backup()).status, 200);
    equal((await create('after')).status, 200);
  }),
);

test('a full disk shows before anybody wants to change something', { skip }, () =>
  withSmallDisk(async ({ create, health, fill, free }) => {
    equal((await create('before')).status, 200);
    fill();
    await until(health, ({ status }) => status === 'degraded');
    free();
    await until(health, ({ status }) => status === 'ok');
  }),
);
