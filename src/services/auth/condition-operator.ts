/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html */
import { parseIp } from '#net/address.ts';
import { covers, hostCidr, parseCidr } from '#net/cidr.ts';
import { type Glob, globOf } from '../glob.ts';
import { arnPattern } from './arn-pattern.ts';
import type { ValueForm } from './condition-key.ts';

type Compare = {
  readonly isNegated: boolean;
  readonly matcher: (value: string) => Glob | undefined;
  /** What it compares; texts of any form may be compared as texts, but for addresses. */
  readonly compares: 'text' | 'arn' | 'address';
};

/** What of several values a key has must match: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-single-vs-multi-valued-context-keys.html */
export type Quantifier = 'one' | 'all' | 'any';

export type Operator =
  | { readonly kind: 'null' }
  | ({
      readonly kind: 'compare';
      readonly quantifier: Quantifier;
      /** Holds too where the key stands for nothing. */
      readonly isOptional: boolean;
    } & Compare);

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

/** ArnEquals and ArnLike are the same: the page above. */
const compares: Readonly<Record<string, Compare>> = {
  StringEquals: { isNegated: false, matcher: equal, compares: 'text' },
  StringNotEquals: { isNegated: true, matcher: equal, compares: 'text' },
  StringEqualsIgnoreCase: { isNegated: false, matcher: equalAnyCase, compares: 'text' },
  StringNotEqualsIgnoreCase: { isNegated: true, matcher: equalAnyCase, compares: 'text' },
  StringLike: { isNegated: false, matcher: like, compares: 'text' },
  StringNotLike: { isNegated: true, matcher: like, compares: 'text' },
  ArnEquals: { isNegated: false, matcher: arnPattern, compares: 'arn' },
  ArnLike: { isNegated: false, matcher: arnPattern, compares: 'arn' },
  ArnNotEquals: { isNegated: true, matcher: arnPattern, compares: 'arn' },
  ArnNotLike: { isNegated: true, matcher: arnPattern, compares: 'arn' },
  IpAddress: { isNegated: false, matcher: inBlock, compares: 'address' },
  NotIpAddress: { isNegated: true, matcher: inBlock, compares: 'address' },
};

/** By the word before an operator's colon. */
const quantifiers: ReadonlyMap<string | undefined, Quantifier> = new Map([
  [undefined, 'one'],
  ['ForAllValues', 'all'],
  ['ForAnyValue', 'any'],
]);

/** The operator of a name; undefined for others. */
export function operatorNamed(name: string): Operator | undefined {
  if (name === 'Null') return { kind: 'null' };
  const [, prefix, plain = '', optional] = /^(?:(\w+):)?(\w+?)(IfExists)?$/.exec(name) ?? [];
  const compare = Object.hasOwn(compares, plain) ? compares[plain] : undefined;
  const quantifier = quantifiers.get(prefix);
  if (!compare || !quantifier) return undefined;
  // Of a key that stands for nothing the one says that the condition fails, the other that it holds.
  if (quantifier === 'any' && optional !== undefined) return undefined;
  return { kind: 'compare', quantifier, isOptional: optional !== undefined, ...compare };
}

/** In one line why an operator does not go with a key's values; undefined where it does. */
export function misfit(operator: Operator, form: ValueForm): string | undefined {
  if (operator.kind === 'null') return undefined;
  if ((form === 'address') !== (operator.compares === 'address')) {
    return form === 'address' ? 'it is an address, for IpAddress and NotIpAddress' : 'it is not an address';
  }
  if (operator.compares === 'arn' && form !== 'arn') return 'it is not an ARN';
  if (form === 'manyTexts' && operator.quantifier === 'one') {
    return 'it has several values: use ForAllValues or ForAnyValue';
  }
  return undefined;
}
