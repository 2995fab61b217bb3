/** Every kind of statement and every field, judged by packets on both sides of its edge and by the nft program. */
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import type { ChainSpec, Command, Field, Statement } from '#kernel/nft/statement.ts';
import { skip } from './namespaces.ts';
import { type Packet, type Transport, tcp } from './packets.ts';
import { admitSentinel, Rig, type SideName } from './rig.ts';

const accept: Statement = { kind: 'verdict', verdict: 'accept' };
const table = 't';
const ipv4 = { a: '10.0.0.1', b: '10.1.0.1' } as const;
const ipv6 = { a: 'fd00:a::1', b: 'fd00:b::1' } as const;

const tcpTo = (destinationPort: number, flags: number = tcp.syn): Transport => ({
  kind: 'tcp',
  sourcePort: 4000,
  destinationPort,
  flags,
});
const udpTo = (destinationPort: number, sourcePort = 4000): Transport => ({
  kind: 'udp',
  sourcePort,
  destinationPort,
});
const ping: Transport = { kind: 'icmp', type: 8, code: 0, rest: 0x10001 };
const from4 = (transport: Transport, more: Partial<Packet> = {}): Packet => ({
  source: ipv4.a,
  destination: ipv4.b,
  transport,
  ...more,
});
const from6 = (transport: Transport, more: Partial<Packet> = {}): Packet => ({
  source: ipv6.a,
  destination: ipv6.b,
  transport,
  ...more,
});
const back = (packet: Packet): Packet => ({
  ...packet,
  source: packet.destination,
  destination: packet.source,
});

const match = (field: Field, value: number | string, more: { mask?: number; negate?: boolean } = {}) =>
  ({ kind: 'match', field, value, ...more }) as const;

type Case = {
  readonly name: string;
  readonly statements: readonly Statement[];
  /** What `nft list` shows of them. */
  readonly shown: RegExp;
  /** From which side, what, and whether it passes. */
  readonly packets: readonly (readonly [SideName, Packet, boolean])[];
};

const matches: readonly Case[] = [
  {
    name: 'iifname',
    statements: [match('iifname', 'eA')],
    shown: /iifname "eA" accept/,
    packets: [
      ['a', from4(udpTo(1)), true],
      ['b', back(from4(udpTo(1))), false],
    ],
  },
  {
    name: 'oifname, negated',
    statements: [match('oifname', 'eA', { negate: true })],
    shown: /oifname != "eA" accept/,
    packets: [
      ['a', from4(udpTo(1)), true],
      ['b', back(from4(udpTo(1))), false],
    ],
  },
  {
    name: 'nfproto',
    statements: [match('nfproto', 10)],
    shown: /meta nfproto ipv6 accept/,
    packets: [
      ['a', from6(udpTo(1)), true],
      ['a', from4(udpTo(1)), false],
    ],
  },
  {
    name: 'l4proto, negated',
    statements: [match('l4proto', 1, { negate: true })],
    shown: /meta l4proto != (icmp|1) accept/,
    packets: [
      ['a', from4(udpTo(1)), true],
      ['a', from4({ kind: 'other', protocol: 132 }, { payload: Buffer.alloc(12) }), false],
      ['a', from4(ping), false],
    ],
  },
  {
    name: 'a prefix of ip saddr',
    statements: [match('ip saddr', '10.0.4.0/22')],
    shown: /ip saddr 10\.0\.4\.0\/22 accept/,
    packets: [
      ['a', from4(udpTo(1), { source: '10.0.3.255' }), false],
      ['a', from4(udpTo(1), { source: '10.0.4.0' }), true],
      ['a', from4(udpTo(1), { source: '10.0.7.255' }), true],
      ['a', from4(udpTo(1), { source: '10.0.8.0' }), false],
    ],
  },
  {
    name: 'ip daddr, negated: says nothing about IPv6',
    statements: [match('ip daddr', ipv4.b, { negate: true })],
    shown: /ip daddr != 10\.1\.0\.1 accept/,
    packets: [
      ['a', from4(udpTo(1)), false],
      ['a', from4(udpTo(1), { destination: '10.1.0.2' }), true],
      ['a', from6(udpTo(1)), false],
    ],
  },
  {
    name: 'ip6 saddr and ip6 daddr',
    statements: [match('ip6 saddr', 'fd00:a::/127'), match('ip6 daddr', ipv6.b)],
    shown: /ip6 saddr fd00:a::\/127 ip6 daddr fd00:b::1 accept/,
    packets: [
      ['a', from6(udpTo(1)), true],
      ['a', from6(udpTo(1), { source: 'fd00:a::2' }), false],
      ['a', from6(udpTo(1), { destination: 'fd00:b::2' }), false],
      ['a', from4(udpTo(1)), false],
    ],
  },
  {
    // Forwarding has taken one hop off before the rules see the packet.
    name: 'ip6 hoplimit',
    statements: [match('ip6 hoplimit', 254)],
    shown: /ip6 hoplimit 254 accept/,
    packets: [
      ['a', from6(udpTo(1), { hops: 255 }), true],
      ['a', from6(udpTo(1), { hops: 254 }), false],
    ],
  },
  {
    name: 'th sport and th dport',
    statements: [match('l4proto', 17), match('th sport', 4000), match('th dport', 0x1234)],
    shown: /udp sport 4000 udp dport 4660 accept|th sport 4000 th dport 4660 accept/,
    packets: [
      ['a', from4(udpTo(0x1234)), true],
      ['a', from6(udpTo(0x1234)), true],
      ['a', from4(udpTo(0x3412)), false],
      ['a', from4(udpTo(0x1234, 4001)), false],
      ['a', from4(tcpTo(0x1234)), false],
    ],
  },
  {
    name: 'tcp flags under a mask',
    statements: [match('tcp flags', tcp.syn, { mask: tcp.fin | tcp.syn | tcp.rst | tcp.ack })],
    shown: /tcp flags (syn \/ fin,syn,rst,ack|& \(fin \| syn \| rst \| ack\) == syn) accept/,
    packets: [
      ['a', from4(tcpTo(1, tcp.syn)), true],
      ['a', from4(tcpTo(1, tcp.syn | tcp.psh)), true],
      ['a', from4(tcpTo(1, tcp.syn | tcp.ack)), false],
      ['a', from4(tcpTo(1, tcp.ack)), false],
      ['a', from4(udpTo(1)), false],
    ],
  },
  {
    name: 'icmp type',
    statements: [match('icmp type', 8)],
    shown: /icmp type echo-request accept/,
    packets: [
      ['a', from4(ping), true],
      ['a', from4({ ...ping, type: 0 }), false],
      ['a', from6({ ...ping, type: 8 }), false],
      ['a', from4(udpTo(1, 0x0800)), false],
    ],
  },
  {
    name: 'icmpv6 type',
    statements: [match('icmpv6 type', 128)],
    shown: /icmpv6 type echo-request accept/,
    packets: [
      ['a', from6({ ...ping, type: 128 }), true],
      ['a', from6({ ...ping, type: 129 }), false],
      ['a', from4({ kind: 'icmp', type: 128, code: 0 }), false],
    ],
  },
];

const actions: readonly Case[] = [
  {
    name: 'setMark, then mark under a mask',
    statements: [
      { kind: 'setMark', and: 0, or: 0x80300001 },
      { kind: 'setMark', and: 0xfffff, or: 0x40000000 },
      match('mark', 0x40000000, { mask: 0xfff00000 }),
      match('mark', 0x40000001),
    ],
    shown: /meta mark set 0x80300001 meta mark set (meta )?mark & 0x4?0*0?fffff \| 0x40000000/,
    packets: [['a', from4(udpTo(1)), true]],
  },
  {
    name: 'ct state, ct direction, ct mark',
    statements: [
      { kind: 'setCtMark', and: 0, or: 0xf0 },
      { kind: 'setCtMark', and: 0x3f, or: 0x81 },
      match('ct state', 8),
      match('ct direction', 0),
      match('ct mark', 0xb1),
    ],
    shown: /ct state new ct direction original ct mark 0x000000b1 accept/,
    packets: [['a', from4(udpTo(2)), true]],
  },
  {
    name: 'ct state, negated',
    statements: [match('ct state', 8 | 2, { negate: true })],
    shown: /ct state (! established,new|& \(established \| new\) == 0x0+) accept|ct state/,
    packets: [
      ['a', from4(udpTo(3)), false],
      ['a', from4(tcpTo(3, tcp.syn | tcp.rst)), true],
    ],
  },
  {
    name: 'ct addresses of both directions',
    statements: [
      match('ct original ip saddr', ipv4.a),
      match('ct original ip daddr', ipv4.b),
      match('ct reply ip saddr', ipv4.b),
      match('ct reply ip daddr', ipv4.a),
    ],
    shown: /ct original ip saddr 10\.0\.0\.1 ct original ip daddr 10\.1\.0\.1 ct reply ip saddr 10\.1\.0\.1/,
    packets: [
      ['a', from4(udpTo(4)), true],
      ['a', from4(udpTo(4), { source: '10.0.0.2' }), false],
      ['a', from6(udpTo(4)), false],
    ],
  },
  {
    name: 'ct addresses of both directions, IPv6',
    statements: [
      match('ct original ip6 saddr', ipv6.a),
      match('ct original ip6 daddr', ipv6.b),
      match('ct reply ip6 saddr', ipv6.b),
      match('ct reply ip6 daddr', ipv6.a),
    ],
    shown: /ct reply ip6 daddr fd00:a::1 accept/,
    packets: [
      ['a', from6(udpTo(4)), true],
      ['a', from6(udpTo(4), { source: 'fd00:a::2' }), false],
    ],
  },
  {
    name: 'ct zone, ct status',
    statements: [match('ct zone', 0), match('ct status', 2, { negate: true })],
    shown: /ct zone 0/,
    packets: [['a', from4(udpTo(5)), true]],
  },
  {
    name: 'log and counter go on to the next statement',
    statements: [{ kind: 'log', prefix: 'SG ', group: 11, snapLength: 128 }, { kind: 'counter' }],
    shown: /log prefix "SG " group 11 snaplen 128 counter packets \d+ bytes \d+ accept/,
    packets: [['a', from4(udpTo(6)), true]],
  },
];

const forward: ChainSpec = {
  name: 'forward',
  hook: { type: 'filter', hook: 'forward', priority: 0, policy: 'drop' },
};

const addRule = (chain: string, rule: readonly Statement[]): Command => ({
  kind: 'addRule',
  table,
  chain,
  rule,
});

const inForward = (...rules: readonly (readonly Statement[])[]): Command[] => [
  { kind: 'addChain', table, chain: forward },
  ...[admitSentinel, ...rules].map((rule) => addRule('forward', rule)),
];

suite('statements', { skip }, () => {
  const rig = new Rig('stmt');

  for (const { name, statements, shown, packets } of [...matches, ...actions]) {
    test(name, async () => {
      rig.load(inForward([...statements, accept]));
      assert.match(rig.listing(), shown);
      for (const [side, packet, passes] of packets) {
        assert.equal(await rig.passes(side, packet), passes, JSON.stringify(packet));
      }
    });
  }

  test('verdicts: jump comes back, goto does not, return ends the chain', async () => {
    const chains = ['back', 'away', 'early'].map(
      (name): Command => ({ kind: 'addChain', table, chain: { name } }),
    );
    const [toBack, toAway, toEarly] = (['jump', 'goto', 'jump'] as const).map(
      (verdict, index): Statement => ({
        kind: 'verdict',
        verdict,
        chain: ['back', 'away', 'early'][index] ?? '',
      }),
    ) as [Statement, Statement, Statement];
    rig.load([
      ...chains,
      addRule('back', [{ kind: 'setMark', and: 0, or: 1 }]),
      addRule('early', [match('th dport', 3), { kind: 'verdict', verdict: 'return' }]),
      addRule('early', [{ kind: 'verdict', verdict: 'drop' }]),
      ...inForward(
        [match('th dport', 1), toBack],
        [match('th dport', 2), toAway],
        [match('th dport', 2), accept],
        [match('mark', 1), accept],
        [toEarly],
        [accept],
      ),
    ]);
    for (const [port, passes] of [
      [1, true],
      [2, false],
      [3, true],
      [4, false],
    ] as const) {
      assert.equal(await rig.passes('a', from4(udpTo(port))), passes, `port ${port}`);
    }
  });

  test('counter', async () => {
    rig.load(inForward([match('th dport', 7), { kind: 'counter' }, accept]));
    await rig.exchange('a', [from4(udpTo(7)), from4(udpTo(8)), from4(udpTo(7))]);
    // 20 bytes of IPv4, 8 of UDP and 8 of payload each.
    assert.deepEqual(rig.nft.rules(table, 'forward')[1]?.counter, { packets: 2, bytes: 72 });
  });

  test('limit lets the burst through and not the flood', async () => {
    rig.load(inForward([{ kind: 'limit', perSecond: 1, burst: 5 }, accept]));
    const flood = Array.from({ length: 200 }, (_, index) => from4(udpTo(1000 + index)));
    const passed = (await rig.exchange('a', flood)).filter((frame) => frame !== undefined).length;
    assert.ok(passed >= 5 && passed < 100, `${passed} of 200 passed`);
    assert.match(rig.listing(), /limit rate 1\/second/);
  });

  test('setMss lowers what a SYN announces and never raises it', async () => {
    rig.load(
      inForward([match('tcp flags', tcp.syn, { mask: tcp.syn }), { kind: 'setMss', bytes: 1300 }, accept]),
    );
    const withMss = (bytes: number): Packet =>
      from4({
        ...tcpTo(1),
        kind: 'tcp',
        flags: tcp.syn,
        sourcePort: 5000 + bytes,
        destinationPort: 1,
        options: mss(bytes),
      });
    const frames = await rig.exchange('a', [withMss(1460), withMss(1200)]);
    const announced = frames.map((frame) => {
      assert.ok(frame?.transport.kind === 'tcp' && frame.transport.options);
      return Buffer.from(frame.transport.options).readUInt16BE(2);
    });
    assert.deepEqual(announced, [1300, 1200]);
  });
});

const mss = (bytes: number): Buffer => Buffer.from([2, 4, bytes >> 8, bytes & 0xff]);
