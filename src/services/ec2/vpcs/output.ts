/** VPCs as AWS shows them. */
import type {
  VpcCidrBlockAssociation,
  VpcCidrBlockStateCode,
  VpcIpv6CidrBlockAssociation,
  Vpc as VpcOutput,
} from '@aws-sdk/client-ec2';
import type { Vpc, VpcCidrBlock } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { controlOfVpc } from '../encryption-controls/control.ts';
import { tagList } from '../tags/tags.ts';

export function ipv4Association(
  { associationId, cidr }: VpcCidrBlock,
  State: VpcCidrBlockStateCode = 'associated',
): VpcCidrBlockAssociation {
  return { AssociationId: associationId, CidrBlock: cidr, CidrBlockState: { State } };
}

export function ipv6Association(
  { associationId, cidr }: VpcCidrBlock,
  { caller }: Context,
  State: VpcCidrBlockStateCode = 'associated',
): VpcIpv6CidrBlockAssociation {
  return {
    AssociationId: associationId,
    Ipv6CidrBlock: cidr,
    Ipv6CidrBlockState: { State },
    NetworkBorderGroup: caller.scope.region,
    Ipv6Pool: 'Amazon',
    Ipv6AddressAttribute: 'public',
    IpSource: 'amazon',
  };
}

export function vpcOutput(vpc: Vpc, context: Context): VpcOutput {
  return {
    VpcId: vpc.id,
    OwnerId: context.caller.scope.account,
    State: 'available',
    CidrBlock: vpc.cidrBlocks[0]?.cidr,
    CidrBlockAssociationSet: vpc.cidrBlocks.map((block) => ipv4Association(block)),
    Ipv6CidrBlockAssociationSet: vpc.ipv6Blocks.map((block) => ipv6Association(block, context)),
    InstanceTenancy: vpc.tenancy,
    IsDefault: vpc.isDefault,
    DhcpOptionsId: vpc.dhcpOptionsId,
    EncryptionControl: controlOfVpc(vpc.id, context),
    Tags: tagList(vpc.tags),
  };
}

/** The answer to a create: AWS says `pending`, and `available` from the first describe on. */
export function newVpcOutput(vpc: Vpc, context: Context): VpcOutput {
  const blocks = vpc.ipv6Blocks.map((block) => ipv6Association(block, context, 'associating'));
  return { ...vpcOutput(vpc, context), State: 'pending', Ipv6CidrBlockAssociationSet: blocks };
}
