/** `rampart backup`: what is taken while a server writes is a data directory that a server starts on. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { upDetached } from '#server/up.ts';
import { ran } from '../support/ran.ts';
import { ec2Call, inDirectory, send } from '../support/server.ts';

const rampart = (...args: readonly string[]) => ran(args);

const optionsOf = (data: string) => upOptions.parse({ port: 0, data, enforce: 'off' });

const createGroup = (name: string) =>
  ec2Call('CreateSecurityGroup', { GroupName: name, GroupDescription: name });

async function groupNames(endpoint: string): Promise<readonly string[]> {
  const { body } = await send(endpoint, ec2Call('DescribeSecurityGroups'));
  return [...body.matchAll(/<groupName>(g\d+)</g)].map(([, name = '']) => name).sort();
}

test('a backup that is taken while changes go on has all that were answered before, keys and configuration', () =>
  inDirectory(async (scratch) => {
    const [data, copy] = [join(scratch, 'data'), join(scratch, 'copies', 'one')];
    const { endpoint } = await upDetached(optionsOf(data));
    try {
      writeFileSync(join(data, 'rampart.yaml'), 'allowedHosts: [rampart.example]\n');
      equal((await rampart('keys', 'create', 'alice', '--data', data)).status, 0);
      for (let n = 0; n < 20; n++) await send(endpoint, createGroup(`g${n}`));
      let going = true;
      const writing = (async () => {
        for (let n = 100; going; n++) await send(endpoint, createGroup(`g${n}`));
      })();
      const { status, stdout } = await rampart('backup', '--to', copy, '--data', data);
      going = false;
      await writing;
      equal(status, 0);
      match(stdout, /keep it as safe as the data directory/);
      deepEqual(readdirSync(copy).sort(), ['keys.key', 'keys.sqlite', 'rampart.sqlite', 'rampart.yaml']);
      for (const name of readdirSync(copy).filter((each) => each !== 'rampart.yaml'))
        equal(statSync(join(copy, name)).mode & 0o777, 0o600, name);
      equal(statSync(copy).mode & 0o777, 0o700);
      deepEqual(
        readdirSync(data).filter((name) => name.includes('backup')),
        [],
      );
      deepEqual(readdirSync(join(scratch, 'copies')), ['one']);
    } finally {
      await down({ data });
    }
    // As a server leaves it that is killed while it copies.
    const unfinished = join(copy, '.unfinished-backup-aBcDeF');
    mkdirSync(unfinished);
    const restored = await upDetached(optionsOf(copy));
    try {
      equal(existsSync(unfinished), false);
      const names = await groupNames(restored.endpoint);
      for (let n = 0; n < 20; n++) ok(names.includes(`g${n}`), `g${n} is in the backup`);
      match((await rampart('keys', 'list', '--data', copy)).stdout, /alice/);
      equal((await send(restored.endpoint, createGroup('new'))).status, 200);
    } finally {
      await down({ data: copy });
    }
  }));

test('a backup of a directory without a server, and what refuses one', () =>
  inDirectory(async (scratch) => {
    const [data, copy] = [join(scratch, 'data'), join(scratch, 'copy')];
    const { endpoint } = await upDetached(optionsOf(data));
    await send(endpoint, createGroup('g1'));
    await down({ data });
    equal((await rampart('backup', '--to', copy, '--data', data)).status, 0);
    deepEqual(readdirSync(copy), ['rampart.sqlite']);
    const restored = await upDetached(optionsOf(copy));
    deepEqual(await groupNames(restored.endpoint), ['g1']);
    await down({ data: copy });

    const rows: readonly (readonly [args: readonly string[], status: number, says: RegExp])[] = [
      [['--to', copy, '--data', data], 2, /copy is not an empty folder/],
      [['--to', join(data, 'rampart.sqlite'), '--data', data], 2, /rampart\.sqlite is not an empty folder/],
      [['--to', join(scratch, 'x'), '--data', scratch], 2, /holds no Rampart data/],
      [
        ['--to', join(data, 'rampart.sqlite', 'x'), '--data', data],
        1,
        /cannot be written: something of that name/,
      ],
      [['--data', data], 2, /required option '--to <dir>'/],
    ];
    for (const [args, status, says] of rows) {
      const { status: got, stderr } = await rampart('backup', ...args);
      equal(got, status, stderr);
      match(stderr, says);
    }
  }));
