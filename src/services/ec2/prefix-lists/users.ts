/** What names a prefix list, and whether it can bear a larger one: a list counts there as its MaxEntries. */
import { excessOf } from '#vpc/group-rules.ts';
import type { PrefixListId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import type { RouteTable } from '#vpc/routing.ts';
import { limitOf } from '../../limits.ts';
import type { Context } from '../../operation.ts';

/** Ids of the groups and route tables that name the list. */
export function usersOf(id: PrefixListId, { transaction }: Context): readonly string[] {
  const { securityGroup } = transaction.network;
  const groups = [...securityGroup.by('peerPrefixList', id)].map((group) => group.id);
  return [...groups, ...tablesWith(id, transaction.network).map((table) => table.id)].sort();
}

function tablesWith(id: PrefixListId, { routeTable }: Network): readonly RouteTable[] {
  return [...routeTable.values()].filter(({ routes }) =>
    routes.some(({ destination }) => destination.kind === 'prefixList' && destination.prefixListId === id),
  );
}

/** Ids of the users that would pass their quota if the list counted as `maxEntries`. */
export function overloadedUsers(id: PrefixListId, maxEntries: number, context: Context): readonly string[] {
  const { network } = context.transaction;
  const size = (each: PrefixListId) => {
    const list = network.prefixList.get(each);
    return list && { family: list.family, maxEntries: each === id ? maxEntries : list.maxEntries };
  };
  const rulesMax = limitOf('rulesPerSecurityGroup', context);
  const groups = [...network.securityGroup.by('peerPrefixList', id)].filter(
    ({ rules }) => excessOf({ before: [], after: rules }, rulesMax, size) !== undefined,
  );
  const routesMax = limitOf('routesPerRouteTable', context);
  const tables = tablesWith(id, network).filter((table) => routesOf(table, size) > routesMax);
  return [...groups, ...tables].map((user) => user.id).sort();
}

/** Routes that count against a table's quota: those that users made. */
export function routesOf(
  { routes }: Pick<RouteTable, 'routes'>,
  size: (id: PrefixListId) => { readonly maxEntries: number } | undefined,
): number {
  return routes
    .filter(({ origin }) => origin === 'CreateRoute')
    .map(({ destination }) =>
      destination.kind === 'cidr' ? 1 : (size(destination.prefixListId)?.maxEntries ?? 1),
    )
    .reduce((sum, weight) => sum + weight, 0);
}
