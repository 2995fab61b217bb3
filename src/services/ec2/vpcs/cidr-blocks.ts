/** AssociateVpcCidrBlock and DisassociateVpcCidrBlock. */
import type {
  AssociateVpcCidrBlockRequest,
  AssociateVpcCidrBlockResult,
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult,
} from '@aws-sdk/client-ec2';
import { type Cidr, overlaps } from '#net/cidr.ts';
import { newId } from '#vpc/ids.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import type { Vpc, VpcCidrBlock } from '#vpc/vpc.ts';
import { checkQuota } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { openToIpv6 } from './ipv6-opening.ts';
import { localRoute } from './make-vpc.ts';
import { ipv4Association, ipv6Association } from './output.ts';
import { amazonBlock, checkJoins, refusePools, vpcBlockIn } from './vpc-blocks.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html */
export const associateVpcCidrBlock: Operation<AssociateVpcCidrBlockRequest, AssociateVpcCidrBlockResult> = (
  input,
  context,
) => {
  refusePools(input);
  if (input.Ipv6CidrBlock) refuse('missingParameter', { parameter: 'ipv6Pool' });
  const { CidrBlock: text, AmazonProvidedIpv6CidrBlock: amazon } = input;
  if (text && amazon) {
    refuse('invalidCombination', { reason: 'Give cidrBlock or amazonProvidedIpv6CidrBlock, not both.' });
  }
  if (!text && !amazon) refuse('missingParameter', { parameter: 'cidrBlock | amazonProvidedIpv6CidrBlock' });
  const cidr = text ? vpcBlockIn(text) : undefined;
  const vpc = resourceOf('vpc', input.VpcId, context);
  return cidr ? joinIpv4(vpc, cidr, context) : joinIpv6(vpc, context);
};

function joinIpv4(vpc: Vpc, cidr: Cidr, context: Context): AssociateVpcCidrBlockResult {
  checkJoins(vpc, cidr, context);
  checkQuota('ipv4BlocksPerVpc', quotaOf(vpc, vpc.cidrBlocks, 'IPv4'), context);
  const block = blockOf(cidr, context);
  context.transaction.put('vpc', { ...vpc, cidrBlocks: [...vpc.cidrBlocks, block] });
  routeLocally(vpc, cidr, context);
  return { VpcId: vpc.id, CidrBlockAssociation: ipv4Association(block, 'associating') };
}

function joinIpv6(vpc: Vpc, context: Context): AssociateVpcCidrBlockResult {
  checkQuota('ipv6BlocksPerVpc', quotaOf(vpc, vpc.ipv6Blocks, 'IPv6'), context);
  const block = blockOf(amazonBlock(context), context);
  const isFirst = vpc.ipv6Blocks.length === 0;
  context.transaction.put('vpc', { ...vpc, ipv6Blocks: [...vpc.ipv6Blocks, block] });
  routeLocally(vpc, block.cidr, context);
  if (isFirst) openToIpv6(vpc, context);
  return { VpcId: vpc.id, Ipv6CidrBlockAssociation: ipv6Association(block, context, 'associating') };
}

const blockOf = (cidr: Cidr, { hex17 }: Context): VpcCidrBlock => ({
  associationId: newId('vpcCidrAssociation', hex17),
  cidr,
});

const quotaOf = ({ id }: Vpc, blocks: readonly VpcCidrBlock[], family: string) => ({
  count: blocks.length,
  code: 'CidrBlockLimitExceeded',
  what: `${family} blocks of VPC ${id}`,
});

/** Every route table of a VPC holds a local route to each of its blocks. */
function routeLocally(vpc: Vpc, cidr: Cidr, { transaction }: Context): void {
  for (const table of transaction.network.routeTable.by('vpc', vpc.id)) {
    transaction.put('routeTable', { ...table, routes: [...table.routes, localRoute(cidr)] });
  }
}

/**
 * The primary block stays for the VPC's life, and a block goes only after its subnets.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html
 */
export const disassociateVpcCidrBlock: Operation<
  DisassociateVpcCidrBlockRequest,
  DisassociateVpcCidrBlockResult
> = (input, context) => {
  const { transaction } = context;
  const { AssociationId: id } = input;
  const [vpc] = transaction.network.vpc.by('cidrAssociation', id);
  if (!vpc) return refuseNotFound('vpcCidrAssociation', id);
  const isThis = ({ associationId }: VpcCidrBlock) => associationId === id;
  const [ipv4, ipv6] = [vpc.cidrBlocks.find(isThis), vpc.ipv6Blocks.find(isThis)];
  const gone = ipv4 ?? ipv6;
  if (!gone) throw new Error(`${id} is indexed under ${vpc.id} and not in it`);
  if (gone === vpc.cidrBlocks[0]) {
    refuse('notPermitted', {
      reason: `${gone.cidr} is the primary block of VPC ${vpc.id} and stays with it.`,
    });
  }
  for (const subnet of transaction.network.subnet.by('vpc', vpc.id)) {
    if (allBlocksOfSubnet(subnet).some((cidr) => overlaps(cidr, gone.cidr))) {
      refuse('blockInUse', { cidr: gone.cidr, reason: `${subnet.id} has addresses of it` });
    }
  }
  const others = (blocks: readonly VpcCidrBlock[]) => blocks.filter((block) => !isThis(block));
  transaction.put('vpc', { ...vpc, cidrBlocks: others(vpc.cidrBlocks), ipv6Blocks: others(vpc.ipv6Blocks) });
  for (const table of transaction.network.routeTable.by('vpc', vpc.id)) {
    const routes = table.routes.filter(
      ({ destination }) => destination.kind !== 'cidr' || destination.cidr !== gone.cidr,
    );
    transaction.put('routeTable', { ...table, routes });
  }
  return ipv4
    ? { VpcId: vpc.id, CidrBlockAssociation: ipv4Association(gone, 'disassociating') }
    : { VpcId: vpc.id, Ipv6CidrBlockAssociation: ipv6Association(gone, context, 'disassociating') };
};
