/**
 * Which conversations two classes of interfaces can have over private addresses, in their VPC or across links of it: the
 * request past both groups and ACLs, and its answer back past the ACLs alone, since groups remember.
 */
import type { Family } from '#net/address.ts';
import type { Direction } from '#vpc/security-group.ts';
import { lowerBound, type Point } from './address-line.ts';
import { spansIdAt, valueAt } from './line-map.ts';
import { alongPassage } from './passages.ts';
import { type Crossing, guardAt } from './policy-class.ts';
import type { PointClass, ReachIndex } from './reach-index.ts';
import { remembered } from './remembered.ts';
import { allId, noneId, type SpanPool, type SpansId } from './span-pool.ts';
import { unansweredSpans } from './spans.ts';
import type { Way, Ways } from './ways.ts';

/** A class at the other end of conversations, and their services. */
export type Reach = { readonly other: PointClass; readonly spans: SpansId };

/** The services of conversations that any member of the source can open to any other member of the target. */
export function servicesBetween(index: ReachIndex, source: PointClass, target: PointClass): SpansId {
  if (source.family !== target.family) return noneId;
  return past(index, source, target, admittedBy(target, source, 'ingress', index.pool));
}

/** What the groups of a class admit from or to another. */
function admittedBy(own: PointClass, other: PointClass, direction: Direction, pool: SpanPool): SpansId {
  const guard = own.side[direction];
  return canName(own, other) ? guardAt(guard, other, pool) : spansIdAt(guard.byAddress, other.at);
}

/**
 * Whether rules of one class can name groups of the other: not across regions.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
 */
const canName = (own: PointClass, other: PointClass): boolean => own.policy.region === other.policy.region;

/** What is left of the services that the target's groups admit, past all else, and what a target listens to. */
function past(index: ReachIndex, source: PointClass, target: PointClass, admitted: SpansId): SpansId {
  const spans = pastAll(index, source, target, admitted);
  const { pool } = index;
  const sends = source.policy.balancer?.[source.family].sends;
  const takes = target.policy.balancer?.[target.family].takes;
  const sent = sends ? pool.intersect(spans, pool.idOf(sends)) : spans;
  return takes ? pool.intersect(sent, pool.idOf(takes)) : sent;
}

function pastAll(index: ReachIndex, source: PointClass, target: PointClass, admitted: SpansId): SpansId {
  const { pool } = index;
  const [from, to] = [source.policy, target.policy];
  if (!from.isUp || !to.isUp || !hasPair(source, target)) return noneId;
  let open =
    admitted === noneId ? noneId : pool.intersect(admitted, admittedBy(source, target, 'egress', pool));
  // What the groups do not let pass straight may get there by a gateway only.
  if (open === noneId && !leadsOn(source) && !leadsOn(target)) return noneId;
  const there = crossingOf(source, target);
  const home = crossingOf(target, source);
  if (there.way?.kind === 'nat' || there.way?.kind === 'transit' || home.way?.kind === 'transit') {
    return alongPassage(index, source, target);
  }
  if (open === noneId || !isDirect(there.way, source, target)) return noneId;
  let back: SpansId = allId;
  if (from.subnetId !== to.subnetId) {
    open = pool.intersect(pool.intersect(open, there.out), home.back);
    if (open === noneId) return noneId;
    back = pool.intersect(home.out, there.back);
  }
  const { family } = source;
  const returns = isDirect(home.way, target, source);
  return pool.intersect(open, returns ? pool.answeredBy(back, family) : unanswered(pool, family));
}

/** Whether some of the subnet's routes lead to a NAT gateway or a transit gateway. */
const leadsOn = ({ side }: PointClass): boolean => byGateway(side.ways);

const byGateway = remembered((ways: Ways) =>
  ways.values.some(({ kind }) => kind === 'nat' || kind === 'transit'),
);

/** The same for all interfaces of a subnet, so that it is looked up once for each. */
function crossingOf({ side }: PointClass, other: PointClass): Crossing {
  let known = side.crossings.get(other.id);
  if (!known) {
    known = {
      way: valueAt(side.ways, other.at),
      out: spansIdAt(side.aclEgress.byAddress, other.at),
      back: spansIdAt(side.aclIngress.byAddress, other.at),
    };
    side.crossings.set(other.id, known);
  }
  return known;
}

/** Whether the classes hold two different interfaces. */
function hasPair(source: PointClass, target: PointClass): boolean {
  if (source === target) return source.lone === undefined;
  return source.lone === undefined || source.lone !== target.lone;
}

/** Whether a way leads straight to the target: inside the VPC, or across a peering to the target's. */
function isDirect(way: Way | undefined, source: PointClass, target: PointClass): boolean {
  switch (way?.kind) {
    case 'local':
      return source.policy.vpcId === target.policy.vpcId;
    case 'eni':
      return (
        source.policy.vpcId === target.policy.vpcId && target.members.some(({ eni }) => eni.id === way.eniId)
      );
    case 'peering':
      return way.vpcId === target.policy.vpcId;
    default:
      return false;
  }
}

const unanswered = (pool: SpanPool, family: Family) => pool.idOf(unansweredSpans(family));

/** The classes that can open conversations to a target. The cost follows what the target's rules touch. */
export function sourcesOf(index: ReachIndex, target: PointClass): readonly Reach[] {
  const found: Reach[] = [];
  visitSources(index, target, (other, spans) => found.push({ other, spans }));
  return found;
}

export function visitSources(
  index: ReachIndex,
  target: PointClass,
  visit: (source: PointClass, spans: SpansId) => void,
): void {
  visitAdmitted(index, target, 'ingress', (source, admitted) => {
    const spans = past(index, source, target, admitted);
    if (spans !== noneId) visit(source, spans);
  });
}

/** The classes to which a source can open conversations, of those that somebody asks about. */
export function targetsOf(
  index: ReachIndex,
  source: PointClass,
  isAsked: (target: PointClass) => boolean = () => true,
): readonly Reach[] {
  const found: Reach[] = [];
  visitAdmitted(index, source, 'egress', (target) => {
    if (!isAsked(target)) return;
    const spans = servicesBetween(index, source, target);
    if (spans !== noneId) found.push({ other: target, spans });
  });
  return found;
}

/** Visits the classes around that a class's groups name by address or by group, with what they admit. */
function visitAdmitted(
  index: ReachIndex,
  own: PointClass,
  direction: Direction,
  visit: (other: PointClass, admitted: SpansId) => void,
): void {
  if (!own.policy.isUp) return;
  const { pool, classes, scratch } = index;
  const { byAddress, byGroup } = own.side[direction];
  const neighbours = index.neighbours(own.policy.vpcId);
  const touched: number[] = [];
  /** Classes that may get through by a gateway, though nothing admits them as they are. */
  const further: number[] = [];
  const admit = (id: number, spans: SpansId) => {
    const known = scratch[id] ?? noneId;
    if (known === noneId) touched.push(id);
    scratch[id] = pool.union(known, spans);
  };
  for (const vpcId of neighbours) {
    const near = index.byAddress(vpcId, own.family);
    for (const [at, first] of byAddress.firsts.entries()) {
      const last = byAddress.lasts[at] as Point;
      const spans = byAddress.values[at] ?? noneId;
      const { points } = near;
      for (let i = lowerBound(points, first); i < points.length && (points[i] as Point) <= last; i++) {
        admit(near.classes[i]?.id ?? 0, spans);
      }
    }
  }
  for (const [group, spans] of byGroup) {
    for (const other of index.byGroup.get(group) ?? []) {
      if (other.family !== own.family || !neighbours.includes(other.policy.vpcId)) continue;
      if (canName(own, other)) admit(other.id, spans);
      else further.push(other.id);
    }
  }
  if (direction === 'ingress') for (const id of behindTranslators(index, own)) further.push(id);
  for (const id of further.length > 0 ? new Set([...touched, ...further]) : touched) {
    const admitted = scratch[id] ?? noneId;
    scratch[id] = noneId;
    visit(classes[id] as PointClass, admitted);
  }
}

/** Classes whose packets come from a NAT gateway that a target admits. */
function* behindTranslators(index: ReachIndex, target: PointClass): IterableIterator<number> {
  if (index.translators.size === 0 || target.family !== 'ipv4') return;
  const neighbours = index.neighbours(target.policy.vpcId);
  for (const { at, vpcId, behind } of index.translators.values()) {
    const isNear = neighbours.includes(vpcId);
    if (isNear && spansIdAt(target.side.ingress.byAddress, at) !== noneId) {
      for (const { id } of behind) yield id;
    }
  }
}
