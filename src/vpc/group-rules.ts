/** Rules of security groups as a set: the ones a group starts with, sameness, and how they count. */
import { type Family, families, familyOf } from '#net/address.ts';
import { everybody } from '#net/cidr.ts';
import type { PrefixListId, RuleId, SecurityGroupId } from './ids.ts';
import {
  type Direction,
  defaultGroupName,
  directions,
  type Peer,
  type Rule,
  type SecurityGroup,
  type Service,
} from './security-group.ts';
import { noTags } from './tags.ts';
import type { Vpc } from './vpc.ts';

/**
 * Outbound rules of a new group: everything, over IPv6 too where the VPC has an IPv6 block.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function openEgress({ ipv6Blocks }: Vpc, newRuleId: () => RuleId): readonly Rule[] {
  return ipv6Blocks.length > 0
    ? [openEgressRule('ipv4', newRuleId()), openEgressRule('ipv6', newRuleId())]
    : [openEgressRule('ipv4', newRuleId())];
}

/** The rule that lets everything of a family out. */
export function openEgressRule(family: Family, id: RuleId): Rule {
  const peer = { kind: 'cidr', cidr: everybody[family] } as const;
  return { id, direction: 'egress', service: { kind: 'all' }, peer, tags: noTags };
}

/**
 * Whether a group's outbound rules are still those of a group in a VPC without IPv6: such groups get the IPv6 rule
 * when the VPC gets an IPv6 block (https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html).
 */
export function hasUntouchedEgress({ rules }: SecurityGroup): boolean {
  const egress = rules.filter(({ direction }) => direction === 'egress');
  const [only] = egress;
  return (
    egress.length === 1 && only !== undefined && ruleKey(only) === ruleKey(openEgressRule('ipv4', only.id))
  );
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

/** What makes a rule: two rules of a group with the same key are the same rule, whatever their descriptions. */
export type RuleSubstance = Pick<Rule, 'direction' | 'service' | 'peer'>;

export function ruleKey({ direction, service, peer }: RuleSubstance): string {
  return `${direction} ${serviceKey(service)} ${peerText(peer)}`;
}

function serviceKey(service: Service): string {
  switch (service.kind) {
    case 'all':
      return 'all';
    case 'ports':
      return `${service.protocol} ${service.from}-${service.to}`;
    case 'icmp':
      return `${service.protocol} ${service.type}/${service.code}`;
    case 'protocol':
      return `${service.protocol}`;
    default:
      return service satisfies never;
  }
}

/**
 * The block or the id of what a rule admits. A group is known by its id alone: it is the same peer whether or not its VPC
 * and peering are still known.
 */
export function peerText(peer: Peer): string {
  switch (peer.kind) {
    case 'cidr':
      return peer.cidr;
    case 'prefixList':
      return peer.prefixListId;
    case 'group':
      return peer.groupId;
    default:
      return peer satisfies never;
  }
}

/** The first of the rules that stands among the others, or twice among themselves. */
export function firstRepeated<R extends RuleSubstance>(
  rules: readonly R[],
  others: readonly RuleSubstance[] = [],
): R | undefined {
  const seen = new Set(others.map(ruleKey));
  return rules.find((rule) => seen.size === seen.add(ruleKey(rule)).size);
}

/** Family and size of a prefix list; undefined for one that is gone. */
export type ListSize = (
  id: PrefixListId,
) => { readonly family: Family; readonly maxEntries: number } | undefined;

/**
 * How many rules of a family a rule counts as: a block counts in its own, a group in both, a prefix list as its
 * MaxEntries (https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups).
 */
function weightOf({ peer }: Pick<Rule, 'peer'>, family: Family, listSize: ListSize): number {
  switch (peer.kind) {
    case 'cidr':
      return familyOf(peer.cidr) === family ? 1 : 0;
    case 'group':
      return 1;
    case 'prefixList': {
      const list = listSize(peer.prefixListId);
      return list?.family === family ? list.maxEntries : 0;
    }
    default:
      return peer satisfies never;
  }
}

export type Excess = { readonly direction: Direction; readonly family: Family; readonly count: number };

/**
 * The direction and family in which the rules after a change pass the limit. Where a limit was lowered below what a
 * group has, a change that adds nothing there is still fine.
 */
export function excessOf(
  change: { readonly before: readonly Rule[]; readonly after: readonly Rule[] },
  limit: number,
  listSize: ListSize,
): Excess | undefined {
  for (const direction of directions) {
    for (const family of families) {
      const count = (rules: readonly Rule[]) => {
        let sum = 0;
        for (const rule of rules) if (rule.direction === direction) sum += weightOf(rule, family, listSize);
        return sum;
      };
      const after = count(change.after);
      if (after > limit && after > count(change.before)) return { direction, family, count: after };
    }
  }
  return undefined;
}
