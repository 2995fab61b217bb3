/** Interfaces as clients of load balancers, in groups that every node and target treats alike. */
import type { Ip } from '#net/address.ts';
import { publicIpOf } from '#policy/internet.ts';
import type { Eni } from '#vpc/eni.ts';
import { after, lowerBound, pointOf } from './address-line.ts';
import type { OutsideAnswers } from './outside.ts';
import { servicesBetween } from './pairs.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { spansAt } from './region.ts';
import { holds } from './spans.ts';

/** Members of a class whose public addresses, if they have some, are treated alike too. */
export type ClientGroup = { readonly point: PointClass; readonly members: readonly Member[] };

/** A node, by one of its listeners' services. */
export type Front = { readonly node: Eni; readonly number: number };

export class RelayClients {
  readonly #index: ReachIndex;
  readonly #outside: OutsideAnswers;
  readonly #groups = new Map<PointClass, ReadonlyMap<string, ClientGroup>>();
  readonly #fronts = new Map<string, Map<ClientGroup, boolean>>();

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
    const publicIp = publicIpOf(point.policy.network, eni, ip);
    return publicIp === undefined ? '' : `${lowerBound(this.#index.cuts.ipv4, after(pointOf(publicIp)))}`;
  }

  /**
   * Whether a group may get to a node: past the rules of both, by the node's private or its public address. It is asked
   * packet by packet afterwards, so that what is needed is enough here.
   */
  mayReach(group: ClientGroup, { node, number }: Front): boolean {
    const key = `${node.id} ${number}`;
    const known = this.#fronts.get(key) ?? new Map<ClientGroup, boolean>();
    this.#fronts.set(key, known);
    let may = known.get(group);
    if (may === undefined) {
      may = this.#isInside(group, { node, number }) || this.#isOutside(group, { node, number });
      known.set(group, may);
    }
    return may;
  }

  #isInside({ point }: ClientGroup, { node, number }: Front): boolean {
    const { pool } = this.#index;
    const nodes = this.#index.byEni().get(node.id) ?? [];
    return nodes.some((own) => holds(pool.spansOf(servicesBetween(this.#index, point, own)), number));
  }

  #isOutside({ point, members }: ClientGroup, { node, number }: Front): boolean {
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
      ({ address }) => (own && publicIpOf(own.policy.network, node, address)) ?? [],
    );
  }
}
