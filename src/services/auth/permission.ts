/** Whether the policies of the caller let a request happen. */
import type { Context } from '../operation.ts';
import { type Asking, type Demand, demandsOf } from './demands.ts';
import { type Decision, evaluate } from './evaluate.ts';
import { factsOf, type Holder } from './facts.ts';
import type { Policy } from './policy.ts';

/** A policy and whose it is: a session has those of the user who began it, and its own. */
export type HeldPolicy = { readonly policy: Policy; readonly holder: Holder };

/**
 * Everybody may ask who they are, whatever a policy says:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
const free: ReadonlySet<string> = new Set(['sts:GetCallerIdentity']);

/**
 * One sentence that says what is denied, or undefined where all policies allow all that the request asks. Names are
 * looked up in the transaction in which the action then runs.
 */
export function denialOf(
  policies: readonly HeldPolicy[],
  { sourceAddress, ...asking }: Asking & { readonly sourceAddress: string },
  context: Context,
): string | undefined {
  if (free.has(`${asking.service}:${asking.action}`)) return undefined;
  const demands = demandsOf(asking, context);
  if (isTooMuch(demands)) {
    return `${context.caller.principal} is not authorized to perform ${asking.service}:${asking.action}: ${tooMuch}.`;
  }
  for (const demand of demands) {
    const { action, resource } = demand;
    for (const { policy, holder } of policies) {
      const facts = factsOf({ holder, demand, sourceAddress }, context);
      const decision = evaluate(policy, { action, resource, facts });
      if (decision !== 'allowed') {
        return `${context.caller.principal} is not authorized to perform ${action} on ${resource}: ${reasons[decision]}.`;
      }
    }
  }
  return undefined;
}

/** "Up to 1000 instance IDs": https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_TerminateInstances.html */
const countMax = 1000;
/** No role, key pair or tag has a name as long. */
const charsMax = 1024;
const tooMuch = `policies are asked of ${countMax} resources and tags and names of ${charsMax} characters at most`;

/**
 * Whether a request would hold up everybody else: each of its texts is compared with every pattern of the policies, which
 * the caller chose, before the operation looks at them.
 */
function isTooMuch(demands: readonly Demand[]): boolean {
  if (demands.length > countMax) return true;
  return demands.some(({ resource, tags }) => {
    const texts = Object.entries(tags);
    if (resource.length > charsMax || texts.length > countMax) return true;
    return texts.some(([key, value]) => key.length > charsMax || value.length > charsMax);
  });
}

const reasons: Readonly<Record<Exclude<Decision, 'allowed'>, string>> = {
  deniedByStatement: 'a statement of its policy denies it',
  notAllowed: 'no statement of its policy allows it',
};
