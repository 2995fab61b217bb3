/** A real reason for the kernel to refuse a VPC's rules, as foreign rules may give it. */
import { vpcTable } from '#kernel/dataplane/names.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { NftError } from '#kernel/nft/error.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { ChainSpec } from '#kernel/nft/statement.ts';

const foreign = 'foreign';
/** A little below MAX_HOOK_COUNT of the kernel's net/netfilter/core.c. */
const chainsAtOnce = 1000;

const inputChain = (name: string, priority: number): ChainSpec => ({
  name,
  hook: { type: 'filter', hook: 'input', priority, policy: 'accept' },
});

/**
 * From now on the router's table cannot be replaced: its chain of the input hook stands elsewhere, so that it would have
 * to be deleted and made again, and a foreign table leaves no room in that hook for the moment when both are there.
 * @returns what ends it
 */
export function refuseReplacement(router: string): () => void {
  const moved = inputChain('inp', 7);
  inRouter(router, (tables) => {
    tables.apply([
      { kind: 'flushChain', table: vpcTable, chain: moved.name },
      { kind: 'deleteChain', table: vpcTable, chain: moved.name },
    ]);
    tables.apply([{ kind: 'addChain', table: vpcTable, chain: moved }]);
    fillInputHook(tables);
  });
  return () => inRouter(router, (tables) => tables.apply([{ kind: 'deleteTable', table: foreign }]));
}

function fillInputHook(tables: NftSocket): void {
  const add = (index: number) =>
    ({ kind: 'addChain', table: foreign, chain: inputChain(`c${index}`, 1000 + index) }) as const;
  tables.apply([
    { kind: 'addTable', table: foreign },
    ...Array.from({ length: chainsAtOnce }, (_, index) => add(index)),
  ]);
  for (let index = chainsAtOnce; ; index++) {
    try {
      tables.apply([add(index)]);
    } catch (error) {
      if (error instanceof NftError && error.failures[0]?.errno === 'E2BIG') return;
      throw error;
    }
  }
}

function inRouter(router: string, work: (tables: NftSocket) => void): void {
  const socket = inNamespace(router, () => NftSocket.open());
  work(socket);
  socket.close();
}
