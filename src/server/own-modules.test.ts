/** The way to our own modules is the one that Node finds too. */
import { deepEqual } from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const hook = fileURLToPath(new URL('./own-modules.js', import.meta.url));
const rows: readonly (readonly [from: string, specifier: string])[] = [
  ['src/vpc', '#net/cidr.ts'],
  ['src/vpc', '#services/ec2/defaults.ts'],
  ['src/vpc', './names.ts'],
  ['src/services/ec2', '../dispatch.ts'],
  ['src/server', '#server/own-modules.js'],
  ['src/server', 'zod'],
  ['src/server', 'node:fs'],
  // Outside of our own modules: what a package calls so is its own.
  ['tests', './support/server.ts'],
  ['tests', '#vpc/names.ts'],
];

function resolved(
  folder: string,
  specifiers: readonly string[],
  flags: readonly string[],
): readonly string[] {
  const program = `console.log(JSON.stringify(${JSON.stringify(specifiers)}.map((one) => import.meta.resolve(one))))`;
  const cwd = fileURLToPath(new URL(`../../${folder}`, import.meta.url));
  const { stdout } = spawnSync(process.execPath, [...flags, '--input-type=module', '-e', program], {
    cwd,
    encoding: 'utf8',
  });
  return JSON.parse(stdout) as readonly string[];
}

test('a module is found where Node finds it', () => {
  for (const folder of new Set(rows.map(([from]) => from))) {
    const specifiers = rows.filter(([from]) => from === folder).map(([, specifier]) => specifier);
    deepEqual(resolved(folder, specifiers, ['--import', hook]), resolved(folder, specifiers, []), folder);
  }
});
