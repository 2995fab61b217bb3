/**
 * Groups that interfaces of several VPCs carry.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-assoc.html
 */
import type {
  AssociateSecurityGroupVpcRequest,
  AssociateSecurityGroupVpcResult,
  DescribeSecurityGroupVpcAssociationsRequest,
  DescribeSecurityGroupVpcAssociationsResult,
  DisassociateSecurityGroupVpcRequest,
  DisassociateSecurityGroupVpcResult,
} from '@aws-sdk/client-ec2';
import type { VpcId } from '#vpc/ids.ts';
import { groupNameKey } from '#vpc/network.ts';
import { defaultGroupName, type SecurityGroup } from '#vpc/security-group.ts';
import { type Listing, list, usualBounds } from '../../listing.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';

type Input = { readonly GroupId: string; readonly VpcId: string };

function groupAndVpc(input: Input, context: Context) {
  return {
    group: resourceOf('securityGroup', input.GroupId, context),
    vpc: resourceOf('vpc', input.VpcId, context),
  };
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSecurityGroupVpc.html */
export const associateSecurityGroupVpc: Operation<
  AssociateSecurityGroupVpcRequest,
  AssociateSecurityGroupVpcResult
> = (input, context) => {
  const { network } = context.transaction;
  const { group, vpc } = groupAndVpc(input, context);
  if (group.name === defaultGroupName) {
    refuse('notPermitted', { reason: `${group.id} is a default group, which stays in its own VPC.` });
  }
  if (vpc.isDefault || network.vpc.get(group.vpcId)?.isDefault) {
    refuse('notPermitted', {
      reason: 'Groups of default VPCs, and default VPCs, take no part in associations.',
    });
  }
  if (group.vpcId === vpc.id || group.associatedVpcs?.includes(vpc.id)) {
    refuse('alreadyAssociated', { reason: `${group.id} is already associated with ${vpc.id}.` });
  }
  if (network.securityGroup.countBy('nameInVpc', groupNameKey(vpc.id, group.name)) > 0) {
    refuse('duplicateGroup', { name: group.name, vpcId: vpc.id });
  }
  const associatedVpcs = [...(group.associatedVpcs ?? []), vpc.id];
  context.transaction.put('securityGroup', { ...group, associatedVpcs });
  return { State: 'associating' };
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateSecurityGroupVpc.html */
export const disassociateSecurityGroupVpc: Operation<
  DisassociateSecurityGroupVpcRequest,
  DisassociateSecurityGroupVpcResult
> = (input, context) => {
  const { group, vpc } = groupAndVpc(input, context);
  if (!group.associatedVpcs?.includes(vpc.id)) {
    const id = `${group.id} with ${vpc.id}`;
    refuse('notFound', { code: 'InvalidAssociationID.NotFound', noun: 'association of', id });
  }
  for (const eni of context.transaction.network.eni.by('group', group.id)) {
    if (eni.vpcId === vpc.id) {
      refuse('inUse', {
        reason: `${group.id} stays associated with ${vpc.id}: interface ${eni.id} carries it.`,
      });
    }
  }
  const associatedVpcs = group.associatedVpcs?.filter((id) => id !== vpc.id) ?? [];
  context.transaction.put('securityGroup', { ...group, associatedVpcs });
  return { State: 'disassociating' };
};

type Association = { readonly group: SecurityGroup; readonly vpcId: VpcId };

const associationsOf = (group: SecurityGroup): readonly Association[] =>
  (group.associatedVpcs ?? []).map((vpcId) => ({ group, vpcId }));

const associations: Listing<Association> = {
  action: 'DescribeSecurityGroupVpcAssociations',
  bounds: usualBounds,
  fields: {
    'group-id': ({ group }) => group.id,
    'group-owner-id': (_, { caller }) => caller.scope.account,
    state: () => 'associated',
    'vpc-id': ({ vpcId }) => vpcId,
    'vpc-owner-id': (_, { caller }) => caller.scope.account,
  },
  idOf: ({ group, vpcId }) => `${group.id} ${vpcId}`,
  *all({ transaction }) {
    for (const group of transaction.network.securityGroup.values()) yield* associationsOf(group);
  },
  byId: (id) => {
    throw new Error(`associations of groups have no ids: ${id}`);
  },
  lookups: {},
};

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupVpcAssociations.html */
export const describeSecurityGroupVpcAssociations: Operation<
  DescribeSecurityGroupVpcAssociationsRequest,
  DescribeSecurityGroupVpcAssociationsResult
> = (input, context) => {
  const page = list(associations, input, context);
  const { account } = context.caller.scope;
  const shown = page.items.map(({ group, vpcId }) => ({
    GroupId: group.id,
    GroupOwnerId: account,
    VpcId: vpcId,
    VpcOwnerId: account,
    State: 'associated' as const,
  }));
  return { SecurityGroupVpcAssociations: shown, NextToken: page.nextToken };
};
