/**
 * References between groups of peered VPCs, and what is left of them when a group or a peering goes.
 * https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
 */
import type {
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult,
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult,
  SecurityGroupReference,
  StaleIpPermission,
  StaleSecurityGroup,
} from '@aws-sdk/client-ec2';
import { locate } from '#vpc/network.ts';
import type { Direction, Rule, SecurityGroup } from '#vpc/security-group.ts';
import type { Context, Operation } from '../../operation.ts';
import { pageOf } from '../../page.ts';
import { resourceOf } from '../resources.ts';
import { permissionsOf } from '../security-groups/output.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html */
export const describeSecurityGroupReferences: Operation<
  DescribeSecurityGroupReferencesRequest,
  DescribeSecurityGroupReferencesResult
> = (input, context) => {
  const ids = [...new Set(input.GroupId)];
  const groups = ids.map((id) => resourceOf('securityGroup', id, context));
  return { SecurityGroupReferenceSet: groups.flatMap((group) => referencesTo(group, context)) };
};

/** The VPCs whose groups name this one over a peering, each once a peering. */
function referencesTo(group: SecurityGroup, { transaction }: Context): readonly SecurityGroupReference[] {
  const found = new Map<string, SecurityGroupReference>();
  for (const network of transaction.world.values()) {
    for (const other of network.securityGroup.by('peerGroup', group.id)) {
      for (const { peer } of other.rules) {
        if (peer.kind !== 'group' || peer.groupId !== group.id || !peer.peeringId) continue;
        found.set(`${other.vpcId} ${peer.peeringId}`, {
          GroupId: group.id,
          ReferencingVpcId: other.vpcId,
          VpcPeeringConnectionId: peer.peeringId,
        });
      }
    }
  }
  return [...found.values()];
}

/**
 * Whether a rule names a group of a peered VPC that it no longer reaches: the group is deleted, or the peering is no
 * longer active.
 */
function isStale({ peer }: Rule, { transaction }: Context): boolean {
  if (peer.kind !== 'group' || !peer.peeringId) return false;
  const isActive = transaction.network.peering.get(peer.peeringId)?.status === 'active';
  return !isActive || locate(transaction.world, 'securityGroup', peer.groupId) === undefined;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html */
export const describeStaleSecurityGroups: Operation<
  DescribeStaleSecurityGroupsRequest,
  DescribeStaleSecurityGroupsResult
> = (input, context) => {
  const vpc = resourceOf('vpc', input.VpcId, context);
  const stale = [...context.transaction.network.securityGroup.by('vpc', vpc.id)].flatMap((group) => {
    const rules = group.rules.filter((rule) => isStale(rule, context));
    return rules.length > 0 ? [{ ...group, rules }] : [];
  });
  const query = { action: 'DescribeStaleSecurityGroups', scope: context.caller.scope, vpcId: vpc.id };
  const page = pageOf(
    stale,
    { maxResults: input.MaxResults, nextToken: input.NextToken },
    { query, bounds: { min: 5, max: 255 }, idOf: ({ id }) => id },
  );
  return {
    StaleSecurityGroupSet: page.items.map((group) => staleOutput(group, context)),
    NextToken: page.nextToken,
  };
};

function staleOutput(group: SecurityGroup, context: Context): StaleSecurityGroup {
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    VpcId: group.vpcId,
    StaleIpPermissions: stalePermissions(group, 'ingress', context),
    StaleIpPermissionsEgress: stalePermissions(group, 'egress', context),
  };
}

function stalePermissions(group: SecurityGroup, direction: Direction, context: Context): StaleIpPermission[] {
  return permissionsOf(group, direction, context).map(
    ({ IpProtocol, FromPort, ToPort, UserIdGroupPairs }) => ({
      IpProtocol,
      ...(FromPort === undefined ? {} : { FromPort, ToPort }),
      UserIdGroupPairs,
    }),
  );
}
