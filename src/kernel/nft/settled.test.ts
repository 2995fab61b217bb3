import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readSettled } from './settled.ts';
import type { Element } from './statement.ts';

const a: Element = { key: ['eni-a', '10.0.0.1'], data: { kind: 'value', value: 1 } };
const b: Element = { key: ['eni-b', '10.0.0.2'], data: { kind: 'value', value: 2 } };

describe('reading a hash table that the kernel is resizing', () => {
  const rows: readonly (readonly [string, readonly (readonly Element[])[], readonly Element[], number])[] = [
    [
      'two readings alike',
      [
        [a, b],
        [a, b],
      ],
      [a, b],
      2,
    ],
    [
      'in another order',
      [
        [a, b],
        [b, a],
      ],
      [b, a],
      2,
    ],
    [
      'an element shown twice',
      [
        [a, a, b],
        [a, b],
      ],
      [a, b],
      2,
    ],
    ['an element left out at first', [[a], [a, b], [a, b]], [a, b], 3],
    [
      'one left out and one shown twice',
      [
        [a, a],
        [a, b],
        [b, a],
      ],
      [b, a],
      3,
    ],
    ['another in its place', [[a], [b], [b]], [b], 3],
    ['an empty set', [[], []], [], 2],
  ];
  for (const [name, readings, expected, count] of rows) {
    test(name, () => {
      let taken = 0;
      assert.deepEqual(
        readSettled(() => readings[taken++] ?? []),
        expected,
      );
      assert.equal(taken, count);
    });
  }

  test('a set that never settles is an error, not a guess', () => {
    let taken = 0;
    assert.throws(() => readSettled(() => (taken++ % 2 ? [a] : [b])), /never twice alike/);
  });
});
