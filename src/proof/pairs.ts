/**
 * Which conversations two classes of interfaces can have over private addresses, in their VPC or across a peering: the
 * request past both groups and ACLs, and its answer back past the ACLs alone, since groups remember.
 */
import type { Family } from '#net/address.ts';
import { icmpProtocol, icmpQueries } from '#net/protocol.ts';
import { lowerBound, type Point } from './address-line.ts';
import { spansIdAt, valueAt } from './line-map.ts';
import { type Guard, guardAt } from './policy-class.ts';
import type { PointClass, ReachIndex } from './reach-index.ts';
import { allId, noneId, type SpanPool, type SpansId } from './span-pool.ts';
import { type Spans, subtractSpans } from './spans.ts';

/** A class at the other end of conversations, and their services. */
export type Reach = { readonly other: PointClass; readonly spans: SpansId };

/** The services of conversations that any member of the source can open to any other member of the target. */
export function servicesBetween(pool: SpanPool, source: PointClass, target: PointClass): SpansId {
  const [from, to] = [source.policy, target.policy];
  const { family } = source;
  if (family !== target.family || !from.isUp || !to.isUp || !hasPair(source, target)) return noneId;
  if (!leadsTo(source, target)) return noneId;
  const remote = (point: PointClass) => ({ at: point.at, groupIds: point.policy.groupIds });
  let open = guardAt(to.guards[family].ingress, remote(source), pool);
  if (open === noneId) return noneId;
  open = pool.intersect(open, guardAt(from.guards[family].egress, remote(target), pool));
  if (open === noneId) return noneId;
  let back: SpansId = allId;
  if (from.subnetId !== to.subnetId) {
    open = pool.intersect(open, spansIdAt(from.acl[family].egress.byAddress, target.at));
    open = pool.intersect(open, spansIdAt(to.acl[family].ingress.byAddress, source.at));
    if (open === noneId) return noneId;
    back = pool.intersect(
      spansIdAt(to.acl[family].egress.byAddress, source.at),
      spansIdAt(from.acl[family].ingress.byAddress, target.at),
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
  return source !== target
    ? target.members.some(({ eni }) => eni.id !== one?.eni.id) || source.members.length > 1
    : source.members.some(({ eni }) => eni.id !== one?.eni.id);
}

/** Whether the source's routes lead straight to the target: inside the VPC, or across a peering to the target's. */
function leadsTo(source: PointClass, target: PointClass): boolean {
  const way = valueAt(source.policy.ways[source.family], target.at);
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
  const guard = target.policy.guards[target.family].ingress;
  return touching(index, target, guard, (source) => servicesBetween(index.pool, source, target));
}

/** The classes to which a source can open conversations. */
export function targetsOf(index: ReachIndex, source: PointClass): readonly Reach[] {
  const guard = source.policy.guards[source.family].egress;
  return touching(index, source, guard, (target) => servicesBetween(index.pool, source, target));
}

function touching(
  index: ReachIndex,
  own: PointClass,
  guard: Guard,
  services: (other: PointClass) => SpansId,
): readonly Reach[] {
  const found: Reach[] = [];
  if (!own.policy.isUp) return found;
  const consider = (other: PointClass) => {
    const spans = services(other);
    if (spans !== noneId) found.push({ other, spans });
  };
  const { firsts, lasts } = guard.byAddress;
  for (const vpcId of index.neighbours(own.policy.vpcId)) {
    const { points, classes } = index.byAddress(vpcId, own.family);
    for (const [at, first] of firsts.entries()) {
      const last = lasts[at] as Point;
      for (let i = lowerBound(points, first); i < points.length && (points[i] as Point) <= last; i++) {
        consider(classes[i] as PointClass);
      }
    }
  }
  if (guard.byGroup.size > 0) considerGroups(index, own, guard, consider);
  return found;
}

/** Members of the groups that a guard names, each once, and only where no block of the guard has brought them. */
function considerGroups(
  index: ReachIndex,
  own: PointClass,
  guard: Guard,
  consider: (other: PointClass) => void,
): void {
  const seen = new Set<PointClass>();
  const neighbours = index.neighbours(own.policy.vpcId);
  for (const groupId of guard.byGroup.keys()) {
    for (const other of index.byGroup.get(groupId) ?? []) {
      if (other.family !== own.family || seen.has(other)) continue;
      seen.add(other);
      const isNear = neighbours.includes(other.policy.vpcId);
      if (isNear && spansIdAt(guard.byAddress, other.at) === noneId) consider(other);
    }
  }
}
