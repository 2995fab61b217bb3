/** Members of JSON that others wrote: read by name, leniently about what is not there, strictly about what must be. */

export type Json = { readonly [name: string]: unknown };

/** A resource that cannot be read; the message says why, without naming the resource. Caught once per resource. */
export class Unfit extends Error {}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member if it is an object. */
export function objectOf(from: Json, name: string): Json | undefined {
  const value = from[name];
  return isObject(value) ? value : undefined;
}

/** The objects in a list; other things in it, and a member that is no list, are left out. */
export function objectsOf(from: Json, name: string): readonly Json[] {
  const value = from[name];
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The member if it is a text that is not empty. */
export function textOf(from: Json, name: string): string | undefined {
  const value = from[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The objects of a list that may be absent, but must be one where it is there: a rule must not get lost unsaid. */
export function objectListOf(from: Json, name: string): readonly Json[] {
  return wholeList(from, name, isObject, 'an object');
}

/** The same for texts. */
export function textListOf(from: Json, name: string): readonly string[] {
  return wholeList(from, name, (each): each is string => typeof each === 'string', 'a text');
}

function wholeList<T>(
  from: Json,
  name: string,
  isOne: (value: unknown) => value is T,
  one: string,
): readonly T[] {
  const value = from[name] ?? [];
  if (!Array.isArray(value)) throw new Unfit(`${name} is no list`);
  const all = value.filter(isOne);
  if (all.length < value.length) throw new Unfit(`something in ${name} is not ${one}`);
  return all;
}

/** The texts in a list. */
export function textsOf(from: Json, name: string): readonly string[] {
  const value = from[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The member if it is a number, or a text of digits as other programs write numbers. */
export function numberOf(from: Json, name: string): number | undefined {
  const value = from[name];
  if (typeof value === 'number') return value;
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : undefined;
}

/** A number that may be absent, but must be one where it is there: without ports, a rule is for all of them. */
export function optionalNumber(from: Json, name: string): number | undefined {
  const number = numberOf(from, name);
  if (number === undefined && (from[name] ?? undefined) !== undefined) {
    throw new Unfit(`${name} is no number`);
  }
  return number;
}

/** The member if it is a boolean, or its text. */
export function booleanOf(from: Json, name: string): boolean | undefined {
  const value = from[name];
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** A text that must be there. */
export function required(from: Json, name: string): string {
  const text = textOf(from, name);
  if (text === undefined) throw new Unfit(`${name} is missing`);
  return text;
}

/** Milliseconds since 1970 of a time as text or in seconds, 0 where there is none. */
export function timeOf(from: Json, name: string): number {
  const value = from[name];
  if (typeof value === 'number') return value * 1000;
  // Python's own form has a blank where ISO 8601 has a T.
  const timeMs = typeof value === 'string' ? Date.parse(value.replace(/^(\S{10}) /, '$1T')) : Number.NaN;
  return Number.isNaN(timeMs) ? 0 : timeMs;
}
