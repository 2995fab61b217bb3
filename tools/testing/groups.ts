/** The groups of tests in the order in which they run: what is quick and near the code first. */
import { globSync } from 'node:fs';

export type Group = {
  readonly name: string;
  readonly patterns: readonly string[];
  /** Whether all files may share one process, which saves starting one for each. */
  readonly oneProcess: boolean;
  /** Whether tests make network namespaces, which a crashed run leaves behind. */
  readonly namespaces: boolean;
};

export const groups: readonly Group[] = [
  {
    name: 'unit',
    patterns: ['src/**/*.test.ts', 'tools/**/*.test.ts'],
    oneProcess: true,
    namespaces: false,
  },
  { name: 'property', patterns: ['tests/property/**/*.test.ts'], oneProcess: false, namespaces: false },
  { name: 'conformance', patterns: ['tests/conformance/**/*.test.ts'], oneProcess: false, namespaces: false },
  { name: 'kernel', patterns: ['tests/kernel/**/*.test.ts'], oneProcess: false, namespaces: true },
  { name: 'e2e', patterns: ['tests/e2e/**/*.test.ts'], oneProcess: false, namespaces: true },
];

/** The test files of a group, sorted. */
export function filesOf(group: Group, root: string): readonly string[] {
  return globSync([...group.patterns], { cwd: root }).sort();
}

/** Test files that belong to no group and would never run. */
export function strayFiles(root: string): readonly string[] {
  const known = new Set(groups.flatMap((group) => filesOf(group, root)));
  return globSync('{src,tests,tools,bench}/**/*.test.ts', { cwd: root }).filter((path) => !known.has(path));
}
