/** `reach`: how far somebody gets who holds an interface, hop by hop, and from where the internet can be reached. */
import { type Family, familyOf } from '#net/address.ts';
import { balancerOf, type Relay } from '#policy/balancer.ts';
import { portOfEni } from '#policy/port.ts';
import { asNode } from '#policy/relay.ts';
import type { Eni } from '#vpc/eni.ts';
import type { EniId } from '#vpc/ids.ts';
import type { LoadBalancer } from '#vpc/load-balancer.ts';
import { OutsideAnswers } from './outside.ts';
import { OverInternet } from './over-internet.ts';
import { targetsOf } from './pairs.ts';
import { type OnProgress, unwatched } from './progress.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import type { ClientGroup } from './relay-clients.ts';
import { RelayReach } from './relay-reach.ts';
import { allSpans, holds, intersectSpans, type Spans } from './spans.ts';

/** An interface that is reached, and the hop by which it was reached first. */
export type ReachedInterface = {
  readonly eni: Eni;
  /** Hops from the foothold, which has 0. */
  readonly depth: number;
  readonly via?: {
    readonly from: EniId;
    readonly family: Family;
    readonly spans: Spans;
    /** Over the target's public address. */
    readonly overInternet: boolean;
    /** What a load balancer passes on, by its ARN. */
    readonly balancer?: string;
  };
};

export type BlastRadius = {
  readonly interfaces: readonly ReachedInterface[];
  /** Reached interfaces that can open conversations with hosts on the internet. */
  readonly toInternet: readonly EniId[];
};

export type BlastOptions = {
  /** Services that an attacker may use; all where absent. */
  readonly services?: Spans;
  readonly depthMax?: number;
  /** Hears how many interfaces were looked at, of those reached so far. */
  readonly onProgress?: OnProgress;
};

/** Spreads from the footholds over every conversation that can be opened, nearest first. */
export function blastRadius(
  index: ReachIndex,
  footholds: readonly EniId[],
  { services = allSpans, depthMax = Number.POSITIVE_INFINITY, onProgress = unwatched }: BlastOptions = {},
): BlastRadius {
  const reached = new Map<EniId, ReachedInterface>();
  const done = new Set<PointClass>();
  const expanded = new Set<PointClass>();
  const outside = new OutsideAnswers(index);
  const relays = new RelayReach(index, outside);
  let front: Member[] = [];
  const add = (member: Member, each: Omit<ReachedInterface, 'eni'>) => {
    if (reached.has(member.eni.id)) return;
    reached.set(member.eni.id, { eni: member.eni, ...each });
    front.push(member);
  };
  for (const eniId of footholds) {
    for (const { members } of index.byEni().get(eniId) ?? []) {
      for (const member of members) if (member.eni.id === eniId) add(member, { depth: 0 });
    }
  }
  const clients = new Set<ClientGroup>();
  const isReached = ({ id }: Eni) => reached.has(id);
  let looked = 0;
  for (let depth = 1; front.length > 0 && depth <= depthMax; depth++) {
    const from = front;
    front = [];
    // Whoever is reached needs no further way: in a dense network that soon is nearly everybody.
    const crossings = new OverInternet(
      { index, outside },
      () => services,
      (_, { eni }) => !isReached(eni),
    );
    for (const { eni } of from) {
      onProgress(looked++, reached.size);
      const search = { services, crossings, done, expanded, relays, clients, isReached };
      for (const hop of balancerAt(index, eni)
        ? nodeHops(index, relays, eni, depth)
        : hopsOf(index, eni, search)) {
        add(hop.member, { depth, via: { ...hop.via, from: eni.id } });
      }
    }
  }
  const interfaces = [...reached.values()];
  const toInternet = interfaces
    .filter(({ eni }) => reachesInternet(index, eni, { services, outside }))
    .map(({ eni }) => eni.id);
  return { interfaces, toInternet };
}

type Hop = { readonly member: Member; readonly via: Omit<NonNullable<ReachedInterface['via']>, 'from'> };

function balancerAt({ world }: ReachIndex, eni: Eni): LoadBalancer | undefined {
  const port = portOfEni(world, eni.id);
  const balancer = port && balancerOf(port.network, port.eni);
  return balancer?.listeners ? balancer : undefined;
}

/**
 * A node leads to its targets alone, and opens nothing else. Who reaches it does not hold it: what it passes on to them are
 * hops of their own.
 */
function* nodeHops(index: ReachIndex, relays: RelayReach, node: Eni, depth: number): IterableIterator<Hop> {
  if (depth > 1) return;
  for (const { relay, protocol } of relays.all) {
    if (relay.node.id !== node.id) continue;
    const passed = asNode(index.world, relay, protocol === 6 ? 'tcp' : 'udp');
    if (passed?.allowed) yield hopOf(relay, protocol);
  }
}

/** Targets that a load balancer passes the member's connections on to. */
function* relayedHops(
  point: PointClass,
  own: Member,
  { relays, services, clients, isReached }: Search,
): IterableIterator<Hop> {
  const group = relays.groupOf(point, own);
  // The others of a group get to the same targets, where no rule's condition names addresses.
  const ways = clients.has(group) ? relays.conditional : relays.all;
  clients.add(group);
  for (const way of ways) {
    const { relay, protocol } = way;
    if (isReached(relay.eni) || !holds(services, (protocol << 16) | relay.listener.port)) continue;
    if (relays.carries(point, own, way)) yield hopOf(relay, protocol);
  }
}

function hopOf({ eni, ip, port, balancer }: Relay, protocol: 6 | 17): Hop {
  const number = (protocol << 16) | port;
  const via = { family: familyOf(ip), spans: [{ first: number, last: number }], overInternet: false };
  return { member: { eni, ip }, via: { ...via, balancer: balancer.id } };
}

type Search = {
  readonly services: Spans;
  readonly crossings: OverInternet;
  /** Classes all of whose members are reached. */
  readonly done: Set<PointClass>;
  /** Classes one of whose members was a start: the others lead to the same classes. */
  readonly expanded: Set<PointClass>;
  readonly relays: RelayReach;
  /** Groups of clients one of whose members was a start for what load balancers pass on. */
  readonly clients: Set<ClientGroup>;
  readonly isReached: (eni: Eni) => boolean;
};

function* hopsOf(index: ReachIndex, eni: Eni, search: Search): IterableIterator<Hop> {
  const isAsked = (other: PointClass) => !search.done.has(other);
  for (const [point, own] of addressesOf(index, eni)) {
    const { family } = point;
    const isNew = !search.expanded.has(point);
    search.expanded.add(point);
    for (const { other, spans: id } of isNew ? targetsOf(index, point, isAsked) : []) {
      const spans = intersectSpans(index.pool.spansOf(id), search.services);
      if (spans.length === 0) continue;
      search.done.add(other);
      for (const member of other.members) {
        if (member.eni.id !== eni.id) yield { member, via: { family, spans, overInternet: false } };
      }
    }
    for (const { target, spans } of search.crossings.from(point, own)) {
      yield { member: target, via: { family, spans, overInternet: true } };
    }
    yield* relayedHops(point, own, search);
  }
}

function reachesInternet(
  index: ReachIndex,
  eni: Eni,
  { services, outside }: { readonly services: Spans; readonly outside: OutsideAnswers },
): boolean {
  return [...addressesOf(index, eni)].some(([point, own]) =>
    outside
      .of(point, own, 'egress')
      .internet.boxes.some(({ spans }) => intersectSpans(spans, services).length > 0),
  );
}

function* addressesOf(index: ReachIndex, eni: Eni): IterableIterator<readonly [PointClass, Member]> {
  for (const point of index.byEni().get(eni.id) ?? []) {
    for (const member of point.members) if (member.eni.id === eni.id) yield [point, member];
  }
}
