/** An immutable table of entities by id, with secondary indexes kept in step. */
import { type Change, PersistentMap } from './persistent-map.ts';

/** Index name → the keys under which an entity is found; none means it is not in that index. */
export type IndexSpec<V, Names extends string> = Readonly<Record<Names, (value: V) => readonly string[]>>;

/** The ids under one key of an index; most keys have one, which then stands for itself. */
type Ids = string | PersistentMap<true>;
type Index = PersistentMap<Ids>;

/** An index as some version of a table had it. */
type Built<V> = { readonly rows: PersistentMap<V>; readonly index: Index };

/**
 * A table has no indexes at first: each is built when it is first asked for and kept in step from then on, so that
 * neither a start nor a write pays for one that nobody asks. Versions that descend from one another share what was
 * built last, and catch up by their difference.
 */
export class IndexedTable<V extends { readonly id: string }, Names extends string = never> {
  readonly #spec: IndexSpec<V, Names>;
  readonly #rows: PersistentMap<V>;
  /** Those that this version has; a missing one is built on demand and noted here. */
  readonly #indexes: Map<Names, Index>;
  readonly #lastBuilt: Map<Names, Built<V>>;

  private constructor(
    spec: IndexSpec<V, Names>,
    rows: PersistentMap<V>,
    indexes: Map<Names, Index>,
    lastBuilt: Map<Names, Built<V>>,
  ) {
    this.#spec = spec;
    this.#rows = rows;
    this.#indexes = indexes;
    this.#lastBuilt = lastBuilt;
  }

  static empty<V extends { readonly id: string }, Names extends string>(
    spec: IndexSpec<V, Names>,
  ): IndexedTable<V, Names> {
    return new IndexedTable(spec, PersistentMap.empty<V>(), new Map(), new Map());
  }

  /** The table that holds these entities of distinct ids, built at once: several times faster than one `put` each. */
  static from<V extends { readonly id: string }, Names extends string>(
    spec: IndexSpec<V, Names>,
    values: readonly V[],
  ): IndexedTable<V, Names> {
    return new IndexedTable(spec, PersistentMap.from(pairsOf(values)), new Map(), new Map());
  }

  get size(): number {
    return this.#rows.size;
  }

  get(id: string): V | undefined {
    return this.#rows.get(id);
  }

  has(id: string): boolean {
    return this.#rows.has(id);
  }

  /** All entities, in an order that depends on the ids alone. */
  values(): IterableIterator<V> {
    return this.#rows.values();
  }

  /** Entities found under a key of an index. */
  *by(index: Names, key: string): IterableIterator<V> {
    for (const id of idsOf(this.#index(index).get(key))) {
      const value = this.#rows.get(id);
      if (value) yield value;
    }
  }

  /** How many entities an index holds under a key. */
  countBy(index: Names, key: string): number {
    const ids = this.#index(index).get(key);
    return typeof ids === 'string' ? 1 : (ids?.size ?? 0);
  }

  /** A table in which the entity stands under its id. */
  put(value: V): IndexedTable<V, Names> {
    return this.#with(this.#rows.set(value.id, value), this.#rows.get(value.id), value);
  }

  /** A table without the id; this one where it was absent. */
  remove(id: string): IndexedTable<V, Names> {
    const gone = this.#rows.get(id);
    return gone ? this.#with(this.#rows.delete(id), gone, undefined) : this;
  }

  /** Entities that differ from an older version of this table; the cost follows the changes. */
  changesSince(older: IndexedTable<V, Names>): IterableIterator<Change<V>> {
    return this.#rows.changesSince(older.#rows);
  }

  #with(rows: PersistentMap<V>, before: V | undefined, after: V | undefined): IndexedTable<V, Names> {
    const indexes = new Map<Names, Index>();
    for (const [name, index] of this.#indexes)
      indexes.set(name, moved(index, this.#spec[name], before, after));
    // Every network begins with the same empty tables, and none is to catch up from another's index.
    const lastBuilt = this.size === 0 ? new Map<Names, Built<V>>() : this.#lastBuilt;
    return new IndexedTable(this.#spec, rows, indexes, lastBuilt);
  }

  #index(name: Names): Index {
    const known = this.#indexes.get(name);
    if (known) return known;
    const index = this.#built(name);
    this.#indexes.set(name, index);
    this.#lastBuilt.set(name, { rows: this.#rows, index });
    return index;
  }

  /** The index of this version, from the one that was built last where there is one. */
  #built(name: Names): Index {
    const keysOf = this.#spec[name];
    const last = this.#lastBuilt.get(name);
    if (!last) return indexFrom(this.#rows.values(), keysOf);
    let { index } = last;
    for (const { before, after } of this.#rows.changesSince(last.rows)) {
      index = moved(index, keysOf, before, after);
    }
    return index;
  }
}

/** The index after an entity changed from one state to another; an absent side is undefined. */
function moved<V extends { readonly id: string }>(
  index: Index,
  keysOf: (value: V) => readonly string[],
  before: V | undefined,
  after: V | undefined,
): Index {
  const id = (after ?? before)?.id ?? '';
  const old = before ? keysOf(before) : [];
  const now = after ? keysOf(after) : [];
  if (areSame(old, now)) return index;
  let next = index;
  for (const key of difference(old, now)) next = withoutId(next, key, id);
  for (const key of difference(now, old)) next = withId(next, key, id);
  return next;
}

/** Most writes leave most indexes as they are. */
function areSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((key, index) => key === b[index]);
}

/** The keys of the first list that are not in the second. */
function difference(keys: readonly string[], others: readonly string[]): Iterable<string> {
  if (others.length === 0) return keys;
  const known = new Set(others);
  return keys.filter((key) => !known.has(key));
}

function idsOf(ids: Ids | undefined): Iterable<string> {
  if (ids === undefined) return [];
  return typeof ids === 'string' ? [ids] : ids.keys();
}

function withId(index: Index, key: string, id: string): Index {
  const ids = index.get(key);
  if (ids === undefined) return index.set(key, id);
  // An entity may name a key twice.
  if (ids === id) return index;
  const several = typeof ids === 'string' ? PersistentMap.empty<true>().set(ids, true) : ids;
  return index.set(key, several.set(id, true));
}

function withoutId(index: Index, key: string, id: string): Index {
  const ids = index.get(key);
  if (ids === undefined) return index;
  if (typeof ids === 'string') return ids === id ? index.delete(key) : index;
  const rest = ids.delete(id);
  const [only] = rest.size === 1 ? rest.keys() : [];
  return index.set(key, only ?? rest);
}

function* pairsOf<V extends { readonly id: string }>(values: readonly V[]) {
  for (const value of values) yield [value.id, value] as const;
}

function indexFrom<V extends { readonly id: string }>(
  values: Iterable<V>,
  keysOf: (value: V) => readonly string[],
): Index {
  const idsByKey = new Map<string, string | string[]>();
  for (const value of values) {
    for (const key of keysOf(value)) addId(idsByKey, key, value.id);
  }
  return PersistentMap.from(indexEntries(idsByKey));
}

function addId(idsByKey: Map<string, string | string[]>, key: string, id: string): void {
  const ids = idsByKey.get(key);
  if (ids === undefined) idsByKey.set(key, id);
  else if (typeof ids !== 'string') ids.push(id);
  else if (ids !== id) idsByKey.set(key, [ids, id]);
}

function* indexEntries(idsByKey: ReadonlyMap<string, string | readonly string[]>) {
  for (const [key, ids] of idsByKey) {
    const all = typeof ids === 'string' ? ids : PersistentMap.from(ids.map((id) => [id, true] as const));
    yield [key, all] as const;
  }
}
