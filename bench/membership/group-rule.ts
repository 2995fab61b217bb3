/** A rule of a group that all of 100,000 interfaces carry: how long the server does nothing else meanwhile. */
import { vpcTable } from '#kernel/dataplane/names.ts';
import { TableKeeper } from '#kernel/lab/table-keeper.ts';
import { createNamespace, deleteNamespace, inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import { memoryBarrier } from '#kernel/sys/membarrier.ts';
import { networkOf, type World } from '#vpc/network.ts';
import { groupId, rule, testScope, withEntity } from '../../tests/support/network.ts';
import { compiled, followWorld } from '../packet/configurations.ts';
import { benchWorld } from '../packet/network.ts';
import { median, round } from '../report.ts';

const changes = 3;
const everybodys = groupId('g0');
const kinds = {
  block: 'tcp/9999 192.0.2.0/24',
  everybody: 'tcp/9998 0.0.0.0/0',
  group: 'tcp/9997 g0',
} as const;

/** Milliseconds of a rule that comes and of the same rule that goes, by kind of peer, medians. */
export function ruleOfAll({ members, classes }: { readonly members: number; readonly classes: number }) {
  const namespace = `rpt-${process.pid}-rule`;
  createNamespace(namespace);
  try {
    const tables = inNamespace(namespace, () => NftSocket.open());
    const keeper = new TableKeeper(tables, { table: vpcTable, hasEpoch: true, clearVerdicts: () => {} });
    let world = carriedByAll(benchWorld({ interfaces: members, classes }));
    const compiler = compiled(world);
    keeper.apply(compiler.program);
    keeper.moveEpoch();
    const ms = (next: World): number => {
      const began = performance.now();
      keeper.mark(followWorld(compiler, world, next));
      keeper.apply(compiler.program);
      if (keeper.isEpochDue) {
        memoryBarrier();
        keeper.moveEpoch();
      }
      world = next;
      return performance.now() - began;
    };
    return Object.entries(kinds).map(([peer, text]) => {
      const times = Array.from({ length: changes }, () => {
        const before = world;
        return { comes: ms(withRule(world, text)), goes: ms(before) };
      });
      const of = (which: 'comes' | 'goes') => round(median(times.map((each) => each[which])));
      return { peer, comes: of('comes'), goes: of('goes') };
    });
  } finally {
    deleteNamespace(namespace);
  }
}

function carriedByAll(world: World): World {
  let next = world;
  for (const eni of networkOf(world, testScope).eni.values()) {
    if (eni.groupIds.includes(everybodys)) continue;
    next = withEntity(next, 'eni', { ...eni, groupIds: [everybodys, ...eni.groupIds.slice(1)] });
  }
  return next;
}

function withRule(world: World, text: string): World {
  const group = networkOf(world, testScope).securityGroup.get(everybodys);
  if (!group) throw new Error('no such group');
  return withEntity(world, 'securityGroup', { ...group, rules: [...group.rules, rule('ingress', text)] });
}
