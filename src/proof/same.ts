/** `same`: whether two security groups admit the same traffic, and if not, what only one of them admits. */
import { families } from '#net/address.ts';
import type { Place } from '#policy/rules.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import { type Direction, directions, type Rule } from '#vpc/security-group.ts';
import { admissionOf, normalized } from './admission.ts';
import { regionBeyond } from './beyond.ts';
import { isEmpty, type Region } from './region.ts';
import { noSpans, type Spans, subtractSpans } from './spans.ts';

/** What one side admits and the other does not, in one direction and family. */
export type OneSided = {
  readonly direction: Direction;
  readonly region: Region;
  readonly groups: readonly { readonly groupId: SecurityGroupId; readonly spans: Spans }[];
};

export type Sameness =
  | { readonly kind: 'unknownGroup'; readonly groupId: string }
  | { readonly kind: 'same' }
  | {
      readonly kind: 'different';
      readonly onlyFirst: readonly OneSided[];
      readonly onlySecond: readonly OneSided[];
    };

/** Compares two groups of the world, wherever they are. */
export function sameGroups(world: World, first: string, second: string): Sameness {
  const [a, b] = [locate(world, 'securityGroup', first), locate(world, 'securityGroup', second)];
  if (!a) return { kind: 'unknownGroup', groupId: first };
  if (!b) return { kind: 'unknownGroup', groupId: second };
  const [one, other] = [a, b].map(({ network, entity }) => ({
    place: { world, network },
    rules: entity.rules,
  }));
  if (!one || !other) throw new Error('two groups are two');
  const onlyFirst = excess(one, other);
  const onlySecond = excess(other, one);
  if (onlyFirst.length === 0 && onlySecond.length === 0) return { kind: 'same' };
  return { kind: 'different', onlyFirst, onlySecond };
}

/** Whether two lists of rules admit the same in both directions and families: the proof behind every rewrite. */
export function sameRules(place: Place, one: readonly Rule[], other: readonly Rule[]): boolean {
  const [a, b] = [
    { place, rules: one },
    { place, rules: other },
  ];
  return excess(a, b).length === 0 && excess(b, a).length === 0;
}

type RuleList = { readonly place: Place; readonly rules: readonly Rule[] };

/** What one list admits beyond another; empty where that is nothing. Prefix lists have one meaning everywhere. */
function excess(one: RuleList, other: RuleList): readonly OneSided[] {
  return directions.flatMap((direction) =>
    families.flatMap((family) => {
      const region = regionBeyond(one.place, one.rules, other.rules, { direction, family });
      const [own, far] = [one, other].map(({ place, rules }) =>
        normalized(place.world, admissionOf(place, rules, direction, family)),
      );
      const groups = [...(own?.byGroup ?? [])].flatMap(([groupId, spans]) => {
        const left = subtractSpans(spans, far?.byGroup.get(groupId) ?? noSpans);
        return left.length > 0 ? [{ groupId, spans: left }] : [];
      });
      return isEmpty(region) && groups.length === 0 ? [] : [{ direction, region, groups }];
    }),
  );
}
