/** CreateNetworkAcl, DeleteNetworkAcl, ReplaceNetworkAclAssociation. */
import type {
  CreateNetworkAclRequest,
  CreateNetworkAclResult,
  DeleteNetworkAclRequest,
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { NetworkAcl } from '#vpc/network-acl.ts';
import { once } from '../../client-token.ts';
import { checkQuota } from '../../limits.ts';
import type { Checked, Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { aclOutput } from './output.ts';

/** A new ACL denies everything. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAcl.html */
export const createNetworkAcl: Operation<CreateNetworkAclRequest, CreateNetworkAclResult> = (
  input,
  context,
) => {
  const [id = ''] = once({ action: 'CreateNetworkAcl', input }, context, () => [makeAcl(input, context).id]);
  const shown = aclOutput(resourceOf('networkAcl', id, context), context);
  return { NetworkAcl: shown, ...(input.ClientToken ? { ClientToken: input.ClientToken } : {}) };
};

function makeAcl(input: Checked<CreateNetworkAclRequest>, context: Context): NetworkAcl {
  const { transaction, hex17 } = context;
  const tags = tagsOnCreate('networkAcl', input.TagSpecifications, context);
  const vpc = resourceOf('vpc', input.VpcId, context);
  const count = transaction.network.networkAcl.countBy('vpc', vpc.id);
  const what = `network ACLs of VPC ${vpc.id}`;
  checkQuota('networkAclsPerVpc', { count, code: 'NetworkAclLimitExceeded', what }, context);
  const acl: NetworkAcl = {
    id: newId('networkAcl', hex17),
    vpcId: vpc.id,
    isDefault: false,
    entries: [],
    associations: [],
    tags,
  };
  transaction.put('networkAcl', acl);
  return acl;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAcl.html */
export const deleteNetworkAcl: Operation<DeleteNetworkAclRequest, Record<string, never>> = (
  input,
  context,
) => {
  const acl = resourceOf('networkAcl', input.NetworkAclId, context);
  if (acl.isDefault) {
    const expected = `it is the default network ACL of VPC ${acl.vpcId} and stays with it`;
    refuse('invalidValue', { parameter: 'networkAclId', value: acl.id, expected });
  }
  const [association] = acl.associations;
  if (association) refuse('dependency', { noun: 'network ACL', id: acl.id, usedBy: association.subnetId });
  context.transaction.remove('networkAcl', acl.id);
  return {};
};

/**
 * Puts a subnet under another ACL of its VPC; the association gets a new id.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclAssociation.html
 */
export const replaceNetworkAclAssociation: Operation<
  ReplaceNetworkAclAssociationRequest,
  ReplaceNetworkAclAssociationResult
> = (input, context) => {
  const { transaction, hex17 } = context;
  const id = input.AssociationId;
  const to = resourceOf('networkAcl', input.NetworkAclId, context);
  const [from] = transaction.network.networkAcl.by('association', id);
  const association = from?.associations.find((each) => each.id === id);
  if (!from || !association) return refuseNotFound('networkAclAssociation', id);
  if (from.vpcId !== to.vpcId) {
    const expected = `it and ${association.subnetId} belong to different networks`;
    refuse('invalidValue', { parameter: 'networkAclId', value: to.id, expected });
  }
  const rest = from.associations.filter((each) => each.id !== id);
  transaction.put('networkAcl', { ...from, associations: rest });
  const moved = { id: newId('networkAclAssociation', hex17), subnetId: association.subnetId };
  const receiver = resourceOf('networkAcl', to.id, context);
  transaction.put('networkAcl', { ...receiver, associations: [...receiver.associations, moved] });
  return { NewAssociationId: moved.id };
};
