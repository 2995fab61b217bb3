import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseJson } from './fault.ts';

test('where a text stops being JSON', () => {
  const rows: readonly (readonly [text: string, place: string])[] = [
    ['{"a": [1, -2.5e3, true, null, "x\\u00e9"]}', 'json'],
    [' []\n', 'json'],
    ['', '1:1 the text ends too early'],
    ['{"a": [1, 2}', '1:12 a comma or ] is missing'],
    ['{\n  "a": 1\n  "b": 2\n}', '3:3 a comma or } is missing'],
    ['{\n  "a": 1,\n}', '3:1 a name in quotes is missing'],
    ['[1,]', '1:4 a value is missing'],
    ['{"a" 1}', '1:6 a colon is missing'],
    ['{"a": "b', '1:7 a text is not ended'],
    ['{"a": {}', '1:9 the text ends too early'],
    ['{}\n{}', '2:1 there is more after the end'],
    ['[01]', '1:2 a value is missing'],
    ['An error occurred (UnauthorizedOperation)', '1:1 a value is missing'],
    ["{'a': 1}", '1:2 a name in quotes is missing'],
    ['["a\nb"]', '1:2 a text is not ended'],
  ];
  for (const [text, expected] of rows) {
    const parsed = parseJson(text);
    const place =
      parsed.kind === 'json' ? 'json' : `${parsed.fault.line}:${parsed.fault.column} ${parsed.fault.reason}`;
    assert.equal(place, expected, text);
  }
});

test('every cut of a text is found where it ends', () => {
  const text = '{"a": [1, {"b": null}], "c": "d"}';
  for (let end = 0; end < text.length; end++) {
    const parsed = parseJson(text.slice(0, end));
    assert.ok(parsed.kind === 'broken' && parsed.fault.column <= end + 1, `${end}`);
  }
});
