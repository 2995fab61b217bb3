/**
 * `./rampart test`: everything the project checks, in the order of what fails fastest. With `--check`, `--unit`,
 * `--property`, `--conformance`, `--kernel` or `--e2e` only those; `--list` names the files.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { filesOf, type Group, groups, strayFiles } from './testing/groups.ts';
import { sweepNamespaces } from './testing/sweep.ts';

/** node:test's own counts, as its summary prints them. */
const countNames = ['tests', 'suites', 'passed', 'failed', 'cancelled', 'skipped', 'todo'] as const;
type Counts = Record<(typeof countNames)[number], number>;

const root = fileURLToPath(new URL('..', import.meta.url));
/** A test that takes longer hangs. */
const testTimeoutMs = 300_000;

/** Runs one group; whether it passed. */
function runGroup(group: Group, countsFile: string): boolean {
  const files = filesOf(group, root);
  if (files.length === 0) return true;
  console.log(`\n${group.name} (${files.length} files)`);
  if (group.namespaces) sweepNamespaces();
  const before = countLines(countsFile).length;
  const { status } = spawnSync(
    process.execPath,
    [
      '--test',
      `--test-isolation=${group.oneProcess ? 'none' : 'process'}`,
      `--test-concurrency=${availableParallelism()}`,
      `--test-timeout=${testTimeoutMs}`,
      '--test-reporter=./tools/testing/reporter.ts',
      ...files,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, RAMPART_TEST_COUNTS: countsFile },
    },
  );
  if (group.namespaces) sweepNamespaces();
  // Without counts something has ended the run before the last test, whatever its exit code says.
  return status === 0 && countLines(countsFile).length > before;
}

function countLines(countsFile: string): readonly string[] {
  return readFileSync(countsFile, { encoding: 'utf8', flag: 'a+' }).split('\n').filter(Boolean);
}

function runCheck(): boolean {
  console.log('check');
  return spawnSync(process.execPath, ['tools/check.ts'], { cwd: root, stdio: 'inherit' }).status === 0;
}

/** The sum of the counts that the groups left, one JSON line each. */
function totals(countsFile: string): Counts {
  const sum: Counts = { tests: 0, suites: 0, passed: 0, failed: 0, cancelled: 0, skipped: 0, todo: 0 };
  for (const line of readFileSync(countsFile, { encoding: 'utf8', flag: 'a+' }).split('\n').filter(Boolean)) {
    const counts = JSON.parse(line) as Partial<Counts>;
    for (const name of countNames) sum[name] += counts[name] ?? 0;
  }
  return sum;
}

/** Prints node:test's summary over all groups. */
function printSummary(counts: Counts, durationMs: number): void {
  console.log(
    `\n# tests ${counts.tests}\n# suites ${counts.suites}\n# pass ${counts.passed}\n# fail ${counts.failed}`,
  );
  console.log(`# cancelled ${counts.cancelled}\n# skipped ${counts.skipped}\n# todo ${counts.todo}`);
  console.log(`# duration_ms ${durationMs.toFixed(0)}`);
}

function main(wanted: ReadonlySet<string>): boolean {
  const scratch = mkdtempSync(join(tmpdir(), 'rampart-test-'));
  const countsFile = join(scratch, 'counts');
  const failed: string[] = [];
  const isWanted = (name: string) => wanted.size === 0 || wanted.has(name);
  if (isWanted('check') && !runCheck()) failed.push('check');
  for (const group of groups) {
    if (isWanted(group.name) && !runGroup(group, countsFile)) failed.push(group.name);
  }
  const stray = strayFiles(root);
  if (stray.length > 0) failed.push(`files in no group (${stray.join(', ')})`);
  const counts = totals(countsFile);
  rmSync(scratch, { recursive: true });
  const onlyCheck = wanted.size === 1 && wanted.has('check');
  if (counts.tests === 0 && !onlyCheck) failed.push('no test ran');
  console.log(failed.length === 0 ? '\nAll passed.' : `\nFAILED: ${failed.join(', ')}`);
  if (!onlyCheck) printSummary(counts, performance.now());
  return failed.length === 0;
}

const names = ['check', ...groups.map(({ name }) => name)];
const options = Object.fromEntries(names.map((name) => [name, { type: 'boolean' as const }]));
const { values } = parseArgs({ options: { ...options, list: { type: 'boolean' } } });
if (values['list']) {
  for (const group of groups) console.log([`${group.name}:`, ...filesOf(group, root)].join('\n  '));
} else {
  const wanted = new Set(names.filter((name) => (values as Readonly<Record<string, unknown>>)[name]));
  process.exitCode = main(wanted) ? 0 : 1;
}
