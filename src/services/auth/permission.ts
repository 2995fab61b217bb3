/** Whether the policy of the caller's key lets a request happen. */
import { requestResources } from '../ec2/request-resources.ts';
import { findTaggable } from '../ec2/tags/taggable.ts';
import type { Context } from '../operation.ts';
import type { Facts } from './condition.ts';
import { type Decision, evaluate } from './evaluate.ts';
import type { Policy } from './policy.ts';

export type Asking = {
  readonly service: string;
  readonly action: string;
  readonly input: unknown;
  /** Address from which the request came. */
  readonly sourceAddress: string;
};

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
  { service, action, input, sourceAddress }: Asking,
  context: Context,
): string | undefined {
  const name = `${service}:${action}`;
  if (free.has(name)) return undefined;
  const named =
    service === 'ec2' ? requestResources(action, (input ?? {}) as object, context) : (['*'] as const);
  for (const resource of named) {
    const facts = factsOf(resource, sourceAddress, context);
    const decision = evaluate(policy, { action: name, resource, facts });
    if (decision !== 'allowed') {
      return `${context.caller.principal} is not authorized to perform ${name} on ${resource}: ${reasons[decision]}.`;
    }
  }
  return undefined;
}

function factsOf(resource: string, sourceAddress: string, context: Context): Facts {
  const { scope, principal } = context.caller;
  return (key) => {
    if (key.kind === 'resourceTag') return tagOf(resource, key.tag, context);
    switch (key.name) {
      case 'aws:sourceip':
        return sourceAddress;
      case 'aws:requestedregion':
      case 'ec2:region':
        return scope.region;
      case 'aws:principalaccount':
        return scope.account;
      case 'aws:principalarn':
        return principal;
      case 'aws:username':
        // The root of an account is no user.
        return /:user\/(?:.*\/)?([^/]+)$/.exec(principal)?.[1];
      default:
        return key.name satisfies never;
    }
  };
}

/** A tag of the resource of an ARN. Keys of tags are compared without case here, the very same one first. */
function tagOf(resource: string, tag: string, context: Context): string | undefined {
  const [type, id = ''] = resource.slice(resource.lastIndexOf(':') + 1).split('/');
  // The ARN of a key pair has its name.
  const { keyPair } = context.transaction.network;
  const [pair] = type === 'key-pair' ? keyPair.by('name', id) : [];
  const tags = pair?.tags ?? findTaggable(id, context)?.tags ?? {};
  if (Object.hasOwn(tags, tag)) return tags[tag];
  return Object.entries(tags).find(([key]) => key.toLowerCase() === tag.toLowerCase())?.[1];
}

const reasons: Readonly<Record<Exclude<Decision, 'allowed'>, string>> = {
  deniedByStatement: 'a statement of its policy denies it',
  notAllowed: 'no statement of its policy allows it',
};
