/** z3 as a peer: the same questions in one process, and the CPU time they took. */
import { spawnSync } from 'node:child_process';
import { version } from '../tests/support/z3.ts';

export type Z3Run = { readonly answers: readonly string[]; readonly cpuMs: number };

/** z3's version; throws where it is not installed. */
export function z3Version(): string {
  const found = version(spawnSync);
  if (!found) throw new Error('z3 is not installed: apt-get install z3');
  return found;
}

/** Asks whether each formula over a 32-bit address `a` and a 24-bit service `s` can be true. */
export function runZ3(formulas: readonly string[]): Z3Run {
  const script = formulas.map(
    (formula) =>
      `(push)(declare-const a (_ BitVec 32))(declare-const s (_ BitVec 24))(assert ${formula})(check-sat)(pop)`,
  );
  const { stdout, stderr } = spawnSync('bash', ['-c', "TIMEFORMAT='%U %S'; time z3 -in"], {
    input: script.join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  const [user = 0, system = 0] = stderr.trim().split(/\s+/).slice(-2).map(Number);
  return { answers: stdout.trim().split('\n'), cpuMs: 1000 * (user + system) };
}
