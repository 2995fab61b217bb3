/**
 * 100,000 members in one batch, into a set and into a VPC that is there; whole tables into an empty kernel, and their
 * adoption by a second server; and what a member weighs in the kernel's memory.
 */
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { TableKeeper } from '#kernel/lab/table-keeper.ts';
import { createNamespace, deleteNamespace, inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Command, SetSpec } from '#kernel/nft/statement.ts';
import { compiled, followWorld } from './packet/configurations.ts';
import { benchWorld } from './packet/network.ts';
import { cpuMs, cpuMsAside, machine, type Report, round } from './report.ts';

const sizes = [10, 1000, 10_000, 100_000] as const;
const members = 100_000;
/** What is there before they join. */
const residents = 1000;
const classes = 50;
/** A member is an element of the map of identities and one of the map of ports. */
const mapsOfMember = 2;

export async function run(): Promise<Report> {
  const rows = [await oneSet(), ...(await joining())];
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

/**
 * Bytes of the kernel's small objects, which elements of hash sets are, with the vectors that say whose they are. The
 * allocator counts them one by one, so that only what other programs do meanwhile blurs the figure.
 */
function objectBytes(): number {
  let bytes = 0;
  for (const line of readFileSync('/proc/slabinfo', 'utf8').split('\n')) {
    const [name = '', active, , size] = line.split(/\s+/);
    if (/^kmalloc(-cg)?-\d+$/.test(name) && Number(size) <= 512) bytes += Number(active) * Number(size);
  }
  return bytes;
}

/** Bytes of a hash set's table of pointers: twice as large whenever more than three quarters of it are taken. */
const tableBytes = (elements: number): number => 8 * 2 ** Math.ceil(Math.log2(elements / 0.75));

async function inFreshNamespace<T>(
  work: (tables: NftSocket, again: () => NftSocket) => T | Promise<T>,
): Promise<T> {
  // What earlier namespaces have left is given back later.
  await pause(1500);
  const namespace = `rpt-${process.pid}-load`;
  createNamespace(namespace);
  const open = () => inNamespace(namespace, () => NftSocket.open());
  const tables = open();
  try {
    return await work(tables, open);
  } finally {
    tables.close();
    deleteNamespace(namespace);
  }
}

const options = { table: vpcTable, hasEpoch: true, clearVerdicts: () => {} };

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
  const elements = Array.from({ length: members }, (_, at) => ({
    key: [`10.${at >> 16}.${(at >> 8) & 255}.${at & 255}`],
  }));
  const commands: readonly Command[] = [
    { kind: 'addTable', table },
    { kind: 'addSet', table, set },
    { kind: 'addElements', table, set, elements },
  ];
  return inFreshNamespace((tables) => {
    const before = objectBytes();
    const { ms } = cpuMs(() => tables.apply(commands));
    const bytes = (objectBytes() - before + tableBytes(members)) / members;
    return rowOf(`${members} addresses in one set`, {
      'CPU ms': round(ms),
      'kernel bytes a member': round(bytes),
    });
  });
}

/** Interfaces that join known classes of a VPC, all in one batch: what one interface more is, times 100,000. */
function joining() {
  const before = benchWorld({ interfaces: residents, classes });
  const after = benchWorld({ interfaces: residents + members, classes });
  return inFreshNamespace(async (tables) => {
    const keeper = new TableKeeper(tables, options);
    const compiler = compiled(before);
    await keeper.apply(compiler.program);
    const compiling = cpuMs(() => keeper.mark(followWorld(compiler, before, after)));
    const bytesBefore = objectBytes();
    const cpuBefore = process.cpuUsage();
    await keeper.apply(compiler.program);
    const { user, system } = process.cpuUsage(cpuBefore);
    const bytes = objectBytes() - bytesBefore + mapsOfMember * tableBytes(members);
    return [
      rowOf(`${members} members join known classes, in one batch`, {
        'CPU ms': round((user + system) / 1000),
        'kernel bytes a member': round(bytes / members),
      }),
      rowOf('… of which the kernel', { 'CPU ms': round(system / 1000) }),
      rowOf('… before, from the world to the program', { 'CPU ms': round(compiling.ms) }),
    ];
  });
}

function oneTable(interfaces: number) {
  const { program } = compiled(benchWorld({ interfaces, classes: Math.min(interfaces, classes) }));
  return inFreshNamespace(async (tables, again) => {
    const { ms } = await cpuMsAside(() => new TableKeeper(tables, options).apply(program));
    const [tag, socket] = [tables.tag(vpcTable), again()];
    const second = new TableKeeper(socket, options);
    const adopted = await cpuMsAside(() => second.apply(program));
    const isAdopted = tag !== undefined && tables.tag(vpcTable) === tag;
    second.close();
    const row = rowOf(`VPC of ${interfaces} interfaces`, {
      'CPU ms': round(ms),
      'CPU ms to adopt': round(adopted.ms),
    });
    return { row, isAdopted };
  });
}
