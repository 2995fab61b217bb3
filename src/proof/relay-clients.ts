/** Interfaces as clients of load balancers, in groups that every node and target treats alike. */
import type { Ip } from '#net/address.ts';
import type { Relay } from '#policy/balancer.ts';
import { reachesListener } from '#policy/relay.ts';
import type { Eni } from '#vpc/eni.ts';
import type { Listener } from '#vpc/load-balancer.ts';
import { after, lowerBound, pointOf } from './address-line.ts';
import type { OutsideAnswers } from './outside.ts';
import { servicesBetween } from './pairs.ts';
import { publicAddressOf } from './public-address.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { spansAt } from './region.ts';
import { holds } from './spans.ts';

/** Members of a class whose public addresses, if they have some, are treated alike too. */
export type ClientGroup = { readonly point: PointClass; readonly members: readonly Member[] };

/** A node by one of its listeners' services, and what was found about groups of clients. */
export type Front = {
  readonly node: Eni;
  readonly listener: Listener;
  readonly protocol: 6 | 17;
  /** Whether the rules of both would let them meet. */
  readonly may: Map<ClientGroup, boolean>;
  /** Whether packets get there and back. */
  readonly gets: Map<ClientGroup, boolean>;
};

export class RelayClients {
  readonly #index: ReachIndex;
  readonly #outside: OutsideAnswers;
  readonly #groups = new Map<PointClass, ReadonlyMap<string, ClientGroup>>();
  readonly #fronts = new Map<string, Front>();

  constructor(index: ReachIndex, outside: OutsideAnswers) {
    this.#index = index;
    this.#outside = outside;
  }

  /** The groups of a class. */
  groupsOf(point: PointClass): Iterable<ClientGroup> {
    return this.#known(point).values();
  }

  /** The group of one member. */
  groupOf(point: PointClass, member: Member): ClientGroup {
    return this.#known(point).get(this.#keyOf(point, member)) ?? { point, members: [member] };
  }

  #known(point: PointClass): ReadonlyMap<string, ClientGroup> {
    let groups = this.#groups.get(point);
    if (!groups) {
      const byKey = Map.groupBy(point.members, (member) => this.#keyOf(point, member));
      groups = new Map([...byKey].map(([key, members]) => [key, { point, members }]));
      this.#groups.set(point, groups);
    }
    return groups;
  }

  #keyOf(point: PointClass, { eni, ip }: Member): string {
    if (point.family === 'ipv6') return '';
    const publicIp = publicAddressOf(point.policy.network, eni, ip);
    return publicIp === undefined ? '' : `${lowerBound(this.#index.cuts.ipv4, after(pointOf(publicIp)))}`;
  }

  /** A node by a protocol of one of its listeners, the same one for all ways that begin there. */
  frontOf({ node, listener }: Pick<Relay, 'node' | 'listener'>, protocol: 6 | 17): Front {
    const key = `${node.id} ${listener.id} ${protocol}`;
    const front = this.#fronts.get(key) ?? { node, listener, protocol, may: new Map(), gets: new Map() };
    this.#fronts.set(key, front);
    return front;
  }

  /** Whether a group gets to a node, asked of one member. */
  reaches(group: ClientGroup, { eni, ip }: Member, front: Front): boolean {
    let gets = front.gets.get(group);
    if (gets === undefined) {
      const from = { kind: 'eni', eniId: eni.id, ip } as const;
      const kind = front.protocol === 6 ? 'tcp' : 'udp';
      gets = this.mayReach(group, front) && reachesListener(this.#index.world, from, front, kind);
      front.gets.set(group, gets);
    }
    return gets;
  }

  /**
   * Whether a group may get to a node: past the rules of both, by the node's private or its public address. It is asked
   * packet by packet afterwards, so that what is needed is enough here.
   */
  mayReach(group: ClientGroup, front: Front): boolean {
    let may = front.may.get(group);
    if (may === undefined) {
      const number = (front.protocol << 16) | front.listener.port;
      may = this.#isInside(group, front.node, number) || this.#isOutside(group, front.node, number);
      front.may.set(group, may);
    }
    return may;
  }

  #isInside({ point }: ClientGroup, node: Eni, number: number): boolean {
    const { pool } = this.#index;
    const nodes = this.#index.byEni().get(node.id) ?? [];
    return nodes.some((own) => holds(pool.spansOf(servicesBetween(this.#index, point, own)), number));
  }

  #isOutside({ point, members }: ClientGroup, node: Eni, number: number): boolean {
    const [member] = members;
    if (!member) return false;
    const { internet } = this.#outside.of(point, member, 'egress');
    if (internet.boxes.length === 0) return false;
    return this.#publicIps(point, node).some((ip) => holds(spansAt(internet, pointOf(ip)), number));
  }

  /** The addresses by which the internet knows a node, of the client's family. */
  #publicIps({ family }: PointClass, node: Eni): readonly Ip[] {
    if (family === 'ipv6') return node.ipv6Addresses;
    const [own] = this.#index.byEni().get(node.id) ?? [];
    return node.privateIps.flatMap(
      ({ address }) => (own && publicAddressOf(own.policy.network, node, address)) ?? [],
    );
  }
}
