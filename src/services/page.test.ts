import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pageOf } from './page.ts';
import { Refusal } from './refusal.ts';

const list = {
  query: { action: 'DescribeThings', ids: [] },
  bounds: { min: 2, max: 4 },
  idOf: (id: string) => id,
};
const items = ['e', 'b', 'd', 'a', 'c'];

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (thrown) {
    if (thrown instanceof Refusal) return thrown.code;
    throw thrown;
  }
  return 'ok';
}

test('pages give every item once, in order, and the last has no token', () => {
  const first = pageOf(items, { maxResults: 2 }, list);
  const second = pageOf(items, { maxResults: 2, nextToken: first.nextToken }, list);
  const third = pageOf(items, { maxResults: 2, nextToken: second.nextToken }, list);
  assert.deepEqual([first.items, second.items, third.items], [['a', 'b'], ['c', 'd'], ['e']]);
  assert.equal(third.nextToken, undefined);
});

test('a token goes on behind an item that is gone', () => {
  const { nextToken } = pageOf(items, { maxResults: 2 }, list);
  const left = items.filter((item) => item !== 'b');
  assert.deepEqual(pageOf(left, { nextToken }, list).items, ['c', 'd', 'e']);
});

test('a page that ends with the list has no token', () => {
  assert.equal(pageOf(['a', 'b'], { maxResults: 2 }, list).nextToken, undefined);
  assert.notEqual(pageOf(['a', 'b', 'c'], { maxResults: 2 }, list).nextToken, undefined);
});

test('without a size everything comes', () => {
  assert.deepEqual(pageOf(items, {}, list), { items: ['a', 'b', 'c', 'd', 'e'] });
});

test('sizes out of bounds and foreign tokens are refused', () => {
  const token = pageOf(items, { maxResults: 2 }, list).nextToken ?? '';
  const other = { ...list, query: { action: 'DescribeThings', ids: ['a'] } };
  const forged = Buffer.from(Buffer.from(token, 'base64url').toString().replace(/b$/, 'a')).toString(
    'base64url',
  );
  const rows: readonly (readonly [() => unknown, string])[] = [
    [() => pageOf(items, { maxResults: 1 }, list), 'InvalidParameterValue'],
    [() => pageOf(items, { maxResults: 2 }, list), 'ok'],
    [() => pageOf(items, { maxResults: 4 }, list), 'ok'],
    [() => pageOf(items, { maxResults: 5 }, list), 'InvalidParameterValue'],
    [() => pageOf(items, { maxResults: 2.5 }, list), 'InvalidParameterValue'],
    [() => pageOf(items, { nextToken: token }, list), 'ok'],
    [() => pageOf(items, { nextToken: token }, other), 'InvalidPaginationToken'],
    [() => pageOf(items, { nextToken: forged }, list), 'InvalidPaginationToken'],
    [() => pageOf(items, { nextToken: `${token}A` }, list), 'InvalidPaginationToken'],
    [() => pageOf(items, { nextToken: 'nonsense' }, list), 'InvalidPaginationToken'],
  ];
  for (const [work, code] of rows) assert.equal(codeOf(work), code, String(work));
});
