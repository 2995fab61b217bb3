/** Random networks small enough that rules meet, and changes to them: what the sameness tests run on. */
import { emptyNetwork, networkOf, type World } from '#vpc/network.ts';
import type { Direction } from '#vpc/security-group.ts';
import {
  type AclText,
  aclEntity,
  buildWorld,
  eniId,
  groupId,
  type NetworkSpec,
  securityGroup,
  testScope,
  withEntity,
} from './network.ts';
import type { Random } from './random.ts';

/** Ports on both sides of every rule's edge are among these. */
export const ports = [21, 22, 23, 79, 80, 81, 443, 1023, 1024, 5432, 8080, 40000, 65535] as const;

export const groupNames = ['ga', 'gb', 'gc', 'gd'] as const;
const eniNames = ['a', 'b', 'c', 'd', 'e'] as const;

/** An interface as tests know it. */
export type Host = {
  readonly name: string;
  readonly subnet: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly publicIp: string;
  /** Delegated prefixes, and an address of each. */
  readonly prefixes?: readonly string[];
  readonly inPrefix?: { readonly ipv4: string; readonly ipv6: string };
};

/** The interfaces of every world. */
export const hosts: readonly Host[] = eniNames.map((name, index) => ({
  name,
  subnet: index < 3 ? 's1' : 's2',
  ipv4: `10.0.${index < 3 ? 1 : 2}.${10 + index}`,
  ipv6: `2001:db8:100:${index < 3 ? 1 : 2}::${10 + index}`,
  publicIp: `198.18.0.${10 + index}`,
  ...(name === 'b' || name === 'e' ? withPrefixes(index < 3 ? 1 : 2) : {}),
}));

function withPrefixes(subnet: number): Pick<Host, 'prefixes' | 'inPrefix'> {
  const at6 = `2001:db8:100:${subnet}:aaaa::`;
  return {
    prefixes: [`10.0.${subnet}.64/28`, `${at6}/80`],
    inPrefix: { ipv4: `10.0.${subnet}.70`, ipv6: `${at6}77:1` },
  };
}

const services = [
  'all',
  'tcp/22',
  'tcp/80',
  'tcp/80-443',
  'tcp/0-65535',
  'tcp/1024-65535',
  'udp/22',
  'udp/5432',
  'udp/0-65535',
  'icmp',
  'icmp/8',
  'icmp/3.3',
  'icmpv6',
  'icmpv6/128',
  'proto/47',
  'proto/50',
] as const;

const peers = [
  '0.0.0.0/0',
  '0.0.0.0/0',
  '::/0',
  '::/0',
  '0.0.0.0/1',
  '10.0.0.0/8',
  '10.0.1.0/24',
  '10.0.1.10/31',
  '10.0.2.13/32',
  '10.0.1.64/27',
  '10.0.2.70/32',
  '2001:db8:100:1:aaaa::/80',
  '203.0.113.0/24',
  '2001:db8:100::/56',
  '2001:db8:100:1::/64',
  '2001:db8:100:2::d/128',
  '2001:db8:ffff::/48',
  'pl:office',
  ...groupNames,
  ...groupNames,
] as const;

function rules(random: Random, more: readonly string[]): readonly string[] {
  const all = [...peers, ...more];
  const texts = Array.from({ length: random.int(4) }, () => `${random.pick(services)} ${random.pick(all)}`);
  const long = random.some(['pl:branches', 'pl:branch6'], 0.25);
  return [...new Set([...texts, ...long.map((list) => `${random.pick(services)} ${list}`)])];
}

/** Random rules of a group; `more` are peers to choose from besides the usual ones. */
export function groupRules(
  random: Random,
  more: readonly string[] = [],
): { ingress: readonly string[]; egress: readonly string[] } {
  const egress = random.chance(0.5) ? ['all 0.0.0.0/0', 'all ::/0'] : rules(random, more);
  const ingress = random.chance(0.15) ? ['all 0.0.0.0/0', ...rules(random, more)] : rules(random, more);
  return { ingress: [...new Set(ingress)], egress };
}

function acl(random: Random): AclText {
  const entries = (): readonly string[] => {
    if (random.chance(0.6)) return ['100 allow all 0.0.0.0/0', '101 allow all ::/0'];
    const cidrs = peers.filter((peer) => peer.includes('/'));
    const first = Array.from(
      { length: 1 + random.int(3) },
      (_, index) =>
        `${10 + index} ${random.chance(0.4) ? 'deny' : 'allow'} ${random.pick(services)} ${random.pick(cidrs)}`,
    );
    return random.chance(0.8) ? [...first, '100 allow all 0.0.0.0/0', '101 allow all ::/0'] : first;
  };
  return { ingress: entries(), egress: entries() };
}

/** Long lists of blocks that do not touch, with some of the interfaces in them: the data plane keeps such apart. */
const branches = [...blocksOf('192.0.2'), '10.0.1.10/32', '10.0.2.14/32', '203.0.113.8/30'];
const branch6 = [...blocksOf('2001:db8:7:'), '2001:db8:100:1::b/128', '2001:db8:100:2::d/128'];

function blocksOf(prefix: string): readonly string[] {
  const isIpv6 = prefix.includes(':');
  return Array.from({ length: 9 }, (_, index) =>
    isIpv6 ? `${prefix}:${2 * index + 1}/128` : `${prefix}.${2 * index + 1}/32`,
  );
}

export type WorldOptions = {
  readonly acls: boolean;
  /** Instead of random groups. */
  readonly groups?: NetworkSpec['groups'];
  /** Besides the usual interfaces; they make a third subnet `s3` with a way to the internet. */
  readonly enis?: NetworkSpec['enis'];
};

/** A random world: one VPC, two subnets (the first with a way to the internet), five interfaces, four groups. */
export function randomWorld(random: Random, options: WorldOptions): World {
  const aclOf = () => (options.acls ? { acl: acl(random) } : {});
  const groups = options.groups ?? Object.fromEntries(groupNames.map((name) => [name, groupRules(random)]));
  const enis: NetworkSpec['enis'] = Object.fromEntries(
    hosts.map(({ name, subnet, ipv4, ipv6, publicIp, prefixes = [] }) => [
      name,
      {
        subnet,
        ips: [ipv4, ipv6, ...prefixes],
        groups: random.some(groupNames, 0.45),
        ...(random.chance(0.6) ? { publicIp } : {}),
      },
    ]),
  );
  return buildWorld({
    subnets: {
      s1: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true, ...aclOf() },
      s2: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64', internet: random.chance(0.5), ...aclOf() },
      ...(options.enis && {
        s3: { cidr: '10.0.3.0/24', cidr6: '2001:db8:100:3::/64', internet: true, ...aclOf() },
      }),
    },
    groups,
    prefixLists: { office: ['203.0.113.0/25', '10.0.1.12/32'], branches, branch6 },
    enis: { ...enis, ...options.enis },
  });
}

/** The world after one random change: a group's rules, one direction emptied, an interface's groups, or an ACL. */
export function randomChange(random: Random, world: World, options: { readonly acls: boolean }): World {
  const kind = random.int(options.acls ? 4 : 3);
  const network = networkOf(world, testScope) ?? emptyNetwork;
  const name = random.pick(groupNames);
  const old = network.securityGroup.get(groupId(name));
  if (kind === 0 || !old) return withEntity(world, 'securityGroup', securityGroup(name, groupRules(random)));
  if (kind === 1) {
    const direction: Direction = random.chance(0.5) ? 'ingress' : 'egress';
    return withEntity(world, 'securityGroup', {
      ...old,
      rules: old.rules.filter((rule) => rule.direction !== direction),
    });
  }
  if (kind === 2) {
    const eni = network.eni.get(eniId(random.pick(eniNames)));
    return eni
      ? withEntity(world, 'eni', { ...eni, groupIds: random.some(groupNames, 0.45).map(groupId) })
      : world;
  }
  return withEntity(world, 'networkAcl', aclEntity(random.pick(['s1', 's2']), acl(random)));
}
