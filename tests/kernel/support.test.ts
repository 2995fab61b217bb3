/** What a machine lacks is told before anything is made, in mount namespaces of our own that lack it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import process from 'node:process';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { skip } from './namespaces.ts';

const ask = `
  const { kernelSupport } = await import(${JSON.stringify(fileURLToPath(import.meta.resolve('#kernel/support.ts')))});
  const support = kernelSupport();
  console.log(support.possible || support.reason);`;

type Row = { readonly where: string; readonly lack: string; readonly told: string };
const rows: readonly Row[] = [
  { where: 'as it is', lack: 'true', told: 'true' },
  {
    where: 'kernel parameters that are read-only',
    lack: 'mount -o bind,ro /proc/sys /proc/sys',
    told: 'Enforcement sets kernel parameters, and /proc/sys cannot be written here.',
  },
  {
    where: 'a read-only /run',
    lack: 'mount -t tmpfs -o ro none /run',
    told: 'Enforcement keeps network namespaces in /run/netns, and /run cannot be written.',
  },
  {
    where: 'a read-only folder of namespaces',
    lack: 'mount -t tmpfs none /run && mkdir /run/netns && mount -t tmpfs -o ro none /run/netns',
    told: 'Enforcement keeps network namespaces in /run/netns, and /run/netns cannot be written.',
  },
];

const unshare = '/usr/bin/unshare';

describe('what a machine lacks', { skip: existsSync(unshare) ? skip : 'needs unshare (util-linux)' }, () => {
  for (const { where, lack, told } of rows) {
    test(where, () => {
      const script = `${lack} && exec "$0" --input-type=module -e "$1"`;
      const said = execFileSync(unshare, ['--mount', 'sh', '-c', script, process.execPath, ask]);
      assert.equal(said.toString().trim(), told);
    });
  }
});
