/** Whether the policy of the caller's key lets a request happen. */
import { requestResources } from '../ec2/request-resources.ts';
import type { Context } from '../operation.ts';
import { type Decision, evaluate } from './evaluate.ts';
import type { Policy } from './policy.ts';

export type Asking = { readonly service: string; readonly action: string; readonly input: unknown };

/**
 * Everybody may ask who they are, whatever a policy says:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
const free: ReadonlySet<string> = new Set(['sts:GetCallerIdentity']);

/**
 * One sentence that says what is denied, or undefined where the policy allows the action on every resource of the
 * request. Names are looked up in the transaction in which the action then runs. May refuse by throwing, as operations.
 */
export function denialOf(
  policy: Policy,
  { service, action, input }: Asking,
  context: Context,
): string | undefined {
  const name = `${service}:${action}`;
  if (free.has(name)) return undefined;
  const named =
    service === 'ec2' ? requestResources(action, (input ?? {}) as object, context) : (['*'] as const);
  for (const resource of named) {
    const decision = evaluate(policy, { action: name, resource });
    if (decision !== 'allowed') {
      return `${context.caller.principal} is not authorized to perform ${name} on ${resource}: ${reasons[decision]}.`;
    }
  }
  return undefined;
}

const reasons: Readonly<Record<Exclude<Decision, 'allowed'>, string>> = {
  deniedByStatement: 'a statement of its policy denies it',
  notAllowed: 'no statement of its policy allows it',
};
