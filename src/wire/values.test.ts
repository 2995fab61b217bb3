import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { fromEpochSeconds, parseDateTime, parseHttpDate } from './timestamp.ts';
import { decodeUtf8 } from './utf8.ts';
import { escapeXml } from './xml-text.ts';

const dateTimes: readonly (readonly [string, string | undefined])[] = [
  ['1970-01-01T00:00:00Z', '1970-01-01T00:00:00.000Z'],
  ['2024-02-29T23:59:59.999Z', '2024-02-29T23:59:59.999Z'],
  ['2024-02-29T23:59:59.9Z', '2024-02-29T23:59:59.900Z'],
  ['2024-02-29T23:59:59.123456789Z', '2024-02-29T23:59:59.123Z'],
  ['2024-02-29', '2024-02-29T00:00:00.000Z'],
  ['2024-02-29T12:00:00', undefined],
  ['2024-01-01T00:30:00+01:00', '2023-12-31T23:30:00.000Z'],
  ['2024-01-01T00:30:00-01:30', '2024-01-01T02:00:00.000Z'],
  ['2023-02-29T00:00:00Z', undefined],
  ['2024-04-31T00:00:00Z', undefined],
  ['2024-13-01T00:00:00Z', undefined],
  ['2024-00-01T00:00:00Z', undefined],
  ['2024-01-01T24:00:00Z', undefined],
  ['2024-01-01T23:60:00Z', undefined],
  ['2024-01-01T00:00:00+24:00', undefined],
  ['2024-01-01 00:00:00Z', undefined],
  ['2024-01-01T00:00Z', undefined],
  ['24-01-01T00:00:00Z', undefined],
  ['1704067200', undefined],
  ['', undefined],
];

for (const [text, expected] of dateTimes) {
  test(`date-time '${text}'`, () => assert.equal(parseDateTime(text)?.toISOString(), expected));
}

test('HTTP dates are IMF-fixdates', () => {
  assert.equal(parseHttpDate('Tue, 29 Apr 2014 18:30:38 GMT')?.toISOString(), '2014-04-29T18:30:38.000Z');
  for (const text of ['Wed, 29 Apr 2014 18:30:38 GMT', '2014-04-29T18:30:38Z', '29 Apr 2014', '']) {
    assert.equal(parseHttpDate(text), undefined, text);
  }
});

test('epoch seconds keep milliseconds and refuse what no date holds', () => {
  assert.equal(fromEpochSeconds(1_398_796_238.123)?.toISOString(), '2014-04-29T18:30:38.123Z');
  assert.equal(fromEpochSeconds(8.64e12)?.getTime(), 8.64e15);
  assert.equal(fromEpochSeconds(8.64e12 + 1), undefined);
});

test('base64 is that of the platform, both ways', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      assert.equal(encodeBase64(bytes), text);
      assert.deepEqual(decodeBase64(text), bytes);
    }),
  );
});

test('what is not padded base64 is refused', () => {
  for (const text of ['A', 'AA', 'AAA', 'A===', '====', 'AA=A', 'AAA-', 'AA A', 'AAAA\n', 'AAA\u0141']) {
    assert.equal(decodeBase64(text), undefined, text);
  }
});

const escapes: readonly (readonly [string, string])[] = [
  ['plain', 'plain'],
  ['', ''],
  ['a<b>&"\'', 'a&lt;b&gt;&amp;"\''],
  [']]>', ']]&gt;'],
  ['\t\n\r', '\t\n&#xD;'],
  ['\0\x08\x0b\x0c\x0e\x1f', '\ufffd'.repeat(6)],
  ['\x7f\x80\x9f', '\x7f\x80\x9f'],
  ['\ufffd\ufffe\uffff', '\ufffd'.repeat(3)],
  ['😀', '😀'],
];

for (const [text, expected] of escapes) {
  test(`XML text ${JSON.stringify(text)}`, () => assert.equal(escapeXml(text), expected));
}

test('UTF-8 is read strictly', () => {
  assert.equal(decodeUtf8(Uint8Array.of(0xc3, 0xbc)), 'ü');
  assert.equal(decodeUtf8(Uint8Array.of(0xef, 0xbb, 0xbf, 0x41)), '\ufeffA');
  for (const bytes of [[0xc3], [0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]]) {
    assert.equal(decodeUtf8(Uint8Array.from(bytes)), undefined, `${bytes}`);
  }
});
