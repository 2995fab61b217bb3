/** Everything that carries tags, found by id. */
import { idPrefixes } from '#vpc/ids.ts';
import type { Kinds } from '#vpc/network.ts';
import type { Tags } from '#vpc/tags.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { checkId, type ResourceKind, refuseNotFound, resources, type TableKind } from '../resources.ts';

export type Taggable = {
  readonly id: string;
  readonly type: string;
  readonly tags: Tags;
  readonly put: (tags: Tags) => void;
};

const kindOfPrefix = new Map<string, ResourceKind>(
  (Object.keys(resources) as ResourceKind[]).map((kind) => [idPrefixes[kind], kind]),
);

/** The kinds that have tables of their own. */
const tableKinds = (Object.keys(resources) as ResourceKind[]).filter((kind) => kind !== 'rule');

/** The kind of a taggable resource's id; refuses what is none. */
export function checkTaggableId(id: string): ResourceKind {
  const kind = kindOfPrefix.get(prefixOf(id)) ?? refuse('invalidTaggable', { id });
  checkId(kind, id);
  return kind;
}

/** The taggable resource of an id; refuses what is none. */
export function taggableOf(id: string, context: Context): Taggable {
  return findTaggable(id, context) ?? refuseNotFound(checkTaggableId(id), id);
}

/** The taggable resource of an id, if there is one. */
export function findTaggable(id: string, context: Context): Taggable | undefined {
  const kind = kindOfPrefix.get(prefixOf(id));
  if (kind === undefined) return undefined;
  if (kind === 'rule') return findRule(id, context);
  const entity = context.transaction.network[kind].get(id);
  return entity && taggableRow(kind, entity, context);
}

function prefixOf(id: string): string {
  return id.slice(0, Math.max(0, id.lastIndexOf('-')));
}

/** Everything of the caller that has tags. */
export function* allTagged(context: Context): Iterable<Taggable> {
  const { network } = context.transaction;
  for (const kind of tableKinds) {
    for (const entity of network[kind].values()) yield taggableRow(kind, entity, context);
  }
  for (const group of network.securityGroup.values()) {
    for (const { id, tags } of group.rules)
      yield { id, type: resources.rule.type, tags, put: putRuleTags(id, context) };
  }
}

function taggableRow<K extends TableKind>(
  kind: K,
  entity: Kinds[TableKind],
  { transaction }: Context,
): Taggable {
  const put = (tags: Tags) => transaction.put(kind, { ...entity, tags } as Kinds[K]);
  return { id: entity.id, type: resources[kind].type, tags: entity.tags, put };
}

function findRule(id: string, context: Context): Taggable | undefined {
  for (const { rules } of context.transaction.network.securityGroup.by('rule', id)) {
    const rule = rules.find((held) => held.id === id);
    if (rule) return { id, type: resources.rule.type, tags: rule.tags, put: putRuleTags(id, context) };
  }
  return undefined;
}

function putRuleTags(id: string, { transaction }: Context) {
  return (tags: Tags): void => {
    for (const group of transaction.network.securityGroup.by('rule', id)) {
      const rules = group.rules.map((rule) => (rule.id === id ? { ...rule, tags } : rule));
      transaction.put('securityGroup', { ...group, rules });
    }
  };
}
