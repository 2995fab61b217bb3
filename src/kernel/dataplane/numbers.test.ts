import assert from 'node:assert/strict';
import { test } from 'node:test';
import { epochMax, nextEpoch } from './epoch.ts';
import { Numbers } from './numbers.ts';

test('a key keeps its number, and a freed number waits until all others were used', () => {
  const numbers = new Numbers(3);
  assert.deepEqual([numbers.of('a'), numbers.of('b'), numbers.of('a')], [1, 2, 1]);
  numbers.free('a');
  assert.equal(numbers.of('c'), 3);
  assert.equal(numbers.of('d'), 1);
  assert.throws(() => numbers.of('e'), /no number left/);
});

test('a number read back is taken only where key and number are free', () => {
  const numbers = new Numbers(5);
  assert.equal(numbers.fix('a', 4), true);
  assert.equal(numbers.fix('a', 4), true, 'said again');
  assert.equal(numbers.fix('b', 4), false, 'number taken');
  assert.equal(numbers.fix('a', 2), false, 'key has another');
  assert.equal(numbers.fix('b', 0), false);
  assert.equal(numbers.fix('b', 6), false);
  assert.equal(numbers.of('b'), 5, 'goes on above what was read');
});

test('the epoch after the last is the first', () => {
  assert.equal(nextEpoch(1), 2);
  assert.equal(nextEpoch(epochMax - 1), epochMax);
  assert.equal(nextEpoch(epochMax), 1);
});
