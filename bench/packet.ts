/**
 * CPU time of packets through a router: no firewall, connection tracking alone, the usual layout, and ours, in turns
 * within one process. Then ours again at other sizes. `RAMPART_BENCH_ROUNDS` sets the number of samples.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deleteNamespace, listNamespaces } from '#kernel/netns/namespace.ts';
import type { World } from '#vpc/network.ts';
import { sweepNamespaces } from '../tools/testing/sweep.ts';
import { sameVerdicts } from './packet/agreement.ts';
import { type Configuration, noFirewall, ours, trackingOnly, usual } from './packet/configurations.ts';
import { benchWorld, client, server } from './packet/network.ts';
import { type BenchPlace, makePlace } from './packet/place.ts';
import { machine, median, type Report, round } from './report.ts';

const rounds = Number(process.env['RAMPART_BENCH_ROUNDS'] ?? 21);
const full = { interfaces: 1000, classes: 50 };

const modes = { new: 'new TCP connection', udp: 'UDP packet', rtt: 'TCP round trip' } as const;
type Mode = keyof typeof modes;

export async function run(): Promise<Report> {
  sweepNamespaces();
  const prefix = `rpt-${process.pid}-bench`;
  const scratch = mkdtempSync(join(tmpdir(), 'rampart-bench-'));
  try {
    const program = build(scratch);
    const world = benchWorld(full);
    const main = await placed(prefix, 'm', [noFirewall, trackingOnly, usual(world), ours(world)]);
    const [peer, own] = ['usual', 'ours'].map((name) => main.get(name));
    const agrees = peer && own ? await sameVerdicts(peer, own, world) : false;
    const rows = table(measure(program, main), ['none', 'conntrack']);
    const growth = await placed(prefix, 'g', [
      noFirewall,
      trackingOnly,
      ...sizes().map(([name, it]) => ours(it, name)),
    ]);
    rows.push(...table(measure(program, growth), ['none', 'conntrack']));
    const gcc = execFileSync('gcc', ['-dumpversion'], { encoding: 'utf8' }).trim();
    return {
      name: 'packet',
      versions: { ...machine, kernel: release(), gcc },
      rows,
      agreement: [{ what: 'verdicts of 400 packets: usual layout, ours and decide', agrees }],
    };
  } finally {
    for (const name of listNamespaces(`${prefix}-`)) deleteNamespace(name);
    rmSync(scratch, { recursive: true });
  }
}

/** Ours at other sizes, by name. */
function sizes(): readonly (readonly [string, World])[] {
  return [
    ['ours, 10 members, 1 class', benchWorld({ interfaces: 10, classes: 1 })],
    ['ours, 1,000 members, 1,000 classes', benchWorld({ interfaces: 1000, classes: 1000 })],
    ['ours, 100,000 members, 50 classes', benchWorld({ interfaces: 100_000, classes: 50 })],
    ['ours, nested blocks', benchWorld({ ...full, nestedBlocks: 20 })],
  ];
}

function build(scratch: string): string {
  const source = fileURLToPath(new URL('./packet/measure.c', import.meta.url));
  const program = join(scratch, 'measure');
  execFileSync('gcc', ['-O2', '-o', program, source]);
  return program;
}

async function placed(
  prefix: string,
  tag: string,
  list: readonly Configuration[],
): Promise<ReadonlyMap<string, BenchPlace>> {
  const places = new Map<string, BenchPlace>();
  for (const [index, { name, load }] of list.entries()) {
    const place = makePlace(`${prefix}-${tag}${index}`);
    await load(place.tables);
    places.set(name, place);
  }
  return places;
}

type Samples = ReadonlyMap<string, Readonly<Record<Mode, readonly number[]>>>;

/** Nanoseconds an operation of each configuration and kind of traffic. */
function measure(program: string, places: ReadonlyMap<string, BenchPlace>): Samples {
  const names = [...places.keys()];
  const args = [...places.values()].flatMap((place, index) => [
    String(index),
    place.client,
    place.server,
    client.ip,
    server.ip,
  ]);
  const output = execFileSync(program, [String(rounds), ...args], { encoding: 'utf8' });
  const samples = new Map(
    names.map((name) => [name, { new: [], udp: [], rtt: [] } as Record<Mode, number[]>]),
  );
  for (const line of output.trim().split('\n')) {
    const [mode = '', index, value] = line.split(' ');
    samples.get(names[Number(index)] ?? '')?.[mode as Mode]?.push(Number(value));
  }
  return samples;
}

/** One row a configuration and kind of traffic, as multiples of the configurations named. */
function table(samples: Samples, to: readonly string[]): Record<string, string | number>[] {
  return [...samples].map(([name, own]) => {
    const row: Record<string, string | number> = { configuration: name };
    for (const mode of Object.keys(modes) as Mode[]) {
      row[`${modes[mode]}, µs`] = round(median(own[mode]) / 1000);
      for (const base of to) {
        // Neighbours in time are compared with each other, so that what else the machine does cancels out.
        const ratios = own[mode].map(
          (value, index) => value / (samples.get(base)?.[mode][index] ?? Number.NaN),
        );
        row[`× ${base} (${mode})`] = round(median(ratios));
      }
    }
    return row;
  });
}
