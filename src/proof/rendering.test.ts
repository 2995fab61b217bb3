import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Cidr } from '#net/cidr.ts';
import type { Service } from '#vpc/security-group.ts';
import { rule, service } from '../../tests/support/network.ts';
import { stretchOf } from './address-line.ts';
import { routedSpace } from './internet.ts';
import { everywhere, intersect, type Region, regionOf, regionSize, union } from './region.ts';
import { partsOf, serviceTexts } from './rendering.ts';
import { allSpans, answeredBy, holds, serviceCount, spansOf, subtractSpans } from './spans.ts';

const box = (text: string): Region => {
  const { peer, service: opened } = rule('ingress', text);
  const cidr = peer.kind === 'cidr' ? peer.cidr : ('0.0.0.0/0' as Cidr);
  const family = cidr.includes(':') ? 'ipv6' : 'ipv4';
  return regionOf(family, [{ ...stretchOf(cidr), value: spansOf(opened, family) }]);
};

const texts: readonly (readonly [Service, string])[] = [
  [service('all'), 'all'],
  [service('tcp/443'), 'tcp/443'],
  [service('tcp/0-65535'), 'tcp'],
  [service('udp/53-54'), 'udp/53-54'],
  [service('icmp'), 'icmp'],
  [service('icmp/8'), 'icmp/8'],
  [service('icmp/3.4'), 'icmp/3/4'],
  [service('proto/47'), 'protocol 47'],
];
for (const [each, expected] of texts) {
  test(`services read as ${expected}`, () =>
    assert.deepEqual(serviceTexts(spansOf(each, 'ipv4')), [expected]));
}

test('all but one port reads as what is left', () => {
  const left = subtractSpans(allSpans, spansOf(service('tcp/22'), 'ipv4'));
  assert.deepEqual(serviceTexts(left), ['protocols 0-5', 'tcp/0-21', 'tcp/23-65535', 'protocols 7-255']);
});

const regions: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ['two halves', ['tcp/22 0.0.0.0/1', 'tcp/22 128.0.0.0/1'], ['tcp/22 0.0.0.0/0']],
  ['by service', ['tcp/443 0.0.0.0/0', 'tcp/22 10.0.0.0/8'], ['tcp/22 10.0.0.0/8', 'tcp/443 0.0.0.0/0']],
  ['by address', ['tcp/22 10.0.0.0/24', 'udp/53 10.0.0.0/24'], ['tcp/22,udp/53 10.0.0.0/24']],
  ['not a block', ['tcp/22 10.0.0.0/31', 'tcp/22 10.0.0.2/32'], ['tcp/22 10.0.0.0/31,10.0.0.2/32']],
  ['IPv6', ['tcp/22 ::/1', 'tcp/22 8000::/1'], ['tcp/22 ::/0']],
];
for (const [name, given, expected] of regions) {
  test(`parts: ${name}`, () => {
    const [first, ...more] = given.map(box);
    assert.ok(first);
    const parts = partsOf(more.reduce(union, first));
    assert.deepEqual(
      parts.map(({ services, cidrs }) => `${services.join()} ${cidrs.join()}`).sort(),
      expected,
    );
  });
}

const onInternet: readonly (readonly [string, string])[] = [
  ['tcp/80 0.0.0.0/0', '0.0.0.0/0'],
  ['tcp/80 0.0.0.0/1', '0.0.0.0/1'],
  ['tcp/80 8.0.0.0/6', '8.0.0.0/6'],
  ['tcp/80 9.0.0.0/8', '9.0.0.0/8'],
  ['tcp/80 203.0.113.0/24', '203.0.113.0/24'],
  ['tcp/80 ::/0', '::/0'],
  ['tcp/80 2a00::/12', '2a00::/12'],
];
for (const [text, expected] of onInternet) {
  test(`parts on the internet: ${text} reads as ${expected}`, () => {
    const region = box(text);
    const space = routedSpace[region.family];
    const [part, ...more] = partsOf(intersect(region, space), space);
    assert.deepEqual([part?.cidrs, more], [[expected], []]);
  });
}

test('sizes count ports and ICMP codes one by one, another protocol once', () => {
  const counts = ['tcp/80-81', 'tcp/0-65535', 'icmp/8', 'icmp', 'proto/47', 'all'].map((text) =>
    serviceCount(spansOf(service(text), 'ipv4')),
  );
  assert.deepEqual(counts, [2n, 65536n, 256n, 65536n, 1n, 4n * 65536n + 252n]);
  assert.equal(regionSize(box('tcp/80-81 10.0.0.0/30')), 8n);
  assert.equal(regionSize(everywhere('ipv6', spansOf(service('tcp/1'), 'ipv6'))), 1n << 128n);
});

/** What an ACL lets back → whether a request to tcp/80, udp/80, a ping and protocol 47 is answered. */
const answers: readonly (readonly [readonly string[], readonly boolean[]])[] = [
  [['all'], [true, true, true, true]],
  [[], [false, false, false, false]],
  [['tcp/1023'], [false, false, false, false]],
  [['tcp/1023-1024'], [true, false, false, false]],
  [
    ['tcp/65535', 'udp/65535'],
    [true, true, false, false],
  ],
  [['icmp/8'], [false, false, false, false]],
  [['icmp/0'], [false, false, true, false]],
  [['proto/47'], [false, false, false, true]],
];
for (const [back, expected] of answers) {
  test(`answered where ${back.join(' and ') || 'nothing'} comes back: ${expected.join()}`, () => {
    const spans = back.flatMap((text) => spansOf(service(text), 'ipv4'));
    const open = answeredBy(spans, 'ipv4');
    const numbers = [(6 << 16) | 80, (17 << 16) | 80, (1 << 16) | (8 << 8), 47 << 16];
    assert.deepEqual(
      numbers.map((number) => holds(open, number)),
      expected,
    );
  });
}
