/** The rules that a new security group starts with. */
import { everybody } from '#net/cidr.ts';
import type { RuleId, SecurityGroupId } from './ids.ts';
import { defaultGroupName, type Rule, type SecurityGroup } from './security-group.ts';
import { noTags } from './tags.ts';
import type { Vpc } from './vpc.ts';

/**
 * Outbound rules of a new group: everything, over IPv6 too where the VPC has an IPv6 block.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function openEgress({ ipv6Blocks }: Vpc, newRuleId: () => RuleId): readonly Rule[] {
  const cidrs = ipv6Blocks.length > 0 ? [everybody.ipv4, everybody.ipv6] : [everybody.ipv4];
  return cidrs.map((cidr) => ({
    id: newRuleId(),
    direction: 'egress',
    service: { kind: 'all' },
    peer: { kind: 'cidr', cidr },
    tags: noTags,
  }));
}

/**
 * The group that every VPC has: all traffic from its own members in, everything out.
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-security-group.html
 */
export function defaultGroup(vpc: Vpc, newRuleId: () => RuleId, id: SecurityGroupId): SecurityGroup {
  const fromItself: Rule = {
    id: newRuleId(),
    direction: 'ingress',
    service: { kind: 'all' },
    peer: { kind: 'group', groupId: id },
    tags: noTags,
  };
  return {
    id,
    vpcId: vpc.id,
    name: defaultGroupName,
    description: 'default VPC security group',
    rules: [fromItself, ...openEgress(vpc, newRuleId)],
    tags: noTags,
  };
}
