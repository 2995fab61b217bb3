/** A world while it is put together from many outputs. */
import { emptyWorld, type Kind, type Kinds, networkFrom, type World } from '#vpc/network.ts';
import { type Scope, scopeKey, scopeOfKey } from '#vpc/scope.ts';

export type Placed<K extends Kind> = { readonly scope: Scope; readonly entity: Kinds[K] };

type Rows = Map<Kind, Map<string, Kinds[Kind]>>;

export class Draft {
  readonly #scopes = new Map<string, Rows>();
  /** The scope that was asked for last: mostly the next one is the same. */
  #last: { readonly scope: Scope; readonly rows: Rows } | undefined;

  /** Adds a resource; where its scope has the id already, the first stays, and the answer says whether they agree. */
  add<K extends Kind>(scope: Scope, kind: K, entity: Kinds[K]): 'new' | 'same' | 'different' {
    const table = this.#table(scope, kind);
    const known = table.get(entity.id);
    if (known) return JSON.stringify(known) === JSON.stringify(entity) ? 'same' : 'different';
    table.set(entity.id, entity);
    return 'new';
  }

  /** Puts a resource in place of what its scope had under the id. */
  replace<K extends Kind>(scope: Scope, kind: K, entity: Kinds[K]): void {
    this.#table(scope, kind).set(entity.id, entity);
  }

  /** All resources of a kind with their scopes. */
  all<K extends Kind>(kind: K): readonly Placed<K>[] {
    return [...this.#scopes].flatMap(([key, rows]) => {
      const scope = scopeOfKey(key);
      return [...(rows.get(kind)?.values() ?? [])].map((entity) => ({ scope, entity: entity as Kinds[K] }));
    });
  }

  /** The resource of an id, wherever it is. */
  find<K extends Kind>(kind: K, id: string): Placed<K> | undefined {
    for (const [key, rows] of this.#scopes) {
      const entity = rows.get(kind)?.get(id);
      if (entity) return { scope: scopeOfKey(key), entity: entity as Kinds[K] };
    }
    return undefined;
  }

  /** The scopes that hold something. */
  scopes(): readonly Scope[] {
    return [...this.#scopes.keys()].map(scopeOfKey);
  }

  world(): World {
    let world = emptyWorld;
    for (const [key, rows] of this.#scopes) {
      const entities = new Map([...rows].map(([kind, table]) => [kind, [...table.values()]] as const));
      world = world.set(key, networkFrom(entities));
    }
    return world;
  }

  #table(scope: Scope, kind: Kind): Map<string, Kinds[Kind]> {
    const rows = this.#rowsOf(scope);
    const table = rows.get(kind) ?? new Map<string, Kinds[Kind]>();
    rows.set(kind, table);
    return table;
  }

  #rowsOf(scope: Scope): Rows {
    if (this.#last?.scope === scope) return this.#last.rows;
    const key = scopeKey(scope);
    const rows: Rows = this.#scopes.get(key) ?? new Map();
    this.#scopes.set(key, rows);
    this.#last = { scope, rows };
    return rows;
  }
}
