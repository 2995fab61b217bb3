import { deepEqual } from 'node:assert/strict';
import { test } from 'node:test';
import type { Family } from '#net/address.ts';
import { cidrsOf, type Stretch } from './address-line.ts';

const rows: readonly (readonly [Family, Stretch['first'], Stretch['last'], string])[] = [
  ['ipv4', 0, 0xffff_ffff, '0.0.0.0/0'],
  [
    'ipv4',
    0,
    0xffff_fffe,
    Array.from({ length: 32 }, (_, at) => quad(2 ** 32 - 2 ** (32 - at), at + 1)).join(),
  ],
  ['ipv4', 1, 0x7fff_ffff, Array.from({ length: 31 }, (_, at) => quad(2 ** at, 32 - at)).join()],
  ['ipv4', 0x7fff_ffff, 0x8000_0000, '127.255.255.255/32,128.0.0.0/32'],
  ['ipv4', 0x0a00_0000, 0x0a00_00ff, '10.0.0.0/24'],
  ['ipv4', 0x0a00_0000, 0x0a00_0100, '10.0.0.0/24,10.0.1.0/32'],
  [
    'ipv4',
    0x0a00_0001,
    0x0a00_00fe,
    '10.0.0.1/32,10.0.0.2/31,10.0.0.4/30,10.0.0.8/29,10.0.0.16/28,10.0.0.32/27,10.0.0.64/26,10.0.0.128/26,10.0.0.192/27,10.0.0.224/28,10.0.0.240/29,10.0.0.248/30,10.0.0.252/31,10.0.0.254/32',
  ],
  ['ipv4', 0xffff_ffff, 0xffff_ffff, '255.255.255.255/32'],
  ['ipv6', 0n, (1n << 128n) - 1n, '::/0'],
  ['ipv6', 1n, 2n, '::1/128,::2/128'],
];

function quad(point: number, length: number): string {
  return `${[24, 16, 8, 0].map((shift) => (point >>> shift) & 255).join('.')}/${length}`;
}

test('the fewest blocks of a stretch', () => {
  for (const [family, first, last, blocks] of rows) {
    deepEqual(cidrsOf(family, { first, last }).join(), blocks, `${first} to ${last}`);
  }
});
