/** Maps, translation, connection tracking and dynamic sets, judged by packets. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ChainSpec, Command, Element, NftRule, SetSpec, Statement } from '#kernel/nft/statement.ts';
import type { Ip } from '#net/address.ts';
import { hostCidr } from '#net/cidr.ts';
import { skip } from './namespaces.ts';
import { type Packet, tcp } from './packets.ts';
import { admitSentinel, Rig } from './rig.ts';

const table = 't';
const accept: Statement = { kind: 'verdict', verdict: 'accept' };
const drop: Statement = { kind: 'verdict', verdict: 'drop' };

const udp = (destinationPort: number, source = '10.0.0.1', destination = '10.1.0.1'): Packet => ({
  source,
  destination,
  transport: { kind: 'udp', sourcePort: 4000, destinationPort },
});
const udp6 = (destinationPort: number, source = 'fd00:a::1', destination = 'fd00:b::1'): Packet => ({
  ...udp(destinationPort),
  source,
  destination,
});
const syn = (destinationPort: number, sourcePort = 4000): Packet => ({
  source: '10.0.0.1',
  destination: '10.1.0.1',
  transport: {
    kind: 'tcp',
    sourcePort,
    destinationPort,
    flags: tcp.syn,
    options: Buffer.from([2, 4, 5, 180]),
  },
});

type Hook = NonNullable<ChainSpec['hook']>;
const base = (name: string, hook: Hook, rules: readonly NftRule[]): Command[] => [
  { kind: 'addChain', table, chain: { name, hook } },
  ...rules.map((rule): Command => ({ kind: 'addRule', table, chain: name, rule })),
];
const forward = (...rules: readonly NftRule[]): Command[] =>
  base('forward', { type: 'filter', hook: 'forward', priority: 0, policy: 'drop' }, [
    admitSentinel,
    ...rules,
  ]);
const raw = (...rules: readonly NftRule[]): Command[] =>
  base('raw', { type: 'filter', hook: 'prerouting', priority: -300, policy: 'accept' }, rules);
const addSet = (set: SetSpec): Command => ({ kind: 'addSet', table, set });
const add = (set: SetSpec, ...elements: readonly Element[]): Command => ({
  kind: 'addElements',
  table,
  set,
  elements,
});
const remove = (set: SetSpec, ...elements: readonly Element[]): Command => ({
  kind: 'deleteElements',
  table,
  set,
  elements,
});
const goto = (chain: string) => ({ kind: 'goto', chain }) as const;
const value = (of: number | string) => ({ kind: 'value', value: of }) as const;
const entry = (key: number | string, data: Element['data']): Element => ({
  key: [key],
  ...(data && { data }),
});

suite('maps', { skip }, () => {
  const rig = new Rig('maps');
  const pass: Command[] = [
    { kind: 'addChain', table, chain: { name: 'yes' } },
    { kind: 'addRule', table, chain: 'yes', rule: [accept] },
    { kind: 'addChain', table, chain: { name: 'no' } },
    { kind: 'addRule', table, chain: 'no', rule: [drop] },
  ];

  test('dispatch: a hit goes, a miss falls through, and a value changes by delete and add in one batch', async () => {
    const ports: SetSpec = { name: 'ports', key: ['ifname'], data: 'verdict', interval: false };
    rig.load([
      ...pass,
      addSet(ports),
      add(ports, entry('eA', goto('yes'))),
      ...forward([{ kind: 'dispatch', fields: ['iifname'], map: 'ports' }], [{ kind: 'counter' }, drop]),
    ]);
    assert.equal(await rig.passes('a', udp(1)), true);
    assert.equal(await rig.passes('b', udp(1, '10.1.0.1', '10.0.0.1')), false);
    assert.equal(rig.nft.rules(table, 'forward')[2]?.counter?.packets, 1);
    rig.nft.apply([remove(ports, entry('eA', goto('yes'))), add(ports, entry('eA', goto('no')))]);
    assert.deepEqual(rig.nft.elements(table, ports), [entry('eA', goto('no'))]);
    assert.equal(await rig.passes('a', udp(1)), false);
    assert.match(rig.listing(), /iifname vmap @ports/);
  });

  test('dispatch under a mask', async () => {
    const who: SetSpec = { name: 'who', key: ['mark'], data: 'verdict', interval: false };
    rig.load([
      ...pass,
      addSet(who),
      add(who, entry(1, goto('no')), entry(2, goto('yes'))),
      ...forward(
        [{ kind: 'setCtMark', and: 0, or: 0xfffffffe }],
        [{ kind: 'dispatch', fields: ['ct mark'], map: 'who', mask: 3 }],
      ),
    ]);
    assert.equal(await rig.passes('a', udp(1)), true);
  });

  test('markFromMap: a miss ends the rule and leaves the mark', async () => {
    const id: SetSpec = { name: 'id', key: ['ifname', 'ipv4_addr'], data: 'mark', interval: false };
    rig.load([
      addSet(id),
      add(id, { key: ['eA', '10.0.0.1'], data: value(0x00300001) }),
      ...forward(
        [{ kind: 'setMark', and: 0, or: 9 }],
        [{ kind: 'markFromMap', fields: ['iifname', 'ip saddr'], map: 'id' }],
        [
          { kind: 'match', field: 'mark', value: 0x00300001 },
          { kind: 'match', field: 'th dport', value: 1 },
          accept,
        ],
        [{ kind: 'match', field: 'mark', value: 9 }, { kind: 'match', field: 'th dport', value: 2 }, accept],
      ),
    ]);
    assert.equal(await rig.passes('a', udp(1)), true);
    assert.equal(await rig.passes('a', udp(1, '10.0.0.2')), false);
    assert.equal(await rig.passes('a', udp(2, '10.0.0.2')), true);
    assert.equal(await rig.passes('a', udp6(2)), true);
  });

  test('fib daddr . mark oifname is the device that routing will choose', async () => {
    const to: SetSpec = { name: 'to', key: ['ifname'], data: 'verdict', interval: false };
    rig.load([
      { kind: 'addChain', table, chain: { name: 'seen' } },
      { kind: 'addRule', table, chain: 'seen', rule: [{ kind: 'setMark', and: 0, or: 5 }] },
      addSet(to),
      add(to, entry('eB', goto('seen'))),
      ...raw([{ kind: 'dispatch', fields: ['fib daddr . mark oifname'], map: 'to' }]),
      ...forward([{ kind: 'match', field: 'mark', value: 5 }, accept]),
    ]);
    assert.equal(await rig.passes('a', udp(1)), true);
    assert.equal(await rig.passes('b', udp(1, '10.1.0.1', '10.0.0.1')), false);
    assert.match(rig.listing(), /fib daddr \. mark oifname vmap @to/);
  });
});

suite('connection tracking', { skip }, () => {
  const rig = new Rig('track');

  test('setZone keeps equal tuples apart', async () => {
    rig.load([
      ...raw([
        { kind: 'match', field: 'th dport', value: 71 },
        { kind: 'setZone', zone: 0x0105 },
      ]),
      ...forward([{ kind: 'match', field: 'ct zone', value: 0x0105 }, accept]),
    ]);
    assert.equal(await rig.passes('a', udp(71)), true);
    assert.equal(await rig.passes('a', udp(72)), false);
    const zones = rig.conntrack.entries().map(({ zone }) => zone);
    assert.ok(zones.includes(0x0105));
    assert.equal(rig.conntrack.delete({ zone: 0x0105 }), 1);
    assert.ok(!rig.conntrack.entries().some(({ zone }) => zone === 0x0105));
  });

  test('notrack leaves no entry', async () => {
    rig.load([
      ...raw([{ kind: 'match', field: 'th dport', value: 81 }, { kind: 'notrack' }]),
      ...forward([{ kind: 'match', field: 'ct state', value: 0x40 }, accept], [accept]),
    ]);
    assert.equal(await rig.passes('a', udp(81)), true);
    assert.equal(await rig.passes('a', udp(82)), true);
    const ports = rig.conntrack.entries().map(({ original }) => original.destinationPort);
    assert.ok(ports.includes(82) && !ports.includes(81));
  });

  test('entries tell both directions, mark and state; deletion finds an address in any field', async () => {
    rig.conntrack.flush();
    rig.load(forward([{ kind: 'setCtMark', and: 0, or: 0x80000014 }, accept]));
    await rig.exchange('a', [udp(91), udp(92, '10.0.0.2'), udp6(93)]);
    await rig.exchange('b', [{ ...udp(4000, '10.1.0.1', '10.0.0.1'), transport: reply(91) }]);
    const entries = rig.conntrack.entries().filter(({ original }) => original.destinationPort !== 9);
    const first = entries.find(({ original }) => original.destinationPort === 91);
    assert.deepEqual(
      { ...first, id: 0, timeoutSeconds: 0 },
      {
        family: 'ipv4',
        protocol: 17,
        original: { source: '10.0.0.1', destination: '10.1.0.1', sourcePort: 4000, destinationPort: 91 },
        reply: { source: '10.1.0.1', destination: '10.0.0.1', sourcePort: 91, destinationPort: 4000 },
        zone: 0,
        mark: 0x80000014,
        status: 0x0a | (first?.status ?? 0),
        timeoutSeconds: 0,
        id: 0,
      },
    );
    assert.equal(rig.conntrack.keepMarkBits(0xffffffef) >= 3, true);
    const marks = rig.conntrack.entries().map(({ mark }) => mark);
    assert.ok(marks.includes(0x80000004) && !marks.includes(0x80000014));
    const [host4, host6] = [hostCidr('10.0.0.2' as Ip), hostCidr('fd00:b::1' as Ip)];
    assert.equal(rig.conntrack.delete({ block: host6, protocol: 6 }, { block: host4, zone: 77 }), 0);
    assert.equal(rig.conntrack.delete({ block: host4 }, { block: host6, protocol: 17 }), 2);
    assert.equal(rig.conntrack.delete({ block: host4 }, { block: host6 }), 0);
    assert.ok(rig.conntrack.entries().some(({ id }) => id === first?.id));
    rig.conntrack.flush();
    assert.deepEqual(rig.conntrack.entries(), []);
  });

  test('nat by map and to one address, in both families', async () => {
    const sn: SetSpec = { name: 'sn', key: ['ipv4_addr'], data: 'ipv4_addr', interval: false };
    const dn6: SetSpec = { name: 'dn6', key: ['ipv6_addr'], data: 'ipv6_addr', interval: false };
    const srcnat: Hook = { type: 'nat', hook: 'postrouting', priority: 100, policy: 'accept' };
    const dstnat: Hook = { type: 'nat', hook: 'prerouting', priority: -100, policy: 'accept' };
    rig.load([
      addSet(sn),
      add(sn, entry('10.0.0.1', value('198.51.100.1'))),
      addSet(dn6),
      add(dn6, entry('fd00:b::77', value('fd00:b::1')), entry('fd00:b::78', value('fd00:b:0:0:5::'))),
      ...base('dst', dstnat, [
        [{ kind: 'nat', type: 'dnat', family: 'ipv6', field: 'ip6 daddr', map: 'dn6' }],
        [
          { kind: 'match', field: 'ip daddr', value: '10.1.0.50' },
          { kind: 'natTo', type: 'dnat', family: 'ipv4', address: '10.1.0.51' },
        ],
      ]),
      ...base('src', srcnat, [
        [{ kind: 'nat', type: 'snat', family: 'ipv4', field: 'ip saddr', map: 'sn' }],
        [
          { kind: 'match', field: 'ip6 saddr', value: 'fd00:a::1' },
          { kind: 'natTo', type: 'snat', family: 'ipv6', address: 'fd00:a::99' },
        ],
      ]),
      ...forward([accept]),
    ]);
    assert.deepEqual(rig.nft.elements(table, sn), [entry('10.0.0.1', value('198.51.100.1'))]);
    const ends = async (packet: Packet) => {
      const [frame] = await rig.exchange('a', [packet]);
      return [frame?.source, frame?.destination];
    };
    assert.deepEqual(await ends(udp(11)), ['198.51.100.1', '10.1.0.1']);
    assert.deepEqual(await ends(udp(11, '10.0.0.2', '10.1.0.50')), ['10.0.0.2', '10.1.0.51']);
    assert.deepEqual(await ends(udp6(11, 'fd00:a::1', 'fd00:b::77')), ['fd00:a::99', 'fd00:b::1']);
    assert.deepEqual(await ends(udp6(11, 'fd00:a::2', 'fd00:b::78')), ['fd00:a::2', 'fd00:b:0:0:5::']);
    assert.match(rig.listing(), /snat ip to ip saddr map @sn/);
    assert.match(rig.listing(), /dnat ip to 10\.1\.0\.51/);
  });

  test('rewrite changes an address and mends the checksums, and tracks nothing', async () => {
    const to: SetSpec = { name: 'to', key: ['ipv4_addr'], data: 'ipv4_addr', interval: false };
    rig.conntrack.flush();
    rig.load([
      addSet(to),
      add(to, entry('10.0.0.1', value('198.51.100.1')), entry('203.0.113.5', value('10.1.0.5'))),
      ...raw(
        [{ kind: 'match', field: 'ip saddr', value: '10.0.0.0/8' }, { kind: 'notrack' }],
        [{ kind: 'rewrite', field: 'ip saddr', map: 'to' }],
        [{ kind: 'rewrite', field: 'ip daddr', map: 'to' }],
        [
          { kind: 'match', field: 'ip6 daddr', value: 'fd00:b::77' },
          { kind: 'rewriteTo', field: 'ip6 daddr', address: 'fd00:b::1' },
        ],
      ),
      ...forward([accept]),
    ]);
    const frames = await rig.exchange('a', [
      udp(21, '10.0.0.1', '203.0.113.5'),
      syn(22),
      { ...syn(23), transport: { kind: 'icmp', type: 8, code: 0 } },
      udp(21, '10.0.0.2', '10.1.0.9'),
      udp6(31, 'fd00:a::1', 'fd00:b::77'),
      udp6(31, 'fd00:a::1', 'fd00:b::78'),
    ]);
    assert.deepEqual(
      frames.map((frame) => [frame?.source, frame?.destination, frame?.checksumsHold]),
      [
        ['198.51.100.1', '10.1.0.5', true],
        ['198.51.100.1', '10.1.0.1', true],
        ['198.51.100.1', '10.1.0.1', true],
        ['10.0.0.2', '10.1.0.9', true],
        ['fd00:a::1', 'fd00:b::1', true],
        ['fd00:a::1', 'fd00:b::78', true],
      ],
    );
    assert.ok(!rig.conntrack.entries().some(({ original }) => original.destinationPort === 21));
  });

  test('synproxy answers a SYN in place of the receiver', async () => {
    rig.load([
      ...raw([{ kind: 'match', field: 'tcp flags', value: tcp.syn }, { kind: 'notrack' }]),
      ...forward([
        { kind: 'match', field: 'l4proto', value: 6 },
        { kind: 'match', field: 'ct state', value: 0x40 | 1 },
        { kind: 'synproxy', mss: 1460, windowScale: 7 },
      ]),
    ]);
    assert.match(rig.listing(), /synproxy mss 1460 wscale 7 timestamp sack-perm/);
    const [arrived] = await rig.exchange('a', [{ ...syn(443), payload: Buffer.alloc(0) }]);
    assert.equal(arrived, undefined);
    const answer = rig.heard('a').find(({ transport }) => transport.kind === 'tcp');
    assert.ok(answer?.transport.kind === 'tcp');
    assert.equal(answer.transport.flags, tcp.syn | tcp.ack);
    assert.equal(answer.source, '10.1.0.1');
  });
});

suite('dynamic sets', { skip }, () => {
  const rig = new Rig('dyn');
  const seen: SetSpec = {
    name: 'seen',
    key: ['ipv4_addr', 'inet_service'],
    interval: false,
    dynamic: { sizeMax: 3, timeoutMs: 60_000 },
  };

  test('update counts per tuple; a full set ends the rule', async () => {
    rig.load([
      addSet(seen),
      ...forward([
        { kind: 'match', field: 'l4proto', value: 17 },
        { kind: 'update', fields: ['ip saddr', 'th dport'], set: 'seen', counter: true },
        accept,
      ]),
    ]);
    const sent = await rig.exchange('a', [udp(1), udp(1), udp(2), udp(3), udp(4), udp(1)]);
    assert.deepEqual(
      sent.map((frame) => frame !== undefined),
      [true, true, true, true, false, true],
    );
    const counts = rig.nft.elements(table, seen).map(({ key, counter }) => [key[1], counter?.packets]);
    assert.deepEqual(counts.sort(), [
      [1, 3],
      [2, 1],
      [3, 1],
    ]);
    assert.match(rig.listing(), /update @seen \{ ip saddr \. (th|udp) dport counter/);
  });

  test('update over a rate matches only what exceeds it, per tuple', async () => {
    rig.load([
      addSet({ ...seen, dynamic: { sizeMax: 100, timeoutMs: 60_000 } }),
      ...forward(
        [
          {
            kind: 'update',
            fields: ['ip saddr', 'th dport'],
            set: 'seen',
            over: { perSecond: 1, burst: 5 },
          },
          drop,
        ],
        [accept],
      ),
    ]);
    const flood = Array.from({ length: 100 }, () => udp(7));
    const passed = (await rig.exchange('a', flood)).filter((frame) => frame !== undefined).length;
    assert.ok(passed >= 5 && passed < 50, `${passed} of 100 passed`);
    assert.equal(await rig.passes('a', udp(8)), true);
  });
});

const reply = (sourcePort: number): Packet['transport'] => ({
  kind: 'udp',
  sourcePort,
  destinationPort: 4000,
});
