/** `npm run check`: everything that can be known of the sources without running them, all at once. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

type Step = { readonly name: string; readonly command: string; readonly args: readonly string[] };
type Outcome = { readonly step: Step; readonly ok: boolean; readonly output: string; readonly ms: number };

const root = fileURLToPath(new URL('..', import.meta.url));
const tool = (name: string) => `${root}/node_modules/.bin/${name}`;

const steps: readonly Step[] = [
  { name: 'types', command: tool('tsc'), args: ['-p', 'tsconfig.json'] },
  { name: 'types of pure rooms', command: tool('tsc'), args: ['-p', 'tsconfig.pure.json'] },
  // One run reads and parses every file once for all three.
  {
    name: 'format, lint, order of imports',
    command: tool('biome'),
    args: ['check', '--error-on-warnings', '.'],
  },
  { name: 'direction, cycles, sizes, names', command: process.execPath, args: ['tools/structure/main.ts'] },
  { name: 'dead code', command: tool('knip'), args: ['--no-progress', '--no-config-hints'] },
  { name: 'complete lock', command: process.execPath, args: ['tools/lock.ts', '--check'] },
];

function run(step: Step): Promise<Outcome> {
  const startedAt = performance.now();
  return new Promise((resolve) => {
    const child = spawn(step.command, step.args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: Buffer[] = [];
    const finish = (ok: boolean, more = '') => {
      const output = Buffer.concat(chunks).toString() + more;
      resolve({ step, ok, output, ms: performance.now() - startedAt });
    };
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.on('error', (error) => finish(false, error.message));
    child.on('close', (code) => finish(code === 0));
  });
}

const outcomes = await Promise.all(steps.map(run));
for (const { step, ok, output, ms } of outcomes) {
  console.log(`${ok ? '✔' : '✖'} ${step.name} (${(ms / 1000).toFixed(1)} s)`);
  if (!ok) console.log(output.trimEnd());
}
process.exitCode = outcomes.every(({ ok }) => ok) ? 0 : 1;
