/** The security groups of an interface. */
import type { SecurityGroupId, VpcId } from '#vpc/ids.ts';
import { groupNameKey, type Network } from '#vpc/network.ts';
import { securityGroupsPerInterfaceMax } from '#vpc/quotas.ts';
import { defaultGroupName, isUsableIn, type SecurityGroup } from '#vpc/security-group.ts';
import { limitOf } from '../../limits.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';

/** The groups of a new interface: those named, or the VPC's default group. */
export function groupsOfNew(
  ids: readonly string[] | undefined,
  vpcId: VpcId,
  context: Context,
): readonly SecurityGroupId[] {
  return ids && ids.length > 0
    ? checkedGroups(ids, vpcId, context)
    : [defaultGroupOf(context.transaction.network, vpcId).id];
}

/**
 * The ids of groups that may stand on one interface of the VPC, each once; refuses unknown groups, groups of other
 * VPCs and too many. https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
 */
export function checkedGroups(
  ids: readonly string[],
  vpcId: VpcId,
  context: Context,
): readonly SecurityGroupId[] {
  const groups = [...new Set(ids)].map((id) => resourceOf('securityGroup', id, context));
  for (const group of groups) {
    if (!isUsableIn(group, vpcId)) {
      refuse('differentNetworks', {
        reason: `The security group '${group.id}' belongs to '${group.vpcId}', the subnet to '${vpcId}'.`,
      });
    }
  }
  const limit = Math.min(limitOf('securityGroupsPerInterface', context), securityGroupsPerInterfaceMax);
  if (groups.length > limit) refuse('tooManyGroups', { count: groups.length, limit });
  return groups.map(({ id }) => id);
}

/** The default group of a VPC. */
function defaultGroupOf({ securityGroup }: Network, vpcId: VpcId): SecurityGroup {
  const [group] = securityGroup.by('nameInVpc', groupNameKey(vpcId, defaultGroupName));
  if (!group) throw new Error(`${vpcId} has no default security group`);
  return group;
}
