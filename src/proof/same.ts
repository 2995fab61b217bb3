/** `same`: whether two security groups admit the same traffic, and if not, what only one of them admits. */
import { type Family, families } from '#net/address.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import { type Direction, directions, type Rule } from '#vpc/security-group.ts';
import { type Admission, admissionOf, normalized } from './admission.ts';
import { isEmpty, type Region, subtract } from './region.ts';
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
  const ways = directions.flatMap((direction) => families.map((family) => ({ direction, family })));
  const pairs = ways.map(({ direction, family }) => {
    const of = ({ network, entity }: typeof a) =>
      normalized(world, admissionOf({ world, network }, entity.rules, direction, family));
    return { direction, one: of(a), other: of(b) };
  });
  const onlyFirst = pairs.flatMap(({ direction, one, other }) => excess(direction, one, other));
  const onlySecond = pairs.flatMap(({ direction, one, other }) => excess(direction, other, one));
  if (onlyFirst.length === 0 && onlySecond.length === 0) return { kind: 'same' };
  return { kind: 'different', onlyFirst, onlySecond };
}

/** What one admission has beyond another; empty where it has nothing. */
export function excess(direction: Direction, one: Admission, other: Admission): readonly OneSided[] {
  const region = subtract(one.region, other.region);
  const groups = [...one.byGroup].flatMap(([groupId, spans]) => {
    const left = subtractSpans(spans, other.byGroup.get(groupId) ?? noSpans);
    return left.length > 0 ? [{ groupId, spans: left }] : [];
  });
  return isEmpty(region) && groups.length === 0 ? [] : [{ direction, region, groups }];
}

/** Whether two lists of rules admit the same in both directions and families: the proof behind every rewrite. */
export function sameRules(
  place: Parameters<typeof admissionOf>[0],
  one: readonly Rule[],
  other: readonly Rule[],
): boolean {
  return directions.every((direction) =>
    families.every((family: Family) => {
      const [a, b] = [one, other].map((rules) =>
        normalized(place.world, admissionOf(place, rules, direction, family)),
      );
      return a && b && excess(direction, a, b).length === 0 && excess(direction, b, a).length === 0;
    }),
  );
}
