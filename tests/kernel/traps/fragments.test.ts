/** Fragments are judged as the packet they make up, never one by one; what makes up nothing goes nowhere. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Command } from '#kernel/nft/statement.ts';
import { buildWorld, eniId, type NetworkSpec } from '../../support/network.ts';
import { packet, ping } from '../../support/packets.ts';
import { skip } from '../namespaces.ts';
import { buildPacket } from '../packets.ts';
import { tamperWith } from '../tap.ts';
import { fragment, fragments } from './fragments.ts';
import { TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: {
    a: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64', internet: true },
    b: { cidr: '10.0.2.0/24', cidr6: '2001:db8:100:2::/64' },
  },
  groups: {
    client: { egress: ['udp 0.0.0.0/0', 'udp ::/0', 'icmp 0.0.0.0/0', 'icmpv6 ::/0'] },
    server: { ingress: ['udp/53 client'] },
    open: { ingress: ['all 0.0.0.0/0', 'all ::/0'], egress: ['all 0.0.0.0/0', 'all ::/0'] },
  },
  enis: {
    c: { subnet: 'a', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['client'], publicIp: '198.18.0.10' },
    s: { subnet: 'b', ips: ['10.0.2.20', '2001:db8:100:2::20'], groups: ['server'] },
    o: { subnet: 'a', ips: ['10.0.1.30', '2001:db8:100:1::30'], groups: ['open'] },
  },
};
/** Differs, so that a restart loads the table anew. */
const otherWorld = buildWorld({
  ...spec,
  groups: { ...spec.groups, server: { ingress: ['udp/53-60 client'] } },
});

/** The chain that checks sources, at a priority after that of reassembly (-400). */
const checkingSourcesLate = (commands: readonly Command[]): readonly Command[] =>
  commands.map((each) =>
    each.kind === 'addChain' && each.chain.name === 'pre' && each.chain.hook
      ? { ...each, chain: { ...each.chain, hook: { ...each.chain.hook, priority: -300 } } }
      : each,
  );

const word = Buffer.from('fragmented');
const payload = Buffer.alloc(1000, word);

describe('fragments', { skip }, async () => {
  const rig = await TrapRig.start('frag', spec);
  let id = 100;

  const datagram = (from: string, to: string, ports: readonly [number, number]) =>
    buildPacket({
      source: rig.at[from] ?? from,
      destination: rig.at[to] ?? to,
      transport: { kind: 'udp', sourcePort: ports[0], destinationPort: ports[1] },
      payload,
    });
  /** Bytes of the payload that arrive at the interface. */
  const arrives = async (from: string, to: string, packets: readonly Buffer[]): Promise<number> => {
    const seen = await rig.lab.exchangeBytes(eniId(from.slice(0, 1)), packets, 20);
    const mine = seen.filter(({ at, bytes }) => at === eniId(to.slice(0, 1)) && bytes.includes(word));
    // Ethernet, IP with or without a fragment header, and the UDP header in one of them.
    const head = (bytes: Buffer) =>
      14 + (bytes.readUInt16BE(12) === 0x0800 ? 20 : bytes[20] === 44 ? 48 : 40);
    return mine.reduce((sum, { bytes }) => sum + bytes.length - head(bytes), 0);
  };
  const whole = payload.length + 8;

  for (const [c, s, o] of [
    ['c', 's', 'o'],
    ['c6', 's6', 'o6'],
  ] as const) {
    test(`all of a packet that may pass passes, in any order, ${c}`, async () => {
      const pieces = (port: number) => fragments(datagram(c, s, [port, 53]), ++id, [400, 800]);
      assert.equal(await arrives(c, s, pieces(1001)), whole);
      assert.equal(await arrives(c, s, pieces(1002).reverse()), whole);
    });

    test(`nothing of a packet that may not, ${c}`, async () => {
      assert.equal(await arrives(c, s, fragments(datagram(c, s, [1003, 54]), ++id, [400, 800])), 0);
      assert.equal(await arrives(c, s, fragments(datagram(c, s, [1003, 54]), ++id, [8])), 0, 'ports alone');
    });

    test(`nothing before it is complete, also of a flow that passes, ${c}`, async () => {
      assert.equal(await arrives(c, s, [datagram(c, s, [1004, 53])]), whole);
      const [first = word, second = word, last = word] = fragments(
        datagram(c, s, [1004, 53]),
        ++id,
        [400, 800],
      );
      assert.equal(await arrives(c, s, [second, last]), 0, 'later pieces, where a filter sees no ports');
      assert.equal(await arrives(c, s, [first]), whole, 'the missing piece');
    });

    test(`a piece that would replace the ports of another is dropped, ${c}`, async () => {
      const good = datagram(c, s, [1005, 53]);
      const evil = datagram(c, s, [1005, 54]);
      const key = ++id;
      const overlapping = [
        fragment(good, key, { from: 0, to: 400, isLast: false }),
        fragment(evil, key, { from: 0, to: 400, isLast: false }),
        fragment(good, key, { from: 400, to: whole, isLast: true }),
      ];
      const seen = await rig.lab.exchangeBytes(eniId('c'), overlapping, 20);
      const port54 = Buffer.from([1005 >> 8, 1005 & 0xff, 0, 54]);
      assert.equal(
        seen.some(({ at, bytes }) => at === eniId('s') && bytes.includes(port54)),
        false,
      );
    });

    test(`a spoofed piece does not slip into another’s packet, ${c}`, async () => {
      // A stranger sends one piece in the client's name, the client the other one.
      const mixed = async (strangerIsFirst: boolean): Promise<boolean> => {
        const [first = word, last = word] = fragments(datagram(c, s, [1006, 53]), ++id, [400]);
        const send = (from: string, piece: Buffer) => rig.lab.exchangeBytes(eniId(from), [piece], 20);
        const seen = strangerIsFirst
          ? [...(await send('o', last)), ...(await send('c', first))]
          : [...(await send('c', first)), ...(await send('o', last))];
        return seen.some(({ at, bytes }) => at === eniId('s') && bytes.includes(word));
      };
      assert.deepEqual([await mixed(true), await mixed(false)], [false, false]);
      tamperWith(checkingSourcesLate);
      await rig.lab.restart(otherWorld);
      try {
        assert.equal(await mixed(true), true, 'where sources are checked after reassembly');
      } finally {
        tamperWith();
        await rig.lab.restart(rig.world);
      }
      assert.equal(await mixed(true), false);
    });

    test(`an untracked flow’s fragments pass as well, ${c}`, async () => {
      assert.equal(await arrives(c, o, fragments(datagram(c, o, [1007, 99]), ++id, [400, 800])), whole);
    });
  }

  test('the kernel says a packet is too large, and the flow’s sender hears it', async () => {
    const outside = '203.0.113.9';
    await rig.lab.host(outside);
    const flow = { kind: 'udp', sourcePort: 2001, destinationPort: 443 } as const;
    assert.equal(await rig.passes('c', outside, flow), true);
    const quoted = packet(rig.at, '198.18.0.10', outside, flow);
    const tooLarge = { kind: 'icmp', type: 3, code: 4, identifier: 0, quoted } as const;
    assert.equal(await rig.passes(outside, '198.18.0.10', tooLarge), true);
    const unknown = {
      ...tooLarge,
      quoted: packet(rig.at, '198.18.0.10', outside, { ...flow, sourcePort: 2002 }),
    };
    assert.equal(await rig.passes(outside, '198.18.0.10', unknown), false, 'about no flow');
    assert.equal(await rig.passes(outside, '198.18.0.10', ping(8)), false);
    const outside6 = '2606:4700::9';
    await rig.lab.host(outside6);
    assert.equal(await rig.passes('c6', outside6, flow), true);
    const quoted6 = packet(rig.at, 'c6', outside6, flow);
    const tooBig = { kind: 'icmp', type: 2, code: 0, identifier: 0, quoted: quoted6 } as const;
    assert.equal(await rig.passes(outside6, 'c6', tooBig), true);
  });
});
