/** What an analysis sees: the caller's own networks, in all regions, and what it leaves out of account. */
import { unknownsOf } from '#proof/unknowns.ts';
import { emptyWorld, type World } from '#vpc/network.ts';
import { scopeOfKey } from '#vpc/scope.ts';
import type { Context } from '../../operation.ts';

/** The networks of the caller's account: nobody learns of others' rules by asking for paths to them. */
export function ownWorld({ caller, transaction }: Context): World {
  let world = emptyWorld;
  for (const [key, network] of transaction.world.entries()) {
    if (scopeOfKey(key).account === caller.scope.account) world = world.set(key, network);
  }
  return world;
}

/** More unknowns than this are counted and not named. */
const namedMax = 5;

/** What in a world is not followed, as a sentence; undefined where everything is. */
export function warningOf(world: World): string | undefined {
  const unknowns = unknownsOf(world);
  if (unknowns.length === 0) return undefined;
  const named = unknowns.slice(0, namedMax).map(({ where, what }) => `${what} (named by ${where})`);
  const more = unknowns.length > namedMax ? ` and ${unknowns.length - namedMax} more` : '';
  return `Packets are not followed through ${named.join(', ')}${more}.`;
}
