import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MessageWriter } from '../netlink/writer.ts';
import { encode } from '../nft/encode.ts';
import type { SetSpec } from '../nft/statement.ts';
import type { Steps } from '../steps.ts';
import { deltaSteps } from './delta.ts';
import { exchanged, fingerprintOf } from './fingerprint.ts';
import { contribution, type Piece } from './piece.ts';

const pieces = 300;
const elements = 4000;
const set: SetSpec = { name: 'numbers', key: ['mark'], interval: false };

const pieceOf = (first: number, count: number): Piece => ({
  concern: { kind: 'everybody' },
  sets: [],
  chains: [],
  contributions: [
    contribution(
      set,
      false,
      Array.from({ length: count }, (_, index) => ({ key: [first + index] })),
    ),
  ],
});

function countOf(steps: Steps<unknown>): number {
  let count = 0;
  while (!steps.next().done) count++;
  return count;
}

test('a large change can be divided wherever it is long', () => {
  const changes = Array.from({ length: pieces }, (_, at) => ({
    before: pieceOf(1000 * at, 2),
    after: pieceOf(1000 * at, 3),
  }));
  const program = new Map(changes.map(({ after }, at) => [`${at}`, after]));
  assert.ok(countOf(deltaSteps('vpc', changes)) >= pieces);
  assert.ok(countOf(exchanged({ high: 0, low: 0 }, changes)) >= pieces);
  assert.ok(countOf(fingerprintOf(program)) >= pieces);
  const list = pieceOf(0, elements).contributions[0]?.elements ?? new Map();
  const command = { kind: 'addElements', table: 'vpc', set, elements: [...list.values()] } as const;
  // A thousand elements make a message.
  assert.ok(countOf(encode([command], 1, new MessageWriter())) >= elements / 1000);
});
