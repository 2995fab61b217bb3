/**
 * One member more or less in a set of 100,000: our netlink, libnftables in this process, and a C program with libmnl.
 * And what a change of groups takes from the world's value to the kernel, the compiler and the epoch included.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { Histogram } from '#kernel/lab/histogram.ts';
import { TableKeeper } from '#kernel/lab/table-keeper.ts';
import { createNamespace, deleteNamespace, inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { SetSpec } from '#kernel/nft/statement.ts';
import { memoryBarrier } from '#kernel/sys/membarrier.ts';
import { networkOf } from '#vpc/network.ts';
import { eniId, groupId, testScope, withEntity } from '../tests/support/network.ts';
import { ruleOfAll } from './membership/group-rule.ts';
import { openLibnftables } from './membership/libnftables.ts';
import { compiled, followWorld } from './packet/configurations.ts';
import { benchWorld } from './packet/network.ts';
import { machine, median, type Report, round } from './report.ts';

const members = 100_000;
const rounds = 20_000;
/** Of groups, each with the epoch. */
const changes = 200;
const table = 'bench';
const set: SetSpec = { name: 'members', key: ['ipv4_addr'], interval: false };

export async function run(): Promise<Report> {
  const namespace = `rpt-${process.pid}-member`;
  createNamespace(namespace);
  try {
    const tables = inNamespace(namespace, () => NftSocket.open());
    tables.apply([
      { kind: 'addTable', table },
      { kind: 'addSet', table, set },
      {
        kind: 'addElements',
        table,
        set,
        elements: Array.from({ length: members }, (_, at) => ({ key: [addressOf(at)] })),
      },
    ]);
    const floor = withLibmnl(namespace);
    const own = median(timed((at) => changeOwn(tables, at)));
    const library = withLibrary(namespace);
    const isSame = tables.elements(table, set).length === members;
    const rows = [
      { way: 'Rampart’s netlink from Node', 'µs a change': round(own), note: '' },
      row('libnftables in the process', library, own),
      row('C program with libmnl', floor, own),
      ...(await wholeChange()),
    ];
    for (const classes of [1, 10, 50]) rows.push(...(await ruleRows(classes)));
    return {
      name: 'membership',
      versions: { ...machine, kernel: release() },
      rows,
      agreement: [{ what: `${members} members again after all changes`, agrees: isSame }],
    };
  } finally {
    deleteNamespace(namespace);
  }
}

type Peer = { readonly us: number } | { readonly missing: string };

function row(way: string, peer: Peer, own: number) {
  if ('missing' in peer) return { way, 'µs a change': '', note: peer.missing };
  return { way, 'µs a change': round(peer.us), note: `${round(peer.us / own)} × ours` };
}

const addressOf = (at: number): string => `10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`;
/** Outside the members; added at even rounds, taken out at odd ones. */
const extraOf = (at: number): string => `192.168.${(at >> 9) & 255}.${(at >> 1) & 255}`;

/** Microseconds of each round. */
function timed(change: (round: number) => void): readonly number[] {
  return Array.from({ length: rounds }, (_, at) => {
    const before = performance.now();
    change(at);
    return (performance.now() - before) * 1000;
  });
}

function changeOwn(tables: NftSocket, at: number): void {
  const elements = [{ key: [extraOf(at)] }];
  tables.apply([{ kind: at % 2 ? 'deleteElements' : 'addElements', table, set, elements }]);
}

function withLibrary(namespace: string): Peer {
  const library = openLibnftables(namespace);
  if ('missing' in library) return library;
  const us = median(
    timed((at) =>
      library.run(`${at % 2 ? 'delete' : 'add'} element inet ${table} ${set.name} { ${extraOf(at)} }`),
    ),
  );
  library.close();
  return { us };
}

function withLibmnl(namespace: string): Peer {
  const scratch = mkdtempSync(join(tmpdir(), 'rampart-bench-'));
  try {
    const program = join(scratch, 'with-libmnl');
    const source = fileURLToPath(new URL('./membership/with-libmnl.c', import.meta.url));
    const built = spawnSync('gcc', ['-O2', '-o', program, source, '-lmnl'], { encoding: 'utf8' });
    if (built.status !== 0) return { missing: 'gcc or libmnl-dev is not installed' };
    const args = [namespace, table, set.name, String(rounds)];
    return { us: Number(execFileSync(program, args, { encoding: 'utf8' })) };
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** An interface changes between two known combinations of groups, among 100,000. */
async function wholeChange() {
  const namespace = `rpt-${process.pid}-change`;
  createNamespace(namespace);
  try {
    const tables = inNamespace(namespace, () => NftSocket.open());
    const keeper = new TableKeeper(tables, { table: vpcTable, hasEpoch: true, clearVerdicts: () => {} });
    let world = benchWorld({ interfaces: members, classes: 50 });
    const compiler = compiled(world);
    await keeper.apply(compiler.program);
    await keeper.moveEpoch();
    const steps: Record<'compile' | 'apply' | 'epoch', number[]> = { compile: [], apply: [], epoch: [] };
    for (let turn = 0; turn < changes; turn++) {
      const eni = networkOf(world, testScope).eni.get(eniId(`n${1000 + turn}`));
      if (!eni) throw new Error('no such interface');
      const first = (turn * 7 + 1) % 45;
      const groupIds = [0, 1, 2, 3, 4].map((index) => groupId(`g${first + index}`));
      const began = performance.now();
      const next = withEntity(world, 'eni', { ...eni, groupIds });
      keeper.mark(followWorld(compiler, world, next));
      const between = performance.now();
      await keeper.apply(compiler.program);
      const applied = performance.now();
      await memoryBarrier();
      await keeper.moveEpoch();
      steps.compile.push(between - began);
      steps.apply.push(applied - between);
      steps.epoch.push(performance.now() - applied);
      world = next;
    }
    const us = (values: readonly number[]) => round(median(values) * 1000);
    const total = steps.compile.map((value, at) => value + (steps.apply[at] ?? 0));
    const whole = total.map((value, at) => value + (steps.epoch[at] ?? 0));
    return [
      { way: 'change of groups: world to program', 'µs a change': us(steps.compile), note: '' },
      { way: '… program to kernel', 'µs a change': us(steps.apply), note: '' },
      { way: '… both, in force for new flows', 'µs a change': us(total), note: 'aim 5,000' },
      {
        way: '… barrier and epoch, in force for all',
        'µs a change': us(steps.epoch),
        note: 'aim 20,000 in all',
      },
      { way: '… in force for new flows, all changes', 'µs a change': '', note: spread(total) },
      { way: '… in force for all, all changes', 'µs a change': '', note: spread(whole) },
    ];
  } finally {
    deleteNamespace(namespace);
  }
}

/** A rule of a group that all carry, in so many combinations of five groups. */
async function ruleRows(classes: number) {
  const rows = await ruleOfAll({ members, classes });
  return rows.flatMap(({ peer, comes, goes }) =>
    Object.entries({ comes, goes }).map(([what, { cpuMs, kernelMs, heldMs }]) => ({
      way: `a rule for ${peer} ${what}, in a group of all (${classes} combinations): CPU`,
      'µs a change': round(cpuMs * 1000),
      note: `the kernel ${kernelMs} ms; the loop is kept ${heldMs} ms at most`,
    })),
  );
}

/** How many took how long, in the buckets of the metric that a server has. */
function spread(timesMs: readonly number[]): string {
  const histogram = new Histogram();
  for (const each of timesMs) histogram.observe(each);
  const { buckets, count } = histogram.figures();
  const inside = buckets.filter(({ count: within }, at) => within > (buckets[at - 1]?.count ?? 0));
  return `of ${count}: ${inside.map(({ le, count: within }) => `${within} within ${le} ms`).join(', ')}`;
}
