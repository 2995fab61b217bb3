/**
 * A table with 100,000 interfaces into an empty kernel in one batch, its adoption by a second server, and what a
 * member weighs in the kernel's memory.
 */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { TableKeeper } from '#kernel/lab/table-keeper.ts';
import { createNamespace, deleteNamespace, inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Command, SetSpec } from '#kernel/nft/statement.ts';
import { compiled } from './packet/configurations.ts';
import { benchWorld } from './packet/network.ts';
import { cpuMs, machine, type Report, round } from './report.ts';

const sizes = [10, 1000, 10_000, 100_000] as const;
const membersInOneSet = 100_000;

export async function run(): Promise<Report> {
  const rows = [await oneSet()];
  let isAdopted = true;
  for (const interfaces of sizes) {
    const found = await oneTable(interfaces);
    rows.push(found.row);
    isAdopted &&= found.isAdopted;
  }
  return {
    name: 'load',
    versions: { ...machine, kernel: release() },
    rows,
    agreement: [{ what: 'a second server adopts the table without a change', agrees: isAdopted }],
  };
}

/** Bytes that the kernel uses for small and for large things. Others use it too, so the figure is a rough one. */
function kernelBytes(): number {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const kilobytes = (name: string) => Number(new RegExp(`^${name}: +(\\d+)`, 'm').exec(text)?.[1] ?? 0);
  return (kilobytes('Slab') + kilobytes('Percpu') + kilobytes('VmallocUsed')) * 1024;
}

async function inFreshNamespace<T>(work: (tables: NftSocket, again: () => NftSocket) => T): Promise<T> {
  // What earlier namespaces have left is given back later.
  await pause(1500);
  const namespace = `rpt-${process.pid}-load`;
  createNamespace(namespace);
  const open = () => inNamespace(namespace, () => NftSocket.open());
  const tables = open();
  try {
    return work(tables, open);
  } finally {
    tables.close();
    deleteNamespace(namespace);
  }
}

const rowOf = (what: string, values: Readonly<Record<string, number>>) => ({
  what,
  'CPU ms': '' as string | number,
  'CPU ms to adopt': '' as string | number,
  'kernel bytes a member': '' as string | number,
  ...values,
});

/** Addresses in one set: what a referenced group or list would be. */
function oneSet() {
  const set: SetSpec = { name: 'members', key: ['ipv4_addr'], interval: false };
  const table = 'bench';
  const elements = Array.from({ length: membersInOneSet }, (_, at) => ({
    key: [`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`],
  }));
  const commands: readonly Command[] = [
    { kind: 'addTable', table },
    { kind: 'addSet', table, set },
    { kind: 'addElements', table, set, elements },
  ];
  return inFreshNamespace((tables) => {
    const before = kernelBytes();
    const { ms } = cpuMs(() => tables.apply(commands));
    const bytes = (kernelBytes() - before) / membersInOneSet;
    return rowOf(`${membersInOneSet} addresses in one set`, {
      'CPU ms': round(ms),
      'kernel bytes a member': round(bytes),
    });
  });
}

function oneTable(interfaces: number) {
  const { program } = compiled(benchWorld({ interfaces, classes: Math.min(interfaces, 50) }));
  const options = { table: vpcTable, hasEpoch: true, clearVerdicts: () => {} };
  return inFreshNamespace((tables, again) => {
    const before = kernelBytes();
    const { ms } = cpuMs(() => new TableKeeper(tables, options).apply(program));
    const bytes = (kernelBytes() - before) / interfaces;
    const [tag, socket] = [tables.tag(vpcTable), again()];
    const second = new TableKeeper(socket, options);
    const adopted = cpuMs(() => second.apply(program));
    const isAdopted = tag !== undefined && tables.tag(vpcTable) === tag;
    second.close();
    const row = rowOf(`VPC of ${interfaces} interfaces`, {
      'CPU ms': round(ms),
      'CPU ms to adopt': round(adopted.ms),
      ...(interfaces >= 10_000 && { 'kernel bytes a member': round(bytes) }),
    });
    return { row, isAdopted };
  });
}
