/** Source files as the structure check sees them: path, text and what they import. */
import { posix } from 'node:path';

export type Source = { readonly path: string; readonly text: string };

export type Import = {
  /** As written: `./x.ts`, `#net/cidr.ts`, `node:fs`, `koffi`. */
  readonly specifier: string;
  /** Whether the import is gone at run time. */
  readonly typeOnly: boolean;
};

const statement = /^\s*(?:import|export)\s+(type\s+)?(?:[^'"`;()]*?\s+from\s+)?'([^']+)'/gm;
const dynamic = /\bimport\('([^']+)'\)/g;

/** Everything that a file imports or exports from elsewhere. */
export function importsOf({ text }: Source): readonly Import[] {
  const written = [...text.matchAll(statement)].map(([, type, specifier]) => ({
    specifier: specifier ?? '',
    typeOnly: type !== undefined,
  }));
  const loaded = [...text.matchAll(dynamic)].map(([, specifier]) => ({
    specifier: specifier ?? '',
    typeOnly: false,
  }));
  return [...written, ...loaded];
}

/** The path that an import of a file of ours means; undefined for packages and Node's own modules. */
export function targetOf(from: string, specifier: string): string | undefined {
  if (specifier.startsWith('.')) return posix.normalize(posix.join(posix.dirname(from), specifier));
  return specifier.startsWith('#') ? `src/${specifier.slice(1)}` : undefined;
}

/** The package that an import names; undefined for files of ours and Node's own modules. */
export function packageOf(specifier: string): string | undefined {
  if (/^(\.|#|node:)/.test(specifier)) return undefined;
  const [first = '', second = ''] = specifier.split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts') || path.startsWith('tests/');
}
