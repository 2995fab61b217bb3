/** `check` and `diff --fail-on` as gates of a CI: what they have not read must not open them. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
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

const ask = (folder: string, ...args: readonly string[]): string =>
  spawnSync(process.execPath, [cliProgram, 'check', 'breaks.yaml', '--network', 'dump:dump', ...args], {
    cwd: folder,
    encoding: 'utf8',
  }).stdout;

test('a contract that much breaks shows the first 20 of it, and all where that is asked for', async () => {
  const rows: readonly (readonly [interfaces: number, shown: number, more: RegExp | undefined])[] = [
    [20, 20, undefined],
    [21, 20, /\n {4}and 1 other; --all lists them\n/],
  ];
  for (const [count, shown, more] of rows) {
    await withFiles(
      folderOf((files) => Object.assign(files, publicInterfaces(count))),
      (folder) => {
        const worksIn = (text: string) => text.match(/^ {4}works: internet/gm)?.length;
        const text = ask(folder);
        assert.equal(worksIn(text), shown);
        assert.equal(/--all/.test(text), more !== undefined);
        if (more) assert.match(text, more);
        assert.equal(worksIn(ask(folder, '--all')), count);
        const [only] = JSON.parse(ask(folder, '--json')).contracts;
        assert.equal(only.violations.length, count);
      },
    );
  }
});

/** Copies of the example's public interface, each with groups of its own, so that each is an answer of its own. */
function publicInterfaces(count: number): Record<string, object> {
  const [first] = outputs['NetworkInterfaces'] as readonly { readonly Groups: readonly object[] }[];
  const [web] = outputs['SecurityGroups'] as readonly object[];
  const each = Array.from({ length: count }, (_, n) => ({
    eni: `eni-${(n + 1).toString(16).padStart(17, 'e')}`,
    group: `sg-${(n + 1).toString(16).padStart(17, 'd')}`,
    ip: `10.0.1.${n + 30}`,
    publicIp: `198.51.100.${n + 1}`,
    cidr: `8.8.${n}.0/24`,
  }));
  return {
    'dump/NetworkInterfaces.json': {
      NetworkInterfaces: each.map(({ eni, group, ip, publicIp }) => ({
        ...first,
        ...{
          NetworkInterfaceId: eni,
          Groups: [{ GroupId: group }],
          PrivateIpAddress: ip,
          Attachment: undefined,
        },
        PrivateIpAddresses: [
          { PrivateIpAddress: ip, Primary: true, Association: { PublicIp: publicIp, IpOwnerId: 'amazon' } },
        ],
        Association: { PublicIp: publicIp, IpOwnerId: 'amazon' },
      })),
    },
    'dump/SecurityGroups.json': {
      SecurityGroups: each.map(({ group, cidr }) => ({
        ...web,
        ...{ GroupId: group, GroupName: group, IpPermissionsEgress: [] },
        IpPermissions: [{ IpProtocol: 'tcp', FromPort: 22, ToPort: 22, IpRanges: [{ CidrIp: cidr }] }],
      })),
    },
    'dump/SecurityGroupRules.json': { SecurityGroupRules: [] },
  };
}

test('a JUnit report has a case for each contract and one for what could not be read', async () => {
  await withFiles(folderOf(cutOff), (folder) => {
    const report = ask(folder, '--format', 'junit');
    assert.match(report, /^<\?xml [^\n]*\n<testsuites tests="2" failures="0" errors="1">\n/);
    assert.match(report, /<testcase classname="breaks\.yaml" name="closed"\/>/);
    assert.match(report, /<error message="nothing is proved">cannot read SecurityGroups\.json:/);
  });
  await withFiles(
    folderOf(() => {}),
    (folder) => {
      writeFileSync(join(folder, 'breaks.yaml'), contract('tcp/22').replace('closed', '\'"a" <&\t> b\''));
      const report = ask(folder, '--format', 'junit');
      assert.match(report, /^[^\n]*\n<testsuites tests="2" failures="1" errors="0">\n/);
      assert.match(
        report,
        /name="&quot;a&quot; &lt;&amp;\\u\{9\}&gt; b">\n {6}<failure message="works: internet → /,
      );
      assert.doesNotMatch(report, /<error/);
    },
  );
});

test('a dump that cannot be read whole is not imported, but where that is asked for', async () => {
  const broken = folderOf((files) => {
    files['dump/Other.json'] = '{ "Vpcs": [';
  });
  await withFiles(broken, (folder) => {
    const rampart = (...args: readonly string[]) =>
      spawnSync(process.execPath, [cliProgram, 'import', 'dump', '--data', 'data', ...args], {
        cwd: folder,
        encoding: 'utf8',
      });
    const refused = rampart();
    assert.deepEqual([refused.status, refused.stdout], [1, '']);
    assert.match(refused.stderr, /nothing was imported: not all of it can be read; --allow-unknown/);
    const taken = rampart('--allow-unknown');
    assert.deepEqual([taken.status, /^imported 1 vpc, /.test(taken.stdout)], [0, true]);
  });
});
