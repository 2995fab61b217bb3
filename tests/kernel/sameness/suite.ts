/**
 * Random packets of one kind of world: the kernel and `decide` say the same of every one. More on demand:
 * `RAMPART_SAMENESS=20000 [RAMPART_SEED=1] node --test tests/kernel/sameness/*.test.ts`.
 */
import assert from 'node:assert/strict';
import process from 'node:process';
import { test } from 'node:test';
import { skip } from '../namespaces.ts';
import { type RunOptions, runSeed } from './run.ts';

const packetsWanted = Number(process.env['RAMPART_SAMENESS'] ?? 2800);
const packetsPerSeed = 400;
/** One seed in so many of them waits for idle timeouts. */
const seedsPerWaiting = 7;
/** Such waits in a seed, each for all flows there are. */
const waitsPerSeed = 1;

type Case = Pick<RunOptions, 'seed' | 'edges' | 'waits' | 'isCalm' | 'isWild'>;

/** Random seeds until enough packets have been sent, or a `share` of them; `what` says which worlds. */
export function testRandomPackets(what: string, options: Pick<Case, 'edges' | 'isWild'>, share = 1): void {
  const wanted = packetsWanted * share;
  test(`sameness: ${wanted} random packets ${what}`, { skip }, async (context) => {
    // A fresh start for every run, printed so that a failure can be run again.
    const first = Number(process.env['RAMPART_SEED'] ?? Date.now() % 1_000_000);
    let [sent, accepted, changes] = [0, 0, 0];
    for (let index = 0; sent < wanted; index++) {
      // How long TCP out of its order is remembered is the kernel's affair: as what is half open, or established.
      const waits = !options.isWild && index % seedsPerWaiting === 0 ? waitsPerSeed : 0;
      const result = await run({ ...options, seed: first + index, waits });
      sent += result.sent;
      accepted += result.accepted;
      changes += result.changes;
    }
    context.diagnostic(`seeds from ${first}: ${sent} packets, ${accepted} accepted, ${changes} changes`);
    assert.ok(accepted > sent / 20, 'too few packets pass for the test to mean much');
  });
}

/** A seed that once disagreed, with what it found. */
export function testSeed(what: string, one: Case): void {
  test(`sameness: ${what}`, { skip }, async () => {
    await run(one);
  });
}

async function run(one: Case) {
  const prefix = `rpt-${process.pid}-same`;
  const result = await runSeed({ ...one, packets: packetsPerSeed, prefix });
  assert.deepEqual(result.disagreements, []);
  return result;
}
