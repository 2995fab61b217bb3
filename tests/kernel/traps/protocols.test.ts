/** Protocols without ports are tracked by address pair and number; where the kernel knows better, docs/deviations.md. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eniId, type NetworkSpec } from '../../support/network.ts';
import { skip } from '../namespaces.ts';
import { buildPacket } from '../packets.ts';
import { TrapRig } from './trap-rig.ts';

const spec: NetworkSpec = {
  subnets: { s: { cidr: '10.0.1.0/24', cidr6: '2001:db8:100:1::/64' } },
  groups: {
    client: { egress: ['proto/4 server', 'proto/47 server', 'proto/50 server', 'proto/132 server'] },
    server: { ingress: ['proto/4 client', 'proto/47 client', 'proto/50 client', 'proto/132 client'] },
  },
  enis: {
    c: { subnet: 's', ips: ['10.0.1.10', '2001:db8:100:1::10'], groups: ['client'] },
    d: { subnet: 's', ips: ['10.0.1.11', '2001:db8:100:1::11'], groups: ['client'] },
    s: { subnet: 's', ips: ['10.0.1.20', '2001:db8:100:1::20'], groups: ['server'] },
  },
};

/** CRC-32C (RFC 9260, appendix A). */
function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0x82f63b78 : 0);
  }
  return ~crc >>> 0;
}

type Sctp = { readonly ports: readonly [number, number]; readonly chunk: number; readonly tag: number };

/** An SCTP packet with one chunk (INIT 1, INIT ACK 2, ABORT 6). */
function sctp({ ports, chunk, tag }: Sctp): Buffer {
  const bytes = Buffer.alloc(12 + 20);
  bytes.writeUInt16BE(ports[0], 0);
  bytes.writeUInt16BE(ports[1], 2);
  bytes.writeUInt32BE(tag, 4);
  bytes.writeUInt8(chunk, 12);
  bytes.writeUInt16BE(20, 14);
  bytes.writeUInt32BE(0x1234, 16);
  bytes.writeUInt32BE(0xffff, 20);
  bytes.writeUInt16BE(1, 24);
  bytes.writeUInt16BE(1, 26);
  bytes.writeUInt32LE(crc32c(bytes), 8);
  return bytes;
}

/** GRE without a key, and with one. */
const gre = (key?: number): Buffer => {
  const bytes = Buffer.alloc(key === undefined ? 24 : 28);
  bytes.writeUInt16BE(key === undefined ? 0 : 0x2000, 0);
  bytes.writeUInt16BE(0x0800, 2);
  if (key !== undefined) bytes.writeUInt32BE(key, 4);
  return bytes;
};

describe('protocols without ports', { skip }, async () => {
  const rig = await TrapRig.start('proto', spec);
  const passes = async (from: string, to: string, protocol: number, payload: Buffer): Promise<boolean> => {
    const [source = '', destination = ''] = [rig.at[from], rig.at[to]];
    const bytes = buildPacket({ source, destination, transport: { kind: 'other', protocol }, payload });
    const seen = await rig.lab.exchangeBytes(eniId(from.slice(0, 1)), [bytes]);
    return seen.some((frame) => frame.at === eniId(to.slice(0, 1)) && frame.bytes.includes(payload));
  };
  const plain = Buffer.alloc(40, 7);

  for (const [c, d, s] of [
    ['c', 'd', 's'],
    ['c6', 'd6', 's6'],
  ] as const) {
    for (const [name, protocol, payload] of [
      ['ESP', 50, plain],
      ['IP in IP', 4, plain],
      ['GRE', 47, gre()],
    ] as const) {
      test(`${name}: the answer passes because of the question, between these two alone, ${c}`, async () => {
        assert.equal(await passes(s, c, protocol, payload), false, 'nobody asked');
        assert.equal(await passes(c, s, protocol, payload), true);
        assert.equal(await passes(s, c, protocol, payload), true);
        assert.equal(await passes(s, d, protocol, payload), false);
        rig.withFlows((flows) => flows.flush());
        assert.equal(await passes(s, c, protocol, payload), false, 'forgotten');
      });
    }

    test(`GRE with other keys is of the same flow, as on AWS, ${c}`, async () => {
      assert.equal(await passes(c, s, 47, gre(1)), true);
      assert.equal(await passes(s, c, 47, gre(2)), true);
    });

    test(`SCTP: an association is opened, answered and told apart by ports, ${c}`, async () => {
      const init = sctp({ ports: [1001, 3868], chunk: 1, tag: 0 });
      const answer = sctp({ ports: [3868, 1001], chunk: 2, tag: 0x1234 });
      assert.equal(await passes(s, c, 132, answer), false, 'nobody asked');
      assert.equal(await passes(c, s, 132, init), true);
      assert.equal(await passes(s, c, 132, answer), true);
      const elsewhere = sctp({ ports: [3868, 1002], chunk: 1, tag: 0 });
      assert.equal(await passes(s, c, 132, elsewhere), false, 'a deviation: AWS knows the pair of addresses');
    });
  }

  test('a flow of another protocol is idle for 600 s before it is forgotten', async () => {
    rig.withFlows((flows) => flows.flush());
    await passes('c', 's', 50, plain);
    await passes('c', 's', 47, gre());
    const seconds = rig.withFlows((flows) => flows.entries().map(({ timeoutSeconds }) => timeoutSeconds));
    assert.deepEqual(
      seconds.map((each) => each > 590 && each <= 600),
      [true, true],
    );
  });
});
