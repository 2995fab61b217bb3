import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseIp } from '#net/address.ts';
import { whyNoHost, whyNotOnTheInternet } from './internet-space.ts';

const cases: readonly (readonly [string, 'host' | 'nobody' | 'kept'])[] = [
  ['0.255.255.255', 'nobody'],
  ['1.0.0.0', 'host'],
  ['126.255.255.255', 'host'],
  ['127.0.0.1', 'nobody'],
  ['128.0.0.0', 'host'],
  ['169.253.255.255', 'host'],
  ['169.254.169.254', 'nobody'],
  ['169.255.0.0', 'host'],
  ['198.17.255.255', 'host'],
  ['198.18.0.0', 'kept'],
  ['198.19.255.255', 'kept'],
  ['198.20.0.0', 'host'],
  ['223.255.255.255', 'host'],
  ['224.0.0.0', 'nobody'],
  ['255.255.255.255', 'nobody'],
  ['::1', 'nobody'],
  ['::ffff:8.8.8.8', 'nobody'],
  ['100::1', 'host'],
  ['2001:db7:ffff::', 'host'],
  ['2001:db8::1', 'kept'],
  ['2001:db8:fffe:ffff::1', 'kept'],
  ['2001:db8:ffff::1', 'host'],
  ['2001:db9::', 'host'],
  ['fe7f::1', 'host'],
  ['fe80::1', 'nobody'],
  ['febf::1', 'nobody'],
  ['fec0::1', 'host'],
  ['ff02::1', 'nobody'],
];

for (const [text, expected] of cases) {
  test(`${text}: ${expected}`, () => {
    const address = parseIp(text);
    assert.ok(address);
    const why = whyNotOnTheInternet(address);
    const answer = why === undefined ? 'host' : why.includes('kept') ? 'kept' : 'nobody';
    assert.equal(answer, expected);
  });
}

test('no host of the lab’s internet has a private address; documentation’s and the neighbours of private blocks may', () => {
  const rows: readonly (readonly [first: string, last: string, neighbours: readonly string[]])[] = [
    ['10.0.0.0', '10.255.255.255', ['9.255.255.255', '11.0.0.0']],
    ['172.16.0.0', '172.31.255.255', ['172.15.255.255', '172.32.0.0']],
    ['192.168.0.0', '192.168.255.255', ['192.167.255.255', '192.169.0.0']],
    ['100.64.0.0', '100.127.255.255', ['100.63.255.255', '100.128.0.0']],
    ['fc00::', 'fdff:ffff::1', ['fbff:ffff::1', 'fe00::']],
    ['224.0.0.1', '::1', ['192.0.2.7', '198.51.100.7', '203.0.113.1', '2001:db8:ffff::1']],
  ];
  const why = (text: string) => {
    const address = parseIp(text);
    assert.ok(address, text);
    return whyNoHost(address);
  };
  for (const [first, last, neighbours] of rows) {
    assert.notEqual(why(first), undefined, first);
    assert.notEqual(why(last), undefined, last);
    for (const each of neighbours) assert.equal(why(each), undefined, each);
  }
});
