/** The blocks that a subnet may have: inside its VPC's, apart from other subnets'. */
import { type Cidr, covers, overlaps, prefixLength } from '#net/cidr.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { blockIn, isVpcSize } from '../blocks.ts';

/** https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html */
const ipv6Lengths: readonly number[] = [44, 48, 52, 56, 60, 64];

/** An IPv4 block of a size that a subnet may have. */
export function subnetBlockIn(text: string): Cidr {
  const cidr = blockIn(text, 'ipv4', 'cidrBlock');
  if (!isVpcSize(cidr)) refuse('subnetRange', { cidr, reason: 'the size must be between /16 and /28' });
  return cidr;
}

/** An IPv6 block of a size that a subnet may have. */
export function subnetIpv6BlockIn(text: string): Cidr {
  const cidr = blockIn(text, 'ipv6', 'ipv6CidrBlock');
  if (!ipv6Lengths.includes(prefixLength(cidr))) {
    refuse('subnetRange', { cidr, reason: `the size must be one of /${ipv6Lengths.join(', /')}` });
  }
  return cidr;
}

/** Refuses a block that is not the VPC's, or that another subnet has a part of. */
export function checkPlace(cidr: Cidr, vpc: Vpc, context: Context): void {
  const isInside = blocksOfVpc(vpc).some((block) => covers(block, cidr));
  if (!isInside) refuse('subnetRange', { cidr, reason: `it is not inside a block of VPC ${vpc.id}` });
  checkApart(cidr, vpc, context);
}

function checkApart(cidr: Cidr, vpc: Vpc, { transaction }: Context): void {
  for (const subnet of transaction.network.subnet.by('vpc', vpc.id)) {
    const clash = allBlocksOfSubnet(subnet).find((block) => overlaps(block, cidr));
    if (clash) refuse('subnetConflict', { cidr, other: `${clash} of ${subnet.id}` });
  }
}
