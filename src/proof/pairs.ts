/**
 * Which conversations two classes of interfaces can have over private addresses, in their VPC or across a peering: the
 * request past both groups and ACLs, and its answer back past the ACLs alone, since groups remember.
 */
import type { Family } from '#net/address.ts';
import { icmpProtocol, icmpQueries } from '#net/protocol.ts';
import type { Direction } from '#vpc/security-group.ts';
import { lowerBound, type Point } from './address-line.ts';
import { spansIdAt, valueAt } from './line-map.ts';
import { guardAt } from './policy-class.ts';
import type { PointClass, ReachIndex } from './reach-index.ts';
import { allId, noneId, type SpanPool, type SpansId } from './span-pool.ts';
import { type Spans, subtractSpans } from './spans.ts';

/** A class at the other end of conversations, and their services. */
export type Reach = { readonly other: PointClass; readonly spans: SpansId };

/** The services of conversations that any member of the source can open to any other member of the target. */
export function servicesBetween(pool: SpanPool, source: PointClass, target: PointClass): SpansId {
  if (source.family !== target.family) return noneId;
  return past(pool, source, target, admittedBy(target, source, 'ingress', pool));
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

/** What is left of the services that the target's groups admit, past all else that stands between the two. */
function past(pool: SpanPool, source: PointClass, target: PointClass, admitted: SpansId): SpansId {
  const [from, to] = [source.policy, target.policy];
  const { family } = source;
  if (admitted === noneId || !from.isUp || !to.isUp || !hasPair(source, target)) return noneId;
  if (!leadsTo(source, target)) return noneId;
  let open = pool.intersect(admitted, admittedBy(source, target, 'egress', pool));
  if (open === noneId) return noneId;
  let back: SpansId = allId;
  if (from.subnetId !== to.subnetId) {
    open = pool.intersect(open, spansIdAt(source.side.aclEgress.byAddress, target.at));
    open = pool.intersect(open, spansIdAt(target.side.aclIngress.byAddress, source.at));
    if (open === noneId) return noneId;
    back = pool.intersect(
      spansIdAt(target.side.aclEgress.byAddress, source.at),
      spansIdAt(source.side.aclIngress.byAddress, target.at),
    );
  }
  return pool.intersect(
    open,
    leadsTo(target, source) ? pool.answeredBy(back, family) : unanswered(pool, family),
  );
}

/** Whether the classes hold two different interfaces. */
function hasPair(source: PointClass, target: PointClass): boolean {
  const [one] = source.members;
  if (source === target) return source.members.some(({ eni }) => eni.id !== one?.eni.id);
  return source.members.length > 1 || target.members.length > 1 || one?.eni.id !== target.members[0]?.eni.id;
}

/** Whether the source's routes lead straight to the target: inside the VPC, or across a peering to the target's. */
function leadsTo(source: PointClass, target: PointClass): boolean {
  const way = valueAt(source.side.ways, target.at);
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

/** Messages that wait for no answer: every ICMP type that is no query. */
export function unansweredSpans(family: Family): Spans {
  const base = icmpProtocol[family] << 16;
  const queries = [...icmpQueries[family].keys()].sort((a, b) => a - b);
  const spans = queries.map((type) => ({ first: base | (type << 8), last: base | (type << 8) | 0xff }));
  return subtractSpans([{ first: base, last: base | 0xffff }], spans);
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
    const spans = past(index.pool, source, target, admitted);
    if (spans !== noneId) visit(source, spans);
  });
}

/** The classes to which a source can open conversations. */
export function targetsOf(index: ReachIndex, source: PointClass): readonly Reach[] {
  const found: Reach[] = [];
  visitAdmitted(index, source, 'egress', (target) => {
    const spans = servicesBetween(index.pool, source, target);
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
      const isNear = neighbours.includes(other.policy.vpcId) && canName(own, other);
      if (other.family === own.family && isNear) admit(other.id, spans);
    }
  }
  for (const id of touched) {
    const admitted = scratch[id] ?? noneId;
    scratch[id] = noneId;
    visit(classes[id] as PointClass, admitted);
  }
}
