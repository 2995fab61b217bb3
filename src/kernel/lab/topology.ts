/** The items of the lab as a union of pieces, and what a change of pieces means for the kernel. */
import { type Item, itemOrder, itemText, slotOf } from './item.ts';

export type TopologyChange = {
  /** Items that are new at a place where nothing was. */
  readonly added: readonly Item[];
  readonly removed: readonly Item[];
  /** Items at a place that something else leaves; to be made only after what was there has been forgotten. */
  readonly replaced: readonly Item[];
};

/** Counts who needs each item: interfaces of one instance share its namespace. */
export class Topology {
  readonly #pieces = new Map<string, readonly Item[]>();
  readonly #needed = new Map<string, { readonly item: Item; count: number }>();
  #before = new Map<string, Item | undefined>();

  /** Replaces a piece; an empty one goes. */
  set(name: string, items: readonly Item[]): void {
    for (const item of items) this.#count(item, 1);
    for (const item of this.#pieces.get(name) ?? []) this.#count(item, -1);
    if (items.length > 0) this.#pieces.set(name, items);
    else this.#pieces.delete(name);
  }

  /** Everything there should be. */
  items(): readonly Item[] {
    return ordered([...this.#needed.values()].map(({ item }) => item));
  }

  has(name: string): boolean {
    return this.#pieces.has(name);
  }

  /** Whether something needs exactly this item. */
  hasItem(item: Item): boolean {
    return this.#needed.has(itemText(item));
  }

  /** Names of the pieces that need the item. */
  needersOf(item: Item): readonly string[] {
    const text = itemText(item);
    return [...this.#pieces].flatMap(([name, items]) =>
      items.some((each) => itemText(each) === text) ? [name] : [],
    );
  }

  /** Names of the pieces that need the namespace itself. */
  dwellersOf(namespace: string): readonly string[] {
    return [...this.#pieces].flatMap(([name, items]) =>
      items.some((each) => each.kind === 'namespace' && each.name === namespace) ? [name] : [],
    );
  }

  /** What is new since `take` was last asked, at places where nothing is yet; it stays new. */
  added(): readonly Item[] {
    const added: Item[] = [];
    const left = new Set<string>();
    for (const [text, before] of this.#before) {
      const now = this.#needed.get(text)?.item;
      if (now && !before) added.push(now);
      if (before && !now) left.add(slotOf(before));
    }
    return ordered(added.filter((item) => !left.has(slotOf(item))));
  }

  /** What has changed since this was last asked. */
  take(): TopologyChange {
    const added: Item[] = [];
    const removed: Item[] = [];
    for (const [text, before] of this.#before) {
      const now = this.#needed.get(text)?.item;
      if (now && !before) added.push(now);
      if (before && !now) removed.push(before);
    }
    this.#before = new Map();
    const left = new Set(removed.map(slotOf));
    const pairs = added.filter((item) => item.kind === 'veth' && left.has(slotOf(item)));
    const devices = new Set(pairs.flatMap(devicesOf));
    const isOnNewDevice = (item: Item) => devicesOf(item).some((device) => devices.has(device));
    // What hangs on a device goes with it and must be made again with the new one.
    const again = devices.size > 0 ? this.items().filter(isOnNewDevice) : [];
    const late = added.filter((item) => left.has(slotOf(item)));
    const replaced = new Set([...late, ...again]);
    return {
      added: ordered(added.filter((item) => !replaced.has(item))),
      removed: ordered(removed).reverse(),
      replaced: ordered([...replaced]),
    };
  }

  #count(item: Item, by: 1 | -1): void {
    const text = itemText(item);
    const known = this.#needed.get(text);
    if (!this.#before.has(text)) this.#before.set(text, known?.item);
    const count = (known?.count ?? 0) + by;
    if (count > 0) this.#needed.set(text, { item: known?.item ?? item, count });
    else this.#needed.delete(text);
  }
}

/** The namespaces an item stands in; a namespace stands in none but is one. */
export function placesOf(item: Item): readonly string[] {
  if (item.kind === 'namespace') return [item.name];
  return item.kind === 'veth' ? [item.near.namespace, item.far.namespace] : [item.namespace];
}

/** The devices an item stands on, both ends of a pair. */
export function devicesOf(item: Item): readonly string[] {
  switch (item.kind) {
    case 'namespace':
    case 'rule':
      return [];
    case 'veth':
      return [item.near, item.far].map(({ namespace, name }) => `${namespace} ${name}`);
    case 'address':
      return [`${item.namespace} ${item.address.device}`];
    case 'neighbour':
      return [`${item.namespace} ${item.neighbour.device}`];
    case 'route': {
      const { target } = item.route;
      return target.kind === 'unicast' ? [`${item.namespace} ${target.device}`] : [];
    }
    default:
      return item satisfies never;
  }
}

function ordered(items: readonly Item[]): Item[] {
  const groups = Map.groupBy(items, ({ kind }) => kind);
  return itemOrder.flatMap((kind) => groups.get(kind) ?? []);
}
