/** Every kind of set and key: packets judge the lookups, elements come back as they were, one by one they go again. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { Command, Element, Field, KeyPart, SetSpec, Statement } from '#kernel/nft/statement.ts';
import { skip } from './namespaces.ts';
import type { Packet } from './packets.ts';
import { admitSentinel, Rig } from './rig.ts';

const table = 't';
const accept: Statement = { kind: 'verdict', verdict: 'accept' };

const udp4 = (destinationPort: number, source = '10.0.0.1', sourcePort = 4000): Packet => ({
  source,
  destination: '10.1.0.1',
  transport: { kind: 'udp', sourcePort, destinationPort },
});
const udp6 = (destinationPort: number, source = 'fd00:a::1'): Packet => ({
  source,
  destination: 'fd00:b::1',
  transport: { kind: 'udp', sourcePort: 4000, destinationPort },
});
const range = (first: number | bigint, last: number | bigint) => ({ first, last });
const v6 = (tail: bigint): bigint => 0xfd00_000a_0000_0000_0000_0000_0000_0000n + tail;

const forward = (...rules: readonly (readonly Statement[])[]): Command[] => [
  {
    kind: 'addChain',
    table,
    chain: { name: 'forward', hook: { type: 'filter', hook: 'forward', priority: 0, policy: 'drop' } },
  },
  ...[admitSentinel, ...rules].map((rule): Command => ({ kind: 'addRule', table, chain: 'forward', rule })),
];

type Case = {
  readonly name: string;
  readonly set: Omit<SetSpec, 'name'>;
  readonly fields: readonly Field[];
  /** In the order in which the kernel gives them back, sorted by their text. */
  readonly elements: readonly (readonly KeyPart[])[];
  /** Statements before the lookup. */
  readonly before?: readonly Statement[];
  readonly packets: readonly (readonly [Packet, boolean])[];
  readonly shown: RegExp;
};

const cases: readonly Case[] = [
  {
    name: 'ifname',
    set: { key: ['ifname'], interval: false },
    fields: ['iifname'],
    elements: [['eA'], ['eth-with-15-byt']],
    packets: [[udp4(1), true]],
    shown: /"eth-with-15-byt"/,
  },
  {
    name: 'ipv4_addr',
    set: { key: ['ipv4_addr'], interval: false },
    fields: ['ip saddr'],
    elements: [['10.0.0.1'], ['10.0.255.255']],
    packets: [
      [udp4(1), true],
      [udp4(1, '10.0.0.2'), false],
      [udp4(1, '10.0.255.255'), true],
      [udp6(1), false],
    ],
    shown: /10\.0\.255\.255/,
  },
  {
    name: 'ipv6_addr',
    set: { key: ['ipv6_addr'], interval: false },
    fields: ['ip6 saddr'],
    elements: [['fd00:a::1'], ['fd00:a:0:0:5::']],
    packets: [
      [udp6(1), true],
      [udp6(1, 'fd00:a::2'), false],
      [udp6(1, 'fd00:a::5:0:0:0'), true],
    ],
    shown: /fd00:a::1/,
  },
  {
    name: 'inet_proto . inet_service',
    set: { key: ['inet_proto', 'inet_service'], interval: false },
    fields: ['l4proto', 'th dport'],
    elements: [
      [17, 1],
      [6, 2],
    ],
    packets: [
      [udp4(1), true],
      [udp4(2), false],
    ],
    shown: /udp \. 1/,
  },
  {
    name: 'mark alone',
    set: { key: ['mark'], interval: false },
    fields: ['mark'],
    before: [{ kind: 'setMark', and: 0, or: 0x01020304 }],
    elements: [[0x01020304], [0xffffffff]],
    packets: [[udp4(1), true]],
    shown: /0x01020304/,
  },
  {
    name: 'ranges of ipv4_addr, to both ends of the space',
    set: { key: ['ipv4_addr'], interval: true },
    fields: ['ip saddr'],
    elements: [
      ['10.0.0.9'],
      [range(0, 0x09ffffff)],
      [range(0x0a000010, 0x0a00001f)],
      [range(0x0a000020, 0x0a000022)],
      [range(0x0a00ff00, 0xffffffff)],
    ],
    packets: [
      [udp4(1, '10.0.0.8'), false],
      [udp4(1, '10.0.0.9'), true],
      [udp4(1, '10.0.0.10'), false],
      [udp4(1, '10.0.0.15'), false],
      [udp4(1, '10.0.0.16'), true],
      [udp4(1, '10.0.0.31'), true],
      [udp4(1, '10.0.0.32'), true],
      [udp4(1, '10.0.0.34'), true],
      [udp4(1, '10.0.0.35'), false],
      [udp4(1, '10.0.254.255'), false],
      [udp4(1, '10.0.255.255'), true],
    ],
    shown: /10\.0\.0\.16\/28/,
  },
  {
    name: 'ranges of ipv6_addr',
    set: { key: ['ipv6_addr'], interval: true },
    fields: ['ip6 saddr'],
    elements: [['fd00:a::7'], [range(v6(0x10n), v6(0x1fn))]],
    packets: [
      [udp6(1, 'fd00:a::6'), false],
      [udp6(1, 'fd00:a::7'), true],
      [udp6(1, 'fd00:a::f'), false],
      [udp6(1, 'fd00:a::10'), true],
      [udp6(1, 'fd00:a::1f'), true],
      [udp6(1, 'fd00:a::20'), false],
    ],
    shown: /fd00:a::10\/124/,
  },
  {
    name: 'ranges of inet_service',
    set: { key: ['inet_service'], interval: true },
    fields: ['th dport'],
    elements: [[80], [range(0x00ff, 0x0101)], [range(65000, 65535)]],
    packets: [
      [udp4(0xfe), false],
      [udp4(0xff), true],
      [udp4(0x101), true],
      [udp4(0x102), false],
      [udp4(80), true],
      [udp4(64999), false],
      [udp4(65535), true],
    ],
    shown: /255-257/,
  },
  {
    name: 'ranges in a concatenation of ipv4_addr, inet_proto, inet_service',
    set: { key: ['ipv4_addr', 'inet_proto', 'inet_service'], interval: true },
    fields: ['ip saddr', 'l4proto', 'th dport'],
    elements: [
      ['10.0.0.1', 17, 53],
      [range(0x0a000100, 0x0a0001ff), 17, range(100, 200)],
      [range(0, 0xffffffff), range(0, 255), range(300, 65535)],
    ],
    packets: [
      [udp4(53), true],
      [udp4(54), false],
      [udp4(53, '10.0.0.2'), false],
      [udp4(99, '10.0.1.7'), false],
      [udp4(100, '10.0.1.0'), true],
      [udp4(200, '10.0.1.255'), true],
      [udp4(201, '10.0.1.255'), false],
      [udp4(100, '10.0.2.0'), false],
      [udp4(300, '10.0.2.0'), true],
    ],
    shown: /10\.0\.1\.0\/24 \. udp \. 100-200/,
  },
  {
    name: 'ranges in a concatenation of ipv6_addr, inet_proto, inet_service',
    set: { key: ['ipv6_addr', 'inet_proto', 'inet_service'], interval: true },
    fields: ['ip6 saddr', 'l4proto', 'th dport'],
    elements: [
      ['fd00:a::1', 17, 53],
      [range(v6(0x100n), v6(0x1ffn)), range(0, 17), 7],
    ],
    packets: [
      [udp6(53), true],
      [udp6(53, 'fd00:a::2'), false],
      [udp6(7, 'fd00:a::ff'), false],
      [udp6(7, 'fd00:a::100'), true],
      [udp6(7, 'fd00:a::1ff'), true],
      [udp6(7, 'fd00:a::200'), false],
    ],
    shown: /fd00:a::100\/120 \. 0-17/,
  },
  {
    name: 'a mark, and ranges of marks, in an interval concatenation',
    set: { key: ['mark', 'inet_proto', 'inet_service'], interval: true },
    fields: ['mark', 'l4proto', 'th dport'],
    before: [{ kind: 'markFromMap', fields: ['th sport'], map: 'identity' }],
    elements: [
      [0x0102, 17, 53],
      [range(0x01ff, 0x0201), 17, range(80, 90)],
    ],
    packets: [
      [udp4(53, '10.0.0.1', 0x0102), true],
      [udp4(53, '10.0.0.1', 0x0201), false],
      [udp4(80, '10.0.0.1', 0x01fe), false],
      [udp4(80, '10.0.0.1', 0x01ff), true],
      [udp4(90, '10.0.0.1', 0x0200), true],
      [udp4(85, '10.0.0.1', 0x0201), true],
      [udp4(85, '10.0.0.1', 0x0202), false],
    ],
    shown: /0x000001ff-0x00000201 \. udp \. 80-90/,
  },
  {
    name: 'a device name in an interval concatenation',
    set: { key: ['ifname', 'ipv4_addr', 'inet_service'], interval: true },
    fields: ['iifname', 'ip saddr', 'th dport'],
    elements: [
      ['eA', range(0x0a000000, 0x0a0000ff), range(1, 9)],
      ['eB', '10.0.0.0', 10],
    ],
    packets: [
      [udp4(9), true],
      [udp4(10), false],
      [udp4(9, '10.0.1.0'), false],
    ],
    shown: /"eA" \. 10\.0\.0\.0\/24 \. 1-9/,
  },
  {
    name: 'ifname . ipv6_addr',
    set: { key: ['ifname', 'ipv6_addr'], interval: false },
    fields: ['iifname', 'ip6 saddr'],
    elements: [
      ['eA', 'fd00:a::1'],
      ['eB', 'fd00:a::2'],
    ],
    packets: [
      [udp6(1), true],
      [udp6(1, 'fd00:a::2'), false],
    ],
    shown: /"eA" \. fd00:a::1/,
  },
];

/** The identities that `markFromMap` takes from the source port: the port itself. */
const identity: SetSpec = { name: 'identity', key: ['inet_service'], data: 'mark', interval: false };
const identities: Element[] = [0x0102, 0x01fe, 0x01ff, 0x0200, 0x0201, 0x0202].map((port) => ({
  key: [port],
  data: { kind: 'value', value: port },
}));

const text = (element: Element): string =>
  JSON.stringify(element, (_key, value) => (typeof value === 'bigint' ? `${value}n` : value));
const sorted = (elements: readonly Element[]): string[] => elements.map(text).sort();

suite('sets', { skip }, () => {
  const rig = new Rig('sets');

  for (const { name, set: shape, fields, elements: keys, before, packets, shown } of cases) {
    test(name, async () => {
      const set: SetSpec = { name: 's', ...shape };
      const elements = keys.map((key): Element => ({ key }));
      rig.load([
        { kind: 'addSet', table, set },
        { kind: 'addSet', table, set: identity },
        { kind: 'addElements', table, set: identity, elements: identities },
        ...forward([...(before ?? []), { kind: 'lookup', fields, set: 's' }, accept]),
        { kind: 'addElements', table, set, elements },
      ]);
      assert.match(rig.listing(), shown);
      assert.deepEqual(sorted(rig.nft.elements(table, set)), sorted(elements));
      for (const [packet, passes] of packets) {
        assert.equal(await rig.passes('a', packet), passes, JSON.stringify(packet));
      }
      assertOneByOne(rig, set, elements);
    });
  }

  test('negated lookup', async () => {
    const set: SetSpec = { name: 's', key: ['ipv4_addr'], interval: false };
    rig.load([
      { kind: 'addSet', table, set },
      { kind: 'addElements', table, set, elements: [{ key: ['10.0.0.1'] }] },
      ...forward([{ kind: 'lookup', fields: ['ip saddr'], set: 's', negate: true }, accept]),
    ]);
    assert.equal(await rig.passes('a', udp4(1)), false);
    assert.equal(await rig.passes('a', udp4(1, '10.0.0.2')), true);
    assert.equal(await rig.passes('a', udp6(1)), false);
  });

  test('flushSet empties a set', () => {
    const set: SetSpec = { name: 's', key: ['ipv4_addr', 'inet_service'], interval: true };
    rig.load([
      { kind: 'addSet', table, set },
      { kind: 'addElements', table, set, elements: [{ key: ['10.0.0.1', range(1, 2)] }] },
    ]);
    rig.nft.apply([{ kind: 'flushSet', table, set: 's' }]);
    assert.deepEqual(rig.nft.elements(table, set), []);
    rig.nft.apply([{ kind: 'deleteSet', table, set: 's' }]);
    assert.deepEqual(rig.nft.sets(table), []);
  });

  test('what the kernel would look up wrongly is not encoded', () => {
    const apply = (set: SetSpec, element: Element) => () =>
      rig.load([
        { kind: 'addSet', table, set },
        { kind: 'addElements', table, set, elements: [element] },
      ]);
    const set = (key: SetSpec['key'], interval: boolean): SetSpec => ({ name: 's', key, interval });
    assert.throws(apply(set(['mark'], true), { key: [1] }), /no intervals of mark/);
    assert.throws(apply(set(['ifname'], true), { key: ['eA'] }), /no intervals of ifname/);
    assert.throws(apply(set(['ipv4_addr'], false), { key: [range(1, 2)] }), /single values/);
    assert.throws(apply(set(['ipv4_addr'], true), { key: [range(2, 1)] }), /2 to 1/);
    assert.throws(apply(set(['ipv4_addr'], false), { key: ['10.0.0.256'] }), /is no ipv4_addr/);
    assert.throws(apply(set(['ipv6_addr'], false), { key: ['1::2::3'] }), /is no ipv6_addr/);
    assert.throws(apply(set(['inet_service'], false), { key: [65536] }), /65536 is no inet_service/);
    assert.throws(apply(set(['ifname'], false), { key: ['sixteen-bytes-xx'] }), /no device name/);
    assert.throws(apply(set(['ifname', 'mark'], false), { key: ['eA'] }), /1 key parts/);
  });
});

/** Deletes each element by itself and puts it back, and deletes it again: only the others must be left each time. */
function assertOneByOne(rig: Rig, set: SetSpec, elements: readonly Element[]): void {
  for (const element of elements) {
    const others = elements.filter((other) => other !== element);
    rig.nft.apply([{ kind: 'deleteElements', table, set, elements: [element] }]);
    assert.deepEqual(sorted(rig.nft.elements(table, set)), sorted(others));
    rig.nft.apply([{ kind: 'addElements', table, set, elements: [element] }]);
    assert.deepEqual(sorted(rig.nft.elements(table, set)), sorted(elements));
  }
  rig.nft.apply([{ kind: 'deleteElements', table, set, elements: [...elements].reverse() }]);
  assert.deepEqual(rig.nft.elements(table, set), []);
}
