/** Everything that carries tags, found by id. */
import { idPrefixes } from '#vpc/ids.ts';
import type { Kinds } from '#vpc/network.ts';
import type { Tags } from '#vpc/tags.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { type ResourceKind, refuseNotFound, resourceOf, resources, type TableKind } from '../resources.ts';

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

/** The taggable resource of an id; refuses what is none. */
export function taggableOf(id: string, context: Context): Taggable {
  const kind = kindOfPrefix.get(id.slice(0, Math.max(0, id.lastIndexOf('-'))));
  if (!kind) return refuse('invalidTaggable', { id });
  return kind === 'rule'
    ? taggableRule(id, context)
    : taggableRow(kind, resourceOf(kind, id, context), context);
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

function taggableRule(id: string, context: Context): Taggable {
  const rule = [...context.transaction.network.securityGroup.by('rule', id)]
    .flatMap(({ rules }) => rules)
    .find((candidate) => candidate.id === id);
  if (!rule) return refuseNotFound('rule', id);
  return { id, type: resources.rule.type, tags: rule.tags, put: putRuleTags(id, context) };
}

function putRuleTags(id: string, { transaction }: Context) {
  return (tags: Tags): void => {
    for (const group of transaction.network.securityGroup.by('rule', id)) {
      const rules = group.rules.map((rule) => (rule.id === id ? { ...rule, tags } : rule));
      transaction.put('securityGroup', { ...group, rules });
    }
  };
}
