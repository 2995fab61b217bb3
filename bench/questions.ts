/** Whole questions from the command line about a dump: each in a process of its own, from its start to its last line. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cliJson, describeWorld } from '#cli/export/describe-world.ts';
import { can } from '#policy/can.ts';
import type { Eni } from '#vpc/eni.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { Rule } from '#vpc/security-group.ts';
import { wantedAt } from '../tests/support/conversations.ts';
import { putIn } from '../tests/support/edges.ts';
import { rule, testScope } from '../tests/support/network.ts';
import { machine, type Report, round } from './report.ts';
import { servedWorld } from './served-network.ts';

const sizes = [1_000, 10_000, 100_000] as const;

const program = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const meter = new URL('./questions/meter.ts', import.meta.url).href;

const contracts = `contracts:
  - name: nobody has SSH from the internet
    never: { from: internet, to: any, services: [tcp/22] }
  - name: everything gets out by HTTPS
    must: { from: any, to: internet, services: [tcp/443] }
  - name: nobody speaks to databases
    never: { from: any, to: any, services: [tcp/3306] }
  - name: a block keeps its cache to itself
    only: { from: 10.0.0.0/21, to: 10.0.0.0/21, services: [tcp/6379] }
`;

export function run(): Report {
  const rows = [];
  const agreement = [];
  for (const size of sizes) {
    const place = mkdtempSync(join(tmpdir(), 'rpt-bench-questions-'));
    try {
      const world = servedWorld(size);
      const dump = join(place, 'dump');
      const megabytes = round(write(world, dump) / 1e6);
      write(changed(world), join(place, 'changed'));
      writeFileSync(join(place, 'contracts.yaml'), contracts);
      for (const { name, args, exits } of questionsOf(world, place)) {
        const { code, cpuS, rssMb, bytes } = ask(place, [...args, '--network', `dump:${dump}`]);
        rows.push({
          interfaces: size,
          'dump MB': megabytes,
          question: name,
          'CPU s': round(cpuS),
          'peak memory MB': Math.round(rssMb),
          'answer kB': Math.round(bytes / 1000),
        });
        agreement.push({ what: `${name} of ${size} interfaces exits with ${exits}`, agrees: code === exits });
      }
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }
  return { name: 'questions', versions: machine, rows, agreement };
}

type Question = { readonly name: string; readonly args: readonly string[]; readonly exits: number };

function questionsOf(world: World, place: string): readonly Question[] {
  const [one, other] = networkOf(world, testScope).eni.values();
  if (!one || !other) throw new Error('the world has interfaces');
  const end = ({ id, privateIps: [own] }: Eni) => {
    if (!own) throw new Error('every interface has an address');
    return { kind: 'eni', eniId: id, ip: own.address } as const;
  };
  const { allowed } = can(world, end(one), end(other), wantedAt((6 << 16) | 443, 'ipv4'));
  const check = ['check', join(place, 'contracts.yaml')];
  return [
    { name: 'can', args: ['can', one.id, other.id, 'tcp/443'], exits: allowed ? 0 : 1 },
    { name: 'unused', args: ['unused'], exits: 0 },
    { name: 'effective', args: ['effective', one.id], exits: 0 },
    { name: 'redundant', args: ['redundant'], exits: 0 },
    { name: 'exposure', args: ['exposure'], exits: 0 },
    { name: 'reach', args: ['reach', one.id], exits: 0 },
    { name: 'check, four contracts', args: check, exits: 1 },
    { name: 'check, four contracts, --json', args: [...check, '--json'], exits: 1 },
    { name: 'diff of two dumps', args: ['diff', `dump:${join(place, 'changed')}`], exits: 0 },
  ];
}

/** The world with one more rule in a group that interfaces carry. */
function changed(world: World): World {
  const network = networkOf(world, testScope);
  const group = [...network.securityGroup.values()].find(({ id }) => network.eni.countBy('group', id) > 0);
  if (!group) throw new Error('interfaces carry groups');
  const added: Rule = rule('ingress', 'tcp/8443 10.0.0.0/16');
  return putIn(world, testScope, 'securityGroup', { ...group, rules: [...group.rules, added] });
}

/** Writes the dump and returns how many bytes it has. */
function write(world: World, folder: string): number {
  let bytes = 0;
  for (const { folder: parts, name, body } of describeWorld(world, 60_000)) {
    const at = join(folder, ...parts);
    mkdirSync(at, { recursive: true });
    const text = cliJson(body);
    writeFileSync(join(at, name), text);
    bytes += Buffer.byteLength(text);
  }
  return bytes;
}

/** Runs the command line, its answer in a file, and reads what the meter in it wrote at its end. */
function ask(place: string, args: readonly string[]) {
  const [answer, cost] = [join(place, 'answer'), join(place, 'cost')];
  const out = openSync(answer, 'w');
  const environment = { ...process.env, RAMPART_BENCH_METER: cost };
  const { status, stderr } = spawnSync(process.execPath, ['--import', meter, program, ...args], {
    stdio: ['ignore', out, 'pipe'],
    env: environment,
    encoding: 'utf8',
  });
  closeSync(out);
  if (status === null || status > 1) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  const { cpuS, rssMb } = JSON.parse(readFileSync(cost, 'utf8')) as { cpuS: number; rssMb: number };
  return { code: status, cpuS, rssMb, bytes: statSync(answer).size };
}
