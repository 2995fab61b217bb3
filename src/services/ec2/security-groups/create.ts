/** CreateSecurityGroup and DeleteSecurityGroup. */
import type {
  CreateSecurityGroupRequest,
  CreateSecurityGroupResult,
  DeleteSecurityGroupRequest,
  DeleteSecurityGroupResult,
} from '@aws-sdk/client-ec2';
import { openEgress } from '#vpc/group-rules.ts';
import { newId } from '#vpc/ids.ts';
import { explainProblem, nameProblem, storedName, textProblem } from '#vpc/names.ts';
import { groupNameKey } from '#vpc/network.ts';
import { defaultGroupName, type SecurityGroup } from '#vpc/security-group.ts';
import { required } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { arnOfResource, resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';
import { defaultVpc, groupIn } from './find-group.ts';

export const createSecurityGroup: Operation<CreateSecurityGroupRequest, CreateSecurityGroupResult> = (
  input,
  context,
) => {
  const name = readName(input.GroupName);
  const description = readGroupDescription(input.Description);
  const tags = tagsOnCreate('securityGroup', input.TagSpecifications, context);
  const vpc = input.VpcId ? resourceOf('vpc', input.VpcId, context) : defaultVpc(context);
  const { transaction, hex17 } = context;
  const groups = transaction.network.securityGroup;
  if (groups.countBy('nameInVpc', groupNameKey(vpc.id, name)) > 0) {
    refuse('duplicateGroup', { name, vpcId: vpc.id });
  }
  checkQuota(
    'securityGroupsPerRegion',
    { count: groups.size, code: 'SecurityGroupLimitExceeded', what: 'security groups in this region' },
    context,
  );
  const group: SecurityGroup = {
    id: newId('securityGroup', hex17),
    vpcId: vpc.id,
    name,
    description,
    rules: openEgress(vpc, () => newId('rule', hex17)),
    tags,
  };
  transaction.put('securityGroup', group);
  return {
    GroupId: group.id,
    SecurityGroupArn: arnOfResource('securityGroup', group.id, context),
    // AWS leaves the member out where there are none.
    ...(Object.keys(tags).length > 0 ? { Tags: tagList(tags) } : {}),
  };
};

function readName(text: string): string {
  const name = storedName(text);
  const problem = nameProblem(required(name, 'GroupName'));
  if (problem?.kind === 'reserved') refuse('reservedGroupName', { name });
  if (problem)
    refuse('invalidValue', { parameter: 'GroupName', value: name, expected: explainProblem(problem) });
  return name;
}

function readGroupDescription(text: string): string {
  const problem = textProblem(text);
  if (problem) {
    refuse('invalidValue', { parameter: 'GroupDescription', value: text, expected: explainProblem(problem) });
  }
  return text;
}

export const deleteSecurityGroup: Operation<DeleteSecurityGroupRequest, DeleteSecurityGroupResult> = (
  input,
  context,
) => {
  const group = groupIn(input, context);
  if (group.name === defaultGroupName) refuse('cannotDelete', { id: group.id });
  const usedBy = userOf(group, context);
  if (usedBy !== undefined) refuse('dependency', { noun: 'security group', id: group.id, usedBy });
  context.transaction.remove('securityGroup', group.id);
  return { Return: true, GroupId: group.id };
};

/**
 * What keeps a group from being deleted: interfaces that carry it, and rules of other groups of its VPC. Rules of
 * groups in a peered VPC become stale instead.
 * https://docs.aws.amazon.com/vpc/latest/userguide/deleting-security-groups.html
 */
function userOf(group: SecurityGroup, { transaction }: Context): string | undefined {
  const { network } = transaction;
  const [eni] = network.eni.by('group', group.id);
  if (eni) return `network interface ${eni.id}`;
  const [associated] = group.associatedVpcs ?? [];
  if (associated) return `its association with VPC ${associated}`;
  for (const other of network.securityGroup.by('peerGroup', group.id)) {
    if (other.id !== group.id && other.vpcId === group.vpcId) return `a rule of security group ${other.id}`;
  }
  return undefined;
}
