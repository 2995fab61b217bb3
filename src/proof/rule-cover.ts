/** What a rule opens, and whether others open all of it too. */
import { type Family, families } from '#net/address.ts';
import { admitsEverybody, type Place } from '#policy/rules.ts';
import type { Rule } from '#vpc/security-group.ts';
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

/** A rule with what it opens per family. */
export type Shape = {
  readonly rule: Rule;
  readonly items: Readonly<Record<Family, readonly Item<Spans>[]>>;
  readonly size: bigint;
  readonly admitsNothing: boolean;
};

/** The shape of a rule. */
export function shapeOf(place: Place, rule: Rule): Shape {
  const items = { ipv4: itemsOf(place, rule, 'ipv4'), ipv6: itemsOf(place, rule, 'ipv6') };
  const all = [...items.ipv4, ...items.ipv6];
  const size = all.reduce((sum, item) => sum + stretchSize(item) * serviceCount(item.value), 0n);
  return { rule, items, size, admitsNothing: all.length === 0 && rule.peer.kind !== 'group' };
}

/** Narrow ones first. */
export function byBreadth(a: Shape, b: Shape): number {
  return a.size < b.size ? -1 : a.size > b.size ? 1 : 0;
}

/** Rules among those that stay that together admit all that the rule does, as few as dropping one by one leaves. */
export function coverOf(place: Place, shape: Shape, stay: readonly Shape[]): readonly Rule[] {
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

/** Whether the other rule could have a part in covering this one. */
export function touches(shape: Shape, other: Shape): boolean {
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

/** Whether the others together open all that the rule does. */
export function isCovered(place: Place, shape: Shape, others: readonly Shape[]): boolean {
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

/**
 * Whether TCP or UDP flows that are untracked by the rule are tracked without it: only single blocks that hold everybody
 * make them untracked.
 */
export function losesTracking(place: Place, rule: Rule, others: readonly Rule[]): boolean {
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
