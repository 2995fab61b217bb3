/** Worlds and changes to and from the text that stores keep. */
import {
  emptyNetwork,
  emptyWorld,
  type Kind,
  type Kinds,
  kinds,
  networkFrom,
  put,
  remove,
  type World,
} from '#vpc/network.ts';
import { type Scope, scopeKey } from '#vpc/scope.ts';
import type { Store, StoredChange, StoredResource } from './store.ts';
import type { RowChange } from './transaction.ts';

const knownKinds: ReadonlySet<string> = new Set(kinds);

/** Whether this program knows the kind of a name. */
export function isKind(name: string): name is Kind {
  return knownKinds.has(name);
}

/** A kind by its name at rest; throws for one that this program does not know. */
export function kindOf(name: string): Kind {
  if (!knownKinds.has(name)) throw new Error(`unknown kind of resource: ${name}`);
  return name as Kind;
}

/** The entity that a store or a snapshot holds as JSON; it was valid when it was written. */
export function entityOf(body: string): Kinds[Kind] {
  return JSON.parse(body) as Kinds[Kind];
}

/** A change as a store keeps it. */
export function storedChange({ scope, kind, id, before, after }: RowChange): StoredChange {
  const text = (entity: Kinds[Kind] | undefined) => entity && JSON.stringify(entity);
  return { ...scope, kind, id, before: text(before), after: text(after) };
}

/** A change as the rest of the product reads it. */
export function rowChange({ account, region, kind, id, before, after }: StoredChange): RowChange {
  const entity = (body: string | undefined) => (body === undefined ? undefined : entityOf(body));
  return {
    scope: { account, region },
    kind: kindOf(kind),
    id,
    before: entity(before),
    after: entity(after),
  };
}

/** Gathers resources in any order and builds the world once, far faster than by one write each. */
export class WorldBuilder {
  readonly #scopes = new Map<string, Map<Kind, Kinds[Kind][]>>();

  add({ account, region, kind, body }: StoredResource): void {
    this.addEntity({ account, region }, kind, entityOf(body));
  }

  /** Adds a resource that was JSON and is read already. */
  addEntity(scope: Scope, kind: string, entity: { readonly id: string }): void {
    const rows = this.#rowsOf(scopeKey(scope));
    const known = kindOf(kind);
    const entities = rows.get(known);
    if (entities) entities.push(entity as Kinds[Kind]);
    else rows.set(known, [entity as Kinds[Kind]]);
  }

  /** Makes a scope part of the world even where it holds nothing. */
  addScope(account: string, region: string): void {
    this.#rowsOf(scopeKey({ account, region }));
  }

  build(): World {
    let world = emptyWorld;
    for (const [key, rows] of this.#scopes) world = world.set(key, networkFrom(rows));
    return world;
  }

  #rowsOf(key: string): Map<Kind, Kinds[Kind][]> {
    const known = this.#scopes.get(key);
    if (known) return known;
    const rows = new Map<Kind, Kinds[Kind][]>();
    this.#scopes.set(key, rows);
    return rows;
  }
}

/** The world that a store holds. */
export async function loadWorld(store: Store): Promise<World> {
  const builder = new WorldBuilder();
  for (const { account, region } of await store.scopes()) builder.addScope(account, region);
  await store.resources((row) => builder.add(row));
  return builder.build();
}

/** The world as it was before these changes. */
export function undo(world: World, changes: readonly RowChange[]): World {
  let undone = world;
  for (const { scope, kind, id, before } of changes) {
    const network = undone.get(scopeKey(scope)) ?? emptyNetwork;
    const older = before === undefined ? remove(network, kind, id) : put(network, kind, before);
    undone = undone.set(scopeKey(scope), older);
  }
  return undone;
}
