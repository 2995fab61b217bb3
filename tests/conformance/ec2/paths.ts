/** Reading outputs by path, and filling remembered values into inputs. */

/** Everything at a path such as `Vpc.CidrBlockAssociationSet.0.CidrBlock`; `*` takes all elements. */
export function allAt(value: unknown, path: string): readonly unknown[] {
  let found: readonly unknown[] = [value];
  for (const name of path === '' ? [] : path.split('.')) {
    found = found.flatMap((each): readonly unknown[] => {
      if (each === undefined || each === null) return [];
      if (name === '*') return each as readonly unknown[];
      return [(each as Readonly<Record<string, unknown>>)[name]];
    });
  }
  return found.filter((each) => each !== undefined);
}

/** The one value at a path, undefined where there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return allAt(value, path)[0];
}

/**
 * A value with the remembered texts in place of `$name`; `$name|old|new` is the text with another part, `$$text` is
 * `$text` itself.
 */
export function filled<T>(value: T, memory: ReadonlyMap<string, string>): T {
  if (typeof value === 'string') return filledText(value, memory) as T;
  if (Array.isArray(value)) return value.map((each) => filled(each, memory)) as T;
  if (value === null || typeof value !== 'object' || Object.getPrototypeOf(value) !== Object.prototype) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each, memory)])) as T;
}

function filledText(text: string, memory: ReadonlyMap<string, string>): string {
  if (text.startsWith('$$')) return text.slice(1);
  const [, name, old = '', next = ''] = /^\$(\w+)(?:\|(.*)\|(.*))?$/.exec(text) ?? [];
  if (name === undefined) return text;
  const known = memory.get(name);
  if (known === undefined) throw new Error(`no step before this one remembers ${name}`);
  return known.replace(old, next);
}
