import assert from 'node:assert/strict';
import { isIP } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatIp, parseIp, readIp } from './address.ts';

const canonical: readonly (readonly [string, string | undefined])[] = [
  ['10.0.0.1', '10.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['256.0.0.1', undefined],
  ['010.0.0.1', undefined],
  [' 10.0.0.1', undefined],
  ['10.0.0.1 ', undefined],
  ['10.0.0', undefined],
  ['10.0.0.0.1', undefined],
  ['0x10.0.0.1', undefined],
  ['1e1.0.0.1', undefined],
  ['', undefined],
  ['::', '::'],
  ['::1', '::1'],
  ['1::', '1::'],
  [':1', undefined],
  ['1:', undefined],
  [':::', undefined],
  ['1::2::3', undefined],
  ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
  ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
  ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['1:2:3:4:5:6:7', undefined],
  ['1:2:3:4:5:6:7:8:9', undefined],
  ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ['1:2:3:4:5:6:7:8::', undefined],
  ['12345::', undefined],
  ['g::', undefined],
  ['fe80::1%eth0', undefined],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
  ['::10.0.0.256', undefined],
  ['10.0.0.1::', undefined],
];

for (const [text, expected] of canonical) {
  test(`address ${JSON.stringify(text)} is ${expected ?? 'refused'}`, () =>
    assert.equal(parseIp(text), expected));
}

test('IPv6 text agrees with the URL standard, which writes addresses as RFC 5952 does', () => {
  // Few distinct groups, so that runs of zeros are frequent.
  const group = fc.constantFrom<bigint>(0n, 0n, 0n, 1n, 0xabcdn, 0xffffn);
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const value = groups.reduce<bigint>((all, each) => (all << 16n) | each, 0n);
      const text = formatIp({ family: 'ipv6', value });
      const long = groups.map((each) => each.toString(16)).join(':');
      assert.equal(`[${text}]`, new URL(`http://[${long}]`).hostname);
      assert.deepEqual(readIp(text), { family: 'ipv6', value });
    }),
    { numRuns: 2000 },
  );
});

test('texts that are nearly addresses are accepted exactly when Node accepts them', () => {
  const piece = fc.constantFrom(
    ':',
    '::',
    '.',
    '0',
    '1',
    '25',
    '255',
    '256',
    'ff',
    'ffff',
    '10000',
    '00',
    ' ',
    '/',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 17 }), (pieces) => {
      const text = pieces.join('');
      assert.equal(parseIp(text) !== undefined, isIP(text) !== 0, text);
    }),
    { numRuns: 20_000 },
  );
});
