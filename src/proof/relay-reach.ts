/** Who gets to an interface through load balancers: interfaces one by one, and the internet as regions. */
import type { Family } from '#net/address.ts';
import { type Relay, relaysOf } from '#policy/balancer.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { publicIpOf } from '#policy/internet.ts';
import { throughRelay } from '#policy/relay.ts';
import type { Network, World } from '#vpc/network.ts';
import type { OutsideAnswers } from './outside.ts';
import { sourcesOf } from './pairs.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { emptyRegion, type Region, union } from './region.ts';
import { relayedFrom } from './relays.ts';
import { holds, type Spans } from './spans.ts';

/** Everything that load balancers with known listeners pass on. */
export function allRelays(world: World): readonly Relay[] {
  return [...world.values()].flatMap((network) =>
    [...network.loadBalancer.values()].flatMap((balancer) =>
      balancer.eniIds.flatMap((id) => {
        const node = network.eni.get(id);
        return node ? [...relaysOf(world, balancer, node)] : [];
      }),
    ),
  );
}

/** A way through a node to a service of a target. */
export type RelayWay = { readonly relay: Relay; readonly protocol: 6 | 17; readonly spans: Spans };

export class RelayReach {
  readonly #index: ReachIndex;
  readonly #outside: OutsideAnswers;
  /** Ways by the interface that they lead to. */
  readonly #ways: ReadonlyMap<string, readonly RelayWay[]>;
  readonly #carried = new Map<RelayWay, Map<PointClass, boolean>>();
  readonly #clients = new Map<RelayWay, Map<Family, Region>>();

  constructor(index: ReachIndex, outside: OutsideAnswers) {
    this.#index = index;
    this.#outside = outside;
    const ways = allRelays(index.world).flatMap((relay) =>
      (relay.fault ? [] : relay.listener.protocols).map((protocol): RelayWay => {
        const number = (protocol << 16) | relay.port;
        return { relay, protocol, spans: [{ first: number, last: number }] };
      }),
    );
    this.#ways = Map.groupBy(ways, ({ relay }) => relay.eni.id);
  }

  /** The ways to any of the services of an address. */
  to({ eni, ip }: Member, services: Spans): readonly RelayWay[] {
    const ways = this.#ways.get(eni.id) ?? [];
    return ways.filter(({ relay, spans }) => relay.ip === ip && holds(services, spans[0]?.first ?? 0));
  }

  /** Whether an interface gets through. Nodes of load balancers lead nowhere but to their own targets. */
  carries(point: PointClass, member: Member, way: RelayWay): boolean {
    const { relay } = way;
    if (point.policy.balancer || member.eni.id === relay.eni.id) return false;
    if (relay.forward.sources || isPublic(point.policy.network, relay)) return this.#asks(member, way);
    // Without public addresses and conditions, all members of a class are alike.
    const known = this.#carried.get(way) ?? new Map<PointClass, boolean>();
    this.#carried.set(way, known);
    const answer = known.get(point) ?? this.#asks(member, way);
    known.set(point, answer);
    return answer;
  }

  #asks({ eni, ip }: Member, { relay, protocol }: RelayWay): boolean {
    const from: Endpoint = { kind: 'eni', eniId: eni.id, ip };
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
    const { balancer, node, listener, forward, eni, ip, port } = relay;
    for (const point of this.#index.byEni().get(node.id) ?? []) {
      if (point.family !== family) continue;
      for (const member of point.members) {
        if (member.eni.id !== node.id) continue;
        const { internet } = this.#outside.of(point, member, 'ingress');
        for (const each of relayedFrom(this.#index, balancer, node, internet)) {
          const isSame =
            each.protocol === protocol &&
            each.relay.listener.id === listener.id &&
            each.relay.forward === forward &&
            each.relay.eni.id === eni.id &&
            each.relay.ip === ip &&
            each.relay.port === port;
          if (isSame) found = union(found, each.clients);
        }
      }
    }
    return found;
  }
}

const isPublic = (network: Network, { node }: Pick<Relay, 'node'>): boolean =>
  node.ipv6Addresses.length > 0 ||
  node.privateIps.some(({ address }) => publicIpOf(network, node, address) !== undefined);
