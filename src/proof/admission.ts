/** What a set of rules admits in one direction and family: a region of addresses, and services per referenced group. */
import { type Family, familyOf } from '#net/address.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Direction, Rule } from '#vpc/security-group.ts';
import { type Stretch, stretchOf } from './address-line.ts';
import { type Item, intersect, type Region, regionOf, subtract } from './region.ts';
import {
  allSpans,
  intersectSpans,
  noSpans,
  type Spans,
  spansOf,
  subtractSpans,
  unionSpans,
} from './spans.ts';

export type Admission = {
  readonly region: Region;
  /** What the members of a group may do, whatever their addresses; groups that may do nothing are absent. */
  readonly byGroup: ReadonlyMap<SecurityGroupId, Spans>;
};

/** The stretches of addresses that a rule opens in a family. A group peer has none. */
export function itemsOf(place: Place, rule: Rule, family: Family): readonly Item<Spans>[] {
  const value = spansOf(rule.service, family);
  if (value.length === 0) return [];
  return peerCidrs(place, rule.peer)
    .filter((cidr) => familyOf(cidr) === family)
    .map((cidr) => ({ ...stretchOf(cidr), value }));
}

export function admissionOf(
  place: Place,
  rules: readonly Rule[],
  direction: Direction,
  family: Family,
): Admission {
  const wanted = rules.filter((rule) => rule.direction === direction);
  const byGroup = new Map<SecurityGroupId, Spans>();
  for (const { peer, service } of wanted) {
    const spans = spansOf(service, family);
    if (peer.kind !== 'group' || spans.length === 0) continue;
    byGroup.set(peer.groupId, unionSpans(byGroup.get(peer.groupId) ?? noSpans, spans));
  }
  const items = wanted.flatMap((rule) => itemsOf(place, rule, family));
  return { region: regionOf(family, items), byGroup };
}

/**
 * The admission without what it says twice: members of a group have addresses of their VPC's blocks, so that services
 * open to all of those are open to the group anyway.
 */
export function normalized(world: World, { region, byGroup }: Admission): Admission {
  const rest = new Map<SecurityGroupId, Spans>();
  for (const [groupId, spans] of byGroup) {
    const left = subtractSpans(spans, openToMembers(world, region, groupId));
    if (left.length > 0) rest.set(groupId, left);
  }
  return { region, byGroup: rest };
}

/** The services that a region opens to every address that a member of the group could have. */
export function openToMembers(world: World, region: Region, groupId: SecurityGroupId): Spans {
  const blocks = memberBlocks(world, region.family, groupId);
  if (!blocks) return noSpans;
  let open: Spans = allSpans;
  for (const block of blocks) {
    const inside = intersect(region, { family: region.family, boxes: [{ ...block, spans: allSpans }] });
    const everyService = inside.boxes.reduce((common, { spans }) => intersectSpans(common, spans), allSpans);
    const holes = subtract(
      { family: region.family, boxes: [{ ...block, spans: allSpans }] },
      regionOf(
        region.family,
        inside.boxes.map(({ first, last }) => ({ first, last, value: allSpans })),
      ),
    );
    open = holes.boxes.length > 0 ? noSpans : intersectSpans(open, everyService);
  }
  return open;
}

/** The blocks of the group's VPC in a family; undefined where the group or its VPC is not known. */
function memberBlocks(
  world: World,
  family: Family,
  groupId: SecurityGroupId,
): readonly Stretch[] | undefined {
  const group = locate(world, 'securityGroup', groupId);
  const vpc = group?.network.vpc.get(group.entity.vpcId);
  if (!vpc) return undefined;
  return (family === 'ipv4' ? vpc.cidrBlocks : vpc.ipv6Blocks).map(({ cidr }) => stretchOf(cidr));
}
