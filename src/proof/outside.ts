/**
 * What an interface can exchange with addresses that no known interface holds: hosts on the internet, free addresses of
 * the networks around, and places behind targets that are not modelled.
 */
import type { Family } from '#net/address.ts';
import { publicIpOf } from '#policy/internet.ts';
import { portOfEni, type TransitPort } from '#policy/port.ts';
import { blocksPublicAccess, publicAccessBlockOf } from '#policy/public-access.ts';
import { reachesFromGateway } from '#policy/route.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import type { Direction } from '#vpc/security-group.ts';
import { type Point, pointOf, stretchOf } from './address-line.ts';
import { internetOf } from './internet.ts';
import type { Landed } from './landings.ts';
import { wayHome } from './passages.ts';
import { aclAtBorder, type PolicyClass } from './policy-class.ts';
import type { Member, PointClass, Surroundings, Translator } from './reach-index.ts';
import {
  emptyRegion,
  intersect,
  isEmpty,
  mapSpans,
  type Region,
  regionOf,
  spansAt,
  union,
} from './region.ts';
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
import type { Way, Ways } from './ways.ts';

/** Where an outside address is: on the internet, in a VPC (nobody holds it now), or behind an unmodelled target. */
export type OutsidePlace = 'internet' | 'network' | 'beyond';

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
  const side = spoken(policy, sideRegion(policy, family, direction), direction);
  const along = (...kinds: readonly Way['kind'][]) =>
    intersect(side, stretchesOf(policy.sides[family].ways, family, kinds));
  return {
    internet: spoken(
      policy,
      direction === 'ingress'
        ? fromInternet(index.world, policy, member, family)
        : toInternet(index, point, member),
      direction,
    ),
    network: union(along('local'), intersect(side, linkedBlocks(index, policy, family))),
    beyond: union(along('unmodelled'), intersect(side, lostBeyond(index, policy, family))),
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
  readonly #known = new Map<string, Outside>();

  constructor(index: Surroundings) {
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

/** Whether the account's block of public access lets interfaces of a class meet a gateway. */
function isOpenTo(policy: PolicyClass, gateway: 'internetGateway' | 'egressOnlyGateway'): boolean {
  const block = publicAccessBlockOf(policy.network, policy);
  return !blocksPublicAccess(block, { gateway, isNatGateway: false });
}

/** Whether what the VPC's internet gateway brings in for an interface goes straight to it. */
function comesIn(
  world: World,
  { network, vpcId }: { readonly network: Network; readonly vpcId: VpcId },
  { eni, ip }: Member,
): boolean {
  const [gateway] = network.internetGateway.by('vpc', vpcId);
  return !gateway || reachesFromGateway({ world, network }, gateway.id, eni.id, ip);
}

/** Requests from hosts on the internet that arrive, and whose answers go back to where they came from. */
function fromInternet(world: World, policy: PolicyClass, member: Member, family: Family): Region {
  const { network, vpcId } = policy;
  const attached = network.internetGateway.countBy('vpc', vpcId) > 0;
  if (!attached || !hasPublicAddress(policy, member, family)) return emptyRegion(family);
  if (!isOpenTo(policy, 'internetGateway') || !comesIn(world, policy, member)) return emptyRegion(family);
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
function toInternet(index: Surroundings, point: PointClass, member: Member): Region {
  const { policy, family } = point;
  const { network, vpcId } = policy;
  const { aclIngress: ingress, aclEgress: egress } = policy.sides[family];
  const ways = policy.sides[family].ways;
  const admitted = intersect(policy.sides[family].egress.region, egress.region);
  const answered = withUnanswered(mapSpans(ingress.region, (spans) => answeredBy(spans, family)));
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
  const behind = family === 'ipv4' ? throughNat(index, point, member) : emptyRegion(family);
  return intersect(intersect(admitted, union(direct, behind)), internetOf(network, vpcId, family));
}

/** Destinations behind NAT gateways, past the ACLs that stand between: the gateway's subnet is crossed twice each way. */
function throughNat(index: Surroundings, point: PointClass, member: Member): Region {
  const { policy, side } = point;
  const start: Stage = { subnetId: policy.subnetId, ways: side.ways, region: wholeOf('ipv4') };
  return natRegion(index, { point, member }, start, 0);
}

/** Where a packet may stand on its way to a NAT gateway, with the destinations and services that get so far. */
type Stage = { readonly subnetId: SubnetId; readonly ways: Ways; readonly region: Region };

type Sender = { readonly point: PointClass; readonly member: Member };

/** Transit gateways in a row that lead to a NAT gateway. */
const stagesMax = 4;

function natRegion(index: Surroundings, sender: Sender, stage: Stage, depth: number): Region {
  const at = pointOf(sender.member.ip);
  let reached = emptyRegion('ipv4');
  const { ways } = stage;
  for (const eniId of new Set(ways.values.flatMap((way) => (way.kind === 'nat' ? [way.eniId] : [])))) {
    const gateway = index.translators.get(eniId);
    if (!gateway) continue;
    const towards = waysRegion(ways, 'ipv4', (way) => way.kind === 'nat' && way.eniId === eniId);
    const admitted =
      stage.subnetId === gateway.subnetId ? allSpans : spansAt(gateway.border.aclIngress.region, at);
    const arrived = mapSpans(intersect(stage.region, towards), (spans) => intersectSpans(spans, admitted));
    reached = union(reached, intersect(arrived, behindNat(index, sender, gateway)));
  }
  for (const next of depth < stagesMax ? stagesBehind(index, stage, at) : []) {
    reached = union(reached, natRegion(index, sender, next, depth + 1));
  }
  return reached;
}

/** The subnets in which packets land that a transit gateway takes: past its ACL on the way out, and theirs beyond. */
function* stagesBehind(index: Surroundings, { ways, region }: Stage, at: Point): IterableIterator<Stage> {
  for (const port of new Set(ways.values.flatMap((way) => (way.kind === 'transit' ? [way.port] : [])))) {
    const towards = waysRegion(ways, 'ipv4', (way) => way.kind === 'transit' && way.port === port);
    const admitted = spansAt(index.borderOf(port.network, port).ipv4.aclIngress.region, at);
    const taken = mapSpans(intersect(region, towards), (spans) => intersectSpans(spans, admitted));
    for (const [landed, part] of landedRegions(index, port, 'ipv4')) {
      if (landed.kind !== 'vpc') continue;
      const border = index.borderOf(landed.port.network, landed.port).ipv4;
      const got = intersect(intersect(taken, part), border.aclEgress.region);
      if (!isEmpty(got)) yield { subnetId: landed.port.subnetId, ways: border.ways, region: got };
    }
  }
}

/** Every service at the addresses that land in one place. */
function* landedRegions(
  index: Surroundings,
  port: TransitPort,
  family: Family,
): IterableIterator<readonly [Landed, Region]> {
  const { firsts, lasts, values } = index.landings(port, family);
  for (const [at, landed] of values.entries()) {
    const stretch = { first: firsts[at] as Point, last: lasts[at] as Point };
    yield [landed, regionOf(family, [{ ...stretch, value: allSpans }])];
  }
}

/** Destinations that a NAT gateway reaches on the internet and whose answers get home from there. */
function behindNat(index: Surroundings, { point, member }: Sender, gateway: Translator): Region {
  const port = portOfEni(index.world, gateway.eniId);
  const own = port?.eni.privateIps[0]?.address;
  if (!port || !own || !publicIpOf(port.network, port.eni, own)) return emptyRegion('ipv4');
  const block = publicAccessBlockOf(port.network, port.eni);
  if (blocksPublicAccess(block, { gateway: 'internetGateway', isNatGateway: true }))
    return emptyRegion('ipv4');
  if (!comesIn(index.world, port, { eni: port.eni, ip: own })) return emptyRegion('ipv4');
  const { border } = gateway;
  const outward = intersect(
    border.aclEgress.region,
    waysRegion(border.ways, 'ipv4', ({ kind }) => kind === 'internet'),
  );
  const crossings = wayHome(index, gateway, point, pointOf(member.ip));
  if (!crossings) return emptyRegion('ipv4');
  const at = pointOf(member.ip);
  const back = crossings.reduce((left, { out, into }) => {
    const leaving = out ? spansAt(out.aclEgress.region, at) : allSpans;
    const passed = mapSpans(left, (spans) => intersectSpans(spans, leaving));
    return into ? intersect(passed, into.aclIngress.region) : passed;
  }, border.aclIngress.region);
  const answered = mapSpans(back, (spans) => intersectSpans(answeredBy(spans, 'ipv4'), translatedSpans));
  return intersect(outward, answered);
}
