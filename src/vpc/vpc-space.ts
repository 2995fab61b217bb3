/**
 * Blocks of VPCs: Amazon's IPv6 pool and what may stand beside what.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html
 */
import { type Cidr, cidrOf, covers, overlaps, rangeOf } from '#net/cidr.ts';
import { nobodys4, privateUse } from '#net/special-blocks.ts';
import type { World } from './network.ts';
import type { Vpc } from './vpc.ts';

/** Where the IPv6 blocks of all VPCs come from (RFC 3849): a lab must not claim addresses that somebody else has. */
export const ipv6Pool = '2001:db8::/32' as Cidr;
/** Hosts on the lab's internet have their addresses here; no VPC gets them. */
export const internetHosts = '2001:db8:ffff::/48' as Cidr;

const vpcIpv6Length = 56;

/** All blocks of a VPC, IPv4 first. */
export function blocksOfVpc({ cidrBlocks, ipv6Blocks }: Vpc): readonly Cidr[] {
  return [...cidrBlocks, ...ipv6Blocks].map(({ cidr }) => cidr);
}

/** The first /56 of the pool that no VPC of any account or region has; undefined when all 16 million are given out. */
export function nextVpcIpv6Block(world: World): Cidr | undefined {
  const taken = new Set<Cidr>();
  for (const network of world.values()) {
    for (const { ipv6Blocks } of network.vpc.values()) for (const { cidr } of ipv6Blocks) taken.add(cidr);
  }
  const { first, last } = rangeOf(ipv6Pool);
  const size = 1n << BigInt(128 - vpcIpv6Length);
  for (let value = first + size; value <= last; value += size) {
    const block = cidrOf({ family: 'ipv6', value }, vpcIpv6Length);
    if (!taken.has(block) && !covers(internetHosts, block)) return block;
  }
  return undefined;
}

const privateSpaces: readonly Cidr[] = [...privateUse, '198.19.0.0/16' as Cidr];

/** The range of which no VPC may have a part that makes the block unusable, if one does. */
export function unusableRange(block: Cidr): Cidr | undefined {
  return nobodys4.find((range) => overlaps(range, block));
}

/**
 * Why a block may not join blocks that a VPC has; undefined where it may. A VPC of one private range takes no block of
 * another, nor of 198.19.0.0/16; a VPC of public or 100.64.0.0/10 addresses takes no private block at all.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html#add-cidr-block-restrictions
 */
export function blockRestriction(primary: Cidr, existing: readonly Cidr[], block: Cidr): string | undefined {
  const spaceOf = (cidr: Cidr) => privateSpaces.find((space) => overlaps(space, cidr));
  const [home, joining] = [spaceOf(primary), spaceOf(block)];
  if (joining && joining !== home) {
    return `a VPC whose primary block is ${primary} takes no block of ${joining}`;
  }
  if (overlaps('172.31.0.0/16' as Cidr, block) && home === '172.16.0.0/12') {
    return `a VPC whose primary block is ${primary} takes no block of 172.31.0.0/16`;
  }
  const lowTens = existing.find((cidr) => covers('10.0.0.0/15' as Cidr, cidr));
  if (lowTens && overlaps('10.0.0.0/16' as Cidr, block)) {
    return `a VPC with a block of 10.0.0.0/15 (${lowTens}) takes no block of 10.0.0.0/16`;
  }
  return undefined;
}
