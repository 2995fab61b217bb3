/**
 * The program of one VPC, kept up to date: knows which classes there are and which piece depends on what, and
 * recomputes the pieces that a change touches. It computes; what the kernel has of it is the lab's business.
 */

import { tableOfSubnet } from '#policy/route.ts';
import type { Place } from '#policy/rules.ts';
import type { EniId, SecurityGroupId, SubnetId, VpcId } from '#vpc/ids.ts';
import { subnetPiece } from './acl-piece.ts';
import { classChains } from './class-chains.ts';
import { classPeers, classRules, type GroupPeers, groupPeersOf, type PolicyClass } from './class-piece.ts';
import type { VpcDirt } from './dirt.ts';
import { blocksPiece } from './gateway-table.ts';
import { Numbers } from './numbers.ts';
import type { Piece } from './piece.ts';
import { gatewayPort, hasPort, interfacePort } from './port-piece.ts';
import { noClass, outsideSubnet, vpcSets } from './vpc-sets.ts';
import { vpcSkeleton } from './vpc-skeleton.ts';

/** 20 bits of the packet mark, less the one that stands for no class. */
const identityMax = noClass - 1;
/** 12 bits of the packet mark. */
const routeTableMax = 0xfff;
/** 12 bits of a port's number, less the one that stands for the outside. */
const subnetMax = outsideSubnet - 1;

type LiveClass = {
  readonly policyClass: PolicyClass;
  readonly members: Set<EniId>;
  peers: GroupPeers;
};

export class VpcCompiler {
  readonly vpcId: VpcId;
  readonly identities = new Numbers(identityMax);
  readonly routeTables = new Numbers(routeTableMax);
  readonly subnets = new Numbers(subnetMax);
  readonly #pieces = new Map<string, Piece>([['skeleton', vpcSkeleton]]);
  readonly #classes = new Map<string, LiveClass>();
  readonly #classOf = new Map<EniId, string>();
  /** Classes that contain a group, and classes whose rules name it. */
  readonly #containing = new Map<SecurityGroupId, Set<LiveClass>>();
  readonly #naming = new Map<SecurityGroupId, Set<LiveClass>>();
  #touched = new Set<string>();
  #stalePeers = new Set<LiveClass>();

  constructor(vpcId: VpcId) {
    this.vpcId = vpcId;
    this.#touched.add('skeleton');
  }

  /** The whole program as of the last update. */
  get program(): ReadonlyMap<string, Piece> {
    return this.#pieces;
  }

  /** Brings the program to the given state of the network; returns the names of the pieces that were recomputed. */
  update(place: Place, dirt: VpcDirt, groups: ReadonlySet<SecurityGroupId>): ReadonlySet<string> {
    if (dirt.vpc) this.#updateVpc(place);
    for (const subnetId of dirt.subnets) this.#updateSubnet(place, subnetId);
    for (const eniId of dirt.enis) this.#regroup(place, eniId);
    for (const groupId of groups) {
      for (const live of this.#containing.get(groupId) ?? []) this.#updateRules(place, live);
    }
    for (const live of this.#stalePeers) this.#updatePeers(live);
    for (const eniId of dirt.enis) this.#updatePort(place, eniId);
    const touched = this.#touched;
    this.#touched = new Set();
    this.#stalePeers = new Set();
    return touched;
  }

  #set(name: string, piece: Piece | undefined): void {
    if (piece) this.#pieces.set(name, piece);
    else if (!this.#pieces.delete(name)) return;
    this.#touched.add(name);
  }

  #updateVpc({ network }: Place): void {
    const vpc = network.vpc.get(this.vpcId);
    const [gateway] = network.internetGateway.by('vpc', this.vpcId);
    this.#set('vpc', vpc && blocksPiece(vpc, vpcSets.vpc4, vpcSets.vpc6));
    this.#set('gateway', gateway && gatewayPort(gateway));
  }

  #updateSubnet({ network }: Place, subnetId: SubnetId): void {
    const [acl] = network.networkAcl.by('subnet', subnetId);
    const isThere = network.subnet.has(subnetId);
    const piece = isThere ? subnetPiece(subnetId, this.subnets.of(subnetId), acl) : undefined;
    this.#set(`subnet ${subnetId}`, piece);
    if (!isThere) this.subnets.free(subnetId);
  }

  #updatePort({ network }: Place, eniId: EniId): void {
    const eni = network.eni.get(eniId);
    const key = this.#classOf.get(eniId);
    const live = key === undefined ? undefined : this.#classes.get(key);
    const table = eni && tableOfSubnet(network, this.vpcId, eni.subnetId);
    if (!eni || !live) {
      this.#set(`port ${eniId}`, undefined);
      return;
    }
    const numbers = {
      classNumber: live.policyClass.number,
      subnet: this.subnets.of(eni.subnetId),
      table: table ? this.routeTables.of(table.id) : 0,
    };
    this.#set(`port ${eniId}`, interfacePort(eni, numbers));
  }

  /** Puts an interface into the class of its groups, making the class if it is new and removing an empty one. */
  #regroup(place: Place, eniId: EniId): void {
    const eni = place.network.eni.get(eniId);
    const groupIds = eni && hasPort(place.network, eni) ? [...eni.groupIds].sort() : undefined;
    const key = groupIds && classKey(groupIds);
    const old = this.#classOf.get(eniId);
    if (key === old) return;
    if (groupIds && key !== undefined) {
      const live = this.#classes.get(key) ?? this.#makeClass(place, key, groupIds);
      live.members.add(eniId);
      this.#classOf.set(eniId, key);
    } else this.#classOf.delete(eniId);
    if (old !== undefined) this.#leave(old, eniId);
  }

  #leave(key: string, eniId: EniId): void {
    const live = this.#classes.get(key);
    live?.members.delete(eniId);
    if (live && live.members.size === 0) this.#removeClass(key, live);
  }

  #makeClass(place: Place, key: string, groupIds: readonly SecurityGroupId[]): LiveClass {
    const policyClass = { number: this.identities.of(key), groupIds };
    const live: LiveClass = {
      policyClass,
      members: new Set(),
      peers: { ingress: new Map(), egress: new Map() },
    };
    this.#classes.set(key, live);
    for (const groupId of groupIds) include(this.#containing, groupId, live);
    this.#updateRules(place, live);
    this.#staleNamers(groupIds);
    return live;
  }

  #removeClass(key: string, live: LiveClass): void {
    const { number, groupIds } = live.policyClass;
    this.#classes.delete(key);
    this.identities.free(key);
    for (const groupId of groupIds) exclude(this.#containing, groupId, live);
    for (const groupId of namedBy(live)) exclude(this.#naming, groupId, live);
    this.#stalePeers.delete(live);
    for (const part of ['class', 'rules', 'peers']) this.#set(`${part} ${number}`, undefined);
    this.#staleNamers(groupIds);
  }

  /** Classes whose rules name one of the groups must list other identities now. */
  #staleNamers(groupIds: readonly SecurityGroupId[]): void {
    for (const groupId of groupIds) {
      for (const live of this.#naming.get(groupId) ?? []) this.#stalePeers.add(live);
    }
  }

  #updateRules(place: Place, live: LiveClass): void {
    const { policyClass } = live;
    this.#set(`rules ${policyClass.number}`, classRules(policyClass, place));
    for (const groupId of namedBy(live)) exclude(this.#naming, groupId, live);
    live.peers = groupPeersOf(policyClass, place);
    for (const groupId of namedBy(live)) include(this.#naming, groupId, live);
    this.#stalePeers.add(live);
  }

  #updatePeers(live: LiveClass): void {
    const piece = classPeers(live.policyClass, live.peers, (groupId) =>
      [...(this.#containing.get(groupId) ?? [])].map(({ policyClass }) => policyClass),
    );
    const { number } = live.policyClass;
    this.#set(`peers ${number}`, piece);
    const sets = [piece, this.#pieces.get(`rules ${number}`)].flatMap((each) => each?.sets ?? []);
    this.#set(`class ${number}`, classChains(number, new Set(sets.map(({ name }) => name))));
  }
}

/** The key of the class that interfaces with these groups belong to, in whatever order they are named. */
export function classKey(groupIds: readonly SecurityGroupId[]): string {
  return [...groupIds].sort().join(' ');
}

function namedBy({ peers }: LiveClass): ReadonlySet<SecurityGroupId> {
  return new Set([...peers.ingress.keys(), ...peers.egress.keys()]);
}

function include<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key) ?? new Set();
  index.set(key, values.add(value));
}

function exclude<K, V>(index: Map<K, Set<V>>, key: K, value: V): void {
  const values = index.get(key);
  values?.delete(value);
  if (values?.size === 0) index.delete(key);
}
