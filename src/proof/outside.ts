/**
 * What an interface can exchange with addresses that no known interface holds: hosts on the internet, free addresses of
 * the networks around, and places behind targets that are not modelled.
 */
import type { Family } from '#net/address.ts';
import { publicIpOf } from '#policy/internet.ts';
import { portOfEni } from '#policy/port.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Direction } from '#vpc/security-group.ts';
import { type Point, pointOf, stretchOf } from './address-line.ts';
import { internetOf } from './internet.ts';
import { valueAt } from './line-map.ts';
import { aclAtBorder, aclRegion, type PolicyClass } from './policy-class.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { emptyRegion, intersect, mapSpans, type Region, regionOf, spansAt, union } from './region.ts';
import {
  allSpans,
  answeredBy,
  answeredInKind,
  intersectSpans,
  openingSpans,
  type Spans,
  subtractSpans,
  translatedSpans,
  unansweredSpans,
} from './spans.ts';
import { type Way, type Ways, waysOf } from './ways.ts';

/** Where an outside address is: on the internet, in a VPC (nobody holds it now), or behind an unmodelled target. */
export type OutsidePlace = 'internet' | 'network' | 'beyond';

export type Outside = Readonly<Record<OutsidePlace, Region>>;

/** What a member of a class exchanges with the outside; on the internet, in conversations that work both ways. */
export function outsideOf(
  index: Pick<ReachIndex, 'world'>,
  point: PointClass,
  member: Member,
  direction: Direction,
): Outside {
  const { policy, family } = point;
  if (!policy.isUp) return nowhere(family);
  const side = sideRegion(policy, family, direction);
  const along = (...kinds: readonly Way['kind'][]) =>
    intersect(side, stretchesOf(policy.sides[family].ways, family, kinds));
  return {
    internet:
      direction === 'ingress'
        ? fromInternet(policy, member, family)
        : toInternet(index, policy, member, family),
    network: union(along('local'), intersect(side, peeredBlocks(index.world, policy, family))),
    beyond: along('unmodelled'),
  };
}

/** The same for many members: those of a class differ only in whether they have a public address. */
export class OutsideAnswers {
  readonly #index: Pick<ReachIndex, 'world'>;
  readonly #known = new Map<string, Outside>();

  constructor(index: Pick<ReachIndex, 'world'>) {
    this.#index = index;
  }

  of(point: PointClass, member: Member, direction: Direction): Outside {
    const key = `${point.id} ${direction} ${hasPublicAddress(point.policy, member, point.family)}`;
    let outside = this.#known.get(key);
    if (!outside) {
      outside = outsideOf(this.#index, point, member, direction);
      this.#known.set(key, outside);
    }
    return outside;
  }
}

/** The blocks of peered VPCs to which routes lead; a peering carries nothing for other addresses. */
function peeredBlocks(world: World, { sides }: PolicyClass, family: Family): Region {
  const { ways } = sides[family];
  let found = emptyRegion(family);
  for (const vpcId of new Set(ways.values.flatMap((way) => (way.kind === 'peering' ? [way.vpcId] : [])))) {
    const vpc = locate(world, 'vpc', vpcId)?.entity;
    const blocks = (family === 'ipv4' ? vpc?.cidrBlocks : vpc?.ipv6Blocks) ?? [];
    const inside = regionOf(
      family,
      blocks.map(({ cidr }) => ({ ...stretchOf(cidr), value: allSpans })),
    );
    const towards = waysRegion(ways, family, (way) => way.kind === 'peering' && way.vpcId === vpcId);
    found = union(found, intersect(towards, inside));
  }
  return found;
}

const nowhere = (family: Family): Outside => ({
  internet: emptyRegion(family),
  network: emptyRegion(family),
  beyond: emptyRegion(family),
});

/** What the groups admit and the subnet's ACL lets pass and answer, by the remote address alone. */
function sideRegion(policy: PolicyClass, family: Family, direction: Direction): Region {
  const reverse = direction === 'ingress' ? 'egress' : 'ingress';
  const answered = mapSpans(aclAtBorder(policy, family, reverse), (spans) => answeredBy(spans, family));
  const passed = intersect(aclAtBorder(policy, family, direction), withUnanswered(answered));
  return intersect(policy.sides[family][direction].region, passed);
}

/** Messages that wait for no answer work where nothing comes back. */
function withUnanswered(region: Region): Region {
  return union(region, everyAddress(region.family, unansweredSpans(region.family)));
}

function everyAddress(family: Family, value: Spans): Region {
  return mapSpans(wholeOf(family), () => value);
}

const wholes: Readonly<Record<Family, Region>> = {
  ipv4: regionOf('ipv4', [{ first: 0, last: 0xffff_ffff, value: allSpans }]),
  ipv6: regionOf('ipv6', [{ first: 0n, last: (1n << 128n) - 1n, value: allSpans }]),
};
const wholeOf = (family: Family): Region => wholes[family];

/** Every service at the addresses to which a subnet's routes lead by these kinds of ways. */
function stretchesOf(ways: Ways, family: Family, kinds: readonly Way['kind'][]): Region {
  return waysRegion(ways, family, (way) => kinds.includes(way.kind));
}

function waysRegion(ways: Ways, family: Family, chosen: (way: Way) => boolean): Region {
  const items = ways.values.flatMap((way, at) =>
    chosen(way) ? [{ first: ways.firsts[at] as Point, last: ways.lasts[at] as Point, value: allSpans }] : [],
  );
  return regionOf(family, items);
}

function hasPublicAddress({ network }: PolicyClass, { eni, ip }: Member, family: Family): boolean {
  return family === 'ipv6' || publicIpOf(network, eni, ip) !== undefined;
}

/** Requests from hosts on the internet that arrive, and whose answers go back to where they came from. */
function fromInternet(policy: PolicyClass, member: Member, family: Family): Region {
  const { network, vpcId } = policy;
  const attached = network.internetGateway.countBy('vpc', vpcId) > 0;
  if (!attached || !hasPublicAddress(policy, member, family)) return emptyRegion(family);
  const { aclIngress: ingress, aclEgress: egress } = policy.sides[family];
  const admitted = intersect(policy.sides[family].ingress.region, ingress.region);
  const answered = intersect(
    mapSpans(egress.region, (spans) => answeredBy(spans, family)),
    homeward(policy, family),
  );
  return intersect(intersect(admitted, withUnanswered(answered)), internetOf(network, vpcId, family));
}

/**
 * What can be answered by which way: all by the internet gateway. An egress-only gateway takes what could open a
 * conversation there, so no answer of TCP or ICMP to a request that came another way.
 */
function homeward(policy: PolicyClass, family: Family): Region {
  const { ways } = policy.sides[family];
  const direct = waysRegion(ways, family, ({ kind }) => kind === 'internet');
  const only = waysRegion(ways, family, ({ kind }) => kind === 'egressOnly');
  return union(
    direct,
    mapSpans(only, (spans) => subtractSpans(spans, answeredInKind(family))),
  );
}

/** Requests to hosts on the internet that get there, and whose answers come back. */
function toInternet(
  index: Pick<ReachIndex, 'world'>,
  policy: PolicyClass,
  member: Member,
  family: Family,
): Region {
  const { network, vpcId } = policy;
  const { aclIngress: ingress, aclEgress: egress } = policy.sides[family];
  const ways = policy.sides[family].ways;
  const admitted = intersect(policy.sides[family].egress.region, egress.region);
  const answered = withUnanswered(mapSpans(ingress.region, (spans) => answeredBy(spans, family)));
  const byGateway = hasPublicAddress(policy, member, family)
    ? waysRegion(ways, family, ({ kind }) => kind === 'internet')
    : emptyRegion(family);
  // An egress-only gateway carries IPv6 alone.
  const outOnly =
    family === 'ipv6' ? waysRegion(ways, family, ({ kind }) => kind === 'egressOnly') : byGateway;
  const own = union(
    byGateway,
    mapSpans(outOnly, (spans) => intersectSpans(spans, openingSpans(family))),
  );
  const direct = intersect(own, answered);
  const behind = family === 'ipv4' ? throughNat(index, policy, member, ingress.region) : emptyRegion(family);
  return intersect(intersect(admitted, union(direct, behind)), internetOf(network, vpcId, family));
}

/** Destinations behind NAT gateways, past the ACLs that stand between: the gateway's subnet is crossed twice each way. */
function throughNat(
  index: Pick<ReachIndex, 'world'>,
  policy: PolicyClass,
  member: Member,
  ownIngress: Region,
): Region {
  const ways = policy.sides.ipv4.ways;
  const gateways = new Set(ways.values.flatMap((way) => (way.kind === 'nat' ? [way.eniId] : [])));
  let reached = emptyRegion('ipv4');
  for (const eniId of gateways) {
    const towards = waysRegion(ways, 'ipv4', (way) => way.kind === 'nat' && way.eniId === eniId);
    reached = union(reached, intersect(towards, behindNat(index, policy, member, { eniId, ownIngress })));
  }
  return reached;
}

function behindNat(
  { world }: Pick<ReachIndex, 'world'>,
  policy: PolicyClass,
  { eni, ip }: Member,
  nat: { readonly eniId: string; readonly ownIngress: Region },
): Region {
  const port = portOfEni(world, nat.eniId);
  const own = port?.eni.privateIps[0]?.address;
  if (port?.kind !== 'natGateway' || !own || !publicIpOf(port.network, port.eni, own))
    return emptyRegion('ipv4');
  const { network, vpcId } = port;
  const { subnetId } = port.eni;
  const [acl] = network.networkAcl.by('subnet', subnetId);
  const [aclIn, aclOut] = [aclRegion(acl, 'ingress', 'ipv4'), aclRegion(acl, 'egress', 'ipv4')];
  const ways = waysOf(world, { network, vpcId, subnetId }, 'ipv4');
  const outward = intersect(
    aclOut,
    waysRegion(ways, 'ipv4', ({ kind }) => kind === 'internet'),
  );
  // Between the sender and the gateway: nothing in the same subnet, else the gateway's ACL as it meets the sender.
  const isBorder = subnetId !== policy.subnetId;
  const at = pointOf(ip);
  const inward = isBorder ? spansAt(aclIn, at) : allSpans;
  const home = valueAt(ways, at);
  const comesHome =
    vpcId === policy.vpcId && (home?.kind === 'local' || (home?.kind === 'eni' && home.eniId === eni.id));
  const forward = mapSpans(outward, (spans) => intersectSpans(spans, inward));
  if (!comesHome) return emptyRegion('ipv4');
  const back = isBorder
    ? mapSpans(intersect(aclIn, nat.ownIngress), (spans) => intersectSpans(spans, spansAt(aclOut, at)))
    : aclIn;
  const answered = mapSpans(back, (spans) => intersectSpans(answeredBy(spans, 'ipv4'), translatedSpans));
  return intersect(forward, answered);
}
