/**
 * The keys that a condition may ask for.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html and, for `ec2:`,
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html#amazonec2-policy-keys
 */

/** What the values of a key are, which says what operators it takes. */
export type ValueForm = 'text' | 'arn' | 'address' | 'manyTexts';

const requestKeys = {
  'aws:principalaccount': 'text',
  'aws:principalarn': 'arn',
  'aws:requestedregion': 'text',
  'aws:sourceip': 'address',
  'aws:tagkeys': 'manyTexts',
  'aws:username': 'text',
  'ec2:createaction': 'text',
  'ec2:region': 'text',
  'ec2:vpc': 'arn',
} as const satisfies Readonly<Record<string, ValueForm>>;

const tagKeys = {
  'aws:principaltag': 'principalTag',
  'aws:requesttag': 'requestTag',
  'aws:resourcetag': 'resourceTag',
  'ec2:resourcetag': 'resourceTag',
} as const;

/**
 * Something of the request, or a tag: of the resource that the statement is asked about, of what the request gives that
 * resource, or of the session that asks.
 */
export type ConditionKey =
  | { readonly kind: 'request'; readonly name: keyof typeof requestKeys }
  | { readonly kind: (typeof tagKeys)[keyof typeof tagKeys]; readonly tag: string };

/** What a key stands for in a request; undefined where it stands for nothing. */
export type Facts = (key: ConditionKey) => string | readonly string[] | undefined;

/** The key of a text, undefined for others. Names of keys are compared without case. */
export function conditionKey(text: string): ConditionKey | undefined {
  const lower = text.toLowerCase();
  if (Object.hasOwn(requestKeys, lower)) return { kind: 'request', name: lower as keyof typeof requestKeys };
  const slash = text.indexOf('/');
  const prefix = lower.slice(0, Math.max(slash, 0));
  if (!Object.hasOwn(tagKeys, prefix) || slash === text.length - 1) return undefined;
  return { kind: tagKeys[prefix as keyof typeof tagKeys], tag: text.slice(slash + 1) };
}

/** What the values of a key are. */
export function valueForm(key: ConditionKey): ValueForm {
  return key.kind === 'request' ? requestKeys[key.name] : 'text';
}
