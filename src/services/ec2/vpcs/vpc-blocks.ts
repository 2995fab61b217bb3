/** The blocks that a VPC may have. */
import { type Cidr, covers, overlaps } from '#net/cidr.ts';
import { networkOf } from '#vpc/network.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { blockRestriction, blocksOfVpc, nextVpcIpv6Block, unusableRange } from '#vpc/vpc-space.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { blockIn, isVpcSize } from '../blocks.ts';
import { refuseStrangers } from '../strangers.ts';

type PoolParameters = {
  readonly Ipv4IpamPoolId?: string | undefined;
  readonly Ipv4NetmaskLength?: number | undefined;
  readonly Ipv6IpamPoolId?: string | undefined;
  readonly Ipv6NetmaskLength?: number | undefined;
  readonly Ipv6Pool?: string | undefined;
};

/** Refuses blocks from pools, of which the account has none; what only makes sense with a pool needs one. */
export function refusePools(input: PoolParameters): void {
  refuseStrangers(input, { Ipv4IpamPoolId: 'ipamPool', Ipv6IpamPoolId: 'ipamPool', Ipv6Pool: 'pool' });
  if (input.Ipv4NetmaskLength !== undefined) refuse('missingParameter', { parameter: 'ipv4IpamPoolId' });
  if (input.Ipv6NetmaskLength !== undefined) refuse('missingParameter', { parameter: 'ipv6IpamPoolId' });
}

/** An IPv4 block that a VPC may have; refuses wrong sizes and reserved ranges. */
export function vpcBlockIn(text: string): Cidr {
  const cidr = blockIn(text, 'ipv4', 'cidrBlock');
  if (!isVpcSize(cidr)) refuse('vpcRange', { cidr, reason: 'the size must be between /16 and /28' });
  const range = unusableRange(cidr);
  if (range) refuse('vpcRange', { cidr, reason: `${range} is reserved` });
  return cidr;
}

/** Refuses a block that may not join the VPC's own. */
export function checkJoins(vpc: Vpc, cidr: Cidr, context: Context): void {
  const { transaction } = context;
  const existing = vpc.cidrBlocks.map((block) => block.cidr);
  const clash = existing.find((block) => overlaps(block, cidr));
  if (clash) refuse('vpcRange', { cidr, reason: `it overlaps ${clash} of the VPC` });
  const restriction = existing[0] && blockRestriction(existing[0], existing, cidr);
  if (restriction) refuse('vpcRange', { cidr, reason: restriction });
  const peered = peeredBlocks(vpc, context).find((block) => overlaps(block, cidr));
  if (peered) refuse('vpcRange', { cidr, reason: `it overlaps ${peered} of a peered VPC` });
  for (const table of transaction.network.routeTable.by('vpc', vpc.id)) {
    for (const { destination } of table.routes) {
      // AWS: a new block must not be the same as, or larger than, the destination of a route.
      if (destination.kind === 'cidr' && covers(cidr, destination.cidr)) {
        refuse('vpcRange', { cidr, reason: `route table ${table.id} has a route to ${destination.cidr}` });
      }
    }
  }
}

/** The blocks of the VPCs at the other ends of active peerings. */
function peeredBlocks({ id }: Vpc, { transaction }: Context): readonly Cidr[] {
  return [...transaction.network.peering.by('vpc', id)].flatMap(({ status, requester, accepter }) => {
    const { vpcId, ...scope } = requester.vpcId === id ? accepter : requester;
    const other = status === 'active' ? networkOf(transaction.world, scope).vpc.get(vpcId) : undefined;
    return other ? blocksOfVpc(other) : [];
  });
}

/** A fresh Amazon-provided /56. */
export function amazonBlock({ transaction }: Context): Cidr {
  const block = nextVpcIpv6Block(transaction.world);
  if (!block) throw new Error('every /56 of the IPv6 pool is given out');
  return block;
}
