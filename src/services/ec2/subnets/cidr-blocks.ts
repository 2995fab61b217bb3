/** AssociateSubnetCidrBlock and DisassociateSubnetCidrBlock: a subnet's IPv6 block. */
import type {
  AssociateSubnetCidrBlockRequest,
  AssociateSubnetCidrBlockResult,
  DisassociateSubnetCidrBlockRequest,
  DisassociateSubnetCidrBlockResult,
} from '@aws-sdk/client-ec2';
import { type Cidr, covers } from '#net/cidr.ts';
import { addressBlocks } from '#vpc/eni-addresses.ts';
import { newId } from '#vpc/ids.ts';
import { required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { refusePools } from '../vpcs/vpc-blocks.ts';
import { subnetIpv6Association } from './output.ts';
import { checkPlace, subnetIpv6BlockIn } from './subnet-blocks.ts';

/** A subnet has one IPv6 block: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSubnetCidrBlock.html */
export const associateSubnetCidrBlock: Operation<
  AssociateSubnetCidrBlockRequest,
  AssociateSubnetCidrBlockResult
> = (input, context) => {
  const { Ipv6IpamPoolId, Ipv6NetmaskLength } = input;
  refusePools({ Ipv6IpamPoolId, Ipv6NetmaskLength });
  const cidr = subnetIpv6BlockIn(required(input.Ipv6CidrBlock, 'ipv6CidrBlock'));
  const subnet = resourceOf('subnet', input.SubnetId, context);
  checkPlace(cidr, resourceOf('vpc', subnet.vpcId, context), context);
  const count = subnet.ipv6Blocks.length;
  const what = `IPv6 blocks of subnet ${subnet.id}`;
  checkQuota('ipv6BlocksPerSubnet', { count, code: 'SubnetCidrBlockLimitExceeded', what }, context);
  const block = { associationId: newId('subnetCidrAssociation', context.hex17), cidr };
  context.transaction.put('subnet', { ...subnet, ipv6Blocks: [...subnet.ipv6Blocks, block] });
  return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: subnetIpv6Association(block, 'associating') };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateSubnetCidrBlock.html */
export const disassociateSubnetCidrBlock: Operation<
  DisassociateSubnetCidrBlockRequest,
  DisassociateSubnetCidrBlockResult
> = (input, { transaction }) => {
  const { AssociationId: id } = input;
  const [subnet] = transaction.network.subnet.by('cidrAssociation', id);
  const block = subnet?.ipv6Blocks.find(({ associationId }) => associationId === id);
  if (!subnet || !block) return refuseNotFound('subnetCidrAssociation', id);
  if (subnet.assignIpv6OnCreation) {
    const reason = `${subnet.id} assigns IPv6 addresses on creation`;
    refuse('blockInUse', { cidr: block.cidr, reason });
  }
  for (const eni of transaction.network.eni.by('subnet', subnet.id)) {
    const held: Cidr | undefined = addressBlocks(eni).find((own) => covers(block.cidr, own));
    if (held) refuse('blockInUse', { cidr: block.cidr, reason: `${eni.id} has ${held}` });
  }
  const ipv6Blocks = subnet.ipv6Blocks.filter((each) => each !== block);
  transaction.put('subnet', { ...subnet, ipv6Blocks });
  return { SubnetId: subnet.id, Ipv6CidrBlockAssociation: subnetIpv6Association(block, 'disassociating') };
};
