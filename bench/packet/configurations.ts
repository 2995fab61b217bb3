/** What the routers of the packet benchmark are loaded with. */
import { dirtBetween, noDirt } from '#kernel/dataplane/dirt.ts';
import { vpcTable } from '#kernel/dataplane/names.ts';
import { accept, ctState, is } from '#kernel/dataplane/statements.ts';
import { VpcCompiler } from '#kernel/dataplane/vpc-compiler.ts';
import { TableKeeper } from '#kernel/lab/table-keeper.ts';
import type { NftSocket } from '#kernel/nft/socket.ts';
import type { Command } from '#kernel/nft/statement.ts';
import { atOnce } from '#kernel/steps.ts';
import { emptyWorld, networkOf, type World } from '#vpc/network.ts';
import { testScope, vpcId } from '../../tests/support/network.ts';
import { usualLayout } from './usual-layout.ts';

export type Configuration = {
  readonly name: string;
  readonly load: (tables: NftSocket) => void | Promise<void>;
};

export const noFirewall: Configuration = { name: 'none', load: () => {} };

/** Connections are tracked and nothing is asked of them. */
export const trackingOnly: Configuration = {
  name: 'conntrack',
  load: (tables) => {
    const table = 'tracking';
    const hook = { type: 'filter', hook: 'forward', priority: 0, policy: 'accept' } as const;
    const commands: readonly Command[] = [
      { kind: 'addTable', table },
      { kind: 'addChain', table, chain: { name: 'forw', hook } },
      { kind: 'addRule', table, chain: 'forw', rule: [is('ct state', ctState.established), accept] },
    ];
    tables.apply(commands);
  },
};

export const usual = (world: World): Configuration => ({
  name: 'usual',
  load: (tables) => tables.apply(usualLayout(world)),
});

/** The program as the lab makes it, in the lab's own hands. */
export const ours = (world: World, name = 'ours'): Configuration => ({
  name,
  load: async (tables) => {
    const keeper = new TableKeeper(tables, { table: vpcTable, hasEpoch: true, clearVerdicts: () => {} });
    await keeper.apply(compiled(world).program);
    await keeper.moveEpoch();
  },
});

/** A compiler that has made the program of the world. */
export function compiled(world: World): VpcCompiler {
  const compiler = new VpcCompiler(vpcId);
  followWorld(compiler, emptyWorld, world);
  return compiler;
}

/** Brings the program to another world; returns the names of the pieces that were computed again. */
export function followWorld(compiler: VpcCompiler, before: World, after: World): ReadonlySet<string> {
  const { vpcs, groups } = dirtBetween(before, after);
  const place = { world: after, network: networkOf(after, testScope) };
  return atOnce(compiler.update(place, vpcs.get(vpcId) ?? noDirt(''), groups));
}
