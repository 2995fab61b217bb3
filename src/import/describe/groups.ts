/** Security groups, from DescribeSecurityGroups and, for the ids and tags of rules, DescribeSecurityGroupRules. */

import { ruleKey } from '#vpc/group-rules.ts';
import type { Id, VpcId } from '#vpc/ids.ts';
import type { Direction, Peer, Rule, SecurityGroup } from '#vpc/security-group.ts';
import { noTags } from '#vpc/tags.ts';
import {
  booleanOf,
  type Json,
  objectListOf,
  objectOf,
  optionalNumber,
  required,
  textOf,
  Unfit,
} from '../json/fields.ts';
import { cidrFrom, idOf, type Place, tagsOf } from './place.ts';
import { serviceOf } from './service.ts';

/**
 * A group with its rules. A rule that also stands among `described` has the id and tags from there, and where all do,
 * their order; the ids of others follow from the group and the rule.
 */
export function readGroup(from: Json, place: Place, described: readonly Rule[] = []): SecurityGroup {
  if (textOf(from, 'VpcId') === undefined) throw new Unfit('it is of EC2-Classic');
  const id = idOf<'securityGroup'>(from, 'GroupId');
  const known = new Map(described.map((rule) => [ruleKey(rule), rule]));
  const drafts = [
    ...permissions(from, 'IpPermissions', 'ingress', place),
    ...permissions(from, 'IpPermissionsEgress', 'egress', place),
  ];
  const unique = [...new Map(drafts.map((draft) => [ruleKey(draft), draft])).entries()];
  const rules = unique.map(([key, draft]): Rule => {
    const found = known.get(key);
    const ruleId = `sgr-${place.stableHex(`${id} ${key}`)}` as Id<'rule'>;
    return found ? { ...draft, id: found.id, tags: found.tags } : { id: ruleId, ...draft, tags: noTags };
  });
  return {
    id,
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    name: textOf(from, 'GroupName') ?? '',
    description: textOf(from, 'Description') ?? '',
    rules: inOrder(rules, described),
    tags: tagsOf(from),
  };
}

function inOrder(rules: readonly Rule[], described: readonly Rule[]): readonly Rule[] {
  const positions = new Map(described.map(({ id }, index) => [id, index]));
  const last = described.length;
  return rules.toSorted((a, b) => (positions.get(a.id) ?? last) - (positions.get(b.id) ?? last));
}

type Draft = Pick<Rule, 'direction' | 'service' | 'peer' | 'description'>;

function permissions(from: Json, name: string, direction: Direction, place: Place): readonly Draft[] {
  return objectListOf(from, name).flatMap((permission) => {
    const service = serviceOf({
      protocol: required(permission, 'IpProtocol'),
      from: optionalNumber(permission, 'FromPort'),
      to: optionalNumber(permission, 'ToPort'),
    });
    const draft = (peer: Peer, each: Json): Draft => ({ direction, service, peer, ...descriptionOf(each) });
    return [
      ...objectListOf(permission, 'IpRanges').map((each) => draft(blockPeer(required(each, 'CidrIp')), each)),
      ...objectListOf(permission, 'Ipv6Ranges').map((each) =>
        draft(blockPeer(required(each, 'CidrIpv6')), each),
      ),
      ...objectListOf(permission, 'PrefixListIds').map((each) => draft(listPeer(each), each)),
      ...objectListOf(permission, 'UserIdGroupPairs').map((each) => draft(groupPeer(each, place), each)),
    ];
  });
}

function descriptionOf(from: Json): { readonly description?: string } {
  const description = textOf(from, 'Description');
  return description === undefined ? {} : { description };
}

const blockPeer = (text: string): Peer => ({ kind: 'cidr', cidr: cidrFrom(text) });

const listPeer = (from: Json): Peer => ({
  kind: 'prefixList',
  prefixListId: idOf<'prefixList'>(from, 'PrefixListId'),
});

/** The owner is kept where it is another account, the VPC where it is behind a peering. */
function groupPeer(from: Json, { scope }: Place): Peer {
  const account = textOf(from, 'UserId');
  const peeringId = textOf(from, 'VpcPeeringConnectionId') as Id<'peering'> | undefined;
  const vpcId = textOf(from, 'VpcId') as VpcId | undefined;
  return {
    kind: 'group',
    groupId: idOf<'securityGroup'>(from, 'GroupId'),
    ...(account === undefined || account === scope.account ? {} : { account }),
    ...(vpcId === undefined || peeringId === undefined ? {} : { vpcId }),
    ...(peeringId === undefined ? {} : { peeringId }),
  };
}

/** A rule of DescribeSecurityGroupRules; the group it belongs to is its `GroupId`. */
export function readRule(from: Json, place: Place): Rule {
  return {
    id: idOf<'rule'>(from, 'SecurityGroupRuleId'),
    direction: booleanOf(from, 'IsEgress') ? 'egress' : 'ingress',
    service: serviceOf({
      protocol: required(from, 'IpProtocol'),
      from: optionalNumber(from, 'FromPort'),
      to: optionalNumber(from, 'ToPort'),
    }),
    peer: peerOfRule(from, place),
    ...descriptionOf(from),
    tags: tagsOf(from),
  };
}

function peerOfRule(from: Json, place: Place): Peer {
  const block = textOf(from, 'CidrIpv4') ?? textOf(from, 'CidrIpv6');
  if (block !== undefined) return blockPeer(block);
  const group = objectOf(from, 'ReferencedGroupInfo');
  if (group) return groupPeer(group, place);
  return listPeer(from);
}
