import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { PersistentMap } from './persistent-map.ts';

/** Few enough keys that they meet. */
const keys = fc.integer({ min: 0, max: 63 }).map((n) => `key-${n}`);
const entries = fc.array(fc.tuple(keys, fc.integer()), { maxLength: 120 });
const steps = fc.array(fc.tuple(keys, fc.option(fc.integer(), { nil: undefined })), { maxLength: 120 });

function play<V>(start: PersistentMap<V>, list: readonly (readonly [string, V | undefined])[]) {
  let map = start;
  for (const [key, value] of list) map = value === undefined ? map.delete(key) : map.set(key, value);
  return map;
}

test('a map built at once equals one built by single writes, in contents and order', () => {
  fc.assert(
    fc.property(entries, (list) => {
      const atOnce = PersistentMap.from(list);
      const singly = play(PersistentMap.empty<number>(), list);
      deepEqual([...atOnce.entries()], [...singly.entries()]);
      equal(atOnce.size, singly.size);
      equal(atOnce.size, new Map(list).size);
    }),
  );
});

test('writes and deletes agree with the built-in map, and old versions stay as they were', () => {
  fc.assert(
    fc.property(steps, steps, (first, second) => {
      const old = play(PersistentMap.empty<number>(), first);
      const before = [...old.entries()];
      const map = play(old, second);
      const model = new Map<string, number>();
      for (const [key, value] of [...first, ...second]) {
        if (value === undefined) model.delete(key);
        else model.set(key, value);
      }
      deepEqual(new Map(map.entries()), model);
      equal(map.size, model.size);
      for (const key of model.keys()) equal(map.get(key), model.get(key));
      deepEqual([...old.entries()], before);
    }),
  );
});

test('the difference of two versions is what changed and nothing else', () => {
  fc.assert(
    fc.property(steps, steps, (first, second) => {
      const before = play(PersistentMap.empty<number>(), first);
      const after = play(before, second);
      const found = new Map([...after.changesSince(before)].map((change) => [change.key, change]));
      for (let n = 0; n < 64; n++) {
        const key = `key-${n}`;
        const change = found.get(key);
        equal(change !== undefined, before.get(key) !== after.get(key), key);
        if (change) deepEqual([change.before, change.after], [before.get(key), after.get(key)]);
      }
    }),
  );
});

test('keys of equal hash live side by side', () => {
  const [a, b] = collidingKeys();
  for (const order of [
    [a, b],
    [b, a],
  ]) {
    let map = PersistentMap.empty<string>();
    for (const key of order) map = map.set(key, key);
    equal(map.size, 2);
    deepEqual([map.get(a), map.get(b)], [a, b]);
    deepEqual([...map.entries()], [...PersistentMap.from(order.map((key) => [key, key])).entries()]);
    const rest = map.delete(a);
    deepEqual([rest.size, rest.get(a), rest.get(b)], [1, undefined, b]);
    equal(rest.delete(b).size, 0);
  }
});

/** Two keys that 32 bits of FNV-1a cannot tell apart (the mixing after it is one to one). */
function collidingKeys(): readonly [string, string] {
  const seen = new Map<number, string>();
  for (let n = 0; ; n++) {
    const key = `collision-${n}`;
    let hash = 0x811c9dc5;
    for (let index = 0; index < key.length; index++) {
      hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
    }
    const known = seen.get(hash);
    if (known !== undefined) return [known, key];
    seen.set(hash, key);
  }
}
