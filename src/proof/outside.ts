/**
 * What an interface can exchange with addresses that no known interface holds: hosts on the internet, free addresses of
 * the networks around, and places behind targets that are not modelled.
 */
import type { Family } from '#net/address.ts';
import { blocksPublicAccess, publicAccessBlockOf } from '#policy/public-access.ts';
import type { VpcId } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Direction } from '#vpc/security-group.ts';
import { stretchOf } from './address-line.ts';
import { internetOf } from './internet.ts';
import type { Landed } from './landings.ts';
import { aclAtBorder, type PolicyClass } from './policy-class.ts';
import { publicAddressOf } from './public-address.ts';
import type { Member, PointClass, Surroundings } from './reach-index.ts';
import { emptyRegion, everywhere, intersect, mapSpans, type Region, regionOf, union } from './region.ts';
import { remembered } from './remembered.ts';
import {
  allSpans,
  answeredBy,
  answeredInKind,
  intersectSpans,
  openingSpans,
  type Spans,
  subtractSpans,
  unansweredSpans,
} from './spans.ts';
import { comesIn, throughNat } from './translated.ts';
import { landedRegions, waysRegion } from './way-regions.ts';
import type { Way, Ways } from './ways.ts';

/**
 * Where an outside address is: on the internet, at a service behind a gateway endpoint, in a VPC (nobody holds it now), or
 * behind an unmodelled target.
 */
export type OutsidePlace = 'internet' | 'endpoint' | 'network' | 'beyond';

export type Outside = Readonly<Record<OutsidePlace, Region>>;

/** What a member of a class exchanges with the outside; on the internet, in conversations that work both ways. */
export function outsideOf(
  index: Surroundings,
  point: PointClass,
  member: Member,
  direction: Direction,
): Outside {
  const { policy, family } = point;
  if (!policy.isUp) return nowhere(family);
  const ofSide = once(() => spoken(policy, sideRegion(policy, family, direction), direction));
  const along = (kind: Way['kind']) =>
    intersect(ofSide(), stretchesOf(policy.sides[family].ways, family, kind));
  const onInternet = () =>
    direction === 'ingress'
      ? fromInternet(index.world, policy, member, family)
      : toInternet(index, point, member);
  const atServices = () => (direction === 'ingress' ? emptyRegion(family) : toServices(index, point, member));
  return whenAsked({
    internet: () => spoken(policy, onInternet(), direction),
    endpoint: () => spoken(policy, atServices(), direction),
    network: () => union(along('local'), intersect(ofSide(), linkedBlocks(index, policy, family))),
    beyond: () => union(along('unmodelled'), intersect(ofSide(), lostBeyond(index, policy, family))),
  });
}

/** Places are worked out when they are asked for: most questions are about the internet alone. */
function whenAsked(places: Readonly<Record<OutsidePlace, () => Region>>): Outside {
  const [internet, endpoint] = [once(places.internet), once(places.endpoint)];
  const [network, beyond] = [once(places.network), once(places.beyond)];
  return {
    get internet() {
      return internet();
    },
    get endpoint() {
      return endpoint();
    },
    get network() {
      return network();
    },
    get beyond() {
      return beyond();
    },
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** What a load balancer listens to, of what reaches its nodes, and what it sends. */
function spoken({ balancer }: PolicyClass, region: Region, direction: Direction): Region {
  if (!balancer) return region;
  const { takes, sends } = balancer[region.family];
  return mapSpans(region, (spans) => intersectSpans(spans, direction === 'ingress' ? takes : sends));
}

/** The same for many members: those of a class differ only in whether they have a public address. */
export class OutsideAnswers {
  readonly #index: Surroundings;
  /** By class, direction, and whether the internet knows the member. */
  readonly #known = new Map<number, Outside>();

  constructor(index: Surroundings) {
    this.#index = index;
  }

  of(point: PointClass, member: Member, direction: Direction): Outside {
    const key = point.id * 4 + (direction === 'ingress' ? 2 : 0) + (isKnownOutside(point, member) ? 1 : 0);
    let outside = this.#known.get(key);
    if (!outside) {
      outside = outsideOf(this.#index, point, member, direction);
      this.#known.set(key, outside);
    }
    return outside;
  }
}

/** Destinations that a transit gateway may take where nobody can follow. */
function lostBeyond(index: Surroundings, { sides }: PolicyClass, family: Family): Region {
  let found = emptyRegion(family);
  for (const [landed, region] of landedAlong(index, sides[family].ways, family)) {
    if (landed.kind === 'lost' && !landed.isKnown) found = union(found, region);
  }
  return found;
}

function* landedAlong(
  index: Surroundings,
  ways: Ways,
  family: Family,
): IterableIterator<readonly [Landed, Region]> {
  for (const port of new Set(ways.values.flatMap((way) => (way.kind === 'transit' ? [way.port] : [])))) {
    const towards = waysRegion(ways, family, (way) => way.kind === 'transit' && way.port === port);
    for (const [landed, region] of landedRegions(index, port, family))
      yield [landed, intersect(towards, region)];
  }
}

/** The blocks of linked VPCs to which routes lead; a peering carries nothing for other addresses. */
function linkedBlocks(index: Surroundings, { sides }: PolicyClass, family: Family): Region {
  const { ways } = sides[family];
  let found = peeredBlocks(index.world, ways, family);
  for (const [landed, region] of landedAlong(index, ways, family)) {
    if (landed.kind === 'vpc')
      found = union(found, intersect(region, blocksOf(index.world, landed.port.vpcId, family)));
  }
  return found;
}

function blocksOf(world: World, vpcId: VpcId, family: Family): Region {
  const vpc = locate(world, 'vpc', vpcId)?.entity;
  const blocks = (family === 'ipv4' ? vpc?.cidrBlocks : vpc?.ipv6Blocks) ?? [];
  return regionOf(
    family,
    blocks.map(({ cidr }) => ({ ...stretchOf(cidr), value: allSpans })),
  );
}

function peeredBlocks(world: World, ways: Ways, family: Family): Region {
  let found = emptyRegion(family);
  for (const vpcId of new Set(ways.values.flatMap((way) => (way.kind === 'peering' ? [way.vpcId] : [])))) {
    const towards = waysRegion(ways, family, (way) => way.kind === 'peering' && way.vpcId === vpcId);
    found = union(found, intersect(towards, blocksOf(world, vpcId, family)));
  }
  return found;
}

const nowhere = (family: Family): Outside => ({
  internet: emptyRegion(family),
  endpoint: emptyRegion(family),
  network: emptyRegion(family),
  beyond: emptyRegion(family),
});

/** What the groups admit and the subnet's ACL lets pass and answer, by the remote address alone. */
function sideRegion(policy: PolicyClass, family: Family, direction: Direction): Region {
  const reverse = direction === 'ingress' ? 'egress' : 'ingress';
  const answered = answeredIn(aclAtBorder(policy, family, reverse));
  const passed = intersect(aclAtBorder(policy, family, direction), withUnanswered(answered));
  return intersect(policy.sides[family][direction].region, passed);
}

/** The requests whose answers a filter lets back, by the address that they come from. All of a subnet share a filter. */
const answeredIn = remembered(
  (filter: Region): Region => mapSpans(filter, (spans) => answeredBy(spans, filter.family)),
);

/** Messages that wait for no answer work where nothing comes back. */
function withUnanswered(region: Region): Region {
  return union(region, everyAddress(region.family, unansweredSpans(region.family)));
}

function everyAddress(family: Family, value: Spans): Region {
  return everywhere(family, value);
}

/** Every service at the addresses to which a subnet's routes lead by this kind of ways. */
function stretchesOf(ways: Ways, family: Family, kind: Way['kind']): Region {
  return waysRegion(ways, family, (way) => way.kind === kind);
}

/** Whether the internet knows a member by an address: all that members of a class differ in, as seen from outside. */
export function isKnownOutside({ policy, family }: PointClass, member: Member): boolean {
  return hasPublicAddress(policy, member, family);
}

function hasPublicAddress({ network }: PolicyClass, { eni, ip }: Member, family: Family): boolean {
  return family === 'ipv6' || publicAddressOf(network, eni, ip) !== undefined;
}

/** Whether the account's block of public access lets interfaces of a class meet a gateway. */
function isOpenTo(policy: PolicyClass, gateway: 'internetGateway' | 'egressOnlyGateway'): boolean {
  const block = publicAccessBlockOf(policy.network, policy);
  return !blocksPublicAccess(block, { gateway, isNatGateway: false });
}

/** Requests from hosts on the internet that arrive, and whose answers go back to where they came from. */
function fromInternet(world: World, policy: PolicyClass, member: Member, family: Family): Region {
  const { network, vpcId } = policy;
  const attached = network.internetGateway.countBy('vpc', vpcId) > 0;
  if (!attached || !hasPublicAddress(policy, member, family)) return emptyRegion(family);
  if (!isOpenTo(policy, 'internetGateway') || !comesIn(world, policy, member)) return emptyRegion(family);
  const { aclIngress: ingress, aclEgress: egress } = policy.sides[family];
  const admitted = intersect(policy.sides[family].ingress.region, ingress.region);
  const answered = intersect(answeredIn(egress.region), homeward(policy, family));
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
function toInternet(index: Surroundings, point: PointClass, member: Member): Region {
  const { policy, family } = point;
  const { network, vpcId } = policy;
  const { aclIngress: ingress, aclEgress: egress } = policy.sides[family];
  const ways = policy.sides[family].ways;
  const admitted = intersect(policy.sides[family].egress.region, egress.region);
  const answered = withUnanswered(answeredIn(ingress.region));
  const byGateway =
    hasPublicAddress(policy, member, family) && isOpenTo(policy, 'internetGateway')
      ? waysRegion(ways, family, ({ kind }) => kind === 'internet')
      : emptyRegion(family);
  // An egress-only gateway carries IPv6 alone.
  const outOnly =
    family === 'ipv6' && isOpenTo(policy, 'egressOnlyGateway')
      ? waysRegion(ways, family, ({ kind }) => kind === 'egressOnly')
      : emptyRegion(family);
  // What needs no answer gets out also where answers go elsewhere.
  const back = comesIn(index.world, policy, member)
    ? answered
    : everyAddress(family, unansweredSpans(family));
  const direct = union(
    intersect(byGateway, back),
    intersect(
      mapSpans(outOnly, (spans) => intersectSpans(spans, openingSpans(family))),
      answered,
    ),
  );
  const behind = family === 'ipv4' ? throughNat(index, point, member, 'internet') : emptyRegion(family);
  return intersect(intersect(admitted, union(direct, behind)), internetOf(network, vpcId, family));
}

/** Requests to services behind gateway endpoints that get there, and whose answers come back; they open none themselves. */
function toServices(index: Surroundings, point: PointClass, member: Member): Region {
  const { policy, family } = point;
  const { egress, ways, aclEgress, aclIngress } = policy.sides[family];
  const towards = waysRegion(ways, family, ({ kind }) => kind === 'endpoint');
  const answered = withUnanswered(answeredIn(aclIngress.region));
  const behind = family === 'ipv4' ? throughNat(index, point, member, 'endpoint') : emptyRegion(family);
  const reached = union(intersect(towards, answered), behind);
  return intersect(intersect(egress.region, aclEgress.region), reached);
}
