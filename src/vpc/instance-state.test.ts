import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { InstanceState, SettledState } from './instance.ts';
import { isForgotten, stateAt, terminatedVisibleMs, transitionMs } from './instance-state.ts';

test('states in between last until the transition is over', () => {
  const rows: readonly (readonly [state: SettledState, passing: InstanceState])[] = [
    ['running', 'pending'],
    ['stopped', 'stopping'],
    ['terminated', 'shutting-down'],
  ];
  for (const [state, passing] of rows) {
    const changed = { state, stateChangedAtMs: 5000 };
    assert.equal(stateAt(changed, 5000), passing);
    assert.equal(stateAt(changed, 5000 + transitionMs - 1), passing);
    assert.equal(stateAt(changed, 5000 + transitionMs), state);
  }
});

test('only what terminated is forgotten, after its time', () => {
  const gone = { state: 'terminated', stateChangedAtMs: 0 } as const;
  assert.equal(isForgotten(gone, terminatedVisibleMs - 1), false);
  assert.equal(isForgotten(gone, terminatedVisibleMs), true);
  assert.equal(isForgotten({ state: 'stopped', stateChangedAtMs: 0 }, terminatedVisibleMs * 99), false);
});
