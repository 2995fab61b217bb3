/** Peers of rules: from the members of IpPermission and SecurityGroupRuleRequest to the domain's. */
import type { UserIdGroupPair } from '@aws-sdk/client-ec2';
import { type Family, familyOf } from '#net/address.ts';
import { parseCidr } from '#net/cidr.ts';
import type { PrefixListId, SecurityGroupId } from '#vpc/ids.ts';
import { locate } from '#vpc/network.ts';
import type { PeeringSide } from '#vpc/routing.ts';
import type { Peer, SecurityGroup } from '#vpc/security-group.ts';
import { required } from '../../input.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseNotFound, resourceOf } from '../resources.ts';
import { groupNamed } from './find-group.ts';

/**
 * Whether the rule is new, so that what it names must be there, or one that a group may hold already, whose peer may
 * be gone: a stale rule can be revoked.
 */
export type PeerCheck = 'new' | 'held';

/** A block of one family, in canonical form. */
export function cidrPeer(text: string | undefined, family: Family, parameter: string): Peer {
  const cidr = parseCidr(required(text, parameter));
  if (cidr && familyOf(cidr) === family) return { kind: 'cidr', cidr };
  const expected = `the ${family === 'ipv4' ? 'IPv4' : 'IPv6'} CIDR block is malformed`;
  return refuse('invalidValue', { parameter, value: text ?? '', expected });
}

/** A prefix list by id. */
export function prefixListPeer(text: string | undefined, check: PeerCheck, context: Context): Peer {
  const prefixListId = required(text, 'PrefixListId') as PrefixListId;
  if (check === 'new') resourceOf('prefixList', prefixListId, context);
  return { kind: 'prefixList', prefixListId };
}

/** A group by id, or by name in the default VPC; of another VPC where an active peering leads there. */
export function groupPeer(
  pair: UserIdGroupPair,
  group: SecurityGroup,
  check: PeerCheck,
  context: Context,
): Peer {
  const groupId = pair.GroupId
    ? (pair.GroupId as SecurityGroupId)
    : groupNamed(required(pair.GroupName, 'UserIdGroupPairs.GroupId'), context).id;
  return check === 'held' ? { kind: 'group', groupId } : reachableGroup(groupId, pair, group, context);
}

function reachableGroup(
  groupId: SecurityGroupId,
  pair: UserIdGroupPair,
  group: SecurityGroup,
  { transaction, caller }: Context,
): Peer {
  const found = locate(transaction.world, 'securityGroup', groupId);
  if (!found || found.scope.region !== caller.scope.region) return refuseNotFound('securityGroup', groupId);
  const owner = found.scope.account;
  if (pair.UserId && pair.UserId !== owner) return refuseNotFound('securityGroup', groupId);
  const vpcId = found.entity.vpcId;
  if (vpcId === group.vpcId) return { kind: 'group', groupId };
  const there = { account: owner, region: caller.scope.region, vpcId };
  for (const peering of transaction.network.peering.by('vpc', group.vpcId)) {
    const sides = [peering.requester, peering.accepter];
    if (peering.status !== 'active' || !sides.some((side) => isSame(side, there))) continue;
    if (pair.VpcPeeringConnectionId && pair.VpcPeeringConnectionId !== peering.id) continue;
    const account = owner === caller.scope.account ? {} : { account: owner };
    return { kind: 'group', groupId, ...account, vpcId, peeringId: peering.id };
  }
  return refuseNotFound('securityGroup', groupId);
}

function isSame(a: PeeringSide, b: PeeringSide): boolean {
  return a.account === b.account && a.region === b.region && a.vpcId === b.vpcId;
}
