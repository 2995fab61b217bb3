/** Two worlds that were read apart, sharing what is the same in both: what differs is then found at once. */
import type { IndexedTable } from '#table/indexed-table.ts';
import { kinds, type Network, type World } from './network.ts';

type Table = IndexedTable<{ readonly id: string }, string>;

/** The later world, built upon the earlier one by what really differs between them; equal to what it was. */
export function sharingWith(earlier: World, later: World): World {
  let world = later;
  for (const [key, network] of later.entries()) {
    const before = earlier.get(key);
    if (before) world = world.set(key, networkUpon(before, network));
  }
  return world;
}

function networkUpon(before: Network, after: Network): Network {
  const tables = kinds.map((kind) => [
    kind,
    tableUpon(before[kind] as unknown as Table, after[kind] as unknown as Table),
  ]);
  return Object.fromEntries(tables) as Network;
}

function tableUpon(before: Table, after: Table): Table {
  let table = before;
  for (const change of after.changesSince(before)) {
    if (change.after === undefined) table = table.remove(change.key);
    else if (!isSame(change.before, change.after)) table = table.put(change.after);
  }
  return table;
}

/** Whether two values of plain data say the same. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const [members, others] = [Object.entries(one), other as Readonly<Record<string, unknown>>];
  return (
    members.length === Object.keys(other).length &&
    members.every(([name, member]) => Object.hasOwn(other, name) && isSame(member, others[name]))
  );
}
