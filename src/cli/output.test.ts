import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { jsonParts, oneLine, Streamed, tableText } from './output.ts';

const textOf = (value: unknown) => [...jsonParts(value, '')].join('');

test('JSON in pieces is that of JSON.stringify', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => assert.equal(textOf(value), JSON.stringify(value, null, 2))),
  );
});

test('a streamed list stands where the list would, at any depth', () => {
  const list = (elements: readonly unknown[], streams: boolean): unknown =>
    streams ? new Streamed(elements) : elements;
  for (const elements of [[], [1], ['a\nb', null, { c: [1, 2], d: {} }], [[], {}]]) {
    const values = [true, false].map((streams) => ({
      before: 1,
      list: list(
        elements.map((each) => ({ each, inner: list([each, each], streams) })),
        streams,
      ),
      after: { left: undefined, text: '"' },
    }));
    assert.equal(textOf(values[0]), JSON.stringify(values[1], null, 2));
  }
});

test('elements are made while the list is printed', () => {
  const made: number[] = [];
  const numbers = [1, 2, 3].values().map((each) => {
    made.push(each);
    return each;
  });
  const seen: number[] = [];
  for (const part of jsonParts(new Streamed(numbers), '')) if (/^\d$/.test(part)) seen.push(made.length);
  assert.deepEqual(seen, [1, 2, 3]);
});

test('big integers are decimal text', () => {
  assert.equal(textOf({ size: 2n ** 64n }), '{\n  "size": "18446744073709551616"\n}');
});

test('names neither paint on a terminal nor add lines nor turn text around', () => {
  const rows = [
    ['web-1 “größer” 家 🦊', 'web-1 “größer” 家 🦊'],
    ['a\nno access changes', 'a\\u{a}no access changes'],
    ['\u001b[2Jyes\r', '\\u{1b}[2Jyes\\u{d}'],
    ['\u007f\u009b', '\\u{7f}\\u{9b}'],
    ['ab\u202edc\u2028', 'ab\\u{202e}dc\\u{2028}'],
  ] as const;
  for (const [text, expected] of rows) {
    assert.equal(oneLine(text), expected);
    assert.equal(tableText(['name'], [[text]]).split('\n')[1], `  ${expected}`);
  }
});
