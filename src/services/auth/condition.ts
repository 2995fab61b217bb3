/**
 * `Condition` of a statement: the operators and keys of which this program knows exactly what they mean. All operators
 * and all their keys must hold; of the values of a key one must match, or none where the operator says Not.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-logic-multiple-context-keys-or-values.html
 */
import { parseIp } from '#net/address.ts';
import { covers, hostCidr, parseCidr } from '#net/cidr.ts';
import { type Glob, globOf } from '../glob.ts';

const requestKeys = [
  'aws:principalaccount',
  'aws:principalarn',
  'aws:requestedregion',
  'aws:sourceip',
  'aws:username',
  'ec2:region',
] as const;

/** What a condition may ask for: something of the request, or a tag of the resource that the statement is asked about. */
export type ConditionKey =
  | { readonly kind: 'request'; readonly name: (typeof requestKeys)[number] }
  | { readonly kind: 'resourceTag'; readonly tag: string };

/** What a key stands for in a request; undefined where it stands for nothing. */
export type Facts = (key: ConditionKey) => string | undefined;

export type Condition = (facts: Facts) => boolean;

type Operator = {
  readonly isNegated: boolean;
  /** The test of one value of the document; undefined where it is not one that the operator takes. */
  readonly matcher: (value: string) => Glob | undefined;
};

const equal = (value: string): Glob => {
  return (text) => text === value;
};
const equalAnyCase = (value: string): Glob => {
  return (text) => text.toLowerCase() === value.toLowerCase();
};
const like = (value: string): Glob => globOf(value, { escapes: false });

function inBlock(value: string): Glob | undefined {
  const host = parseIp(value);
  const block = host ? hostCidr(host) : parseCidr(value);
  if (!block) return undefined;
  return (text) => {
    const ip = parseIp(text);
    return ip !== undefined && covers(block, hostCidr(ip));
  };
}

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: { isNegated: false, matcher: equal },
  StringNotEquals: { isNegated: true, matcher: equal },
  StringEqualsIgnoreCase: { isNegated: false, matcher: equalAnyCase },
  StringNotEqualsIgnoreCase: { isNegated: true, matcher: equalAnyCase },
  StringLike: { isNegated: false, matcher: like },
  StringNotLike: { isNegated: true, matcher: like },
  IpAddress: { isNegated: false, matcher: inBlock },
  NotIpAddress: { isNegated: true, matcher: inBlock },
};

const ifExists = 'IfExists';

/** The condition of a statement, or in one line why it is none that this program would obey. */
export function conditionIn(value: unknown): Condition | string {
  const tests: Condition[] = [];
  for (const [name, keys] of entriesOf(value)) {
    const plain = name.endsWith(ifExists) ? name.slice(0, -ifExists.length) : name;
    const operator = Object.hasOwn(operators, plain) ? operators[plain] : undefined;
    if (!operator) return `the condition operator ${name} is not supported`;
    for (const [key, values] of entriesOf(keys)) {
      const test = testOf(operator, { key, values, isOptional: plain !== name });
      if (typeof test === 'string') return `${name} ${key}: ${test}`;
      tests.push(test);
    }
  }
  if (tests.length === 0) return 'Condition has no condition that is an object of objects';
  return (facts) => tests.every((test) => test(facts));
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : [];
}

type Asked = { readonly key: string; readonly values: unknown; readonly isOptional: boolean };

function testOf({ isNegated, matcher }: Operator, { key, values, isOptional }: Asked): Condition | string {
  const wanted = keyOf(key);
  if (!wanted) return 'the key is not supported';
  const isAddress = wanted.kind === 'request' && wanted.name === 'aws:sourceip';
  if (isAddress !== (matcher === inBlock)) {
    return isAddress ? 'it is an address, for IpAddress and NotIpAddress' : 'it is not an address';
  }
  const matchers: Glob[] = [];
  for (const each of [values].flat()) {
    if (typeof each !== 'string') return 'a value is not text';
    if (each.includes('${')) return `the variable in "${each}" is not supported`;
    const made = matcher(each);
    if (!made) return `"${each}" is not an address or block`;
    matchers.push(made);
  }
  if (matchers.length === 0) return 'it has no value';
  return (facts) => {
    const held = facts(wanted);
    if (held === undefined) return isOptional || isNegated;
    return matchers.some((matches) => matches(held)) !== isNegated;
  };
}

/** Names of keys are compared without case. */
function keyOf(text: string): ConditionKey | undefined {
  const lower = text.toLowerCase();
  const name = requestKeys.find((each) => each === lower);
  if (name) return { kind: 'request', name };
  const [, tag] = /^(?:aws|ec2):resourcetag\/(.+)$/is.exec(text) ?? [];
  return tag === undefined ? undefined : { kind: 'resourceTag', tag };
}
