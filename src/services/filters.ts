/**
 * Filters of describe operations: any of a filter's values, all of the filters; `*` is any text, `?` any character,
 * a backslash makes the next character plain. Values are compared with case.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Filtering.html
 */
import type { Tags } from '#vpc/tags.ts';
import { globOf } from './glob.ts';
import type { Context } from './operation.ts';
import { refuse } from './refusal.ts';

/** A filter as AWS's SDK spells it. */
export type FilterInput = { readonly Name?: string | undefined; readonly Values?: string[] | undefined };

type Plain = string | number | boolean | undefined;

/** What an entity holds under a filter's name: one value, several, or none. */
export type Field<T> = (entity: T, context: Context) => Plain | readonly Plain[];

export type Fields<T> = Readonly<Record<string, Field<T>>>;

export type Filter<T> = {
  readonly name: string;
  readonly values: readonly string[];
  readonly matches: (entity: T, context: Context) => boolean;
};

/** Most filters of a request and values of a filter that AWS takes (Using_Filtering). */
const filtersMax = 50;
const valuesMax = 200;

/** Checks a request's filters against the table of a resource. Tag filters work where `tagsOf` is given. */
export function readFilters<T>(
  inputs: readonly FilterInput[] | undefined,
  fields: Fields<T>,
  tagsOf?: (entity: T) => Tags,
): readonly Filter<T>[] {
  if ((inputs?.length ?? 0) > filtersMax) {
    refuse('tooManyFilters', {
      reason: `The request has ${inputs?.length} filters; the limit is ${filtersMax}.`,
    });
  }
  return (inputs ?? []).map((input) => readFilter(input, fields, tagsOf));
}

function readFilter<T>(
  { Name: name, Values: values = [] }: FilterInput,
  fields: Fields<T>,
  tagsOf: ((entity: T) => Tags) | undefined,
): Filter<T> {
  if (name === undefined || name === '') return refuse('missingParameter', { parameter: 'Filter.Name' });
  const field = fieldOf(name, fields, tagsOf) ?? refuse('unknownFilter', { filter: name });
  if (values.length === 0) refuse('missingParameter', { parameter: `Filter.Value of filter ${name}` });
  if (values.length > valuesMax) {
    refuse('tooManyFilters', {
      reason: `Filter ${name} has ${values.length} values; the limit is ${valuesMax}.`,
    });
  }
  const accepts = matcherOf(values);
  const matches = (entity: T, context: Context): boolean => {
    const held = field(entity, context);
    return (Array.isArray(held) ? held : [held]).some(
      (value) => value !== undefined && accepts(String(value)),
    );
  };
  return { name, values, matches };
}

function fieldOf<T>(name: string, fields: Fields<T>, tagsOf?: (entity: T) => Tags): Field<T> | undefined {
  if (Object.hasOwn(fields, name)) return fields[name];
  if (!tagsOf) return undefined;
  if (name === 'tag-key') return (entity) => Object.keys(tagsOf(entity));
  if (name === 'tag-value') return (entity) => Object.values(tagsOf(entity));
  const key = name.startsWith('tag:') ? name.slice('tag:'.length) : '';
  return key === ''
    ? undefined
    : (entity) => (Object.hasOwn(tagsOf(entity), key) ? tagsOf(entity)[key] : undefined);
}

/** Whether a value has no wildcard, so that an index can answer it. */
export function isLiteral(value: string): boolean {
  return !/[*?\\]/.test(value);
}

function matcherOf(values: readonly string[]): (text: string) => boolean {
  const literals = new Set(values.filter(isLiteral));
  const globs = values.filter((value) => !isLiteral(value)).map((value) => globOf(value, { escapes: true }));
  return (text) => literals.has(text) || globs.some((matches) => matches(text));
}
