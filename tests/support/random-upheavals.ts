/**
 * What happens around interfaces while their flows go on: addresses that come, go and move, instances that end and whose
 * addresses others get, tables and ACLs that change places, interfaces that begin to forward; and a second VPC with the
 * blocks of the first.
 */
import type { Ip } from '#net/address.ts';
import type { Address, Eni } from '#vpc/eni.ts';
import { holdsAddress, singleAddresses } from '#vpc/eni-addresses.ts';
import type { Id, VpcId } from '#vpc/ids.ts';
import { locate, type Network, networkOf, remove, type World } from '#vpc/network.ts';
import { type Scope, scopeKey } from '#vpc/scope.ts';
import { noTags } from '#vpc/tags.ts';
import { putIn, withOtherVpc, withRoute } from './edges.ts';
import { idFor, ip, subnetId, testScope } from './network.ts';
import type { Random } from './random.ts';
import { box } from './random-edges.ts';
import { hasRegional, withOtherZones } from './random-nats.ts';
import { groupNames, groupRules, type Host, hosts } from './random-network.ts';
import { rerouted } from './random-routes.ts';

const twinVpc = idFor('vpc', 't') as VpcId;

/** Interfaces of the second VPC: their IPv4 addresses are those of `a` and `d`. */
export const twinHosts: readonly Host[] = [
  { name: 'A', subnet: 't1', ipv4: '10.0.1.10', ipv6: '2001:db8:300:1::10', publicIp: '198.18.2.10' },
  { name: 'D', subnet: 't2', ipv4: '10.0.2.13', ipv6: '2001:db8:300:2::13', publicIp: '198.18.2.13' },
];

/** The world with a second VPC beside the first, with the same IPv4 blocks and an internet gateway of its own. */
export function withTwin(random: Random, world: World): World {
  const groups = ['tx', 'ty'] as const;
  const gateway = { id: idFor('igw', 't') as Id<'internetGateway'>, vpcId: twinVpc, tags: noTags };
  const enis = twinHosts.map(({ name, subnet, ipv4, ipv6 }) => [
    name,
    { subnet, ips: [ipv4, ipv6], groups: random.some(groups, 0.6) },
  ]);
  let built = withOtherVpc(
    world,
    twinVpc,
    {
      cidrs: ['10.0.0.0/16', '2001:db8:300::/56'],
      subnets: {
        t1: { cidr: '10.0.1.0/24', cidr6: '2001:db8:300:1::/64' },
        t2: { cidr: '10.0.2.0/24', cidr6: '2001:db8:300:2::/64' },
      },
      groups: Object.fromEntries(groups.map((name) => [name, groupRules(random, groups)])),
      enis: Object.fromEntries(enis),
    },
    testScope,
  );
  built = putIn(built, testScope, 'internetGateway', gateway);
  for (const subnet of ['t1', 't2']) {
    const target = { kind: 'internetGateway', id: gateway.id } as const;
    built = withRoute(withRoute(built, subnet, '0.0.0.0/0', target), subnet, '::/0', target);
  }
  return twinHosts.reduce(
    (made, host) => (random.chance(0.6) ? withPublicIp(made, host.publicIp, host) : made),
    built,
  );
}

/** The interface that a host has now; undefined between the end of one instance and the start of the next. */
export function eniOfHost(world: World, name: string): Eni | undefined {
  for (const network of world.values()) {
    for (const eni of network.eni.values()) if (eni.description === name) return eni;
  }
  return undefined;
}

/** The host that has an interface now. */
export function hostOfEni(world: World, eniId: string): string | undefined {
  for (const network of world.values()) {
    const eni = network.eni.get(eniId);
    if (eni) return eni.description;
  }
  return undefined;
}

/** Idle timeout of interfaces that forget soon, in milliseconds; AWS allows no such short ones. */
export const soonMs = 2000;

/** The world in which some interfaces, or all, forget flows that are idle for `soonMs`. */
export function withShortTimeouts(random: Random, world: World): World {
  const seconds = soonMs / 1000;
  // The kernel takes UDP both ways for a stream after two seconds, so that both timeouts are one here.
  const timeouts = { tcpEstablishedSeconds: seconds, udpSeconds: seconds, udpStreamSeconds: seconds };
  const share = random.pick([0.3, 0.6, 1]);
  let changed = world;
  for (const network of world.values()) {
    for (const eni of network.eni.values()) {
      if (!eni.requesterManaged && random.chance(share)) {
        changed = putIn(changed, scopeOf(changed, eni.id), 'eni', { ...eni, timeouts });
      }
    }
  }
  return changed;
}

const scopeOf = (world: World, eniId: string): Scope => {
  const found = locate(world, 'eni', eniId);
  if (!found) throw new Error(`no interface ${eniId}`);
  return found.scope;
};

/** What one change did. */
export type Upheaval = {
  readonly world: World;
  /** Addresses inside that were given up, of which the kernel forgets all flows. */
  readonly released?: { readonly vpcId: VpcId; readonly addresses: readonly Ip[] };
  /** Some packets take another way now, or pass somebody who forwards. */
  readonly movesPaths?: boolean;
  /** NAT gateways have other addresses, and forget whom they have translated. */
  readonly forgetsTranslations?: boolean;
  /** Addresses whose flows are what the change is about. */
  readonly concerns?: readonly Ip[];
};

/** One such change. */
export function randomUpheaval(
  random: Random,
  world: World,
  { edges, acls, step }: { readonly edges: boolean; readonly acls: boolean; readonly step: number },
): Upheaval {
  const network = networkOf(world, testScope);
  const own = network.vpc.has(twinVpc) ? [...hosts, ...twinHosts] : hosts;
  const host = random.pick(own);
  const kind = random.pick(edges ? edgeKinds : kinds);
  switch (kind) {
    case 'address':
      return movedAddress(random, world, own);
    case 'instance':
      return eniOfHost(world, host.name) ? ended(world, host.name) : { world };
    case 'successor':
      return succeeded(random, world, host, step);
    case 'prefixes':
      return withoutOrWithPrefixes(world, random.pick(['b', 'e']));
    case 'acls':
      return { world: acls ? swapped(world, 'networkAcl', 'acl') : world };
    case 'routeTables':
      return { world: swapped(world, 'routeTable', 'rtb') };
    case 'routes':
      return { world: rerouted(random, world), movesPaths: true };
    case 'zones':
      if (!hasRegional(world)) return { world };
      return { world: withOtherZones(random, world), movesPaths: true, forgetsTranslations: true };
    case 'check':
      // Of those in `s1` and the second VPC only: gateways that remember flows would bring answers back another way.
      return toggledCheck(world, edges && (host.subnet === 's2' || random.chance(0.3)) ? box : host);
    default:
      return kind satisfies never;
  }
}

const anyKinds = [
  'address',
  'address',
  'successor',
  'successor',
  'instance',
  'prefixes',
  'acls',
  'check',
] as const;
const kinds = [...anyKinds, 'routeTables'] as const;
const edgeKinds = [...anyKinds, 'routes', 'routes', 'zones'] as const;

/** The interface begins to forward, or ceases to. */
function toggledCheck(world: World, host: Host): Upheaval {
  const eni = eniOfHost(world, host.name);
  if (!eni) return { world };
  const changed = putIn(world, testScope, 'eni', { ...eni, sourceDestCheck: !eni.sourceDestCheck });
  const concerns = [...singleAddresses(eni), ...prefixAddresses(host.name)];
  return { world: changed, movesPaths: true, concerns };
}

/** An elastic address is taken away from its interface, or given to another one, in whichever VPC. */
function movedAddress(random: Random, world: World, among: readonly Host[]): Upheaval {
  const network = networkOf(world, testScope);
  const public4 = random.pick(among).publicIp;
  const [held] = network.address.by('publicIp', ip(public4));
  const to = random.pick(among);
  const concerns = [
    ip(public4),
    ip(to.ipv4),
    ...(held?.association?.privateIp ? [held.association.privateIp] : []),
  ];
  if (held?.association && random.chance(0.3)) return { world: withEntityFree(world, held), concerns };
  const eni = eniOfHost(world, to.name);
  // An address has one elastic address at most.
  const isTaken = eni && [...network.address.by('eni', eni.id)].some((each) => each.publicIp !== public4);
  return eni && !isTaken ? { world: withPublicIp(world, public4, to), concerns } : { world };
}

function withEntityFree(world: World, { association: _, ...free }: Address): World {
  return putIn(world, testScope, 'address', free);
}

function withPublicIp(world: World, publicIp: string, { name, ipv4 }: Host): World {
  const eni = eniOfHost(world, name);
  if (!eni) return world;
  const [held] = networkOf(world, testScope).address.by('publicIp', ip(publicIp));
  const id = idFor('eipassoc', publicIp.slice(-6)) as Id<'addressAssociation'>;
  return putIn(world, testScope, 'address', {
    id: held?.id ?? (idFor('eipalloc', publicIp.slice(-6)) as Id<'address'>),
    publicIp: ip(publicIp),
    association: { id, eniId: eni.id, privateIp: ip(ipv4) },
    tags: noTags,
  });
}

/** The instance is terminated, and its interface with it. */
function ended(world: World, name: string): Upheaval {
  const eni = eniOfHost(world, name);
  if (!eni?.attachment) return { world };
  const network: Network = networkOf(world, testScope);
  let left = world;
  for (const address of network.address.by('eni', eni.id)) left = withEntityFree(left, address);
  let rest = remove(networkOf(left, testScope), 'eni', eni.id);
  rest = remove(rest, 'instance', eni.attachment.instanceId);
  // A prefix that was withdrawn before is not given up again: flows with its addresses, which nobody has, stay.
  const delegated = prefixAddresses(name).filter((address) => holdsAddress(eni, address));
  const addresses = [...singleAddresses(eni), ...delegated];
  return {
    world: left.set(scopeKey(testScope), rest),
    released: { vpcId: eni.vpcId, addresses },
    concerns: addresses,
  };
}

/** Another instance gets the addresses: of an interface that is there still, or was. */
function succeeded(random: Random, world: World, host: Host, step: number): Upheaval {
  const network = networkOf(world, testScope);
  const before = eniOfHost(world, host.name);
  const gone = before ? ended(world, host.name) : { world };
  const sample = before ?? eniOfHost(world, 'a');
  const instance = sample?.attachment && network.instance.get(sample.attachment.instanceId);
  if (!sample?.attachment || !instance || (!before && twinHosts.includes(host))) return gone;
  const id = `${host.name}${step}`;
  const instanceId = idFor('i', id) as Id<'instance'>;
  const subnet = network.subnet.get(subnetId(host.subnet));
  if (!subnet) return gone;
  const isTwin = sample.vpcId === twinVpc;
  const eni: Eni = {
    ...sample,
    id: idFor('eni', id) as Id<'eni'>,
    subnetId: subnet.id,
    description: host.name,
    privateIps: [{ address: ip(host.ipv4), isPrimary: true }],
    ipv6Addresses: [ip(host.ipv6)],
    prefixes: before?.prefixes ?? [],
    groupIds: isTwin
      ? sample.groupIds
      : random.some(groupNames, 0.45).map((name) => idFor('sg', name) as never),
    attachment: { ...sample.attachment, id: idFor('eni-attach', id) as never, instanceId },
    sourceDestCheck: true,
  };
  const made = putIn(gone.world, testScope, 'instance', { ...instance, id: instanceId, subnetId: subnet.id });
  return { ...gone, world: putIn(made, testScope, 'eni', eni) };
}

function prefixAddresses(name: string): readonly Ip[] {
  const inside = hosts.find((host) => host.name === name)?.inPrefix;
  return inside ? [ip(inside.ipv4), ip(inside.ipv6)] : [];
}

/** Prefixes are taken from an interface, or given back to it. */
function withoutOrWithPrefixes(world: World, name: string): Upheaval {
  const eni = eniOfHost(world, name);
  if (!eni) return { world };
  const own = hosts.find((host) => host.name === name)?.prefixes ?? [];
  const has = (eni.prefixes ?? []).length > 0;
  const changed = putIn(world, testScope, 'eni', {
    ...eni,
    prefixes: has ? [] : (own as Eni['prefixes'] & {}),
  });
  const concerns = prefixAddresses(name);
  return has
    ? { world: changed, released: { vpcId: eni.vpcId, addresses: concerns }, concerns }
    : { world: changed, concerns };
}

/** The tables or ACLs of `s1` and `s2` change places. */
function swapped(world: World, kind: 'networkAcl' | 'routeTable', prefix: 'acl' | 'rtb'): World {
  const network = networkOf(world, testScope);
  const [one, other] = ['s1', 's2'].map((name) => network[kind].get(idFor(prefix, name)));
  if (!one || !other) return world;
  const exchanged = putIn(world, testScope, kind, { ...one, associations: other.associations } as never);
  return putIn(exchanged, testScope, kind, { ...other, associations: one.associations } as never);
}
