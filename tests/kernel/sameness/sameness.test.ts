/** The kernel and `decide` say the same of every packet. More on demand: `RAMPART_SAMENESS=20000 node --test …`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { skip } from '../namespaces.ts';
import { type RunOptions, runSeed } from './run.ts';

const packetsWanted = Number(process.env['RAMPART_SAMENESS'] ?? 2800);
const packetsPerSeed = 400;
/** One seed in so many of them waits for idle timeouts. */
const seedsPerWaiting = 7;
/** Such waits in a seed, each for all flows there are. */
const waitsPerSeed = 2;

type Case = Pick<RunOptions, 'seed' | 'edges' | 'waits' | 'isCalm'>;

/** Seeds that once disagreed, with what they found. */
const named: readonly (readonly [string, Case])[] = [
  [
    'public access that is blocked stops flows that were decided before',
    { seed: 917_207, edges: true, isCalm: true },
  ],
  [
    'what a NAT gateway brings back opens nothing for what the internet gateway brings in with the same addresses',
    { seed: 48, edges: true },
  ],
];

for (const [name, one] of named) {
  test(`sameness: ${name}`, { skip }, async () => {
    await run(one);
  });
}

for (const edges of [false, true]) {
  const what = edges ? 'with peering, gateways and a middlebox' : 'in one VPC';
  test(`sameness: ${packetsWanted} random packets ${what}`, { skip }, async (context) => {
    // A fresh start for every run, printed so that a failure can be run again.
    const first = Number(process.env['RAMPART_SEED'] ?? Date.now() % 1_000_000);
    let [sent, accepted, changes] = [0, 0, 0];
    for (let index = 0; sent < packetsWanted; index++) {
      const waits = index % seedsPerWaiting === 0 ? waitsPerSeed : 0;
      const result = await run({ seed: first + index, edges, waits });
      sent += result.sent;
      accepted += result.accepted;
      changes += result.changes;
    }
    context.diagnostic(`seeds from ${first}: ${sent} packets, ${accepted} accepted, ${changes} changes`);
    assert.ok(accepted > sent / 20, 'too few packets pass for the test to mean much');
  });
}

async function run(one: Case) {
  const prefix = `rpt-${process.pid}-same`;
  const result = await runSeed({ ...one, packets: packetsPerSeed, prefix });
  assert.deepEqual(result.disagreements, []);
  return result;
}
