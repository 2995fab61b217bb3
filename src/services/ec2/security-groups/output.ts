/** Groups and rules as the API shows them. */
import type {
  SecurityGroup as GroupOutput,
  IpPermission,
  IpRange,
  Ipv6Range,
  PrefixListId,
  RevokedSecurityGroupRule,
  SecurityGroupRule as RuleOutput,
  UserIdGroupPair,
} from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import type { PeeringId } from '#vpc/ids.ts';
import type { Direction, Peer, Rule, SecurityGroup, Service } from '#vpc/security-group.ts';
import type { Context } from '../../operation.ts';
import { arnOfResource } from '../resources.ts';
import { tagList } from '../tags/tags.ts';
import { portsOf, protocolText } from './service.ts';

/** A group as DescribeSecurityGroups shows it. */
export function groupOutput(group: SecurityGroup, context: Context): GroupOutput {
  const tags = tagList(group.tags);
  return {
    GroupId: group.id,
    GroupName: group.name,
    Description: group.description,
    OwnerId: context.caller.scope.account,
    VpcId: group.vpcId,
    SecurityGroupArn: arnOfResource('securityGroup', group.id, context),
    IpPermissions: permissionsOf(group, 'ingress', context),
    IpPermissionsEgress: permissionsOf(group, 'egress', context),
    // AWS leaves the member out where a group has no tags.
    ...(tags.length > 0 ? { Tags: tags } : {}),
  };
}

type Permission = IpPermission & {
  IpRanges: IpRange[];
  Ipv6Ranges: Ipv6Range[];
  PrefixListIds: PrefixListId[];
  UserIdGroupPairs: UserIdGroupPair[];
};

/** The rules of a direction, those of one protocol and port range together. */
export function permissionsOf(
  group: Pick<SecurityGroup, 'rules'>,
  direction: Direction,
  context: Context,
): Permission[] {
  const permissions = new Map<number, Permission>();
  for (const rule of group.rules) {
    if (rule.direction !== direction) continue;
    const key = serviceNumber(rule.service);
    let permission = permissions.get(key);
    if (!permission) {
      permission = emptyPermission(rule.service);
      permissions.set(key, permission);
    }
    addPeer(permission, rule, context);
  }
  return [...permissions.values()];
}

/** A number that only equal services share: describing many groups spends its time on this key. */
function serviceNumber(service: Service): number {
  const ports = portsOf(service);
  const protocol = service.kind === 'all' ? 256 : service.protocol;
  return (protocol * 2 ** 17 + (ports?.from ?? -1) + 1) * 2 ** 17 + (ports?.to ?? -1) + 1;
}

/** The list that a permission begins with: three of its four mostly stay empty, and thousands are made at once. */
const none = Object.freeze<never[]>([]) as never[];

/** The list with one more item, which goes into the list itself where it is not the common one. */
function added<T>(list: T[], item: T): T[] {
  if (list === none) return [item];
  list.push(item);
  return list;
}

function emptyPermission(service: Service): Permission {
  const ports = portsOf(service);
  const lists = { IpRanges: none, Ipv6Ranges: none, PrefixListIds: none, UserIdGroupPairs: none };
  const IpProtocol = protocolText(service);
  return ports ? { IpProtocol, FromPort: ports.from, ToPort: ports.to, ...lists } : { IpProtocol, ...lists };
}

function addPeer(permission: Permission, { peer, description }: Rule, context: Context): void {
  const described = description === undefined ? undefined : { Description: description };
  switch (peer.kind) {
    case 'cidr':
      if (familyOf(peer.cidr) === 'ipv4') {
        permission.IpRanges = added(permission.IpRanges, { CidrIp: peer.cidr, ...described });
      } else {
        permission.Ipv6Ranges = added(permission.Ipv6Ranges, { CidrIpv6: peer.cidr, ...described });
      }
      return;
    case 'prefixList': {
      const list = { PrefixListId: peer.prefixListId, ...described };
      permission.PrefixListIds = added(permission.PrefixListIds, list);
      return;
    }
    case 'group': {
      const pair = { GroupId: peer.groupId, ...whereabouts(peer, context), ...described };
      permission.UserIdGroupPairs = added(permission.UserIdGroupPairs, pair);
      return;
    }
    default:
      peer satisfies never;
  }
}

/** A rule as DescribeSecurityGroupRules shows it. */
export function ruleOutput(rule: Rule, group: SecurityGroup, context: Context): RuleOutput {
  const { peer } = rule;
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: group.id,
    GroupOwnerId: context.caller.scope.account,
    ...serviceOutput(rule),
    ...blockOutput(peer),
    ...(peer.kind === 'group'
      ? { ReferencedGroupInfo: { GroupId: peer.groupId, ...whereabouts(peer, context) } }
      : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
    Tags: tagList(rule.tags),
    SecurityGroupRuleArn: arnOfResource('rule', rule.id, context),
  };
}

/** A rule that was revoked. */
export function revokedOutput(rule: Rule, group: SecurityGroup): RevokedSecurityGroupRule {
  const { peer } = rule;
  return {
    SecurityGroupRuleId: rule.id,
    GroupId: group.id,
    ...serviceOutput(rule),
    ...blockOutput(peer),
    ...(peer.kind === 'group' ? { ReferencedGroupId: peer.groupId } : {}),
    ...(rule.description === undefined ? {} : { Description: rule.description }),
  };
}

/** Rules show -1 where permissions leave the ports out. */
function serviceOutput({ direction, service }: Rule) {
  const ports = portsOf(service);
  return {
    IsEgress: direction === 'egress',
    IpProtocol: protocolText(service),
    FromPort: ports?.from ?? -1,
    ToPort: ports?.to ?? -1,
  };
}

function blockOutput(peer: Peer) {
  switch (peer.kind) {
    case 'cidr':
      return familyOf(peer.cidr) === 'ipv4' ? { CidrIpv4: peer.cidr } : { CidrIpv6: peer.cidr };
    case 'prefixList':
      return { PrefixListId: peer.prefixListId };
    case 'group':
      return {};
    default:
      return peer satisfies never;
  }
}

/** Owner of a referenced group, and for one in another VPC where it is and by which peering. */
function whereabouts(peer: Extract<Peer, { kind: 'group' }>, context: Context) {
  const UserId = peer.account ?? context.caller.scope.account;
  if (peer.vpcId === undefined || peer.peeringId === undefined) return { UserId };
  return {
    UserId,
    VpcId: peer.vpcId,
    VpcPeeringConnectionId: peer.peeringId,
    PeeringStatus: peeringStatus(peer.peeringId, context),
  };
}

function peeringStatus(id: PeeringId, { transaction }: Context): string {
  return transaction.network.peering.get(id)?.status ?? 'deleted';
}
