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
import type { Rule, SecurityGroup } from '#vpc/security-group.ts';
import { RuleReader, type StoredRule, storedRule } from './rule-text.ts';
import type { Store, StoredChange, StoredResource } from './store.ts';
import type { RowChange } from './transaction.ts';

const knownKinds: ReadonlySet<string> = new Set(kinds);

/** Whether this program knows the kind of a name. */
export function isKind(name: string): name is Kind {
  return knownKinds.has(name);
}

/** A kind by its name at rest; throws for one that this program does not know. */
function kindOf(name: string): Kind {
  if (!knownKinds.has(name)) throw new Error(`unknown kind of resource: ${name}`);
  return name as Kind;
}

/** A security group at rest, with its rules as arrays; programs before wrote them as objects. */
type StoredGroup = Omit<SecurityGroup, 'rules'> & { readonly rules: readonly (StoredRule | Rule)[] };

/** The entity that a store holds as JSON; it was valid when it was written. */
function entityOf(kind: Kind, body: string, rules = new RuleReader()): Kinds[Kind] {
  const read = JSON.parse(body) as Kinds[Kind] | StoredGroup;
  if (kind !== 'securityGroup') return read as Kinds[Kind];
  const group = read as StoredGroup;
  return { ...group, rules: group.rules.map((rule) => rules.read(rule)) };
}

/** The JSON by which a store holds an entity. */
function textOf(kind: Kind, entity: Kinds[Kind]): string {
  if (kind !== 'securityGroup') return JSON.stringify(entity);
  const group = entity as SecurityGroup;
  return JSON.stringify({ ...group, rules: group.rules.map(storedRule) } satisfies StoredGroup);
}

/** A change as a store keeps it. */
export function storedChange({ scope, kind, id, before, after }: RowChange): StoredChange {
  const text = (entity: Kinds[Kind] | undefined) => entity && textOf(kind, entity);
  return { ...scope, kind, id, before: text(before), after: text(after) };
}

/** A change as the rest of the product reads it. */
export function rowChange({ account, region, kind, id, before, after }: StoredChange): RowChange {
  const known = kindOf(kind);
  const entity = (body: string | undefined) => (body === undefined ? undefined : entityOf(known, body));
  return {
    scope: { account, region },
    kind: known,
    id,
    before: entity(before),
    after: entity(after),
  };
}

/** Gathers resources in any order and builds the world once, far faster than by one write each. */
export class WorldBuilder {
  readonly #rules = new RuleReader();
  readonly #scopes = new Map<string, Map<Kind, Kinds[Kind][]>>();

  add({ account, region, kind, body }: StoredResource): void {
    this.addEntity({ account, region }, kind, entityOf(kindOf(kind), body, this.#rules));
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
