/** UpdateSecurityGroupRuleDescriptionsIngress and …Egress. An absent or empty description removes the old one. */
import type {
  UpdateSecurityGroupRuleDescriptionsIngressRequest,
  UpdateSecurityGroupRuleDescriptionsIngressResult,
} from '@aws-sdk/client-ec2';
import { ruleKey } from '#vpc/group-rules.ts';
import type { Direction, Rule, SecurityGroup } from '#vpc/security-group.ts';
import { required } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { groupIn } from './find-group.ts';
import { readDescription, readRules } from './permissions.ts';
import { ruleText } from './rule-text.ts';
import { ruleById } from './rules-by-id.ts';

type Input = UpdateSecurityGroupRuleDescriptionsIngressRequest;
type Described = { readonly description?: string };

/** Changes descriptions of rules named by their ids or their values; all of them or none. */
export function updateDescriptions(
  direction: Direction,
): Operation<Input, UpdateSecurityGroupRuleDescriptionsIngressResult> {
  return (input, context) => {
    const group = groupIn(input, context);
    const next = readDescriptions(input, group, direction, context);
    const rules = group.rules.map((rule) => {
      const described = next.get(rule.id);
      if (!described) return rule;
      const { description: _, ...rest } = rule;
      return { ...rest, ...described };
    });
    context.transaction.put('securityGroup', { ...group, rules });
    return { Return: true };
  };
}

function readDescriptions(
  input: Input,
  group: SecurityGroup,
  direction: Direction,
  context: Context,
): ReadonlyMap<string, Described> {
  const { IpPermissions: permissions = [], SecurityGroupRuleDescriptions: byId = [] } = input;
  if (permissions.length > 0 && byId.length > 0) {
    refuse('invalidCombination', {
      reason: 'The parameter SecurityGroupRuleDescriptions cannot be used with the parameter IpPermissions.',
    });
  }
  if (byId.length > 0) {
    return new Map(
      byId.map(({ SecurityGroupRuleId, Description }) => {
        const { id } = ruleById(required(SecurityGroupRuleId, 'SecurityGroupRuleId'), group, direction);
        return [id, readDescription(Description)];
      }),
    );
  }
  if (permissions.length === 0) {
    refuse('missingParameter', { parameter: 'IpPermissions or SecurityGroupRuleDescriptions' });
  }
  const held = new Map<string, Rule>(group.rules.map((rule) => [ruleKey(rule), rule]));
  return new Map(
    readRules({ IpPermissions: permissions }, { group, direction, check: 'held' }, context).map(
      ({ rule }) => {
        const { id } =
          held.get(ruleKey(rule)) ?? refuse('ruleNotFound', { rule: ruleText(rule), id: group.id });
        return [id, rule.description === undefined ? {} : { description: rule.description }];
      },
    ),
  );
}
