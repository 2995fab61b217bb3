/**
 * Which combinations of groups there are, who has them, and which rules name whom. An interface of a peered VPC belongs
 * to a class too, by which rules can name its groups; chains and sets have only the classes of this VPC's interfaces.
 */
import { sameSpans } from '#policy/boxes.ts';
import type { Place } from '#policy/rules.ts';
import type { SecurityGroupId } from '#vpc/ids.ts';
import { directions } from '#vpc/security-group.ts';
import type { Steps } from '../steps.ts';
import { classChains } from './class-chains.ts';
import {
  classPeers,
  classRules,
  type GroupPeers,
  groupPeersOf,
  type Painted,
  type PolicyClass,
} from './class-piece.ts';
import { Numbers } from './numbers.ts';
import type { Pieces } from './pieces.ts';
import { noClass } from './vpc-sets.ts';

/** 20 bits of the packet mark, less the one that stands for no class. */
const identityMax = noClass - 1;

type LiveClass = {
  readonly policyClass: PolicyClass;
  /** Interfaces of this VPC. */
  readonly members: Set<string>;
  /** Interfaces of peered VPCs. */
  readonly peers: Set<string>;
  readonly painted: Painted;
  names: GroupPeers;
  /** Names of the sets that its chains ask; undefined where it has none yet. */
  sets: ReadonlySet<string> | undefined;
};

export type Membership = 'members' | 'peers';

const namesNobody: GroupPeers = { ingress: new Map(), egress: new Map() };

export class ClassIndex {
  readonly identities = new Numbers(identityMax);
  readonly #pieces: Pieces;
  readonly #classes = new Map<string, LiveClass>();
  readonly #classOf = new Map<string, string>();
  /** Classes that contain a group, and classes whose rules name it. */
  readonly #containing = new Map<SecurityGroupId, Set<LiveClass>>();
  readonly #naming = new Map<SecurityGroupId, Set<LiveClass>>();
  /** Classes that may name other identities now, and those whose chains may ask other sets. */
  #stalePeers = new Set<LiveClass>();
  #staleChains = new Set<LiveClass>();
  #namedSince = new Set<SecurityGroupId>();

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
  }

  /** The number of the class that somebody is in. */
  numberOf(who: string): number | undefined {
    return this.#classes.get(this.#classOf.get(who) ?? '')?.policyClass.number;
  }

  /** Whether rules of this VPC's interfaces name the group. */
  isNamed(groupId: SecurityGroupId): boolean {
    return this.#naming.has(groupId);
  }

  /** The groups that `isNamed` holds for. */
  named(): Iterable<SecurityGroupId> {
    return this.#naming.keys();
  }

  /** Groups that have come to be named, or are no longer, since this was last asked; also some that did both. */
  takeNamedChanges(): ReadonlySet<SecurityGroupId> {
    const changes = this.#namedSince;
    this.#namedSince = new Set();
    return changes;
  }

  /** Puts somebody into the class of these groups, making it if it is new; takes him out where there are none. */
  move(
    place: Place,
    who: string,
    to: readonly SecurityGroupId[] | undefined,
    membership: Membership = 'members',
  ): void {
    const groupIds = to && [...to].sort();
    const key = groupIds?.join(' ');
    const old = this.#classOf.get(who);
    if (key === old) return;
    if (groupIds && key !== undefined) {
      const live = this.#classes.get(key) ?? this.#makeClass(key, groupIds);
      this.#classOf.set(who, key);
      live[membership].add(who);
      if (membership === 'members' && live.members.size === 1) this.#updateRules(place, live);
    } else this.#classOf.delete(who);
    if (old !== undefined) this.#leave(old, who, membership);
  }

  /** Looks at the rules of a group again. */
  *updateGroup(place: Place, groupId: SecurityGroupId): Steps {
    for (const live of this.#containing.get(groupId) ?? []) {
      if (live.members.size === 0) continue;
      this.#updateRules(place, live);
      yield;
    }
  }

  /** Brings the sets of identities up to date. */
  *settle(): Steps {
    for (const live of this.#stalePeers) {
      if (live.members.size === 0) continue;
      this.#updatePeers(live);
      yield;
    }
    this.#stalePeers = new Set();
    for (const live of this.#staleChains) if (live.members.size > 0) this.#updateChains(live);
    this.#staleChains = new Set();
  }

  #leave(key: string, who: string, membership: Membership): void {
    const live = this.#classes.get(key);
    if (!live) return;
    live[membership].delete(who);
    if (membership === 'members' && live.members.size === 0) this.#removeRules(live);
    if (live.members.size + live.peers.size === 0) this.#removeClass(key, live);
  }

  #makeClass(key: string, groupIds: readonly SecurityGroupId[]): LiveClass {
    const policyClass = { number: this.identities.of(key), groupIds };
    const live: LiveClass = {
      policyClass,
      members: new Set(),
      peers: new Set(),
      painted: new Map(),
      names: namesNobody,
      sets: undefined,
    };
    this.#classes.set(key, live);
    for (const groupId of groupIds) include(this.#containing, groupId, live);
    this.#staleNamers(groupIds);
    return live;
  }

  #removeClass(key: string, live: LiveClass): void {
    const { groupIds } = live.policyClass;
    this.#classes.delete(key);
    this.identities.free(key);
    for (const groupId of groupIds) exclude(this.#containing, groupId, live);
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
    this.#pieces.set(`rules ${policyClass.number}`, classRules(policyClass, place, live.painted));
    this.#staleChains.add(live);
    const names = groupPeersOf(policyClass, place);
    if (samePeers(live.names, names)) return;
    this.#rename(live, names);
    this.#stalePeers.add(live);
  }

  #removeRules(live: LiveClass): void {
    this.#rename(live, namesNobody);
    this.#stalePeers.delete(live);
    this.#staleChains.delete(live);
    live.sets = undefined;
    for (const part of ['class', 'rules', 'peers'])
      this.#pieces.set(`${part} ${live.policyClass.number}`, undefined);
  }

  #rename(live: LiveClass, names: GroupPeers): void {
    const before = namedBy(live);
    for (const groupId of before) exclude(this.#naming, groupId, live);
    live.names = names;
    const now = namedBy(live);
    for (const groupId of now) include(this.#naming, groupId, live);
    for (const groupId of before.symmetricDifference(now)) this.#namedSince.add(groupId);
  }

  #updatePeers(live: LiveClass): void {
    const piece = classPeers(live.policyClass, live.names, (groupId) =>
      [...(this.#containing.get(groupId) ?? [])].map(({ policyClass }) => policyClass),
    );
    this.#pieces.set(`peers ${live.policyClass.number}`, piece);
    this.#staleChains.add(live);
  }

  /** Chains are a function of the sets that the class has. */
  #updateChains(live: LiveClass): void {
    const { number } = live.policyClass;
    const pieces = ['peers', 'rules'].map((part) => this.#pieces.program.get(`${part} ${number}`));
    const sets = new Set(pieces.flatMap((piece) => piece?.sets ?? []).map(({ name }) => name));
    if (live.sets?.symmetricDifference(sets).size === 0) return;
    live.sets = sets;
    this.#pieces.set(`class ${number}`, classChains(number, sets));
  }
}

/** The key of the class that interfaces with these groups belong to, in whatever order they are named. */
export function classKey(groupIds: readonly SecurityGroupId[]): string {
  return [...groupIds].sort().join(' ');
}

function namedBy({ names }: LiveClass): ReadonlySet<SecurityGroupId> {
  return new Set([...names.ingress.keys(), ...names.egress.keys()]);
}

function samePeers(a: GroupPeers, b: GroupPeers): boolean {
  return directions.every((direction) => {
    const others = b[direction];
    return (
      a[direction].size === others.size &&
      [...a[direction]].every(([groupId, spans]) => sameSpans(spans, others.get(groupId) ?? []))
    );
  });
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
