/** An immutable table of entities by id, with secondary indexes kept in step. */
import { type Change, PersistentMap } from './persistent-map.ts';

/** Index name → the keys under which an entity is found; none means it is not in that index. */
export type IndexSpec<V, Names extends string> = Readonly<Record<Names, (value: V) => readonly string[]>>;

type IndexMaps<Names extends string> = Readonly<Record<Names, PersistentMap<PersistentMap<true>>>>;

export class IndexedTable<V extends { readonly id: string }, Names extends string = never> {
  readonly #spec: IndexSpec<V, Names>;
  readonly #rows: PersistentMap<V>;
  readonly #indexes: IndexMaps<Names>;

  private constructor(spec: IndexSpec<V, Names>, rows: PersistentMap<V>, indexes: IndexMaps<Names>) {
    this.#spec = spec;
    this.#rows = rows;
    this.#indexes = indexes;
  }

  static empty<V extends { readonly id: string }, Names extends string>(
    spec: IndexSpec<V, Names>,
  ): IndexedTable<V, Names> {
    const names = Object.keys(spec) as Names[];
    const indexes = Object.fromEntries(
      names.map((name) => [name, PersistentMap.empty()]),
    ) as IndexMaps<Names>;
    return new IndexedTable(spec, PersistentMap.empty<V>(), indexes);
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
    for (const id of this.#indexes[index].get(key)?.keys() ?? []) {
      const value = this.#rows.get(id);
      if (value) yield value;
    }
  }

  /** How many entities an index holds under a key. */
  countBy(index: Names, key: string): number {
    return this.#indexes[index].get(key)?.size ?? 0;
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
    const indexes: Record<Names, PersistentMap<PersistentMap<true>>> = { ...this.#indexes };
    for (const name of Object.keys(indexes) as Names[]) {
      const keysOf = this.#spec[name];
      const old = new Set(before ? keysOf(before) : []);
      const now = new Set(after ? keysOf(after) : []);
      const id = (after ?? before)?.id ?? '';
      for (const key of old) if (!now.has(key)) indexes[name] = withoutId(indexes[name], key, id);
      for (const key of now) if (!old.has(key)) indexes[name] = withId(indexes[name], key, id);
    }
    return new IndexedTable(this.#spec, rows, indexes);
  }
}

function withId(index: PersistentMap<PersistentMap<true>>, key: string, id: string) {
  return index.set(key, (index.get(key) ?? PersistentMap.empty<true>()).set(id, true));
}

function withoutId(index: PersistentMap<PersistentMap<true>>, key: string, id: string) {
  const ids = index.get(key)?.delete(id);
  return ids && ids.size > 0 ? index.set(key, ids) : index.delete(key);
}
