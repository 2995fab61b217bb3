import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { atOnce, inSlices, type Steps, unless } from './steps.ts';

function* counting(to: number, done: number[]): Steps<string> {
  for (let step = 0; step < to; step++) {
    done.push(step);
    yield;
  }
  return 'all';
}

test('at once, the loop does not turn', () => {
  const done: number[] = [];
  assert.equal(atOnce(counting(3, done)), 'all');
  assert.deepEqual(done, [0, 1, 2]);
});

test('in slices that are over with their first step, the loop turns after each', async () => {
  const done: number[] = [];
  const seen: number[] = [];
  let isDone = false;
  const work = inSlices(counting(4, done), 0).finally(() => {
    isDone = true;
  });
  while (!isDone) {
    seen.push(done.length);
    await turn();
  }
  assert.equal(await work, 'all');
  assert.deepEqual([...new Set(seen)].slice(0, 4), [1, 2, 3, 4]);
});

test('a slice that lasts long enough takes all steps', async () => {
  const done: number[] = [];
  const work = inSlices(counting(1000, done), 1e9);
  assert.equal(done.length, 1000);
  assert.equal(await work, 'all');
});

test('what follows upon other work goes on in its slice, until the loop has turned', async () => {
  let turns = 0;
  await turn();
  setImmediate(() => {
    turns++;
  });
  await inSlices(counting(1, []), 1e9);
  for (const untilMs = performance.now() + 5; performance.now() < untilMs; );
  assert.equal(turns, 0);
  await inSlices(counting(1, []), 1);
  assert.equal(turns, 1, 'the slice had begun with the work before');
});

test('work that is given up stops between two steps, and is not begun where that is so from the start', async () => {
  for (const most of [0, 3]) {
    const done: number[] = [];
    await inSlices(
      unless(() => done.length >= most, counting(9, done)),
      0,
    );
    assert.equal(done.length, most);
  }
});
