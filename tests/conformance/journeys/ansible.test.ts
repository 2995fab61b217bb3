/**
 * Debian's Ansible with the modules of `amazon.aws`, unchanged but for the endpoint: a second run changes nothing. With
 * `RAMPART_ANSIBLE=all` also every networking module, run, again, in check mode, away and away again: some minutes.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { inDirectory, withServer } from '../../support/server.ts';

const program = '/usr/bin/ansible-playbook';
const collection = '/usr/lib/python3/dist-packages/ansible_collections/amazon/aws';
const playbook = (name: string) => fileURLToPath(new URL(`./${name}.yaml`, import.meta.url));

function whyNot(): string | false {
  const isThere = [program, collection, '/usr/lib/python3/dist-packages/boto3'].every((path) =>
    existsSync(path),
  );
  return isThere
    ? false
    : 'needs the Debian packages ansible and python3-boto3 (200 MB, not installed by ./rampart)';
}

type Recap = { readonly ok: number; readonly changed: number; readonly failed: number };

/** Plays a playbook; the counts of Ansible's recap. */
function play(
  name: string,
  endpoint: string,
  directory: string,
  ...options: readonly string[]
): Promise<Recap> {
  const env = {
    PATH: '/usr/bin:/bin',
    HOME: directory,
    ANSIBLE_LOCAL_TEMP: join(directory, 'ansible'),
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_PYTHON_INTERPRETER: '/usr/bin/python3',
    LC_ALL: 'C.UTF-8',
  };
  const args = [...options, '-i', 'localhost,', '-e', `endpoint=${endpoint}`, playbook(name)];
  return new Promise((resolve, reject) => {
    execFile(program, args, { env, encoding: 'utf8' }, (error, stdout, stderr) => {
      const counts = /ok=(\d+)\s+changed=(\d+).*failed=(\d+)/.exec(stdout);
      if (error || !counts) return reject(new Error(`${stdout}\n${stderr}`));
      const [, ok, changed, failed] = counts.map(Number);
      resolve({ ok: ok ?? 0, changed: changed ?? 0, failed: failed ?? 0 });
    });
  });
}

test('a site made by Ansible stays as it is when it is made again', { skip: whyNot() }, () =>
  inDirectory((directory) =>
    withServer(async ({ endpoint }) => {
      assert.deepEqual(await play('site', endpoint, directory), { ok: 7, changed: 7, failed: 0 });
      assert.deepEqual(await play('site', endpoint, directory), { ok: 7, changed: 0, failed: 0 });
    }),
  ),
);

const wholeSkip =
  process.env['RAMPART_ANSIBLE'] === 'all' ? whyNot() : 'takes some minutes: set RAMPART_ANSIBLE=all';

test('every networking module makes, leaves alone and takes away', { skip: wholeSkip }, () =>
  inDirectory((directory) =>
    withServer(async ({ endpoint }) => {
      const done = (name: string, ...options: readonly string[]) =>
        play(name, endpoint, directory, ...options).then(({ changed, failed }) => ({ changed, failed }));
      assert.ok((await done('network')).changed > 0);
      assert.deepEqual(await done('network'), { changed: 0, failed: 0 });
      assert.deepEqual(await done('network', '--check'), { changed: 0, failed: 0 });
      assert.ok((await done('no-network')).changed > 0);
      assert.deepEqual(await done('no-network'), { changed: 0, failed: 0 });
    }),
  ),
);
