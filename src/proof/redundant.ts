/** `redundant`: the rules of a group that can go, all of them together, and the rules that cover each. */
import { type Family, families } from '#net/address.ts';
import { admitsEverybody, type Place } from '#policy/rules.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Rule, SecurityGroup } from '#vpc/security-group.ts';
import { higher, lower, stretchSize } from './address-line.ts';
import { admissionOf, itemsOf, openToMembers } from './admission.ts';
import { type Item, regionOf } from './region.ts';
import {
  intersectSpans,
  noSpans,
  type Spans,
  serviceCount,
  spansOf,
  subtractSpans,
  unionSpans,
} from './spans.ts';

export type RedundantRule = {
  readonly rule: Rule;
  /** Rules that stay and admit all that this one does; none where the rule admits nothing. */
  readonly coveredBy: readonly Rule[];
  /** Why nothing is lost: other rules admit the same, or the peer stands for no address. */
  readonly because: 'covered' | 'admitsNothing';
  /**
   * Whether TCP or UDP flows that are untracked now become tracked: only single blocks that hold everybody make them so.
   * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html#untracked-connections
   */
  readonly changesTracking: boolean;
};

/** The redundant rules of every group of the world that has some. */
export function redundantRules(
  world: World,
): readonly { readonly group: SecurityGroup; readonly rules: readonly RedundantRule[] }[] {
  return [...world.values()].flatMap((network) =>
    [...network.securityGroup.values()].flatMap((group) => {
      const rules = redundantIn({ world, network }, group.rules);
      return rules.length > 0 ? [{ group, rules }] : [];
    }),
  );
}

/** The redundant rules of one group, or undefined where there is none of that id. */
export function redundantInGroup(world: World, groupId: string): readonly RedundantRule[] | undefined {
  const found = locate(world, 'securityGroup', groupId);
  return found && redundantIn({ world, network: found.network }, found.entity.rules);
}

/**
 * Rules that can be removed together without a change in what the list admits. The narrowest are tried first, so that
 * the broad ones stay; of two that say the same the later one goes.
 */
export function redundantIn(place: Place, rules: readonly Rule[]): readonly RedundantRule[] {
  const shapes = rules.map((rule) => shapeOf(place, rule));
  const order = shapes.map((_, index) => index).sort((a, b) => breadth(shapes, a, b) || b - a);
  const kept = new Set(order);
  const stay = (shape: Shape) =>
    shapes.filter((other, at) => kept.has(at) && other.rule.direction === shape.rule.direction);
  for (const index of order) {
    const shape = shapes[index] as Shape;
    kept.delete(index);
    const near = stay(shape).filter((other) => touches(shape, other));
    if (!shape.admitsNothing && !isCovered(place, shape, near)) kept.add(index);
  }
  return shapes
    .filter((_, at) => !kept.has(at))
    .map((shape) => ({
      rule: shape.rule,
      coveredBy: coverOf(place, shape, stay(shape)),
      because: shape.admitsNothing ? 'admitsNothing' : 'covered',
      changesTracking: losesTracking(
        place,
        shape.rule,
        stay(shape).map(({ rule }) => rule),
      ),
    }));
}

/** A rule with what it opens per family. */
type Shape = {
  readonly rule: Rule;
  readonly items: Readonly<Record<Family, readonly Item<Spans>[]>>;
  readonly size: bigint;
  readonly admitsNothing: boolean;
};

function shapeOf(place: Place, rule: Rule): Shape {
  const items = { ipv4: itemsOf(place, rule, 'ipv4'), ipv6: itemsOf(place, rule, 'ipv6') };
  const all = [...items.ipv4, ...items.ipv6];
  const size = all.reduce((sum, item) => sum + stretchSize(item) * serviceCount(item.value), 0n);
  return { rule, items, size, admitsNothing: all.length === 0 && rule.peer.kind !== 'group' };
}

function breadth(shapes: readonly Shape[], a: number, b: number): number {
  const [x, y] = [shapes[a]?.size ?? 0n, shapes[b]?.size ?? 0n];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Rules among those that stay that together admit all that the rule does, as few as dropping one by one leaves. */
function coverOf(place: Place, shape: Shape, stay: readonly Shape[]): readonly Rule[] {
  if (shape.admitsNothing) return [];
  const near = stay.filter((other) => touches(shape, other));
  const alone = near.find((other) => isCovered(place, shape, [other]));
  if (alone) return [alone.rule];
  let cover = near;
  for (const each of near) {
    const without = cover.filter((other) => other !== each);
    if (isCovered(place, shape, without)) cover = without;
  }
  return cover.map(({ rule }) => rule);
}

function touches(shape: Shape, other: Shape): boolean {
  const { peer } = shape.rule;
  if (peer.kind === 'group') {
    return other.rule.peer.kind !== 'group' || other.rule.peer.groupId === peer.groupId;
  }
  return families.some((family) =>
    shape.items[family].some((item) =>
      other.items[family].some(
        (near) =>
          near.first <= item.last &&
          item.first <= near.last &&
          intersectSpans(near.value, item.value).length > 0,
      ),
    ),
  );
}

function isCovered(place: Place, shape: Shape, others: readonly Shape[]): boolean {
  if (shape.rule.peer.kind === 'group') return isGroupCovered(place, shape.rule, others);
  return families.every((family) =>
    shape.items[family].every((item) => {
      const near = others.flatMap((other) =>
        other.items[family].filter(({ first, last }) => first <= item.last && item.first <= last),
      );
      return isItemCovered(family, item, near);
    }),
  );
}

function isItemCovered(family: Family, item: Item<Spans>, near: readonly Item<Spans>[]): boolean {
  const clipped = near.map(({ first, last, value }) => ({
    first: higher(first, item.first),
    last: lower(last, item.last),
    value: intersectSpans(value, item.value),
  }));
  const { boxes } = regionOf(family, clipped);
  const [only] = boxes;
  return (
    boxes.length === 1 &&
    only?.first === item.first &&
    only.last === item.last &&
    subtractSpans(item.value, only.spans).length === 0
  );
}

/** A group is covered by rules that name it too, and by blocks that hold every address a member could have. */
function isGroupCovered(place: Place, rule: Rule, others: readonly Shape[]): boolean {
  const { peer, service, direction } = rule;
  if (peer.kind !== 'group') return false;
  const rules = others.map((other) => other.rule);
  return families.every((family) => {
    const { region, byGroup } = admissionOf(place, rules, direction, family);
    const open = openToMembers(place.world, region, peer.groupId);
    const named = byGroup.get(peer.groupId) ?? noSpans;
    return subtractSpans(spansOf(service, family), unionSpans(open, named)).length === 0;
  });
}

function losesTracking(place: Place, rule: Rule, others: readonly Rule[]): boolean {
  return families.some((family) => {
    if (!admitsEverybody(place, rule.peer, family)) return false;
    const ports = (each: Rule) => intersectSpans(spansOf(each.service, family), tcpAndUdp);
    const left = others
      .filter((other) => admitsEverybody(place, other.peer, family))
      .reduce((spans, other) => unionSpans(spans, ports(other)), noSpans);
    return subtractSpans(ports(rule), left).length > 0;
  });
}

const tcpAndUdp: Spans = [
  { first: 6 << 16, last: (6 << 16) | 0xffff },
  { first: 17 << 16, last: (17 << 16) | 0xffff },
];
