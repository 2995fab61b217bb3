/** Who gets to an interface through load balancers: interfaces one by one, and the internet as regions. */
import type { Family } from '#net/address.ts';
import { hidesClients, isConditional, isSameWay, type Relay, relaysOf } from '#policy/balancer.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { publicIpOf } from '#policy/internet.ts';
import { asNode, throughRelay } from '#policy/relay.ts';
import type { Network, World } from '#vpc/network.ts';
import type { OutsideAnswers } from './outside.ts';
import { sourcesOf } from './pairs.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { emptyRegion, type Region, union } from './region.ts';
import { type ClientGroup, type Front, RelayClients } from './relay-clients.ts';
import { classAt, relayedFrom } from './relays.ts';
import { holds, type Spans } from './spans.ts';

/** Everything that load balancers with known listeners pass on. */
function allRelays(world: World): readonly Relay[] {
  return [...world.values()].flatMap((network) =>
    [...network.loadBalancer.values()].flatMap((balancer) =>
      balancer.eniIds.flatMap((id) => {
        const node = network.eni.get(id);
        return node ? [...relaysOf(world, balancer, node)] : [];
      }),
    ),
  );
}

/** What ways have in common that treat every client alike, but for what rules' conditions name. */
function keyOf(index: ReachIndex, { node, listener, group, eni, ip, port, stages }: Relay): string {
  const target = classAt(index, eni, ip)?.id ?? `${eni.id} ${ip}`;
  const own = [node.id, listener.id, group.id, port, target].join(' ');
  return stages ? `${own} by ${stages.map((each) => keyOf(index, each)).join(' ')}` : own;
}

/** A way through a node to a service of a target. */
export type RelayWay = {
  readonly relay: Relay;
  readonly protocol: 6 | 17;
  readonly spans: Spans;
  readonly front: Front;
  /** Whether the target sees the node's address alone, so that who the client is matters to the node alone. */
  readonly hidesClients: boolean;
  /** What was found about groups of clients, for all ways of the node to targets that are treated alike. */
  readonly carried: Map<ClientGroup, boolean>;
};

/** Interfaces as clients, by class. */
export type InsideClients = ReadonlyMap<PointClass, readonly Member[]>;

const noClients: InsideClients = new Map();

export class RelayReach {
  readonly #index: ReachIndex;
  readonly #outside: OutsideAnswers;
  readonly all: readonly RelayWay[];
  /** Those of rules whose conditions name the clients' addresses. */
  readonly conditional: readonly RelayWay[];
  /** Ways by the interface that they lead to. */
  readonly #ways: ReadonlyMap<string, readonly RelayWay[]>;
  readonly #groups: RelayClients;
  readonly #clients = new Map<RelayWay, Map<Family, Region>>();
  readonly #inside = new Map<RelayWay | Front, InsideClients>();
  readonly #onward = new Map<RelayWay, boolean>();

  constructor(index: ReachIndex, outside: OutsideAnswers) {
    this.#index = index;
    this.#outside = outside;
    this.#groups = new RelayClients(index, outside);
    const alike = new Map<string, RelayWay['carried']>();
    const ways = allRelays(index.world).flatMap((relay) =>
      (relay.fault ? [] : relay.listener.protocols).map((protocol): RelayWay => {
        const number = (protocol << 16) | relay.port;
        const key = `${protocol} ${keyOf(index, relay)}`;
        const carried = alike.get(key) ?? new Map<ClientGroup, boolean>();
        alike.set(key, carried);
        const front = this.#groups.frontOf(relay, protocol);
        const spans = [{ first: number, last: number }];
        return { relay, protocol, spans, front, hidesClients: hidesClients(relay), carried };
      }),
    );
    this.all = ways;
    this.conditional = ways.filter(({ relay }) => isConditional(relay));
    this.#ways = Map.groupBy(ways, ({ relay }) => relay.eni.id);
  }

  /** The ways to any of the services of an address. */
  to({ eni, ip }: Member, services: Spans): readonly RelayWay[] {
    const ways = this.#ways.get(eni.id) ?? [];
    return ways.filter(({ relay, spans }) => relay.ip === ip && holds(services, spans[0]?.first ?? 0));
  }

  /** Whether an interface gets through. Nodes of load balancers lead nowhere but to their own targets. */
  carries(point: PointClass, member: Member, way: RelayWay): boolean {
    return this.#carriesOne(this.#groups.groupOf(point, member), member, way);
  }

  /** The clients that every way treats as it does this one, but for what rules' conditions name. */
  groupOf(point: PointClass, member: Member): ClientGroup {
    return this.#groups.groupOf(point, member);
  }

  /**
   * The clients that get through, by class: never empty lists. Ways on which all are treated alike share one map, in
   * which a target that would reach itself is not left out.
   */
  clientsInside(way: RelayWay): InsideClients {
    if (way.hidesClients && !this.#leadsOn(way)) return noClients;
    const key = way.hidesClients ? way.front : way;
    let found = this.#inside.get(key);
    if (!found) {
      const carried = [...this.sources(way)].map((point) => [point, this.#clientsAt(point, way)] as const);
      found = new Map(carried.filter(([, members]) => members.length > 0));
      this.#inside.set(key, found);
    }
    return found;
  }

  /** The members of a class that get through to a target other than themselves. */
  carriedOf(point: PointClass, way: RelayWay): readonly Member[] {
    if (way.hidesClients && !this.#leadsOn(way)) return [];
    return this.#clientsAt(point, way).filter(({ eni }) => eni.id !== way.relay.eni.id);
  }

  #clientsAt(point: PointClass, way: RelayWay): readonly Member[] {
    if (point.policy.balancer) return [];
    return [...this.#groups.groupsOf(point)].flatMap((group) => {
      const [one] = group.members;
      if (way.hidesClients) return one && this.#groups.reaches(group, one, way.front) ? group.members : [];
      return group.members.filter((member) => this.#carriesOne(group, member, way));
    });
  }

  /** Whether the node itself gets to the target. */
  #leadsOn(way: RelayWay): boolean {
    let leads = this.#onward.get(way);
    if (leads === undefined) {
      const kind = way.protocol === 6 ? 'tcp' : 'udp';
      leads = asNode(this.#index.world, way.relay, kind)?.allowed === true;
      this.#onward.set(way, leads);
    }
    return leads;
  }

  #carriesOne(group: ClientGroup, member: Member, way: RelayWay): boolean {
    const { relay, carried } = way;
    if (group.point.policy.balancer || member.eni.id === relay.eni.id) return false;
    if (isConditional(relay)) return this.#asks(group, member, way);
    const answer = carried.get(group) ?? this.#asks(group, member, way);
    carried.set(group, answer);
    return answer;
  }

  #asks(group: ClientGroup, member: Member, way: RelayWay): boolean {
    const { relay, protocol, front } = way;
    if (way.hidesClients) return this.#groups.reaches(group, member, front) && this.#leadsOn(way);
    if (!this.#groups.mayReach(group, front)) return false;
    const from: Endpoint = { kind: 'eni', eniId: member.eni.id, ip: member.ip };
    return throughRelay(this.#index.world, from, relay, protocol === 6 ? 'tcp' : 'udp').allowed;
  }

  /** Classes whose members may get to the node: all, where it has a public address. */
  *sources({ relay: { node } }: RelayWay): IterableIterator<PointClass> {
    const points = this.#index.byEni().get(node.id) ?? [];
    if (points.some(({ policy }) => isPublic(policy.network, { node }))) yield* this.#index.classes;
    else yield* new Set(points.flatMap((point) => sourcesOf(this.#index, point).map(({ other }) => other)));
  }

  /** Clients on the internet that get through, with the target's port as their service. */
  clients(way: RelayWay, family: Family): Region {
    const known = this.#clients.get(way) ?? new Map<Family, Region>();
    this.#clients.set(way, known);
    const clients = known.get(family) ?? this.#clientsOf(way, family);
    known.set(family, clients);
    return clients;
  }

  #clientsOf({ relay, protocol }: RelayWay, family: Family): Region {
    let found = emptyRegion(family);
    const { balancer, node } = relay;
    for (const point of this.#index.byEni().get(node.id) ?? []) {
      if (point.family !== family) continue;
      for (const member of point.members) {
        if (member.eni.id !== node.id) continue;
        const { internet } = this.#outside.of(point, member, 'ingress');
        for (const each of relayedFrom(this.#index, balancer, node, internet)) {
          if (each.protocol === protocol && isSameWay(each.relay, relay)) found = union(found, each.clients);
        }
      }
    }
    return found;
  }
}

const isPublic = (network: Network, { node }: Pick<Relay, 'node'>): boolean =>
  node.ipv6Addresses.length > 0 ||
  node.privateIps.some(({ address }) => publicIpOf(network, node, address) !== undefined);
