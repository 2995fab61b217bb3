/** The fast readers of address text agree with the strict parser, and every value comes back as it went in. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import fc from 'fast-check';
import { type Family, formatIp, readIp } from '#net/address.ts';
import { datatypeBytes, getValue, type KeyType, keyBytes, putValue, typeNumber } from './datatype.ts';

const typeOf: Readonly<Record<Family, KeyType>> = { ipv4: 'ipv4_addr', ipv6: 'ipv6_addr' };
const bytesOf = (type: KeyType, value: string | number | bigint): Buffer => {
  const into = Buffer.alloc(datatypeBytes(type));
  putValue(into, 0, type, value, 1);
  return into;
};

/** The bytes that the strict parser makes of a text, or undefined where it is no address of the family. */
const strict = (family: Family, text: string): string | undefined => {
  const ip = readIp(text);
  if (ip?.family !== family) return undefined;
  return ip.value.toString(16).padStart(family === 'ipv4' ? 8 : 32, '0');
};

const lenient = (family: Family, text: string): string | undefined => {
  try {
    return bytesOf(typeOf[family], text).toString('hex');
  } catch {
    return undefined;
  }
};

const groups = fc.array(fc.constantFrom('', '0', '1', 'ff', 'FFFF', '00a', '12345', 'g', '1.2.3.4'), {
  maxLength: 9,
});
const octets = fc.array(fc.constantFrom('', '0', '1', '255', '256', '01', ' 1', '-1', '1e1'), {
  maxLength: 5,
});

suite('key types', () => {
  test('every address keeps its bytes and its canonical text', () => {
    const value = { ipv4: fc.bigInt(0n, 2n ** 32n - 1n), ipv6: fc.bigInt(0n, 2n ** 128n - 1n) };
    for (const family of ['ipv4', 'ipv6'] as const) {
      fc.assert(
        fc.property(value[family], (number) => {
          const text = formatIp({ family, value: number });
          const bytes = bytesOf(typeOf[family], text);
          assert.deepEqual(bytes, bytesOf(typeOf[family], number));
          assert.equal(bytes.toString('hex'), strict(family, text));
          assert.equal(getValue(bytes, 0, typeOf[family], 1), text);
        }),
      );
    }
  });

  test('what is no address is none here either', () => {
    fc.assert(
      fc.property(groups, (parts) => {
        assert.equal(lenient('ipv6', parts.join(':')), strict('ipv6', parts.join(':')));
      }),
      { numRuns: 5000 },
    );
    fc.assert(
      fc.property(octets, (parts) => {
        assert.equal(lenient('ipv4', parts.join('.')), strict('ipv4', parts.join('.')));
      }),
      { numRuns: 2000 },
    );
    for (const text of ['255.01.255.1', '10.0.0.00', '0.0.0.0', '10.0.0']) {
      assert.equal(lenient('ipv4', text), strict('ipv4', text), text);
    }
    for (const text of [
      '::',
      '::1',
      '1::',
      '1:2:3:4:5:6:7::',
      '1:2:3:4:5:6:7:8',
      '::ffff:1.2.3.4',
      ':::',
      '1:',
    ]) {
      assert.equal(lenient('ipv6', text), strict('ipv6', text), text);
    }
  });

  const orders: readonly (readonly [KeyType, number, number, string])[] = [
    ['inet_service', 0x1234, 1, '1234'],
    ['inet_proto', 6, 2, '06'],
    // Alone in host order, as the register has it; in a concatenation big-endian, so that ranges are ranges.
    ['mark', 0x01020304, 1, '04030201'],
    ['mark', 0x01020304, 2, '01020304'],
    ['mark', 0xffffffff, 1, 'ffffffff'],
  ];
  for (const [type, value, parts, hex] of orders) {
    test(`${type} as one of ${parts}`, () => {
      const into = Buffer.alloc(datatypeBytes(type));
      putValue(into, 0, type, value, parts);
      assert.equal(into.toString('hex'), hex);
      assert.equal(getValue(into, 0, type, parts), value);
    });
  }

  test('concatenations are padded to registers and numbered as nft does', () => {
    assert.equal(keyBytes(['inet_service']), 2);
    assert.equal(keyBytes(['ifname', 'ipv4_addr']), 20);
    assert.equal(keyBytes(['mark', 'inet_proto', 'inet_service']), 12);
    // From `nft --debug=mnl`: ifname is 41, ipv4_addr 7.
    assert.equal(typeNumber(['ifname', 'ipv4_addr']), 0x0a47);
    assert.equal(typeNumber(['inet_service']), 13);
  });
});
