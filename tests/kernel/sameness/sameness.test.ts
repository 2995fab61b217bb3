/** The kernel and `decide` say the same of every packet. More on demand: `RAMPART_SAMENESS=20000 node --test …`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skip } from '../namespaces.ts';
import { runSeed } from './run.ts';

const packetsWanted = Number(process.env['RAMPART_SAMENESS'] ?? 2400);
const packetsPerSeed = 400;

/** Seeds that once disagreed, with what they found. */
const named: readonly (readonly [string, number])[] = [];

for (const [name, seed] of named) {
  test(`sameness: ${name}`, { skip }, async () => {
    await run(seed);
  });
}

test(`sameness: ${packetsWanted} random packets`, { skip }, async (context) => {
  // A fresh start for every run, printed so that a failure can be run again.
  const first = Number(process.env['RAMPART_SEED'] ?? Date.now() % 1_000_000);
  let [sent, accepted, changes] = [0, 0, 0];
  for (let index = 0; sent < packetsWanted; index++) {
    const result = await run(first + index);
    sent += result.sent;
    accepted += result.accepted;
    changes += result.changes;
  }
  context.diagnostic(`seeds from ${first}: ${sent} packets, ${accepted} accepted, ${changes} changes`);
  assert.ok(accepted > sent / 20, 'too few packets pass for the test to mean much');
});

async function run(seed: number) {
  const result = await runSeed({ seed, packets: packetsPerSeed, prefix: `rpt-${process.pid}-same` });
  assert.deepEqual(result.disagreements, []);
  return result;
}
