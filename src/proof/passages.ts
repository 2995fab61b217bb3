/**
 * Conversations of two classes that leave their VPC by a transit gateway, or whose packets a NAT gateway translates: the
 * way is walked hop by hop as `decide` walks it, past the ACLs of every subnet that it touches.
 */
import type { Family } from '#net/address.ts';
import type { TransitPort } from '#policy/port.ts';
import { canNameGroups } from '#policy/transit.ts';
import type { EniId, SubnetId, VpcId } from '#vpc/ids.ts';
import { locate } from '#vpc/network.ts';
import { type Point, stretchOf } from './address-line.ts';
import { spansIdAt, valueAt } from './line-map.ts';
import { type Border, guardAt } from './policy-class.ts';
import type { PointClass, ReachIndex, Surroundings, Translator } from './reach-index.ts';
import { allId, noneId, type SpansId } from './span-pool.ts';
import { translatedSpans, unansweredSpans } from './spans.ts';
import type { TranslatorId, Way } from './ways.ts';

/** Most hops of a way; more go round in a circle. */
const hopsMax = 16;

/** Where a packet stands: behind a subnet's border, or at a VPC's edge. */
type Place = {
  readonly vpcId: VpcId;
  readonly subnetId?: SubnetId | undefined;
  readonly border?: Border;
};

/** An end of a passage: its address, where it stands, and the interfaces, or the translator, that hold it. */
export type End = {
  readonly at: Point;
  readonly vpcId: VpcId;
  readonly subnetId: SubnetId | undefined;
  readonly border: Border;
  readonly holds: (id: EniId | TranslatorId) => boolean;
};

/** Two subnets whose ACLs judge a packet that goes from one to the other; a VPC's edge has none. */
type Crossing = { readonly out: Border | undefined; readonly into: Border | undefined };

type Passage = {
  /** What all ACLs on the way let pass. */
  readonly open: SpansId;
  readonly crossings: readonly Crossing[];
  readonly first: Way;
  /** By what the last VPC was entered; absent where the packet never left it. */
  readonly entry?: TransitPort | 'peering';
  /** What translated it. */
  readonly translator?: Translator;
};

export const endOf = ({ at, policy, side, members }: PointClass): End => ({
  at,
  vpcId: policy.vpcId,
  subnetId: policy.subnetId,
  border: side,
  holds: (id) => members.some(({ eni }) => eni.id === id),
});

export const endOfTranslator = ({ at, vpcId, subnetId, border, id }: Translator): End => ({
  at,
  vpcId,
  subnetId,
  border,
  holds: (other) => other === id,
});

/** The services that any member of the source can open to any other of the target by such a way. */
export function alongPassage(index: ReachIndex, source: PointClass, target: PointClass): SpansId {
  const { pool } = index;
  const { family } = source;
  const [from, to] = [endOf(source), endOf(target)];
  const there = passage(index, family, from, to, { mayTranslate: true });
  if (!there) return noneId;
  const open = pool.intersect(
    there.open,
    pool.intersect(leaving(source, target, there.first, index), arriving(index, source, target, there)),
  );
  if (open === noneId) return noneId;
  const back = returning(index, family, { from, to }, there.translator);
  if (back === undefined) {
    return there.translator ? noneId : pool.intersect(open, pool.idOf(unansweredSpans(family)));
  }
  return pool.intersect(open, pool.answeredBy(back, family));
}

/** What the ACLs let back; undefined where no way leads back. A translated answer goes to the translator first. */
function returning(
  index: ReachIndex,
  family: Family,
  { from, to }: { readonly from: End; readonly to: End },
  translator: Translator | undefined,
): SpansId | undefined {
  if (!translator) return passage(index, family, to, from)?.open;
  const gateway = endOfTranslator(translator);
  const first = passage(index, family, to, gateway);
  const second = first && passage(index, family, { ...gateway, at: to.at }, from);
  return second && index.pool.intersect(first.open, second.open);
}

/** The subnets that answers from the internet cross between a NAT gateway and who asked; undefined without a way. */
export function wayHome(
  index: Surroundings,
  translator: Translator,
  asker: End,
): readonly Crossing[] | undefined {
  const home = passage(index, 'ipv4', endOfTranslator(translator), asker);
  // A peering takes nothing that comes from outside the VPC.
  return home?.entry === 'peering' ? undefined : home?.crossings;
}

/** What the source's groups let out: they may be named only inside the VPC and across a peering. */
function leaving(source: PointClass, target: PointClass, first: Way, { pool }: ReachIndex): SpansId {
  const guard = source.side.egress;
  const isNear = first.kind === 'local' || first.kind === 'eni' || first.kind === 'peering';
  return isNear && source.policy.region === target.policy.region
    ? guardAt(guard, target, pool)
    : spansIdAt(guard.byAddress, target.at);
}

/** What the target's groups let in, by the address that the packet has when it arrives. */
function arriving(
  { world, pool }: ReachIndex,
  source: PointClass,
  target: PointClass,
  { entry, translator }: Passage,
): SpansId {
  const guard = target.side.ingress;
  if (translator) return spansIdAt(guard.byAddress, translator.at);
  const mayName =
    entry === undefined || entry === 'peering'
      ? source.policy.region === target.policy.region
      : entry.source?.resource.kind === 'vpc' &&
        entry.source.resource.vpcId === source.policy.vpcId &&
        canNameGroups(world, entry);
  return mayName ? guardAt(guard, source, pool) : spansIdAt(guard.byAddress, source.at);
}

/** Walks from one end to the other; undefined where the packet is lost or goes elsewhere. */
function passage(
  index: Surroundings,
  family: Family,
  from: End,
  to: End,
  { mayTranslate }: { readonly mayTranslate: boolean } = { mayTranslate: false },
): Passage | undefined {
  const { pool } = index;
  let place: Place = from;
  let source: Point = from.at;
  let open: SpansId = allId;
  let first: Way | undefined;
  let [entry, translator]: [Passage['entry'], Translator | undefined] = [undefined, undefined];
  const out = () => (place.border ? spansIdAt(place.border.aclEgress.byAddress, to.at) : allId);
  const into = ({ border }: Place) => (border ? spansIdAt(border.aclIngress.byAddress, source) : allId);
  const crossings: Crossing[] = [];
  const cross = (next: Place) => {
    crossings.push({ out: place.border, into: next.border });
    open = pool.intersect(open, pool.intersect(out(), into(next)));
  };
  for (let hops = 0; hops < hopsMax; hops++) {
    const way: Way | undefined = place.border ? valueAt(place.border.ways, to.at) : { kind: 'local' };
    first ??= way;
    if (!way || !first) return undefined;
    if (arrives(way, place, to)) {
      if (place.subnetId !== to.subnetId) cross(to);
      return { open, crossings, first, ...(entry ? { entry } : {}), ...(translator ? { translator } : {}) };
    }
    const next = nextPlace(index, family, way, to.at);
    if (!next || (next.translator && (!mayTranslate || translator))) return undefined;
    if (way.kind === 'peering' && !isInside(index, place.vpcId, source)) return undefined;
    if (next.crossed && (way.kind === 'transit' || place.subnetId !== next.crossed.subnetId)) {
      cross(next.crossed);
    } else if (!next.crossed) cross({ vpcId: next.vpcId });
    if (next.translator) {
      translator = next.translator;
      source = translator.at;
      open = pool.intersect(open, pool.idOf(translatedSpans));
    }
    entry = next.entry;
    place = next;
  }
  return undefined;
}

/** Whether the packet is at its end: by a local route there, or by one to an interface that holds the address. */
function arrives(way: Way, place: Place, to: End): boolean {
  if (way.kind === 'local') return place.vpcId === to.vpcId;
  if (way.kind !== 'eni' && way.kind !== 'nat') return false;
  return place.vpcId === to.vpcId && to.holds(way.kind === 'eni' ? way.eniId : way.translatorId);
}

type NextPlace = Place & {
  /** The subnet that is entered on the way out, where the gateway stands in one. */
  readonly crossed?: Place;
  readonly entry?: Passage['entry'];
  readonly translator?: Translator;
};

function nextPlace(index: Surroundings, family: Family, way: Way, at: Point): NextPlace | undefined {
  switch (way.kind) {
    case 'peering':
      return { vpcId: way.vpcId, entry: 'peering' };
    case 'transit': {
      const landed = valueAt(index.landings(way.port, family), at);
      if (landed?.kind !== 'vpc') return undefined;
      const crossed = placeOfPort(index, way.port, family);
      return { ...placeOfPort(index, landed.port, family), crossed, entry: landed.port };
    }
    case 'nat': {
      const translator = family === 'ipv4' ? index.translators.get(way.translatorId) : undefined;
      if (!translator) return undefined;
      const { vpcId, subnetId, border } = translator;
      return { vpcId, subnetId, border, crossed: { vpcId, subnetId, border }, translator };
    }
    default:
      return undefined;
  }
}

function placeOfPort(index: Surroundings, { network, vpcId, subnetId }: TransitPort, family: Family): Place {
  return { vpcId, subnetId, border: index.borderOf(network, { vpcId, subnetId })[family] };
}

/** Through a peering only goes what comes from the VPC itself. */
function isInside({ world }: Surroundings, vpcId: VpcId, source: Point): boolean {
  const vpc = locate(world, 'vpc', vpcId)?.entity;
  return [...(vpc?.cidrBlocks ?? []), ...(vpc?.ipv6Blocks ?? [])].some(({ cidr }) => {
    const { first, last } = stretchOf(cidr);
    return typeof first === typeof source && first <= source && source <= last;
  });
}
