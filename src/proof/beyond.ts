/** What one list of rules admits beyond another by addresses: only the rules that differ are looked at. */
import type { Family } from '#net/address.ts';
import type { Place } from '#policy/rules.ts';
import { ruleKey } from '#vpc/group-rules.ts';
import type { Direction, Rule } from '#vpc/security-group.ts';
import { itemsOf } from './admission.ts';
import { emptyRegion, type Item, type Region, regionOf, subtract } from './region.ts';
import type { Spans } from './spans.ts';

/** The region that some rule of the first list admits and no rule of the second does. */
export function regionBeyond(
  place: Place,
  rules: readonly Rule[],
  others: readonly Rule[],
  { direction, family }: { readonly direction: Direction; readonly family: Family },
): Region {
  if (rules === others) return emptyRegion(family);
  const own = onlyIn(rules, others).filter((rule) => rule.direction === direction);
  const items = own.flatMap((rule) => itemsOf(place, rule, family));
  if (items.length === 0) return emptyRegion(family);
  const near = others
    .filter((rule) => rule.direction === direction)
    .flatMap((rule) => itemsOf(place, rule, family))
    .filter((item) => items.some((each) => overlap(item, each)));
  return subtract(regionOf(family, items), regionOf(family, near));
}

/** Rules that the other list has not: neither the same value nor one that says the same. */
function onlyIn(rules: readonly Rule[], others: readonly Rule[]): readonly Rule[] {
  const known = new Set(others);
  const left = rules.filter((rule) => !known.has(rule));
  if (left.length === 0) return left;
  const ours = new Set(rules);
  const keys = new Set(others.filter((rule) => !ours.has(rule)).map(ruleKey));
  return left.filter((rule) => !keys.has(ruleKey(rule)));
}

function overlap(a: Item<Spans>, b: Item<Spans>): boolean {
  return a.first <= b.last && b.first <= a.last;
}
