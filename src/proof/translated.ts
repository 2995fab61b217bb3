/** What interfaces reach through NAT gateways, wherever those stand: in their own VPC, or behind transit gateways. */
import { publicIpOf } from '#policy/internet.ts';
import { portOfEni } from '#policy/port.ts';
import { blocksPublicAccess, publicAccessBlockOf } from '#policy/public-access.ts';
import { reachesFromGateway } from '#policy/route.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network, World } from '#vpc/network.ts';
import { type Point, pointOf } from './address-line.ts';
import { wayHome } from './passages.ts';
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
  return natRegion(index, { point, member, place }, start, 0);
}

/** Where a packet may stand on its way to a NAT gateway, with the destinations and services that get so far. */
type Stage = { readonly subnetId: SubnetId; readonly ways: Ways; readonly region: Region };

type Sender = {
  readonly point: PointClass;
  readonly member: Member;
  readonly place: 'internet' | 'endpoint';
};

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

/** Destinations that a NAT gateway reaches and whose answers get home from there. */
function behindNat(index: Surroundings, { point, member, place }: Sender, gateway: Translator): Region {
  const { border } = gateway;
  const towards = waysRegion(border.ways, 'ipv4', ({ kind }) => kind === place);
  if (isEmpty(towards) || (place === 'internet' && !meetsInternet(index, gateway)))
    return emptyRegion('ipv4');
  const outward = intersect(border.aclEgress.region, towards);
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

/** Whether a NAT gateway has a public address, and public access is not blocked; answers come straight back to it. */
function meetsInternet(index: Surroundings, gateway: Translator): boolean {
  const port = portOfEni(index.world, gateway.eniId);
  const own = port?.eni.privateIps[0]?.address;
  if (!port || !own || !publicIpOf(port.network, port.eni, own)) return false;
  const block = publicAccessBlockOf(port.network, port.eni);
  const crossed = { gateway: 'internetGateway', isNatGateway: true } as const;
  return !blocksPublicAccess(block, crossed) && comesIn(index.world, port, { eni: port.eni, ip: own });
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
