/** `node tools/structure/main.ts`: checks direction, cycles, purity, sizes and names of all sources. */
import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Source } from './source.ts';
import { violations } from './violations.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

async function readSources(): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for await (const path of glob('{src,tests,tools,bench}/**/*.ts', { cwd: root })) {
    sources.push({ path, text: readFileSync(`${root}${path}`, 'utf8') });
  }
  return sources.sort((a, b) => (a.path < b.path ? -1 : 1));
}

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as {
  readonly dependencies: Readonly<Record<string, string>>;
};
const found = violations(await readSources(), Object.keys(manifest.dependencies));
for (const sentence of found) console.error(sentence);
process.exitCode = found.length > 0 ? 1 : 0;
