/** `npm run bench -- NAME [--json]`: runs one benchmark and prints what it measured, with its peer's version. */
import { parseArgs } from 'node:util';
import { printReport, type Report } from './report.ts';

const names = [
  'api-read',
  'api-write',
  'decide',
  'diff',
  'import',
  'load',
  'membership',
  'packet',
  'questions',
  'reach',
  'redundancy',
  'start',
] as const;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false } },
});
const name = names.find((each) => each === positionals[0]);
if (!name) {
  console.error(`usage: npm run bench -- ${names.join('|')} [--json]`);
  process.exitCode = 2;
} else {
  const { run } = (await import(`./${name}.ts`)) as { run: () => Report | Promise<Report> };
  const report = await run();
  if (values.json) console.log(JSON.stringify(report, null, 2));
  else printReport(report);
  process.exitCode = report.agreement.every(({ agrees }) => agrees) ? 0 : 1;
}
