/** `check` and `diff --fail-on` as gates of a CI: what they have not read must not open them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { cliProgram } from '../support/cli.ts';
import { withFiles } from '../support/import.ts';

type Outputs = Readonly<Record<string, string | object>>;

const example = join(import.meta.dirname, '../../docs/example/now/network.json');
const outputs = JSON.parse(readFileSync(example, 'utf8')) as Outputs;

const contract = (service: string) =>
  `contracts: [{ name: closed, never: { from: internet, to: any, services: [${service}] } }]\n`;

/** A folder with each output in a file of its own, as `change` leaves them. */
function folderOf(
  change: (files: Record<string, string | object>) => void,
): Readonly<Record<string, string | object>> {
  const files: Record<string, string | object> = Object.fromEntries(
    Object.entries(outputs).map(([key, list]) => [`dump/${key}.json`, { [key]: list }]),
  );
  change(files);
  return { ...files, 'keeps.yaml': contract('tcp/8080'), 'breaks.yaml': contract('tcp/22') };
}

const groups = 'dump/SecurityGroups.json';
const cutOff = (files: Record<string, string | object>) => {
  files[groups] = JSON.stringify(files[groups]).slice(0, 200);
};

const rows: readonly (readonly [
  what: string,
  change: (files: Record<string, string | object>) => void,
  whole: boolean,
])[] = [
  ['everything is there', () => {}, true],
  ['the groups are cut off', cutOff, false],
  ['the groups are missing', (files) => delete files[groups], false],
  ['the interfaces are missing', (files) => delete files['dump/NetworkInterfaces.json'], false],
  [
    'a page of the groups is missing',
    (files) => Object.assign(files[groups] as object, { NextToken: 'x' }),
    false,
  ],
  ['what only closes is missing', (files) => delete files['dump/NetworkAcls.json'], true],
];

for (const [what, change, whole] of rows) {
  test(`gates where ${what}`, async () => {
    await withFiles(folderOf(change), (folder) => {
      const rampart = (...args: readonly string[]) =>
        spawnSync(process.execPath, [cliProgram, ...args], { cwd: folder, encoding: 'utf8' });
      const network = ['--network', 'dump:dump'];
      for (const gate of [
        ['check', 'keeps.yaml', ...network],
        ['diff', 'dump:dump', 'dump:dump', '--fail-on', 'any'],
      ]) {
        const { status, stderr } = rampart(...gate);
        assert.equal(status, whole ? 0 : 2, `${gate.join(' ')}: ${stderr}`);
        assert.equal(/nothing is proved/.test(stderr), !whole);
        assert.equal(rampart(...gate, '--allow-unknown').status, 0);
      }
      const { contracts, proved } = JSON.parse(rampart('check', 'keeps.yaml', ...network, '--json').stdout);
      assert.deepEqual([contracts[0].holds, proved], [true, whole]);
      assert.equal(rampart('diff', 'dump:dump', 'dump:dump').status, 0, 'without --fail-on it is no gate');
    });
  });
}

test('what is broken in what could be read is broken', async () => {
  const broken = folderOf((files) => {
    files['dump/Other.json'] = '{ "Vpcs": [';
  });
  await withFiles(broken, (folder) => {
    const args = [cliProgram, 'check', 'breaks.yaml', '--network', 'dump:dump'];
    assert.equal(spawnSync(process.execPath, args, { cwd: folder }).status, 1);
  });
});
