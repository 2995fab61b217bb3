/** Random rules that meet, nest and touch, and whether a list of them admits a packet, by plain looking. */
import type { Family } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import { ipAt, type Point } from '#proof/address-line.ts';
import { holds, spansOf } from '#proof/spans.ts';
import { networkOf } from '#vpc/network.ts';
import type { Direction, Rule } from '#vpc/security-group.ts';
import { buildWorld, rule, testScope } from './network.ts';
import type { Random } from './random.ts';

const services = [
  'all',
  'tcp/22',
  'tcp/80',
  'tcp/80-443',
  'tcp/81-1024',
  'tcp/0-65535',
  'tcp/444-8080',
  'udp/53',
  'udp/0-65535',
  'icmp',
  'icmp/8',
  'icmp/8.0',
  'icmpv6/128',
  'proto/47',
] as const;

/** A block of 10.0.0.0/8 or 2001:db8::/32, often a half or the whole of another. */
function block(random: Random, family: Family): string {
  if (random.chance(0.1)) return family === 'ipv4' ? '0.0.0.0/0' : '::/0';
  if (random.chance(0.15))
    return random.pick(family === 'ipv4' ? ['0.0.0.0/1', '128.0.0.0/1'] : ['::/1', '8000::/1']);
  if (family === 'ipv4') {
    const length = 8 + 2 * random.int(8);
    return `10.${random.int(4) * 64}.${random.int(4) * 64}.0/${length}`;
  }
  return `2001:db8:${random.int(4)}:${random.int(4)}::/${32 + 8 * random.int(5)}`;
}

/** Distinct rules of one direction. Groups named `g` and `h` are peers now and then. */
export function randomRules(
  random: Random,
  count: number,
  direction: Direction = 'ingress',
): readonly Rule[] {
  const texts = new Set<string>();
  for (let left = count; left > 0; left--) {
    const family = random.chance(0.75) ? 'ipv4' : 'ipv6';
    const peer = random.chance(0.12) ? random.pick(['g', 'h', 'pl:list']) : block(random, family);
    texts.add(`${random.pick(services)} ${peer}`);
  }
  return [...texts].map((text) => rule(direction, text));
}

/** The prefix list that random rules name. */
export const listBlocks = { list: ['10.64.0.0/12', '10.128.0.0/16'] };

/** A world whose VPC holds the groups and the list that random rules name. */
export const rulesWorld = buildWorld({
  cidrs: ['10.0.0.0/16', '2001:db8:0:100::/56'],
  subnets: {},
  groups: { g: {}, h: {} },
  prefixLists: listBlocks,
  enis: {},
});

export const rulesPlace: Place = { world: rulesWorld, network: networkOf(rulesWorld, testScope) };

/** Whether some rule names a block that holds the address and a service that holds the number. */
export function admits(rules: readonly Rule[], family: Family, at: Point, number: number): boolean {
  const ip = { family, value: BigInt(at) };
  return rules.some(
    ({ peer, service }) =>
      holds(spansOf(service, family), number) &&
      peerCidrs(rulesPlace, peer).some((cidr) => contains(cidr, ip)),
  );
}

/** Whether a rule that names the group covers the number. */
export function admitsGroup(
  rules: readonly Rule[],
  family: Family,
  groupId: string,
  number: number,
): boolean {
  return rules.some(
    ({ peer, service }) =>
      peer.kind === 'group' && peer.groupId === groupId && holds(spansOf(service, family), number),
  );
}

/** An address near the edges of the rules' blocks. */
export function randomPoint(random: Random, family: Family): Point {
  if (family === 'ipv6') {
    const near = (0x2001_0db8n << 96n) | (BigInt(random.int(5)) << 80n) | (BigInt(random.int(5)) << 64n);
    return random.chance(0.8) ? near - BigInt(random.int(2)) : (BigInt(random.int(2)) << 127n) | 1n;
  }
  const near = 0x0a00_0000 + random.int(5) * 0x40_0000 + random.int(5) * 0x4000;
  return random.chance(0.8) ? near - random.int(2) : random.int(2) * 0x8000_0000 + random.int(1000);
}

export const addressText = (family: Family, at: Point): string => ipAt(family, at);
