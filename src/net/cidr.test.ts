import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addressBits, type Family, families } from './address.ts';
import { cidrOf, contains, covers, overlaps, parseCidr, prefixLength, rangeOf } from './cidr.ts';

const canonical: readonly (readonly [string, string | undefined])[] = [
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['10.1.2.3/8', '10.0.0.0/8'],
  ['10.0.0.1/32', '10.0.0.1/32'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['1.2.3.4/0', '0.0.0.0/0'],
  ['10.0.0.0/33', undefined],
  ['10.0.0.0/08', undefined],
  ['10.0.0.0/-1', undefined],
  ['10.0.0.0/ 8', undefined],
  ['10.0.0.0/', undefined],
  ['10.0.0.0', undefined],
  ['/8', undefined],
  ['2001:DB8:0::1/32', '2001:db8::/32'],
  ['::/0', '::/0'],
  ['::1/128', '::1/128'],
  ['::1/129', undefined],
];

for (const [text, expected] of canonical) {
  test(`block ${JSON.stringify(text)} is ${expected ?? 'refused'}`, () =>
    assert.equal(parseCidr(text), expected));
}

const blocks = fc.constantFrom<Family>(...families).chain((family) =>
  fc.record({
    family: fc.constant(family),
    value: fc.bigInt({ min: 0n, max: (1n << BigInt(addressBits[family])) - 1n }),
    length: fc.integer({ min: 0, max: addressBits[family] }),
  }),
);

test('a block holds its first and last address and none beside them', () => {
  fc.assert(
    fc.property(blocks, ({ family, value, length }) => {
      const cidr = cidrOf({ family, value }, length);
      const { first, last } = rangeOf(cidr);
      assert.equal(prefixLength(cidr), length);
      for (const [at, inside] of [
        [first, true],
        [last, true],
        [value, true],
        [first - 1n, false],
        [last + 1n, false],
      ] as const) {
        assert.equal(contains(cidr, { family, value: at }), inside, `${cidr} ${at}`);
      }
      const other = family === 'ipv4' ? 'ipv6' : 'ipv4';
      assert.equal(contains(cidr, { family: other, value }), false);
    }),
  );
});

test('covers and overlaps follow from the ranges', () => {
  // Short prefixes in a small space meet often.
  const near = fc.record({
    family: fc.constantFrom<Family>(...families),
    value: fc.nat(15),
    length: fc.integer({ min: 0, max: 4 }),
  });
  fc.assert(
    fc.property(near, near, (x, y) => {
      const [a, b] = [x, y].map(({ family, value, length }) =>
        cidrOf({ family, value: BigInt(value) << BigInt(addressBits[family] - 4) }, length),
      );
      assert.ok(a && b);
      const [p, q] = [rangeOf(a), rangeOf(b)];
      const same = p.family === q.family;
      assert.equal(covers(a, b), same && p.first <= q.first && q.last <= p.last);
      assert.equal(overlaps(a, b), same && p.first <= q.last && q.first <= p.last);
    }),
  );
});
