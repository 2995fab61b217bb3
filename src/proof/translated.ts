/** What interfaces reach through NAT gateways, wherever those stand: in their own VPC, or behind transit gateways. */
import { blocksPublicAccess, publicAccessBlockOf } from '#policy/public-access.ts';
import { reachesFromGateway } from '#policy/route.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network, World } from '#vpc/network.ts';
import { type Point, pointOf } from './address-line.ts';
import { type End, endOf, endOfTranslator, wayHome } from './passages.ts';
import type { Member, PointClass, Surroundings, Translator } from './reach-index.ts';
import {
  emptyRegion,
  everywhere,
  intersect,
  isEmpty,
  mapSpans,
  type Region,
  spansAt,
  union,
} from './region.ts';
import { allSpans, answeredBy, intersectSpans, translatedSpans } from './spans.ts';
import { landedRegions, waysRegion } from './way-regions.ts';
import type { Ways } from './ways.ts';

/**
 * Destinations behind NAT gateways, on the internet or at services behind gateway endpoints, past the ACLs that stand
 * between: the gateway's subnet is crossed twice each way.
 */
export function throughNat(
  index: Surroundings,
  point: PointClass,
  member: Member,
  place: 'internet' | 'endpoint',
): Region {
  const { policy, side } = point;
  const start: Stage = { subnetId: policy.subnetId, ways: side.ways, region: everywhere('ipv4') };
  const asker = { ...endOf(point), at: pointOf(member.ip) };
  return natRegion(index, { asker, place }, start, 0);
}

/** Where a packet may stand on its way to a NAT gateway, with the destinations and services that get so far. */
type Stage = { readonly subnetId: SubnetId | undefined; readonly ways: Ways; readonly region: Region };

/** Who sends: an interface, or another NAT gateway, under its own address. */
type Sender = { readonly asker: End; readonly place: 'internet' | 'endpoint' };

/** NAT gateways and transit gateways in a row that lead to a NAT gateway. */
const stagesMax = 4;

function natRegion(index: Surroundings, sender: Sender, stage: Stage, depth: number): Region {
  const { at } = sender.asker;
  let reached = emptyRegion('ipv4');
  const { ways } = stage;
  for (const id of new Set(ways.values.flatMap((way) => (way.kind === 'nat' ? [way.translatorId] : [])))) {
    const gateway = index.translators.get(id);
    if (!gateway) continue;
    const towards = waysRegion(ways, 'ipv4', (way) => way.kind === 'nat' && way.translatorId === id);
    const isInside = gateway.subnetId !== undefined && stage.subnetId === gateway.subnetId;
    const admitted = isInside ? allSpans : spansAt(gateway.border.aclIngress.region, at);
    const arrived = mapSpans(intersect(stage.region, towards), (spans) => intersectSpans(spans, admitted));
    if (isEmpty(arrived)) continue;
    reached = union(reached, intersect(arrived, behindNat(index, sender, gateway, depth)));
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

/** Destinations that a NAT gateway reaches, itself or by another one, and whose answers get home from there. */
function behindNat(
  index: Surroundings,
  { asker, place }: Sender,
  gateway: Translator,
  depth: number,
): Region {
  const { border } = gateway;
  const crossings = wayHome(index, gateway, asker);
  if (!crossings) return emptyRegion('ipv4');
  const home = crossings.reduce((left, { out, into }) => {
    const leaving = out ? spansAt(out.aclEgress.region, asker.at) : allSpans;
    const passed = mapSpans(left, (spans) => intersectSpans(spans, leaving));
    return into ? intersect(passed, into.aclIngress.region) : passed;
  }, everywhere('ipv4'));
  const answered = (region: Region) =>
    mapSpans(region, (spans) => intersectSpans(answeredBy(spans, 'ipv4'), translatedSpans));
  const outward = border.aclEgress.region;
  const isMet = place === 'endpoint' || meetsInternet(index, gateway);
  const direct = isMet ? waysRegion(border.ways, 'ipv4', ({ kind }) => kind === place) : emptyRegion('ipv4');
  const own = isEmpty(direct)
    ? direct
    : intersect(intersect(outward, direct), answered(intersect(border.aclIngress.region, home)));
  if (depth === stagesMax || !leadsOn(border.ways)) return own;
  const start: Stage = { subnetId: gateway.subnetId, ways: border.ways, region: outward };
  const further = natRegion(index, { asker: endOfTranslator(gateway), place }, start, depth + 1);
  return union(own, intersect(further, answered(home)));
}

/** Whether some ways lead to a NAT gateway or a transit gateway. */
const leadsOn = ({ values }: Ways): boolean =>
  values.some(({ kind }) => kind === 'nat' || kind === 'transit');

/** Whether a NAT gateway has a public address, and public access is not blocked; answers come straight back to it. */
function meetsInternet(index: Surroundings, { port, vpcId, subnetId, publicIp }: Translator): boolean {
  if (!publicIp) return false;
  const block = publicAccessBlockOf(port.network, { vpcId, subnetId });
  const crossed = { gateway: 'internetGateway', isNatGateway: true } as const;
  if (blocksPublicAccess(block, crossed)) return false;
  // The internet gateway's table is not asked about addresses that are not the VPC's.
  if (port.kind === 'regionalNatGateway') return true;
  const own = port.eni.privateIps[0]?.address;
  return own !== undefined && comesIn(index.world, port, { eni: port.eni, ip: own });
}

/** Whether what the VPC's internet gateway brings in for an interface goes straight to it. */
export function comesIn(
  world: World,
  { network, vpcId }: { readonly network: Network; readonly vpcId: VpcId },
  { eni, ip }: Member,
): boolean {
  const [gateway] = network.internetGateway.by('vpc', vpcId);
  return !gateway || reachesFromGateway({ world, network }, gateway.id, eni.id, ip);
}
