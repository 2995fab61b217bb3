import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonDecoders } from './json-decoder.ts';
import { jsonEncoders } from './json-encoder.ts';
import type { ServiceModel } from './model.ts';

const model: ServiceModel = {
  notice: '',
  protocol: 'awsJson1_1',
  version: '1',
  xmlNamespace: '',
  target: 'T',
  operations: {},
  shapes: {
    Request: {
      kind: 'struct',
      required: 1,
      members: {
        Id: 'string',
        Count: 'integer',
        Ratio: 'double',
        Flag: 'boolean',
        Since: 'timestamp',
        Until: 'dateTime',
        Key: 'blob',
        Any: 'document',
        Names: 'Names',
        Tags: 'Tags',
        Statement: 'Statement',
      },
    },
    Names: { kind: 'list', of: 'string' },
    Tags: { kind: 'map', of: 'string' },
    Statement: { kind: 'union', members: { Text: 'string', Not: 'Statement' } },
  },
};

const decodeText = jsonDecoders(model)('Request');
const encode = jsonEncoders(model)('Request');

function decode(text: string): unknown {
  const result = decodeText(text);
  return result.kind === 'input' ? result.input : `${result.code}: ${result.message}`;
}

const nested = (levels: number) => `${'{"Not":'.repeat(levels)}{"Text":"a"}${'}'.repeat(levels)}`;

const rows: readonly (readonly [string, unknown])[] = [
  ['{"Id":"a"}', { Id: 'a' }],
  ['{"Id":"a","Unknown":[1]}', { Id: 'a' }],
  ['{"Id":"a","Count":null}', { Id: 'a' }],
  ['{"Id":"a","Count":1,"Ratio":1.5,"Flag":false}', { Id: 'a', Count: 1, Ratio: 1.5, Flag: false }],
  ['{"Id":"a","Since":1.5}', { Id: 'a', Since: new Date(1500) }],
  ['{"Id":"a","Until":"2024-01-01T00:00:00Z"}', { Id: 'a', Until: new Date(Date.UTC(2024, 0, 1)) }],
  ['{"Id":"a","Key":"AAE="}', { Id: 'a', Key: Uint8Array.of(0, 1) }],
  ['{"Id":"a","Any":{"b":[1]}}', { Id: 'a', Any: { b: [1] } }],
  ['{"Id":"a","Names":[]}', { Id: 'a', Names: [] }],
  ['{"Id":"a","Tags":{"b":"c","d":null}}', { Id: 'a', Tags: { b: 'c' } }],
  ['{"Id":"a","Statement":{"Not":{"Text":"b"}}}', { Id: 'a', Statement: { Not: { Text: 'b' } } }],
  ['{}', 'ValidationException: The request body needs the member Id'],
  ['', 'ValidationException: The request body needs the member Id'],
  ['{"__proto__":{"Id":"a"}}', 'ValidationException: The request body needs the member Id'],
  ['{"Id":"a"', 'SerializationException: The request body is not JSON'],
  ['\ufeff{"Id":"a"}', 'SerializationException: The request body is not JSON'],
  ['[]', 'SerializationException: The request body is not an object'],
  ['null', 'SerializationException: The request body is not an object'],
  ['"Id"', 'SerializationException: The request body is not an object'],
  ['{"Id":1}', 'SerializationException: Id is not a valid string'],
  ['{"Id":"a","Count":1.5}', 'SerializationException: Count is not a valid integer'],
  ['{"Id":"a","Count":"1"}', 'SerializationException: Count is not a valid integer'],
  ['{"Id":"a","Count":9007199254740992}', 'SerializationException: Count is not a valid integer'],
  ['{"Id":"a","Flag":"true"}', 'SerializationException: Flag is not a valid boolean'],
  ['{"Id":"a","Since":"2024-01-01"}', 'SerializationException: Since is not a valid timestamp'],
  ['{"Id":"a","Since":1e300}', 'SerializationException: Since is not a valid timestamp'],
  ['{"Id":"a","Key":"AAE"}', 'SerializationException: Key is not a valid blob'],
  ['{"Id":"a","Names":{}}', 'SerializationException: Names is not a list'],
  ['{"Id":"a","Names":["b",1]}', 'SerializationException: Names is not a valid string'],
  ['{"Id":"a","Names":[null]}', 'SerializationException: Names is not a valid string'],
  ['{"Id":"a","Tags":[]}', 'SerializationException: Tags is not an object'],
  ['{"Id":"a","Statement":{}}', 'SerializationException: Statement does not hold exactly one of its members'],
  [
    '{"Id":"a","Statement":{"Text":"b","Not":{"Text":"c"}}}',
    'SerializationException: Statement does not hold exactly one of its members',
  ],
  [`{"Id":"a","Statement":${nested(63)}}`, 'SerializationException: Not is nested more than 64 levels deep'],
  [`{"Id":"a","Names":${'['.repeat(1e5)}}`, 'SerializationException: The request body is not JSON'],
];

for (const [text, expected] of rows) {
  test(`JSON ${text.slice(0, 70)}`, () => assert.deepEqual(decode(text), expected));
}

test('the deepest that is allowed', () => {
  assert.equal(typeof decode(`{"Id":"a","Statement":${nested(62)}}`), 'object');
  assert.match(
    String(decode(`{"Id":"a","Names":${'['.repeat(1e5)}${']'.repeat(1e5)}}`)),
    /Names is not a valid string/,
  );
});

test('a map may have any key', () => {
  const tags = Object.fromEntries([['__proto__', 'b']]);
  assert.deepEqual(decode('{"Id":"a","Tags":{"__proto__":"b"}}'), { Id: 'a', Tags: tags });
  assert.equal(encode({ Id: 'a', Tags: tags }), '{"Id":"a","Tags":{"__proto__":"b"}}');
});

test('what is encoded decodes to the same', () => {
  const output = {
    Id: 'a',
    Since: new Date(1500),
    Until: new Date(0),
    Key: Uint8Array.of(1, 2, 3, 4),
    Any: [{ b: null }],
    Names: ['x'],
    Statement: { Not: { Text: '' } },
  };
  assert.deepEqual(decode(encode(output)), output);
});
