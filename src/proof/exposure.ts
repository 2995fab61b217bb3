/** `exposure`: every interface that hosts on the internet can open conversations with, and with which services. */
import { type Family, families, type Ip } from '#net/address.ts';
import { balancerOf } from '#policy/balancer.ts';
import { tableOfGateway } from '#policy/route.ts';
import { type EffectiveRule, rulesOf } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import type { Point } from './address-line.ts';
import { stretchSize } from './address-line.ts';
import { itemsOf } from './admission.ts';
import { countHeld, heldOnInternet, internetOf, routedSpace, withoutHeld } from './internet.ts';
import { outsideOf } from './outside.ts';
import type { PolicyClass } from './policy-class.ts';
import { type OnProgress, unwatched } from './progress.ts';
import { publicAddressOf } from './public-address.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { intersect, isEmpty, type Region, regionOf } from './region.ts';
import { type Relayed, relayedFrom } from './relays.ts';
import { serviceCount } from './spans.ts';

/** One address of an interface and what the internet reaches of it. */
export type Exposure = {
  readonly eni: Eni;
  readonly family: Family;
  readonly ip: Ip;
  /** The address to send to: for IPv6 the interface's own. */
  readonly publicIp: Ip;
  /** Sources and services. Addresses that interfaces of the world hold are none of its sources. */
  readonly region: Region;
  /** The internet as its VPC sees it; of other addresses the region says nothing. */
  readonly space: Region;
  /** Sources × services. */
  readonly size: bigint;
  /** The part of the internet that can reach it with some service, 0 … 1. */
  readonly share: number;
  /** The rules that open it. */
  readonly rules: readonly EffectiveRule[];
  /** Of a load balancer: the targets that it passes sources on to. */
  readonly relayed: readonly Relayed[];
};

/**
 * The exposed addresses of a world, the most exposed first; what nobody outside can reach is left out. `onProgress` hears
 * how many classes are done.
 */
export function exposures(index: ReachIndex, onProgress: OnProgress = unwatched): readonly Exposure[] {
  const found: Exposure[] = [];
  for (const { point, member, publicIp, opening } of entrances(index, {
    heldOf: heldOnInternet,
    onProgress,
  })) {
    const { family } = point;
    const relayed = relayedBehind(index, point, member, opening.region);
    found.push({ eni: member.eni, family, ip: member.ip, publicIp, ...opening, relayed });
  }
  return found.sort((a, b) => (a.size < b.size ? 1 : a.size > b.size ? -1 : 0));
}

/** An address that conversations come in by over the internet, and whose. */
export type Entrance = {
  readonly point: PointClass;
  readonly member: Member;
  readonly publicIp: Ip;
  readonly opening: Opening;
};

type EntranceOptions = {
  /** The addresses that do not count as sources. */
  readonly heldOf: (world: ReachIndex['world'], family: Family) => readonly Point[];
  /** Which are asked for; all where absent. */
  readonly isMeant?: (point: PointClass, member: Member) => boolean;
  readonly onProgress?: OnProgress;
};

/** The entrances with a source of some kind. */
export function* entrances(
  index: ReachIndex,
  { heldOf, isMeant = () => true, onProgress = unwatched }: EntranceOptions,
): IterableIterator<Entrance> {
  let done = 0;
  for (const family of families) {
    const held = heldOf(index.world, family);
    const known = new Map<string, Opening>();
    for (const point of index.classes) {
      if (point.family !== family) continue;
      onProgress(done++, index.classes.length);
      for (const member of point.members) {
        const publicIp = publicAddress(point, member);
        if (!publicIp || !isMeant(point, member)) continue;
        // A gateway's own routes may tell addresses of a policy apart.
        const key = hasGatewayTable(point.policy) ? `${point.id} of class` : `${point.policy.id}`;
        const opening = known.get(key) ?? openingOf(index, point, member, held);
        known.set(key, opening);
        if (!isEmpty(opening.region)) yield { point, member, publicIp, opening };
      }
    }
  }
}

function relayedBehind(
  index: ReachIndex,
  { policy }: PointClass,
  { eni }: Member,
  region: Region,
): readonly Relayed[] {
  const balancer = policy.balancer ? balancerOf(policy.network, eni) : undefined;
  return balancer ? relayedFrom(index, balancer, eni, region) : [];
}

function hasGatewayTable({ network, vpcId }: PolicyClass): boolean {
  const [gateway] = network.internetGateway.by('vpc', vpcId);
  return gateway !== undefined && tableOfGateway(network, gateway.id) !== undefined;
}

function publicAddress({ policy, family }: PointClass, { eni, ip }: Member): Ip | undefined {
  return family === 'ipv6' ? ip : publicAddressOf(policy.network, eni, ip);
}

/** What all interfaces of a policy class with a public address have in common. */
type Opening = Pick<Exposure, 'region' | 'space' | 'size' | 'share' | 'rules'>;

function openingOf(index: ReachIndex, point: PointClass, member: Member, held: readonly Point[]): Opening {
  const region = withoutHeld(outsideOf(index, point, member, 'ingress').internet, held);
  const place = { world: index.world, network: point.policy.network };
  const rules = rulesOf(place, point.policy.groupIds, 'ingress').filter(({ rule }) => {
    const opens = regionOf(point.family, itemsOf(place, rule, point.family));
    return !isEmpty(intersect(opens, region));
  });
  const space = internetOf(point.policy.network, point.policy.vpcId, point.family);
  return { region, space, ...sizeOf(region, held), rules };
}

function sizeOf({ family, boxes }: Region, held: readonly Point[]): { size: bigint; share: number } {
  let [size, sources] = [0n, 0n];
  for (const box of boxes) {
    const addresses = stretchSize(box) - BigInt(countHeld(box, held));
    sources += addresses;
    size += addresses * serviceCount(box.spans);
  }
  const all = routedSpace[family].boxes.reduce((sum, box) => sum + stretchSize(box), 0n);
  return { size, share: Number((sources * 1_000_000n) / all) / 1_000_000 };
}
