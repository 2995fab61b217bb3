import { equal } from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { PairNumbers } from './pair-numbers.ts';

/** Few values, so that pairs come again, and the ends of 32 bits. */
const value = fc.oneof(fc.integer({ min: 0, max: 40 }), fc.constantFrom(-1, -(2 ** 31), 2 ** 31 - 1));

test('a pair keeps the number that it got first', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(value, value), { maxLength: 3_000 }), (pairs) => {
      const numbers = new PairNumbers();
      const model = new Map<string, number>();
      for (const [a, b] of pairs) {
        const key = `${a} ${b}`;
        if (!model.has(key)) model.set(key, model.size);
        equal(numbers.of(a, b), model.get(key));
        equal(numbers.size, model.size);
      }
    }),
  );
});

test('more pairs than the table had places for at first', () => {
  const numbers = new PairNumbers();
  for (const round of ['new', 'known']) {
    for (let n = 0; n < 5_000; n++) equal(numbers.of(n % 70, Math.floor(n / 70)), n, `${n} is ${round}`);
  }
  equal(numbers.size, 5_000);
});
