import assert from 'node:assert/strict';
import { test } from 'node:test';
import { buildWorld, ip, type NetworkSpec } from '../../tests/support/network.ts';
import { freePublicIp, isPoolAddress, isPublicIpTaken } from './public-addresses.ts';

test('the pool ends where RFC 2544 ends it, without both ends of each /24', () => {
  const rows: readonly (readonly [text: string, isGiven: boolean])[] = [
    ['198.17.255.254', false],
    ['198.18.0.0', false],
    ['198.18.0.1', true],
    ['198.18.0.254', true],
    ['198.18.0.255', false],
    ['198.18.1.0', false],
    ['198.19.255.254', true],
    ['198.19.255.255', false],
    ['198.20.0.1', false],
    ['2001:db8::1', false],
  ];
  for (const [text, isGiven] of rows) assert.equal(isPoolAddress(ip(text)), isGiven, text);
});

const spec = (publicIp: string): NetworkSpec => ({
  subnets: { a: { cidr: '10.0.1.0/24' } },
  groups: { g: {} },
  enis: { e: { subnet: 'a', ips: ['10.0.1.4'], groups: ['g'], publicIp } },
});

test('the search goes round the pool and passes what anybody holds', () => {
  const world = buildWorld(spec('198.18.0.1'));
  assert.equal(isPublicIpTaken(world, ip('198.18.0.1')), true);
  assert.equal(isPublicIpTaken(world, ip('198.18.0.2')), false);
  const rows: readonly (readonly [start: bigint, found: string])[] = [
    [0n, '198.18.0.2'],
    [2n, '198.18.0.2'],
    [255n, '198.18.1.1'],
    [131_071n, '198.18.0.2'],
    [131_072n + 5n, '198.18.0.5'],
  ];
  for (const [start, found] of rows) assert.equal(freePublicIp(world, start), found, String(start));
});
