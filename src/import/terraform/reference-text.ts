/** The texts of references in a plan's configuration: `module.a["x"].ids[0]` and their like. */

/** A name, or a key in brackets. */
export type Step = string | { readonly key: string };

/** The steps of a reference, in order. Keys are texts, also where they are numbers. */
export function stepsOf(text: string): readonly Step[] {
  return [...text.matchAll(/\[(?:("(?:[^"\\]|\\.)*")|(\d+))\]|([^.[\]"]+)/g)].map(
    ([, quoted, index, name]) => {
      if (quoted !== undefined) return { key: unquoted(quoted) };
      return index === undefined ? (name ?? '') : { key: index };
    },
  );
}

/** Terraform quotes keys as Go does; what JSON does not know of that stays as it is. */
function unquoted(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return text.slice(1, -1);
  }
}

/**
 * The references without those that are beginnings of others: a plan lists `aws_vpc.a.id` and also `aws_vpc.a`, and
 * `module.a["x"].id` and also `module.a`.
 */
export function longestOf(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].filter((text) => !texts.some((other) => begins(text, other)));
}

const begins = (text: string, other: string) =>
  other !== text && (other.startsWith(`${text}.`) || other.startsWith(`${text}[`));

/** The key of an instance in its address, `a["x"]` or `a[0]`; undefined where it has none. */
export function lastKey(address: string): string | undefined {
  const last = stepsOf(address).at(-1);
  return last === undefined || typeof last === 'string' ? undefined : last.key;
}

/** What a constant has at the steps; undefined where there is no such thing. */
export function within(value: unknown, steps: readonly Step[]): unknown {
  let found = value;
  for (const step of steps) {
    if (typeof found !== 'object' || found === null) return undefined;
    const name = typeof step === 'string' ? step : step.key;
    found = Object.hasOwn(found, name) ? (found as Readonly<Record<string, unknown>>)[name] : undefined;
  }
  return found;
}
