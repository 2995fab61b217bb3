/**
 * A rule of a group that all of 100,000 interfaces carry: the processor's time for it, ours and the kernel's, and the
 * longest that the event loop does nothing else. Processor time of the thread, since others use the machine too.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { dirtBetween, noDirt } from '#kernel/dataplane/dirt.ts';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { TableKeeper } from '#kernel/lab/table-keeper.ts';
import { createNamespace, deleteNamespace, inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import { inSlices } from '#kernel/steps.ts';
import { memoryBarrier } from '#kernel/sys/membarrier.ts';
import { networkOf, type World } from '#vpc/network.ts';
import type { Direction } from '#vpc/security-group.ts';
import { groupId, rule, testScope, vpcId, withEntity } from '../../tests/support/network.ts';
import { compiled } from '../packet/configurations.ts';
import { benchWorld } from '../packet/network.ts';
import { median, round } from '../report.ts';

const changes = 3;
const everybodys = groupId('g0');
const kinds: readonly { readonly peer: string; readonly direction: Direction; readonly text: string }[] = [
  { peer: 'block', direction: 'ingress', text: 'tcp/9999 192.0.2.0/24' },
  { peer: 'everybody', direction: 'ingress', text: 'tcp/9998 0.0.0.0/0' },
  { peer: 'group', direction: 'ingress', text: 'tcp/9997 g0' },
  { peer: 'everybody, all services', direction: 'egress', text: 'all 0.0.0.0/0' },
];

/** What one change took: milliseconds of the processor in all, in the kernel, and between two turns of the loop. */
export type Cost = { readonly cpuMs: number; readonly kernelMs: number; readonly heldMs: number };

/** The cost of a rule that comes and of the same rule that goes, by kind of peer, medians. */
export async function ruleOfAll({
  members,
  classes,
}: {
  readonly members: number;
  readonly classes: number;
}) {
  const namespace = `rpt-${process.pid}-rule`;
  createNamespace(namespace);
  try {
    const tables = inNamespace(namespace, () => NftSocket.open());
    const keeper = new TableKeeper(tables, { table: vpcTable, hasEpoch: true, clearVerdicts: () => {} });
    let world = carriedByAll(benchWorld({ interfaces: members, classes }));
    const compiler = compiled(world);
    await keeper.apply(compiler.program);
    await keeper.moveEpoch();
    const follow = async (next: World) => {
      const { vpcs, groups } = dirtBetween(world, next);
      const place = { world: next, network: networkOf(next, testScope) };
      const steps = compiler.update(place, vpcs.get(vpcId) ?? noDirt(''), groups);
      keeper.mark(await inSlices(steps));
      await keeper.apply(compiler.program);
      if (keeper.isEpochDue) {
        await memoryBarrier();
        await keeper.moveEpoch();
      }
      world = next;
    };
    const rows = [];
    for (const { peer, direction, text } of kinds) {
      const [comes, goes]: [Cost[], Cost[]] = [[], []];
      for (let change = 0; change < changes; change++) {
        const before = world;
        comes.push(await costOf(() => follow(withRule(before, direction, text))));
        goes.push(await costOf(() => follow(before)));
      }
      rows.push({ peer, comes: middle(comes), goes: middle(goes) });
    }
    return rows;
  } finally {
    deleteNamespace(namespace);
  }
}

async function costOf(work: () => Promise<void>): Promise<Cost> {
  const start = process.cpuUsage();
  const done = work().then(() => true);
  let heldMs = 0;
  for (let isDone = false; !isDone; ) {
    const before = process.threadCpuUsage();
    isDone = await Promise.race([done, turn(false)]);
    const { user, system } = process.threadCpuUsage(before);
    heldMs = Math.max(heldMs, (user + system) / 1000);
  }
  const { user, system } = process.cpuUsage(start);
  return { cpuMs: (user + system) / 1000, kernelMs: system / 1000, heldMs };
}

function middle(costs: readonly Cost[]): Cost {
  const of = (which: keyof Cost) => round(median(costs.map((each) => each[which])));
  return { cpuMs: of('cpuMs'), kernelMs: of('kernelMs'), heldMs: of('heldMs') };
}

function carriedByAll(world: World): World {
  let next = world;
  for (const eni of networkOf(world, testScope).eni.values()) {
    if (eni.groupIds.includes(everybodys)) continue;
    next = withEntity(next, 'eni', { ...eni, groupIds: [everybodys, ...eni.groupIds.slice(1)] });
  }
  return next;
}

function withRule(world: World, direction: Direction, text: string): World {
  const group = networkOf(world, testScope).securityGroup.get(everybodys);
  if (!group) throw new Error('no such group');
  return withEntity(world, 'securityGroup', { ...group, rules: [...group.rules, rule(direction, text)] });
}
