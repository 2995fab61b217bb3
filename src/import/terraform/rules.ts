/**
 * Rules of groups, of all three generations of resources: blocks inside the group, `aws_security_group_rule`, and
 * `aws_vpc_security_group_ingress_rule` and its sister.
 */
import { everybody } from '#net/cidr.ts';
import { ruleKey } from '#vpc/group-rules.ts';
import type { Id } from '#vpc/ids.ts';
import type { Direction, Peer } from '#vpc/security-group.ts';
import { cidrFrom } from '../describe/place.ts';
import { serviceOf } from '../describe/service.ts';
import type { Json } from '../json/fields.ts';
import type { Attributes } from './attributes.ts';
import { companionId } from './origins.ts';
import type { Resource } from './plan.ts';

/** One rule with one peer, as a permission of DescribeSecurityGroups. */
export type RulePermission = {
  readonly groupId: string;
  readonly direction: Direction;
  readonly permission: Json;
  /** Equal rules have equal keys. */
  readonly key: string;
  /** The id of a rule that is a resource. */
  readonly ruleId?: string;
};

type PeerMember = 'IpRanges' | 'Ipv6Ranges' | 'PrefixListIds' | 'UserIdGroupPairs';
type PeerText = readonly [member: PeerMember, field: string, value: string];

type Draft = {
  readonly groupId: string;
  readonly direction: Direction;
  readonly protocol: string;
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly description: string | undefined;
};

function permissionOf(draft: Draft, [member, field, value]: PeerText, ruleId?: string): RulePermission {
  const { groupId, direction, protocol, from, to, description } = draft;
  const text = description === undefined || description === '' ? {} : { Description: description };
  const permission = {
    IpProtocol: protocol,
    // Terraform writes 0 to 0 where a protocol has no ports.
    ...(from === undefined || protocol === '-1' ? {} : { FromPort: from }),
    ...(to === undefined || protocol === '-1' ? {} : { ToPort: to }),
    [member]: [{ [field]: value, ...text }],
  };
  const service = serviceOf({ protocol, from, to });
  const key = `${groupId} ${ruleKey({ direction, service, peer: peerOf(field, value) })}`;
  return { groupId, direction, permission, key, ...(ruleId === undefined ? {} : { ruleId }) };
}

function peerOf(field: string, value: string): Peer {
  if (field === 'GroupId') return { kind: 'group', groupId: value as Id<'securityGroup'> };
  if (field === 'PrefixListId') return { kind: 'prefixList', prefixListId: value as Id<'prefixList'> };
  return { kind: 'cidr', cidr: cidrFrom(value) };
}

const anyone: readonly PeerText[] = [
  ['IpRanges', 'CidrIp', everybody.ipv4],
  ['Ipv6Ranges', 'CidrIpv6', everybody.ipv6],
];

/** Lists of peers in blocks and in `aws_security_group_rule`. */
const peerLists = [
  ['cidr_blocks', 'IpRanges', 'CidrIp'],
  ['ipv6_cidr_blocks', 'Ipv6Ranges', 'CidrIpv6'],
  ['prefix_list_ids', 'PrefixListIds', 'PrefixListId'],
  ['security_groups', 'UserIdGroupPairs', 'GroupId'],
] as const;

/** Whatever only the apply tells of a peer could be anybody, so it is taken to be everybody. */
function listedPeers(from: Attributes, groupId: string): readonly PeerText[] {
  const peers: PeerText[] = [];
  for (const [name, member, field] of peerLists) {
    const { known, anything } = from.texts(name);
    peers.push(...known.map((value): PeerText => [member, field, bareValue(field, value)]));
    if (!anything) continue;
    from.suppose(name, 'it could be anything and is taken to be everybody');
    peers.push(...anyone);
  }
  if (from.boolean('self')) peers.push(['UserIdGroupPairs', 'GroupId', groupId]);
  return peers;
}

/** A group of another account is written `account/id`. */
const bareValue = (field: string, value: string) =>
  field === 'GroupId' ? value.slice(value.lastIndexOf('/') + 1) : value;

/** Protocol and ports; what only the apply tells is taken to be all of them. */
function serviceIn(from: Attributes, name: 'protocol' | 'ip_protocol'): Omit<Draft, 'groupId' | 'direction'> {
  const description = from.text('description');
  const protocol = from.text(name);
  const isOpen = [name, 'from_port', 'to_port'].some((each) => from.isUnknown(each));
  if (isOpen) from.suppose('its protocol or ports', 'they could be anything and are taken to be all');
  if (protocol === undefined || from.isUnknown(name)) {
    return { protocol: '-1', from: undefined, to: undefined, description };
  }
  const [first, last] = [from.number('from_port'), from.number('to_port')];
  return {
    protocol: protocol === 'all' ? '-1' : protocol,
    ...(isOpen ? none : { from: first, to: last }),
    description,
  };
}

const none = { from: undefined, to: undefined };

/** The rules in the blocks of a group. */
export function blockRules(group: Attributes, direction: Direction): readonly RulePermission[] {
  const groupId = group.id;
  if (group.isUnknown(direction) && group.isGiven(direction)) {
    group.suppose(direction, 'it could be anything and is taken to allow everything');
    const all = { groupId, direction, protocol: '-1', ...none, description: undefined };
    return anyone.map((peer) => permissionOf(all, peer));
  }
  return group.blocks(direction).flatMap((block) => {
    const draft = { groupId, direction, ...serviceIn(block, 'protocol') };
    return listedPeers(block, groupId).map((peer) => permissionOf(draft, peer));
  });
}

/** The rules of an `aws_security_group_rule`. */
export function secondGeneration(rule: Attributes): readonly RulePermission[] {
  const groupId = rule.text('security_group_id');
  if (groupId === undefined) return lost(rule);
  const direction = rule.text('type') === 'egress' ? 'egress' : 'ingress';
  const draft = { groupId, direction, ...serviceIn(rule, 'protocol') } as const;
  const source = rule.text('source_security_group_id');
  const peers = [...listedPeers(rule, groupId), ...groupPeer(rule, source, 'source_security_group_id')];
  return peers.map((peer) => permissionOf(draft, peer));
}

function groupPeer(rule: Attributes, id: string | undefined, name: string): readonly PeerText[] {
  if (id !== undefined) return [['UserIdGroupPairs', 'GroupId', bareValue('GroupId', id)]];
  if (!rule.isUnknown(name) || !rule.isGiven(name)) return [];
  rule.suppose(name, 'it could be anything and is taken to be everybody');
  return anyone;
}

/** The rule of an `aws_vpc_security_group_ingress_rule` or `…_egress_rule`. */
export function thirdGeneration(rule: Attributes, direction: Direction): readonly RulePermission[] {
  const groupId = rule.text('security_group_id');
  if (groupId === undefined) return lost(rule);
  const draft = { groupId, direction, ...serviceIn(rule, 'ip_protocol') };
  const members = [
    ['cidr_ipv4', 'IpRanges', 'CidrIp'],
    ['cidr_ipv6', 'Ipv6Ranges', 'CidrIpv6'],
    ['prefix_list_id', 'PrefixListIds', 'PrefixListId'],
    ['referenced_security_group_id', 'UserIdGroupPairs', 'GroupId'],
  ] as const;
  for (const [name, member, field] of members) {
    const value = rule.text(name);
    if (value !== undefined) return [permissionOf(draft, [member, field, bareValue(field, value)], rule.id)];
    if (!rule.isUnknown(name) || !rule.isGiven(name)) continue;
    rule.suppose(name, 'it could be anything and is taken to be everybody');
    return anyone.map((peer) => permissionOf(draft, peer));
  }
  return [];
}

function lost(rule: Attributes): readonly RulePermission[] {
  rule.suppose('security_group_id', 'the rule could be in any group and is left out');
  return [];
}

/** The group that AWS makes with a VPC that is yet to be made. */
export function newDefaultGroup(vpc: Resource): Json {
  const GroupId = companionId(vpc, 'default_security_group_id');
  return {
    GroupId,
    GroupName: 'default',
    Description: 'default VPC security group',
    IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
    IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: everybody.ipv4 }] }],
  };
}
