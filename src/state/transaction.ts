/**
 * A transaction: the next value of the world, computed by one request on top of the pending one. It either becomes
 * pending as a whole or is dropped; nothing outside sees a part of it.
 */
import { emptyNetwork, type Kind, type Kinds, type Network, put, remove, type World } from '#vpc/network.ts';
import { type Scope, scopeKey } from '#vpc/scope.ts';

/** One resource before and after a request; an absent side is undefined. */
export type RowChange = {
  readonly scope: Scope;
  readonly kind: Kind;
  readonly id: string;
  readonly before: Kinds[Kind] | undefined;
  readonly after: Kinds[Kind] | undefined;
};

type Draft = { readonly base: World; world: World; readonly changes: Map<string, RowChange> };

export class Transaction {
  readonly scope: Scope;
  /** Of the scope; operations ask for their network a dozen times. */
  readonly #key: string;
  readonly #draft: Draft;

  private constructor(draft: Draft, scope: Scope) {
    this.#draft = draft;
    this.scope = scope;
    this.#key = scopeKey(scope);
  }

  /** A transaction on top of a world, seeing and changing the resources of one scope. */
  static begin(world: World, scope: Scope): Transaction {
    return new Transaction({ base: world, world, changes: new Map() }, scope);
  }

  /** The same transaction seen from another scope, for what spans accounts or regions. */
  at(scope: Scope): Transaction {
    return new Transaction(this.#draft, scope);
  }

  /** The world with this transaction's changes so far. */
  get world(): World {
    return this.#draft.world;
  }

  /** The scope's network with this transaction's changes so far. */
  get network(): Network {
    return this.#draft.world.get(this.#key) ?? emptyNetwork;
  }

  put<K extends Kind>(kind: K, entity: Kinds[K]): void {
    this.#record(kind, entity.id, entity, put(this.network, kind, entity));
  }

  remove(kind: Kind, id: string): void {
    if (this.network[kind].has(id)) this.#record(kind, id, undefined, remove(this.network, kind, id));
  }

  /** Forgets what was changed, in every scope: for a request that was refused half way. */
  drop(): void {
    this.#draft.world = this.#draft.base;
    this.#draft.changes.clear();
  }

  /** What this transaction changed, one row a resource. */
  changes(): readonly RowChange[] {
    return [...this.#draft.changes.values()].filter(({ before, after }) => before !== after);
  }

  #record(kind: Kind, id: string, after: Kinds[Kind] | undefined, network: Network): void {
    const key = `${this.#key} ${kind} ${id}`;
    const known = this.#draft.changes.get(key);
    const before = known ? known.before : this.network[kind].get(id);
    this.#draft.changes.set(key, { scope: this.scope, kind, id, before, after });
    this.#draft.world = this.#draft.world.set(this.#key, network);
  }
}
