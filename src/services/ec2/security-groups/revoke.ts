/** RevokeSecurityGroupIngress and RevokeSecurityGroupEgress. */
import type {
  RevokeSecurityGroupIngressRequest,
  RevokeSecurityGroupIngressResult,
} from '@aws-sdk/client-ec2';
import { ruleKey } from '#vpc/group-rules.ts';
import type { Direction, Rule, SecurityGroup } from '#vpc/security-group.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { groupIn } from './find-group.ts';
import { revokedOutput } from './output.ts';
import { type RuleRequest, readRules } from './permissions.ts';
import { putRules } from './rule-changes.ts';
import { ruleText } from './rule-text.ts';
import { rulesById } from './rules-by-id.ts';

/** Removes rules by their ids or their values. */
export function revoke(
  direction: Direction,
): Operation<RevokeSecurityGroupIngressRequest, RevokeSecurityGroupIngressResult> {
  return (input, context) => {
    const group = groupIn(input, context);
    const { SecurityGroupRuleIds: ids = [], IpPermissions: permissions = [] } = input;
    if (ids.length > 0 && permissions.length > 0) {
      refuse('invalidCombination', {
        reason: 'The parameter SecurityGroupRuleIds cannot be used with the parameter IpPermissions.',
      });
    }
    const { revoked, unknown } =
      ids.length > 0
        ? { revoked: rulesById(ids, group, direction), unknown: [] }
        : matchRules(readRules(input, { group, direction, check: 'held' }, context), group, context);
    const gone = new Set(revoked);
    const kept = group.rules.filter((rule) => !gone.has(rule));
    if (gone.size > 0) putRules(group, kept, context);
    return {
      Return: true,
      ...(unknown.length > 0 ? { UnknownIpPermissions: unknown.map(({ permission }) => permission()) } : {}),
      RevokedSecurityGroupRules: [...gone].map((rule) => revokedOutput(rule, group)),
    };
  };
}

type Matched = { readonly revoked: readonly Rule[]; readonly unknown: readonly RuleRequest[] };

/**
 * The group's rules that requests mean, descriptions aside. One that is absent is an error, but in a default VPC it is
 * passed over and listed (https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html).
 */
function matchRules(
  requests: readonly RuleRequest[],
  group: SecurityGroup,
  { transaction }: Context,
): Matched {
  const held = new Map(group.rules.map((rule) => [ruleKey(rule), rule]));
  const found = requests.map(({ rule }) => held.get(ruleKey(rule)));
  const unknown = requests.filter((_, index) => found[index] === undefined);
  const [first] = unknown;
  if (first && !transaction.network.vpc.get(group.vpcId)?.isDefault) {
    refuse('ruleNotFound', { rule: ruleText(first.rule), id: group.id });
  }
  return { revoked: found.filter((rule) => rule !== undefined), unknown };
}
