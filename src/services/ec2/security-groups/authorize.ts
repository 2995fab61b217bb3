/** AuthorizeSecurityGroupIngress and AuthorizeSecurityGroupEgress. */
import type {
  AuthorizeSecurityGroupIngressRequest,
  AuthorizeSecurityGroupIngressResult,
} from '@aws-sdk/client-ec2';
import { firstRepeated } from '#vpc/group-rules.ts';
import { newId } from '#vpc/ids.ts';
import type { Direction, Rule } from '#vpc/security-group.ts';
import type { Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { tagsOnCreate } from '../tags/tags.ts';
import { groupIn } from './find-group.ts';
import { ruleOutput } from './output.ts';
import { readRules } from './permissions.ts';
import { putRules } from './rule-changes.ts';
import { ruleText } from './rule-text.ts';

/** Adds all rules of a request to a group, or none. */
export function authorize(
  direction: Direction,
): Operation<AuthorizeSecurityGroupIngressRequest, AuthorizeSecurityGroupIngressResult> {
  return (input, context) => {
    const group = groupIn(input, context);
    const rules = readRules(input, { group, direction, check: 'new' }, context).map(({ rule }) => rule);
    const tags = tagsOnCreate('rule', input.TagSpecifications, context);
    const twice = firstRepeated(rules);
    if (twice) refuse('repeatedRule', { rule: ruleText(twice) });
    const held = firstRepeated(rules, group.rules);
    if (held) refuse('duplicateRule', { rule: ruleText(held), id: group.id });
    const added: readonly Rule[] = rules.map((rule) => ({
      ...rule,
      id: newId('rule', context.hex17),
      tags,
    }));
    putRules(group, [...group.rules, ...added], context);
    return { Return: true, SecurityGroupRules: added.map((rule) => ruleOutput(rule, group, context)) };
  };
}
