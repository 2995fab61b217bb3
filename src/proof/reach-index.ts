/**
 * A world prepared for questions about all of its interfaces: their addresses in classes that every rule, ACL entry and
 * route treats alike, found by group and by address.
 */
import { type Family, families, familyOf, type Ip } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import { publicIpOf } from '#policy/internet.ts';
import { type NatPort, portName, type RegionalNatPort, type TransitPort } from '#policy/port.ts';
import type { Eni } from '#vpc/eni.ts';
import type { EniId, SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network, World } from '#vpc/network.ts';
import { scopeOfKey } from '#vpc/scope.ts';
import { after, comparePoints, ipAt, lowerBound, type Point, pointOf, stretchOf } from './address-line.ts';
import { type Landings, landingsOf } from './landings.ts';
import { natPorts } from './nat-ports.ts';
import { PairNumbers } from './pair-numbers.ts';
import { type Border, type PolicyClass, PolicyClasses, type PolicySide } from './policy-class.ts';
import { type OnProgress, unwatched } from './progress.ts';
import { SpanPool } from './span-pool.ts';
import { type TransitGroups, transitGroupsOf } from './transit-groups.ts';
import type { TranslatorId } from './ways.ts';

/** An address of an interface. */
export type Member = { readonly eni: Eni; readonly ip: Ip };

/** Addresses that are treated alike; `at` stands for all of them. */
export type PointClass = {
  readonly id: number;
  readonly policy: PolicyClass;
  readonly family: Family;
  readonly at: Point;
  readonly side: PolicySide;
  readonly members: readonly Member[];
  /** The interface that all members are addresses of, where it is one. */
  readonly lone: EniId | undefined;
};

/**
 * A NAT gateway that works, by its interface or, where it is regional, in one zone: its own address and what it crosses to
 * the router, in IPv4.
 */
export type Translator = {
  readonly id: TranslatorId;
  readonly port: NatPort | RegionalNatPort;
  readonly vpcId: VpcId;
  /** Absent: it stands at the VPC's edge. */
  readonly subnetId?: SubnetId;
  readonly at: Point;
  /** What the internet knows it by. */
  readonly publicIp?: Ip;
  readonly border: Border;
  /** Classes of subnets with a route to it, or to a transit gateway. */
  readonly behind: readonly PointClass[];
};

/** The classes of a VPC and family, ascending by address. */
export type AddressList = { readonly points: readonly Point[]; readonly classes: readonly PointClass[] };

/** What ways between subnets are walked with. */
export type Surroundings = {
  readonly world: World;
  readonly pool: SpanPool;
  readonly translators: ReadonlyMap<TranslatorId, Translator>;
  /** Where packets land that leave a VPC by a transit gateway. */
  readonly landings: (port: TransitPort, family: Family) => Landings;
  /** What stands between the ports of a subnet and the router. */
  readonly borderOf: (
    network: Network,
    at: { readonly vpcId: VpcId; readonly subnetId: SubnetId },
  ) => Readonly<Record<Family, Border>>;
};

export type ReachIndex = Surroundings & {
  /** The points at which some rule, ACL entry or route begins to say something else, ascending. */
  readonly cuts: Readonly<Record<Family, readonly Point[]>>;
  readonly policies: readonly PolicyClass[];
  readonly classes: readonly PointClass[];
  /** Reused by each search for neighbours: what is admitted by class id, all zero in between. */
  readonly scratch: Int32Array;
  /** The classes of each interface's addresses, made at the first call. */
  readonly byEni: () => ReadonlyMap<EniId, readonly PointClass[]>;
  /** By the group's number in the guards. */
  readonly byGroup: ReadonlyMap<number, readonly PointClass[]>;
  readonly byAddress: (vpcId: VpcId, family: Family) => AddressList;
  /** VPCs whose interfaces may be reached: the VPC itself, and those linked by peerings and transit gateways. */
  readonly neighbours: (vpcId: VpcId) => readonly VpcId[];
};

/**
 * Prepares a world. The cost follows its interfaces, rules, entries and routes; `onProgress` hears how many interfaces
 * are done.
 */
export function indexWorld(world: World, onProgress: OnProgress = unwatched): ReachIndex {
  const pool = new SpanPool();
  const policies = new PolicyClasses(world, pool);
  const cuts = cutsOf(world);
  const classes = classify(world, policies, cuts, onProgress);
  const byGroup = new Map<number, PointClass[]>();
  const byVpc = new Map<string, PointClass[]>();
  for (const each of classes) {
    for (const number of each.policy.groupNumbers) addTo(byGroup, number, each);
    addTo(byVpc, `${each.policy.vpcId} ${each.family}`, each);
  }
  const lists = new Map([...byVpc].map(([key, own]) => [key, addressList(own)]));
  const peers = peersOf(world);
  const linked = transitGroupsOf(world);
  let enis: ReadonlyMap<EniId, readonly PointClass[]> | undefined;
  return {
    ...surroundings(world, pool, policies, classes),
    cuts,
    policies: policies.all,
    classes,
    scratch: new Int32Array(classes.length),
    byEni: () => {
      enis ??= classesByEni(classes);
      return enis;
    },
    byGroup,
    byAddress: (vpcId, family) => lists.get(`${vpcId} ${family}`) ?? { points: [], classes: [] },
    neighbours: (vpcId) => neighboursOf(vpcId, peers, linked),
  };
}

/** A world's surroundings without its classes, for questions about one interface. */
export function surroundingsOf(world: World): Surroundings {
  const pool = new SpanPool();
  return surroundings(world, pool, new PolicyClasses(world, pool), []);
}

function surroundings(
  world: World,
  pool: SpanPool,
  policies: PolicyClasses,
  classes: readonly PointClass[],
): Surroundings {
  return {
    world,
    pool,
    translators: translatorsOf(world, policies, classes),
    landings: landingsIn(world),
    borderOf: (network, at) => policies.bordersOf(network, at),
  };
}

/** What is attached to the same transit gateways is near, and so is what is peered with that. */
function neighboursOf(
  vpcId: VpcId,
  peers: ReadonlyMap<VpcId, readonly VpcId[]>,
  linked: TransitGroups,
): readonly VpcId[] {
  const peered = peers.get(vpcId) ?? [];
  // What a peer has attached counts too: the answers of a NAT gateway there may come from here.
  const hubs = [vpcId, ...peered].filter((each) => linked.has(each));
  if (hubs.length === 0) return [vpcId, ...peered];
  const group = hubs.flatMap((each) => [...(linked.get(each) ?? [])]);
  return [...new Set([vpcId, ...peered, ...group, ...group.flatMap((each) => peers.get(each) ?? [])])];
}

function landingsIn(world: World): ReachIndex['landings'] {
  const known = new Map<string, Landings>();
  return (port, family) => {
    const key = `${port.attachment.id} ${port.gatewayId} ${port.subnetId} ${family}`;
    const landings = known.get(key) ?? landingsOf(world, port, family);
    known.set(key, landings);
    return landings;
  };
}

function translatorsOf(
  world: World,
  policies: PolicyClasses,
  classes: readonly PointClass[],
): ReadonlyMap<TranslatorId, Translator> {
  const found = new Map<TranslatorId, Translator>();
  for (const port of natPorts(world)) {
    const isRegional = port.kind === 'regionalNatGateway';
    const id = isRegional ? portName(port) : port.eni.id;
    const own = isRegional ? port.address.publicIp : port.eni.privateIps[0]?.address;
    if (!own) continue;
    const publicIp = isRegional ? own : publicIpOf(port.network, port.eni, own);
    const leadsHere = ({ side, family }: PointClass) =>
      family === 'ipv4' &&
      side.ways.values.some(
        // By a transit gateway they may come to any NAT gateway.
        (way) => (way.kind === 'nat' && way.translatorId === id) || way.kind === 'transit',
      );
    found.set(id, {
      id,
      port,
      vpcId: port.vpcId,
      ...(isRegional ? {} : { subnetId: port.eni.subnetId }),
      at: pointOf(own),
      ...(publicIp ? { publicIp } : {}),
      border: isRegional ? policies.borderOfRegional(port) : policies.bordersOf(port.network, port.eni).ipv4,
      behind: classes.filter(leadsHere),
    });
  }
  return found;
}

function classesByEni(classes: readonly PointClass[]): ReadonlyMap<EniId, readonly PointClass[]> {
  const byEni = new Map<EniId, PointClass[]>();
  for (const each of classes) for (const { eni } of each.members) addTo(byEni, eni.id, each);
  return byEni;
}

function addTo<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (!list) map.set(key, [value]);
  else if (list.at(-1) !== value) list.push(value);
}

function addressList(classes: PointClass[]): AddressList {
  const sorted = classes.sort((a, b) => comparePoints(a.at, b.at));
  return { points: sorted.map(({ at }) => at), classes: sorted };
}

function peersOf(world: World): ReadonlyMap<VpcId, readonly VpcId[]> {
  const peers = new Map<VpcId, VpcId[]>();
  for (const network of world.values()) {
    for (const { status, requester, accepter } of network.peering.values()) {
      if (status !== 'active') continue;
      addTo(peers, requester.vpcId, accepter.vpcId);
      addTo(peers, accepter.vpcId, requester.vpcId);
    }
  }
  return peers;
}

function classify(
  world: World,
  policies: PolicyClasses,
  cuts: ReachIndex['cuts'],
  onProgress: OnProgress,
): readonly PointClass[] {
  const forwarders = routeTargets(world);
  const cells = new Cells(cuts, forwarders);
  /** By the policy's number and the cell of the address. */
  const numbers = new PairNumbers();
  const classes: Unfinished[] = [];
  const add = (policy: PolicyClass, family: Family, member: Member) => {
    const at = pointOf(member.ip);
    const number = numbers.of(policy.id, cells.of(family, at, member.eni.id));
    const known = classes[number];
    if (known) known.members.push(member);
    else classes.push({ policy, family, at, side: policy.sides[family], members: [member] });
  };
  const total = [...world.values()].reduce((sum, { eni }) => sum + eni.size, 0);
  let looked = 0;
  for (const [key, network] of world.entries()) {
    const place = { network, region: scopeOfKey(key).region };
    // One kind of look at all of them after the other: the processor then waits for many at once.
    const enis = [...network.eni.values()];
    const policyOf = enis.map((eni) => {
      if (looked++ % 1000 === 0) onProgress(looked, total);
      return policies.of(place, eni);
    });
    for (const [at, eni] of enis.entries()) {
      const policy = policyOf[at];
      if (!policy) continue;
      for (const { address } of eni.privateIps) add(policy, 'ipv4', { eni, ip: address });
      for (const ip of eni.ipv6Addresses) add(policy, 'ipv6', { eni, ip });
      for (const prefix of eni.prefixes ?? []) {
        const family = familyOf(prefix);
        for (const ip of representatives(prefix, cuts[family])) add(policy, family, { eni, ip });
      }
    }
  }
  return inOrder(classes);
}

/** A class while members are added to it. */
type Unfinished = Omit<PointClass, 'id' | 'members' | 'lone'> & { readonly members: Member[] };

/** Numbers for the stretches between cuts; a forwarder's addresses have their own. */
class Cells {
  /** In one typed array: there are as many searches as interfaces. */
  readonly #quads: Float64Array;
  readonly #others: readonly Point[];
  readonly #forwarders: ReadonlyMap<EniId, number>;
  readonly #ofForwarders = new PairNumbers();

  constructor({ ipv4, ipv6 }: ReachIndex['cuts'], forwarders: ReadonlySet<EniId>) {
    this.#quads = Float64Array.from(ipv4, Number);
    this.#others = ipv6;
    this.#forwarders = new Map([...forwarders].map((eniId, at) => [eniId, at]));
  }

  of(family: Family, at: Point, eniId: EniId): number {
    const stretch =
      family === 'ipv4'
        ? 2 * firstAbove(this.#quads, Number(at))
        : 2 * lowerBound(this.#others, after(at)) + 1;
    const forwarder = this.#forwarders.size > 0 ? this.#forwarders.get(eniId) : undefined;
    return forwarder === undefined ? stretch : -1 - this.#ofForwarders.of(stretch, forwarder);
  }
}

/** As `lowerBound` of what comes after the point; a function of its own stays fast for its kind of array. */
function firstAbove(points: Float64Array, point: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] as number) <= point) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The one interface that all members are addresses of. */
function loneOf(members: readonly Member[]): EniId | undefined {
  const [one] = members;
  return members.every(({ eni }) => eni.id === one?.eni.id) ? one?.eni.id : undefined;
}

/** The first address of a delegated prefix, and the others in it at which something begins to be told apart. */
function representatives(prefix: Cidr, cuts: readonly Point[]): readonly Ip[] {
  const { first, last } = stretchOf(prefix);
  const inside = cuts.slice(lowerBound(cuts, after(first)), lowerBound(cuts, after(last)));
  return [first, ...inside].map((point) => ipAt(familyOf(prefix), point));
}

/** Classes of a VPC get neighbouring numbers: what is asked together lies together. */
function inOrder(classes: readonly Unfinished[]): readonly PointClass[] {
  const byVpc = (a: Unfinished, b: Unfinished) =>
    a.policy.vpcId < b.policy.vpcId ? -1 : a.policy.vpcId > b.policy.vpcId ? 1 : 0;
  return classes
    .toSorted(
      (a, b) =>
        byVpc(a, b) || (a.family === b.family ? comparePoints(a.at, b.at) : a.family < b.family ? -1 : 1),
    )
    .map((each, id) => ({ ...each, id, lone: loneOf(each.members) }));
}

/** The points at which some rule, ACL entry or route begins to say something else, ascending. */
function cutsOf(world: World): Readonly<Record<Family, readonly Point[]>> {
  const cidrs = new Set<Cidr>();
  for (const network of world.values()) for (const cidr of cidrsIn(network)) cidrs.add(cidr);
  const cuts = { ipv4: new Set<Point>(), ipv6: new Set<Point>() };
  for (const cidr of cidrs) {
    const { first, last } = stretchOf(cidr);
    cuts[familyOf(cidr)].add(first).add(after(last));
  }
  const [ipv4 = [], ipv6 = []] = families.map((family) => [...cuts[family]].sort(comparePoints));
  return { ipv4, ipv6 };
}

function* cidrsIn(network: Network): IterableIterator<Cidr> {
  for (const { rules } of network.securityGroup.values()) {
    for (const { peer } of rules) if (peer.kind === 'cidr') yield peer.cidr;
  }
  for (const { entries } of network.prefixList.values()) for (const { cidr } of entries) yield cidr;
  for (const { entries } of network.networkAcl.values()) for (const { cidr } of entries) yield cidr;
  for (const { routes } of network.routeTable.values()) {
    for (const { destination } of routes) if (destination.kind === 'cidr') yield destination.cidr;
  }
  for (const { routes = [] } of network.transitRouteTable.values()) {
    for (const { destination } of routes) if (destination.kind === 'cidr') yield destination.cidr;
  }
}

/** Interfaces that routes lead to: each is a class of its own. */
function routeTargets(world: World): ReadonlySet<EniId> {
  const ids = new Set<EniId>();
  for (const network of world.values()) {
    for (const { routes } of network.routeTable.values()) {
      for (const { target } of routes) if (target.kind === 'eni') ids.add(target.id);
    }
  }
  return ids;
}
