/**
 * A reporter for node:test that says what a reader needs: each failure in full with what its file printed, each
 * reason for skipping, and one line a file. The counts go to the file named by RAMPART_TEST_COUNTS.
 */
import { appendFileSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

/** What one test file printed, and how its tests went. */
type FileReport = { passed: number; failed: number; skipped: number; readonly printed: string[] };

const printedMax = 400;

class Files {
  readonly #files = new Map<string, FileReport>();

  of(file: string | undefined): FileReport {
    const key = file ?? '';
    const known = this.#files.get(key) ?? { passed: 0, failed: 0, skipped: 0, printed: [] };
    this.#files.set(key, known);
    return known;
  }

  *lines(): Generator<string> {
    for (const [file, { passed, failed, skipped }] of [...this.#files].sort()) {
      if (passed + failed + skipped === 0) continue;
      const counts = [`${passed} passed`, ...(failed ? [`${failed} FAILED`] : [])];
      if (skipped) counts.push(`${skipped} skipped`);
      yield `  ${failed ? '✖' : '✔'} ${relative(process.cwd(), file)}: ${counts.join(', ')}\n`;
    }
  }
}

// biome-ignore lint/style/noDefaultExport: node:test loads a reporter by its default export.
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Files();
  for await (const event of source) {
    if (event.type === 'test:stdout' || event.type === 'test:stderr') {
      const { printed } = files.of(event.data.file);
      printed.push(event.data.message);
      if (printed.length > printedMax) printed.shift();
    } else if (event.type === 'test:pass') {
      const { skip, name, file, details } = event.data;
      if (skip !== undefined) yield `  skipped: ${name} (${skip === true ? 'no reason' : skip})\n`;
      // node:test does not count suites, skipped ones neither.
      if (details.type !== 'suite') files.of(file)[skip === undefined ? 'passed' : 'skipped']++;
    } else if (event.type === 'test:fail' && event.data.details.type !== 'suite') {
      const file = files.of(event.data.file);
      file.failed++;
      const { error } = event.data.details;
      const where = `${relative(process.cwd(), event.data.file ?? '')}:${event.data.line ?? 0}`;
      yield `\n✖ ${event.data.name} (${where})\n${faultText(error.cause ?? error)}\n`;
      if (file.printed.length > 0) yield `--- its file printed:\n${file.printed.join('').trimEnd()}\n---\n`;
    } else if (event.type === 'test:summary' && event.data.file === undefined) {
      yield* files.lines();
      const target = process.env['RAMPART_TEST_COUNTS'];
      if (target) appendFileSync(target, `${JSON.stringify(event.data.counts)}\n`);
    }
  }
}

/** The message with its difference, and where it happened; not every field of an assertion, which repeat it. */
function faultText(fault: unknown): string {
  return fault instanceof Error && fault.stack ? fault.stack : inspect(fault);
}
