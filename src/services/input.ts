/** Reading parameters: what every operation checks before it looks at anything. */
import { refuse } from './refusal.ts';

/** The value of a parameter that must be there; an empty text counts as absent, as in AWS's query protocol. */
export function required<T>(value: T | null | undefined, parameter: string): NonNullable<T> {
  if (value === undefined || value === null || value === '') return refuse('missingParameter', { parameter });
  return value;
}

/** The elements of a list parameter that must have some. */
export function requiredList<T>(values: readonly T[] | null | undefined, parameter: string): readonly T[] {
  if (!values || values.length === 0) return refuse('missingParameter', { parameter });
  return values;
}

/** The value, if it is one of the choices. */
export function oneOf<const Choice extends string>(
  value: string,
  choices: readonly Choice[],
  parameter: string,
): Choice {
  const known = choices.find((choice) => choice === value);
  return known ?? refuse('invalidValue', { parameter, value, expected: `use one of ${choices.join(', ')}` });
}

/** An integer between bounds, both inclusive. */
export function inRange(
  value: number,
  { min, max, parameter }: { readonly min: number; readonly max: number; readonly parameter: string },
): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  return refuse('invalidValue', { parameter, value, expected: `use ${min} to ${max}` });
}
