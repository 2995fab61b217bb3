/** ModifySecurityGroupRules: new values for rules that keep their ids, directions and tags. */
import type {
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult,
  SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import { firstRepeated } from '#vpc/group-rules.ts';
import type { Peer, Rule, SecurityGroup } from '#vpc/security-group.ts';
import { required } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { cidrPeer, groupPeer, prefixListPeer } from './peers.ts';
import { readDescription } from './permissions.ts';
import { putRules } from './rule-changes.ts';
import { ruleText } from './rule-text.ts';
import { ruleById } from './rules-by-id.ts';
import { readService } from './service.ts';

export const modifySecurityGroupRules: Operation<
  ModifySecurityGroupRulesRequest,
  ModifySecurityGroupRulesResult
> = (input, context) => {
  const group = resourceOf('securityGroup', input.GroupId, context);
  const changed = new Map<string, Rule>();
  for (const { SecurityGroupRuleId, SecurityGroupRule } of input.SecurityGroupRules) {
    const old = ruleById(required(SecurityGroupRuleId, 'SecurityGroupRuleId'), group);
    if (changed.has(old.id)) {
      const expected = 'each rule may be given once';
      refuse('invalidValue', { parameter: 'SecurityGroupRuleId', value: old.id, expected });
    }
    changed.set(old.id, changedRule(old, required(SecurityGroupRule, 'SecurityGroupRule'), group, context));
  }
  const rules = group.rules.map((rule) => changed.get(rule.id) ?? rule);
  const twice = firstRepeated(rules);
  if (twice) refuse('duplicateRule', { rule: ruleText(twice), id: group.id });
  putRules(group, rules, context);
  return { Return: true };
};

function changedRule(
  old: Rule,
  request: SecurityGroupRuleRequest,
  group: SecurityGroup,
  context: Context,
): Rule {
  const service = readService(request);
  const peer = readPeer(request, group, context);
  if (peerType(peer) !== peerType(old.peer)) {
    const expected = `rule ${old.id} is for ${peerType(old.peer)}, which cannot change`;
    refuse('invalidValue', { parameter: 'SecurityGroupRule', value: peerType(peer), expected });
  }
  return {
    id: old.id,
    direction: old.direction,
    service,
    peer,
    ...readDescription(request.Description),
    tags: old.tags,
  };
}

const peerMembers = ['CidrIpv4', 'CidrIpv6', 'PrefixListId', 'ReferencedGroupId'] as const;

function readPeer(request: SecurityGroupRuleRequest, group: SecurityGroup, context: Context): Peer {
  const given = peerMembers.filter((member) => request[member] !== undefined);
  const [member, second] = given;
  if (member !== undefined && second !== undefined) {
    const reason = `The parameter ${second} cannot be used with the parameter ${member}: a rule has one peer.`;
    refuse('invalidCombination', { reason });
  }
  switch (member) {
    case 'CidrIpv4':
      return cidrPeer(request.CidrIpv4, 'ipv4', member);
    case 'CidrIpv6':
      return cidrPeer(request.CidrIpv6, 'ipv6', member);
    case 'PrefixListId':
      return prefixListPeer(request.PrefixListId, 'new', context);
    case 'ReferencedGroupId':
      return groupPeer({ GroupId: request.ReferencedGroupId }, group, 'new', context);
    case undefined:
      return refuse('missingParameter', { parameter: peerMembers.join(', or ') });
    default:
      return member satisfies never;
  }
}

/** AWS refuses to turn a rule for one kind of peer into a rule for another. */
function peerType(peer: Peer): string {
  switch (peer.kind) {
    case 'cidr':
      return familyOf(peer.cidr) === 'ipv4' ? 'an IPv4 CIDR block' : 'an IPv6 CIDR block';
    case 'prefixList':
      return 'a prefix list';
    case 'group':
      return 'a security group';
    default:
      return peer satisfies never;
  }
}
