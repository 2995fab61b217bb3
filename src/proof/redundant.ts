/** `redundant`: the rules that can go, all of them together, and the rules that cover each. */
import type { Place } from '#policy/rules.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import type { Rule, SecurityGroup } from '#vpc/security-group.ts';
import { type OnProgress, unwatched } from './progress.ts';
import { byBreadth, coverOf, isCovered, losesTracking, type Shape, shapeOf, touches } from './rule-cover.ts';

export type RedundantRule = {
  readonly rule: Rule;
  /** Rules that stay and admit all that this one does; none where the rule admits nothing. */
  readonly coveredBy: readonly Rule[];
  /**
   * Why nothing is lost: rules of its group admit the same; or rules of groups beside it do, on every interface that its
   * group is on now; or the peer stands for no address.
   */
  readonly because: 'covered' | 'coveredWithOthers' | 'admitsNothing';
  /**
   * Whether TCP or UDP flows that are untracked now become tracked: only single blocks that hold everybody make them so.
   * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html#untracked-connections
   */
  readonly changesTracking: boolean;
};

export type RedundantInGroup = { readonly group: SecurityGroup; readonly rules: readonly RedundantRule[] };

/** The redundant rules of every group of the world that has some; all can go together. `onProgress` hears of rules tried. */
export function redundantRules(world: World, onProgress?: OnProgress): readonly RedundantInGroup[] {
  return [...world.values()].flatMap((network) =>
    redundantOf(world, network, [...network.securityGroup.values()], onProgress).filter(
      ({ rules }) => rules.length > 0,
    ),
  );
}

/** The redundant rules of one group, all others staying as they are; undefined where there is none of that id. */
export function redundantInGroup(world: World, groupId: string): readonly RedundantRule[] | undefined {
  const found = locate(world, 'securityGroup', groupId);
  return found && redundantOf(world, found.network, [found.entity])[0]?.rules;
}

/**
 * Rules that can be removed together without a change in what the list admits. The narrowest are tried first, so that
 * the broad ones stay; of two that say the same the later one goes.
 */
export function redundantIn(place: Place, rules: readonly Rule[]): readonly RedundantRule[] {
  const shapes = rules.map((rule) => shapeOf(place, rule));
  const kept = new Set(shapes);
  drop(place, shapes, kept, () => [shapes]);
  return shapes
    .filter((shape) => !kept.has(shape))
    .map((shape) => redundant(place, shape, { own: [...kept], together: [] }));
}

/** Takes rules out of those kept while others that are kept open all that they do, in each of the lists around them. */
function drop(
  place: Place,
  candidates: readonly Shape[],
  kept: Set<Shape>,
  around: (shape: Shape) => readonly Iterable<Shape>[],
): void {
  const order = candidates.map((shape, at) => ({ shape, at }));
  order.sort((a, b) => byBreadth(a.shape, b.shape) || b.at - a.at);
  for (const { shape } of order) {
    const isKept = (other: Shape) => other !== shape && kept.has(other) && touches(shape, other);
    const lists = around(shape);
    if (shape.admitsNothing || lists.every((list) => isCovered(place, shape, alike(shape, list, isKept))))
      kept.delete(shape);
  }
}

function alike(shape: Shape, list: Iterable<Shape>, wanted: (other: Shape) => boolean): readonly Shape[] {
  return [...list].filter((other) => other.rule.direction === shape.rule.direction && wanted(other));
}

/** What stays of the rule's group, and on each kind of interface that it is on. */
type Stay = { readonly own: readonly Shape[]; readonly together: readonly (readonly Shape[])[] };

function redundant(place: Place, shape: Shape, { own, together }: Stay): RedundantRule {
  const byItself = alike(shape, own, () => true);
  const isAlone = shape.admitsNothing || isCovered(place, shape, byItself);
  const lists = isAlone ? [byItself] : together.map((list) => alike(shape, list, () => true));
  return {
    rule: shape.rule,
    coveredBy: [...new Set(lists.flatMap((list) => coverOf(place, shape, list)))],
    because: shape.admitsNothing ? 'admitsNothing' : isAlone ? 'covered' : 'coveredWithOthers',
    changesTracking: lists.some((list) =>
      losesTracking(
        place,
        shape.rule,
        list.map(({ rule }) => rule),
      ),
    ),
  };
}

/**
 * First each group by itself, then with the groups beside it. Every step leaves what each interface admits as it was, so
 * that all of them together do.
 */
function redundantOf(
  world: World,
  network: Network,
  groups: readonly SecurityGroup[],
  onProgress: OnProgress = unwatched,
): readonly RedundantInGroup[] {
  const place = { world, network };
  const beside = new Map(groups.map(({ id }) => [id, combinationsOf(world, id)]));
  const shapes = new Map<SecurityGroupId, readonly Shape[]>();
  for (const id of [...beside].flatMap(([own, lists]) => [own, ...lists.flat()])) {
    const group = network.securityGroup.get(id) ?? locate(world, 'securityGroup', id)?.entity;
    if (!shapes.has(id))
      shapes.set(
        id,
        (group?.rules ?? []).map((rule) => shapeOf(place, rule)),
      );
  }
  const shapesOf = (ids: readonly SecurityGroupId[]) => ids.flatMap((id) => shapes.get(id) ?? []);
  const kept = new Set([...shapes.values()].flat());
  const total = shapesOf(groups.map(({ id }) => id)).length;
  let tried = 0;
  for (const { id } of groups) {
    const own = shapesOf([id]);
    drop(place, own, kept, () => [own]);
    tried += own.length;
    onProgress(tried, total);
  }
  // A group that is alone on some interface has been tried; of the others no order among groups is better.
  const homes = new Map<Shape, readonly (readonly Shape[])[]>();
  for (const { id } of groups) {
    const lists = beside.get(id) ?? [];
    if (lists.length === 0 || lists.some((list) => list.length === 1)) continue;
    const together = lists.map(shapesOf);
    for (const shape of shapesOf([id])) if (kept.has(shape)) homes.set(shape, together);
  }
  drop(place, [...homes.keys()], kept, (shape) => homes.get(shape) ?? []);
  const staying = (ids: readonly SecurityGroupId[]) => shapesOf(ids).filter((shape) => kept.has(shape));
  return groups.map((group) => {
    const stay = { own: staying([group.id]), together: (beside.get(group.id) ?? []).map(staying) };
    const gone = shapesOf([group.id]).filter((shape) => !kept.has(shape));
    return { group, rules: gone.map((shape) => redundant(place, shape, stay)) };
  });
}

/** The different sets of groups on the interfaces of a group, small ones first. */
function combinationsOf(world: World, id: SecurityGroupId): readonly (readonly SecurityGroupId[])[] {
  const found = new Map<string, readonly SecurityGroupId[]>();
  for (const { eni } of world.values()) {
    for (const { groupIds } of eni.by('group', id)) found.set(groupIds.toSorted().join(), groupIds);
  }
  return [...found.values()].sort((a, b) => a.length - b.length);
}
