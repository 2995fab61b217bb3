/**
 * What a policy says of one request: an explicit deny wins over any allow, and what nothing allows is denied.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
import type { Facts } from './condition-key.ts';
import type { Policy, Statement } from './policy.ts';

/**
 * What is asked for: `ec2:CreateSecurityGroup`, on an ARN, or `*` where an action works on nothing in particular; and
 * what conditions go by.
 */
export type Asked = { readonly action: string; readonly resource: string; readonly facts: Facts };

export type Decision = 'allowed' | 'deniedByStatement' | 'notAllowed';

/** Decides about one action on one resource. */
export function evaluate({ statements }: Policy, asked: Asked): Decision {
  const applying = statements.filter((statement) => applies(statement, asked));
  if (applying.some(({ effect }) => effect === 'deny')) return 'deniedByStatement';
  return applying.length > 0 ? 'allowed' : 'notAllowed';
}

function applies({ actions, resources, condition }: Statement, { action, resource, facts }: Asked): boolean {
  if (!selects(actions, action.toLowerCase()) || !selects(resources, resource)) return false;
  return condition === undefined || condition(facts);
}

function selects({ kind, patterns }: Statement['actions'], text: string): boolean {
  return patterns.some((matches) => matches(text)) === (kind === 'matching');
}
