import assert from 'node:assert/strict';
import { test } from 'node:test';
import { natStateAt } from './nat-state.ts';
import { isUnderWay } from './under-way.ts';

test('it is under way from its beginning to its end, and not where the clock was put back before it', () => {
  const rows: readonly (readonly [nowMs: number, underWay: boolean])[] = [
    [4999, false],
    [5000, true],
    [5999, true],
    [6000, false],
  ];
  for (const [nowMs, underWay] of rows) assert.equal(isUnderWay(5000, 1000, nowMs), underWay, String(nowMs));
});

test('a gateway that was made under a clock ahead is available after it is put right', () => {
  const made = { state: 'available', createdAtMs: 1e12 } as const;
  assert.equal(natStateAt(made, 1e12), 'pending');
  assert.equal(natStateAt(made, 1e12 - 1), 'available');
});
