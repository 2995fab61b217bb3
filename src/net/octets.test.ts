import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ipNumber, parseIp } from './address.ts';
import { ipOfOctets, octetsOf } from './octets.ts';

const rows: readonly (readonly [string, string])[] = [
  ['0.0.0.0', '00000000'],
  ['10.0.1.255', '0a0001ff'],
  ['255.255.255.255', 'ffffffff'],
  ['::', '00000000000000000000000000000000'],
  ['2001:db8::1:0:ff', '20010db80000000000000001000000ff'],
  ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffffffffffffffffffffffffffffffff'],
];

for (const [text, hex] of rows) {
  test(`${text} is ${hex}, both ways`, () => {
    const ip = parseIp(text) ?? assert.fail();
    assert.equal(Buffer.from(octetsOf(ipNumber(ip))).toString('hex'), hex);
    assert.equal(ipOfOctets(Buffer.from(hex, 'hex')), ip);
  });
}

for (const length of [0, 3, 5, 15, 17]) {
  test(`${length} octets are no address`, () => {
    assert.throws(() => ipOfOctets(new Uint8Array(length)), /are no address/);
  });
}
