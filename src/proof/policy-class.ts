/** Interfaces that are treated alike: same groups, same subnet (so same ACL and routes), same standing. */
import { type Family, familyOf } from '#net/address.ts';
import { icmpProtocol, portMax } from '#net/protocol.ts';
import { balancerOf } from '#policy/balancer.ts';
import { isUp, type RegionalNatPort } from '#policy/port.ts';
import { rulesOf } from '#policy/rules.ts';
import { type Eni, isCarrier, isGuarded } from '#vpc/eni.ts';
import type { EniId, SecurityGroupId, SubnetId, VpcId } from '#vpc/ids.ts';
import type { Listener } from '#vpc/load-balancer.ts';
import type { Network, World } from '#vpc/network.ts';
import type { NetworkAcl } from '#vpc/network-acl.ts';
import type { Direction } from '#vpc/security-group.ts';
import { blocksOfSubnet } from '#vpc/subnet-space.ts';
import { type Point, stretchOf } from './address-line.ts';
import { type Admission, admissionOf } from './admission.ts';
import { type SpansMap, spansIdAt, spansMap } from './line-map.ts';
import { PairNumbers } from './pair-numbers.ts';
import { emptyRegion, everywhere, isEmpty, paint, type Region, regionOf, subtract, union } from './region.ts';
import { remembered } from './remembered.ts';
import { allId, noneId, type SpanPool, type SpansId } from './span-pool.ts';
import { allSpans, noSpans, type Spans, spansOf, subtractSpans, unionSpans } from './spans.ts';
import { type Way, type Ways, waysOf, waysOfRegional } from './ways.ts';

/** What the groups of a class admit in one direction: by the remote address, and by the remote's groups. */
export type Guard = {
  readonly region: Region;
  readonly byAddress: SpansMap;
  /** By the group's number (`GroupNumbers`). */
  readonly byGroup: ReadonlyMap<number, SpansId>;
};

/** Groups by number: maps of numbers are several times faster than maps of text. */
class GroupNumbers {
  readonly #numbers = new Map<SecurityGroupId, number>();

  of(groupId: SecurityGroupId): number {
    let number = this.#numbers.get(groupId);
    if (number === undefined) {
      number = this.#numbers.size;
      this.#numbers.set(groupId, number);
    }
    return number;
  }
}

/** What the subnet's ACL lets cross in one direction, by the remote address. */
export type AclFilter = { readonly region: Region; readonly byAddress: SpansMap };

/** All that stands between an interface of the class and the router, in one family. */
export type PolicySide = {
  readonly ingress: Guard;
  readonly egress: Guard;
  readonly aclIngress: AclFilter;
  readonly aclEgress: AclFilter;
  readonly ways: Ways;
  /** By the number of a class of addresses beyond the router: what was found about it for the subnet as a whole. */
  readonly crossings: Map<number, Crossing>;
};

/** How packets get from a subnet to an address: the way, and what the subnet's ACL lets go there and come from there. */
export type Crossing = { readonly way: Way | undefined; readonly out: SpansId; readonly back: SpansId };

/** What nodes of a load balancer take by its listeners, and what they send at all. */
export type Spoken = { readonly takes: Spans; readonly sends: Spans };

export type PolicyClass = {
  readonly id: number;
  readonly network: Network;
  readonly region: string;
  readonly vpcId: VpcId;
  readonly subnetId: SubnetId;
  readonly groupIds: readonly SecurityGroupId[];
  readonly groupNumbers: readonly number[];
  /** Whether packets come and go: attached to something that runs. */
  readonly isUp: boolean;
  /** Where these are nodes of a load balancer: what they take and send. */
  readonly balancer?: Readonly<Record<Family, Spoken>>;
  readonly sides: Readonly<Record<Family, PolicySide>>;
};

type Guards = Pick<PolicySide, 'ingress' | 'egress'>;

/** What one group admits in a direction, with the groups and services that it names as numbers. */
type Admissions = Readonly<
  Record<
    Family,
    { readonly region: Region; readonly byGroup: readonly (readonly [group: number, spans: SpansId])[] }
  >
>;

export type Border = Pick<PolicySide, 'aclIngress' | 'aclEgress' | 'ways' | 'crossings'>;

/** The interfaces that carry NAT gateways and load balancers: few, so that one look tells most from them. */
const carriers = remembered(({ natGateway, loadBalancer }: Network) => ({
  translators: new Set<EniId>(
    [...natGateway.values()].flatMap((each) => (each.availability === 'regional' ? [] : [each.eniId])),
  ),
  nodes: new Set<EniId>([...loadBalancer.values()].flatMap(({ eniIds }) => eniIds)),
}));

/** Stands before every standing where groups stand before their steps. */
const noGroup = -1;

/** Makes the classes of a world; what several classes share is made once. */
export class PolicyClasses {
  readonly all: PolicyClass[] = [];
  readonly #world: World;
  readonly #pool: SpanPool;
  /** Subnets with a standing, by name. */
  readonly #standings = new Map<string, number>();
  /** From a standing, then group by group as some interface names them: joining their ids would make a new text for each. */
  readonly #steps = new PairNumbers();
  /** By the last step. */
  readonly #byStep: PolicyClass[] = [];
  readonly #guards = new Map<string, Readonly<Record<Family, Guards>>>();
  readonly #admissions = new Map<SecurityGroupId, Readonly<Record<Direction, Admissions>>>();
  readonly #borders = new Map<SubnetId, Readonly<Record<Family, Border>>>();
  readonly groupNumbers = new GroupNumbers();

  constructor(world: World, pool: SpanPool) {
    this.#world = world;
    this.#pool = pool;
  }

  /** The class of an interface; undefined for NAT gateways and what else only carries: they answer nobody. */
  of(
    { network, region }: { readonly network: Network; readonly region: string },
    eni: Eni,
  ): PolicyClass | undefined {
    const { translators, nodes } = carriers(network);
    if (translators.size > 0 && translators.has(eni.id)) return undefined;
    if (isCarrier(eni)) return undefined;
    const up = eni.requesterManaged || isUp({ kind: 'eni', eni, network, vpcId: eni.vpcId });
    const balancer = nodes.size > 0 && nodes.has(eni.id) ? balancerOf(network, eni) : undefined;
    const isOpen = !isGuarded(eni);
    const isPlain = up && !balancer && !isOpen;
    const standing = this.#standingOf(
      isPlain
        ? eni.subnetId
        : `${eni.subnetId} ${up ? 'up' : 'down'} ${isOpen ? 'open' : ''} ${balancer?.id ?? ''}`,
    );
    // Most interfaces name the same groups in the same order; only the first of each order is sorted.
    const asWritten = this.#lastStep(standing, eni.groupIds);
    const alike = this.#byStep[asWritten];
    if (alike) return alike;
    const groups = eni.groupIds.toSorted();
    const sorted = this.#lastStep(standing, groups);
    let known = this.#byStep[sorted];
    if (!known) {
      const borders = this.bordersOf(network, eni);
      const guards = isOpen ? this.#openGuards : this.#guardsOf(network, groups);
      const speech = balancer?.listeners ? { balancer: spokenBy(balancer.listeners) } : {};
      known = {
        id: this.all.length,
        network,
        region,
        vpcId: eni.vpcId,
        subnetId: eni.subnetId,
        groupIds: groups,
        groupNumbers: groups.map((groupId) => this.groupNumbers.of(groupId)),
        isUp: up,
        ...speech,
        sides: perFamily((family) => ({ ...guards[family], ...borders[family] })),
      };
      this.#byStep[sorted] = known;
      this.all.push(known);
    }
    this.#byStep[asWritten] = known;
    return known;
  }

  #standingOf(name: string): number {
    let known = this.#standings.get(name);
    if (known === undefined) {
      known = this.#steps.of(noGroup, this.#standings.size);
      this.#standings.set(name, known);
    }
    return known;
  }

  #lastStep(standing: number, groups: readonly SecurityGroupId[]): number {
    let step = standing;
    for (const groupId of groups) step = this.#steps.of(this.groupNumbers.of(groupId), step);
    return step;
  }

  #guardsOf(network: Network, groups: readonly SecurityGroupId[]): Readonly<Record<Family, Guards>> {
    const key = groups.join();
    let guards = this.#guards.get(key);
    if (!guards) {
      guards = perFamily((family) => ({
        ingress: this.#guard(network, groups, 'ingress', family),
        egress: this.#guard(network, groups, 'egress', family),
      }));
      this.#guards.set(key, guards);
    }
    return guards;
  }

  /** Guards of what no group judges. */
  get #openGuards(): Readonly<Record<Family, Guards>> {
    return perFamily((family) => {
      const region = everywhere(family);
      const guard = { region, byAddress: spansMap(region, this.#pool), byGroup: new Map() };
      return { ingress: guard, egress: guard };
    });
  }

  #guard(network: Network, groups: readonly SecurityGroupId[], direction: Direction, family: Family): Guard {
    let region = emptyRegion(family);
    const byGroup = new Map<number, SpansId>();
    for (const groupId of groups) {
      const own = this.#admissionsOf(network, groupId)[direction][family];
      region = isEmpty(region) ? own.region : union(region, own.region);
      for (const [number, spans] of own.byGroup) {
        byGroup.set(number, this.#pool.union(byGroup.get(number) ?? noneId, spans));
      }
    }
    return { region, byAddress: spansMap(region, this.#pool), byGroup };
  }

  #admissionsOf(network: Network, groupId: SecurityGroupId): Readonly<Record<Direction, Admissions>> {
    let known = this.#admissions.get(groupId);
    if (!known) {
      const place = { world: this.#world, network };
      const admissions = (direction: Direction): Admissions => {
        const rules = rulesOf(place, [groupId], direction).map(({ rule }) => rule);
        return perFamily((family) => this.#numbered(admissionOf(place, rules, direction, family)));
      };
      known = { ingress: admissions('ingress'), egress: admissions('egress') };
      this.#admissions.set(groupId, known);
    }
    return known;
  }

  #numbered({ region, byGroup }: Admission): Admissions[Family] {
    const numbers = [...byGroup].map(
      ([groupId, spans]) => [this.groupNumbers.of(groupId), this.#pool.idOf(spans)] as const,
    );
    return { region, byGroup: numbers };
  }

  /** What stands between any port of an interface's subnet and the router. */
  bordersOf(
    network: Network,
    { vpcId, subnetId }: Pick<Eni, 'vpcId' | 'subnetId'>,
  ): Readonly<Record<Family, Border>> {
    let known = this.#borders.get(subnetId);
    if (!known) {
      const [acl] = network.networkAcl.by('subnet', subnetId);
      const filter = (direction: Direction, family: Family): AclFilter => {
        const region = aclRegion(acl, direction, family);
        return { region, byAddress: spansMap(region, this.#pool) };
      };
      known = perFamily((family) => ({
        aclIngress: filter('ingress', family),
        aclEgress: filter('egress', family),
        ways: waysOf(this.#world, { network, vpcId, subnetId }, family),
        crossings: new Map(),
      }));
      this.#borders.set(subnetId, known);
    }
    return known;
  }

  /** What stands between a regional NAT gateway and the router: no ACL, and ways of its own. */
  borderOfRegional(port: RegionalNatPort): Border {
    const region = everywhere('ipv4');
    const open: AclFilter = { region, byAddress: spansMap(region, this.#pool) };
    const ways = waysOfRegional(this.#world, port, 'ipv4');
    return { aclIngress: open, aclEgress: open, ways, crossings: new Map() };
  }
}

/** The services of listeners, and ICMP, which groups alone judge. */
function spokenBy(listeners: readonly Listener[]): Readonly<Record<Family, Spoken>> {
  return perFamily((family) => {
    const icmp = spansOf({ kind: 'protocol', protocol: icmpProtocol[family] }, family);
    const ports = (protocol: 6 | 17, from = 0, to = portMax) =>
      spansOf({ kind: 'ports', protocol, from, to }, family);
    const heard = listeners.flatMap(({ protocols, port }) =>
      protocols.map((each) => ports(each, port, port)),
    );
    return {
      takes: [icmp, ...heard].reduce(unionSpans, noSpans),
      sends: [icmp, ports(6), ports(17)].reduce(unionSpans, noSpans),
    };
  });
}

/** One for each family, made when it is first asked for: many networks have one family alone. */
function perFamily<T>(make: (family: Family) => T): Readonly<Record<Family, T>> {
  const made: { [family in Family]?: T } = {};
  return {
    get ipv4() {
      made.ipv4 ??= make('ipv4');
      return made.ipv4;
    },
    get ipv6() {
      made.ipv6 ??= make('ipv6');
      return made.ipv6;
    },
  };
}

/** What an ACL allows by the remote address: its entries by number, the first match decides. */
function aclRegion(acl: NetworkAcl | undefined, direction: Direction, family: Family): Region {
  const entries = (acl?.entries ?? [])
    .filter((entry) => entry.direction === direction && familyOf(entry.cidr) === family)
    .sort((a, b) => a.number - b.number)
    .map((entry) => ({ ...stretchOf(entry.cidr), value: entry }));
  return paint(family, entries, (values) => {
    let [decided, allowed]: [Spans, Spans] = [noSpans, noSpans];
    for (const { action, service } of values) {
      const spans = spansOf(service, family);
      if (action === 'allow') allowed = unionSpans(allowed, subtractSpans(spans, decided));
      decided = unionSpans(decided, spans);
    }
    return allowed;
  });
}

/** The ACL of a class as packets meet it: what stays inside the subnet is not checked. */
export function aclAtBorder(policy: PolicyClass, family: Family, direction: Direction): Region {
  const inside = subnetRegion(policy, family);
  return union(subtract(filterOf(policy, family, direction).region, inside), inside);
}

const filterOf = ({ sides }: PolicyClass, family: Family, direction: Direction): AclFilter =>
  direction === 'ingress' ? sides[family].aclIngress : sides[family].aclEgress;

/** Every service at every address of the class's subnet. */
function subnetRegion({ network, subnetId }: PolicyClass, family: Family): Region {
  const subnet = network.subnet.get(subnetId);
  const own = subnet ? blocksOfSubnet(subnet, family) : [];
  return regionOf(
    family,
    own.map((cidr) => ({ ...stretchOf(cidr), value: allSpans })),
  );
}

/** The number of what a guard admits to or from an address whose holder carries these groups. */
export function guardAt(
  { byAddress, byGroup }: Guard,
  remote: { readonly at: Point; readonly policy: PolicyClass },
  pool: SpanPool,
): SpansId {
  let open = spansIdAt(byAddress, remote.at);
  if (open === allId || byGroup.size === 0) return open;
  for (const number of remote.policy.groupNumbers) open = pool.union(open, byGroup.get(number) ?? noneId);
  return open;
}
