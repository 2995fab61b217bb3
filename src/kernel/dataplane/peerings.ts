/**
 * The peerings of one VPC as its table sees them: a port each, and the identities of those interfaces of the other VPC
 * whose groups the rules here name. All others need none: they are judged by their address.
 */
import type { Place } from '#policy/rules.ts';
import type { EniId, PeeringId, SecurityGroupId, VpcId } from '#vpc/ids.ts';
import { emptyNetwork, type Network, type World } from '#vpc/network.ts';
import type { Peering, PeeringSide } from '#vpc/routing.ts';
import { scopeKey } from '#vpc/scope.ts';
import type { ClassIndex } from './class-index.ts';
import { peeringPortName } from './names.ts';
import type { Pieces } from './pieces.ts';
import { peerIdentity, peeringPort } from './port-piece.ts';

/** An active peering as one VPC sees it. */
export type ActivePeering = {
  readonly peering: Peering;
  readonly other: PeeringSide;
  /** Whether this VPC has asked for the peering. */
  readonly isRequester: boolean;
};

/** The peerings of a VPC over which packets go: active, and both VPCs are there. */
export function activePeerings(world: World, vpcId: VpcId): readonly ActivePeering[] {
  const found = new Map<PeeringId, ActivePeering>();
  for (const network of world.values()) {
    for (const peering of network.peering.by('vpc', vpcId)) {
      if (found.has(peering.id)) continue;
      const isRequester = peering.requester.vpcId === vpcId;
      const other = isRequester ? peering.accepter : peering.requester;
      const isThere = networkAt(world, other).vpc.has(other.vpcId);
      if (peering.status === 'active' && isThere) found.set(peering.id, { peering, other, isRequester });
    }
  }
  return [...found.values()];
}

/** The network of a peering's side. */
export function networkAt(world: World, side: PeeringSide): Network {
  return world.get(scopeKey(side)) ?? emptyNetwork;
}

/** AWS: a group of a VPC in another region cannot be named. */
function mayName({ requester, accepter }: Peering): boolean {
  return requester.region === accepter.region;
}

export class Peerings {
  readonly #vpcId: VpcId;
  readonly #pieces: Pieces;
  readonly #classes: ClassIndex;
  #active: readonly ActivePeering[] = [];
  /** Peering → interfaces that have an identity. */
  readonly #known = new Map<PeeringId, Set<EniId>>();

  constructor(vpcId: VpcId, pieces: Pieces, classes: ClassIndex) {
    this.#vpcId = vpcId;
    this.#pieces = pieces;
    this.#classes = classes;
  }

  /** Looks at the peerings again; returns the router's ports for them, before and now. */
  update(
    place: Place,
    isThere: boolean,
  ): { readonly before: ReadonlySet<string>; readonly now: ReadonlySet<string> } {
    const before = this.#active;
    this.#active = isThere ? activePeerings(place.world, this.#vpcId) : [];
    const ports = (list: readonly ActivePeering[]) =>
      new Set(list.map(({ peering }) => peeringPortName(peering.id)));
    const now = new Set(this.#active.map(({ peering }) => peering.id));
    for (const { peering } of before) {
      if (now.has(peering.id)) continue;
      this.#pieces.set(`peering ${peering.id}`, undefined);
      for (const eniId of this.#known.get(peering.id) ?? []) this.#forget(place, peering.id, eniId);
      this.#known.delete(peering.id);
    }
    for (const { peering, other } of this.#active) {
      const vpc = networkAt(place.world, other).vpc.get(other.vpcId);
      this.#pieces.set(`peering ${peering.id}`, vpc && peeringPort(peeringPortName(peering.id), vpc));
      if (!before.some((each) => each.peering.id === peering.id)) this.#known.set(peering.id, new Set());
    }
    return { before: ports(before), now: ports(this.#active) };
  }

  /** Looks at interfaces of other VPCs again, and at all that are in a group. */
  updateEnis(place: Place, enis: Iterable<EniId>, groups: Iterable<SecurityGroupId>): void {
    for (const active of this.#active) {
      if (!mayName(active.peering)) continue;
      const { eni } = networkAt(place.world, active.other);
      const found = new Set(enis);
      for (const groupId of groups) for (const { id } of eni.by('group', groupId)) found.add(id);
      for (const id of found) this.#updateEni(place, active, id);
    }
  }

  #updateEni(place: Place, { peering, other }: ActivePeering, eniId: EniId): void {
    const eni = networkAt(place.world, other).eni.get(eniId);
    const isNamed =
      eni?.vpcId === other.vpcId && eni.groupIds.some((groupId) => this.#classes.isNamed(groupId));
    const known = this.#known.get(peering.id);
    if (!eni || !isNamed) {
      if (known?.delete(eniId)) this.#forget(place, peering.id, eniId);
      return;
    }
    known?.add(eniId);
    const who = `${peering.id} ${eniId}`;
    this.#classes.move(place, who, eni.groupIds, 'peers');
    const number = this.#classes.numberOf(who);
    const piece = number === undefined ? undefined : peerIdentity(peeringPortName(peering.id), eni, number);
    this.#pieces.set(`peer ${who}`, piece);
  }

  #forget(place: Place, peeringId: PeeringId, eniId: EniId): void {
    const who = `${peeringId} ${eniId}`;
    this.#classes.move(place, who, undefined, 'peers');
    this.#pieces.set(`peer ${who}`, undefined);
  }
}
