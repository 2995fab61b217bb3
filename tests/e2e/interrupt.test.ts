/** Long questions on a terminal: they show how far they are, and Ctrl-C ends them at once. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cliProgram } from '../support/cli.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rpt-interrupt-'));
after(() => rmSync(scratch, { recursive: true }));

/** So many interfaces, each of a class of its own, and so many contracts about all pairs of them take hours. */
const interfaces = 1500;
const contracts = 5000;

const id = (kind: string, number: number) => `${kind}-${number.toString(16).padStart(17, '0')}`;
const address = (at: number) => `10.0.${at >> 8}.${at & 255}`;

function writeDump(): string {
  const rows = Array.from({ length: interfaces }, (_, at) => at + 10);
  const vpc = { VpcId: id('vpc', 1), CidrBlock: '10.0.0.0/16' };
  const subnet = { SubnetId: id('subnet', 1), VpcId: vpc.VpcId, CidrBlock: vpc.CidrBlock };
  const IpRanges = [{ CidrIp: '10.0.0.0/16' }];
  const groups = rows.map((at) => ({
    GroupId: id('sg', at),
    GroupName: `g${at}`,
    VpcId: vpc.VpcId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: at, ToPort: at + 5000, IpRanges }],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges }],
  }));
  const enis = rows.map((at) => ({
    NetworkInterfaceId: id('eni', at),
    VpcId: vpc.VpcId,
    SubnetId: subnet.SubnetId,
    RequesterManaged: true,
    Groups: [{ GroupId: id('sg', at) }],
    PrivateIpAddresses: [{ Primary: true, PrivateIpAddress: address(at) }],
  }));
  const body = { Vpcs: [vpc], Subnets: [subnet], SecurityGroups: groups, NetworkInterfaces: enis };
  writeFileSync(join(scratch, 'dump.json'), JSON.stringify(body));
  return join(scratch, 'dump.json');
}

function writeContracts(): string {
  const terms = 'must: { from: any, to: any, services: [tcp/5500] }';
  const lines = Array.from({ length: contracts }, (_, at) => `  - { name: "${at}", ${terms} }`);
  writeFileSync(join(scratch, 'contracts.yaml'), `contracts:\n${lines.join('\n')}\n`);
  return join(scratch, 'contracts.yaml');
}

// `script` of util-linux gives a program a terminal of its own, whose keys are what it reads.
const hasScript = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux');
const skip = hasScript ? false : 'there is no script of util-linux, which lends a terminal';

test('Ctrl-C ends a question that is far from done', { skip }, async () => {
  const args = ['check', writeContracts(), '--network', `dump:${writeDump()}`];
  const out = join(scratch, 'answer.txt');
  const before = readdirSync(scratch);
  const words = [process.execPath, cliProgram, ...args].map((word) => `'${word}'`).join(' ');
  // Standard error alone is the terminal, as where the answer goes to a file.
  const program = spawn('script', ['-qefc', `exec ${words} > '${out}'`, '/dev/null']);
  let shown = '';
  const ended = new Promise<number | null>((resolve) => program.on('exit', (code) => resolve(code)));
  program.stdout.setEncoding('utf8').on('data', (text: string) => {
    const isFirst = !/contracts: \d+ of/.test(shown);
    shown += text;
    if (isFirst && /contracts: \d+ of 5000/.test(shown)) program.stdin.write('\u0003');
  });
  // A terminal has no exit of its own: 128 and the number of the signal.
  assert.equal(await ended, 130, shown);
  assert.match(shown, /interfaces: \d+ of 1500/);
  assert.equal(existsSync(out) && spawnSync('cat', [out], { encoding: 'utf8' }).stdout, '');
  assert.deepEqual(readdirSync(scratch).toSorted(), [...before, 'answer.txt'].toSorted());
});
