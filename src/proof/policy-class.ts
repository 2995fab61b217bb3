/** Interfaces that are treated alike: same groups, same subnet (so same ACL and routes), same standing. */
import { type Family, familyOf } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import { isUp } from '#policy/port.ts';
import { rulesOf } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import type { SecurityGroupId, SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network, World } from '#vpc/network.ts';
import type { NetworkAcl } from '#vpc/network-acl.ts';
import type { Direction } from '#vpc/security-group.ts';
import { type Point, stretchOf } from './address-line.ts';
import { admissionOf } from './admission.ts';
import { type SpansMap, spansIdAt, spansMap } from './line-map.ts';
import { paint, type Region, regionOf, subtract, union } from './region.ts';
import { noneId, type SpanPool, type SpansId } from './span-pool.ts';
import { allSpans, noSpans, type Spans, spansOf, subtractSpans, unionSpans } from './spans.ts';
import { type Ways, waysOf } from './ways.ts';

/** What the groups of a class admit in one direction: by the remote address, and by the remote's groups. */
export type Guard = {
  readonly region: Region;
  readonly byAddress: SpansMap;
  readonly byGroup: ReadonlyMap<SecurityGroupId, SpansId>;
};

/** What the subnet's ACL lets cross in one direction, by the remote address. */
export type AclFilter = { readonly region: Region; readonly byAddress: SpansMap };

type PerWay<T> = Readonly<Record<Family, Readonly<Record<Direction, T>>>>;

export type PolicyClass = {
  readonly id: number;
  readonly network: Network;
  readonly vpcId: VpcId;
  readonly subnetId: SubnetId;
  readonly groupIds: readonly SecurityGroupId[];
  /** Whether packets come and go: attached to something that runs. */
  readonly isUp: boolean;
  readonly guards: PerWay<Guard>;
  readonly acl: PerWay<AclFilter>;
  readonly ways: Readonly<Record<Family, Ways>>;
};

/** Makes the classes of a world; what several classes share is made once. */
export class PolicyClasses {
  readonly all: PolicyClass[] = [];
  readonly #world: World;
  readonly #pool: SpanPool;
  readonly #byKey = new Map<string, PolicyClass>();
  readonly #guards = new Map<string, PolicyClass['guards']>();
  readonly #subnets = new Map<SubnetId, Pick<PolicyClass, 'acl' | 'ways'>>();

  constructor(world: World, pool: SpanPool) {
    this.#world = world;
    this.#pool = pool;
  }

  /** The class of an interface; undefined for NAT gateways, which have no groups and answer nobody. */
  of(network: Network, eni: Eni): PolicyClass | undefined {
    if (network.natGateway.countBy('eni', eni.id) > 0) return undefined;
    const port = { kind: 'eni', eni, network, vpcId: eni.vpcId } as const;
    const up = isUp(port);
    const groups = eni.groupIds.length > 1 ? [...eni.groupIds].sort() : eni.groupIds;
    const key = `${eni.subnetId} ${up} ${groups.join()}`;
    let known = this.#byKey.get(key);
    if (!known) {
      known = {
        id: this.all.length,
        network,
        vpcId: eni.vpcId,
        subnetId: eni.subnetId,
        groupIds: groups,
        isUp: up,
        guards: this.#guardsOf(network, groups),
        ...this.#subnetOf(network, eni),
      };
      this.#byKey.set(key, known);
      this.all.push(known);
    }
    return known;
  }

  #guardsOf(network: Network, groups: readonly SecurityGroupId[]): PolicyClass['guards'] {
    const key = groups.join();
    let guards = this.#guards.get(key);
    if (!guards) {
      const place = { world: this.#world, network };
      guards = perWay((family, direction) => {
        const rules = rulesOf(place, groups, direction).map(({ rule }) => rule);
        const { region, byGroup } = admissionOf(place, rules, direction, family);
        const ids = new Map([...byGroup].map(([groupId, spans]) => [groupId, this.#pool.idOf(spans)]));
        return { region, byAddress: spansMap(region, this.#pool), byGroup: ids };
      });
      this.#guards.set(key, guards);
    }
    return guards;
  }

  #subnetOf(network: Network, { vpcId, subnetId }: Eni): Pick<PolicyClass, 'acl' | 'ways'> {
    let known = this.#subnets.get(subnetId);
    if (!known) {
      const [acl] = network.networkAcl.by('subnet', subnetId);
      const at = { network, vpcId, subnetId };
      known = {
        acl: perWay((family, direction) => {
          const region = aclRegion(acl, direction, family);
          return { region, byAddress: spansMap(region, this.#pool) };
        }),
        ways: { ipv4: waysOf(this.#world, at, 'ipv4'), ipv6: waysOf(this.#world, at, 'ipv6') },
      };
      this.#subnets.set(subnetId, known);
    }
    return known;
  }
}

function perWay<T>(make: (family: Family, direction: Direction) => T): PerWay<T> {
  const each = (family: Family) => ({
    ingress: make(family, 'ingress'),
    egress: make(family, 'egress'),
  });
  return { ipv4: each('ipv4'), ipv6: each('ipv6') };
}

/** What an ACL allows by the remote address: its entries by number, the first match decides. */
export function aclRegion(acl: NetworkAcl | undefined, direction: Direction, family: Family): Region {
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
  return union(subtract(policy.acl[family][direction].region, inside), inside);
}

/** Every service at every address of the class's subnet. */
function subnetRegion({ network, subnetId }: PolicyClass, family: Family): Region {
  const subnet = network.subnet.get(subnetId);
  const blocks: readonly Cidr[] = subnet ? [subnet.cidr, ...subnet.ipv6Blocks.map(({ cidr }) => cidr)] : [];
  const own = blocks.filter((cidr) => familyOf(cidr) === family);
  return regionOf(
    family,
    own.map((cidr) => ({ ...stretchOf(cidr), value: allSpans })),
  );
}

/** The number of what a guard admits to or from an address whose holder carries these groups. */
export function guardAt(
  { byAddress, byGroup }: Guard,
  remote: { readonly at: Point; readonly groupIds: readonly SecurityGroupId[] },
  pool: SpanPool,
): SpansId {
  let open = spansIdAt(byAddress, remote.at);
  if (byGroup.size === 0) return open;
  for (const groupId of remote.groupIds) open = pool.union(open, byGroup.get(groupId) ?? noneId);
  return open;
}
