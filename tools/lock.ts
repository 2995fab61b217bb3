/**
 * Completes package-lock.json: `node tools/lock.ts` after every `npm install`, `--check` to only look.
 *
 * npm leaves an optional platform package out of the lock where the registry it asked does not serve it, and `npm ci`
 * then refuses the lock on every machine. Each optional dependency gets an entry that says which platform it is for,
 * so that npm skips it everywhere else.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

type Entry = {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};
type Lock = { readonly packages: Readonly<Record<string, Entry>> };
type Platform = { readonly os?: string[]; readonly cpu?: string[]; readonly libc?: string[] };

const systems = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'win32'];
const processors = ['arm', 'arm64', 'ia32', 'loong64', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];
const libraries: Readonly<Record<string, string>> = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl' };

/** The platform that a package's name tells, as npm's `os`, `cpu` and `libc` fields. */
function platformOf(name: string): Platform {
  const words = name.split(/[/-]/).map((word) => (word === 'musleabihf' ? 'musl' : word));
  const os = words.filter((word) => systems.includes(word));
  const cpu = words.filter((word) => processors.includes(word));
  const libc = words.flatMap((word) => libraries[word] ?? []);
  return {
    ...(os.length > 0 && { os }),
    ...(cpu.length > 0 && { cpu }),
    ...(libc.length > 0 && { libc }),
  };
}

/** Entries that the lock lacks, by path. */
function missingEntries(lock: Lock): Record<string, object> {
  const missing: Record<string, object> = {};
  for (const parent of Object.values(lock.packages)) {
    for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
      const path = `node_modules/${name}`;
      if (lock.packages[path]) continue;
      missing[path] = { version, ...(parent.dev && { dev: true }), optional: true, ...platformOf(name) };
    }
  }
  return missing;
}

const path = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(path, 'utf8')) as Lock;
const missing = missingEntries(lock);
const names = Object.keys(missing);
if (process.argv.includes('--check')) {
  if (names.length > 0) {
    console.error(`package-lock.json lacks ${names.join(', ')}; run: node tools/lock.ts`);
    process.exitCode = 1;
  }
} else if (names.length > 0) {
  const [root, ...rest] = Object.entries({ ...lock.packages, ...missing });
  const sorted = rest.sort(([a], [b]) => (a < b ? -1 : 1));
  const packages = Object.fromEntries(root ? [root, ...sorted] : sorted);
  writeFileSync(path, `${JSON.stringify({ ...lock, packages }, undefined, 2)}\n`);
  console.log(`added ${names.length} platform packages`);
}
