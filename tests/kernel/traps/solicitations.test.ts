/**
 * What instances ask the router on their link: a flood is answered at a rate that leaves the server time for others, and
 * nobody fills the kernel's table of neighbours, which all namespaces of a machine share, with names of his own.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { ipNumber } from '#net/address.ts';
import { octetsOf } from '#net/octets.ts';
import { buildWorld, eniId, ip } from '../../support/network.ts';
import { LabRig } from '../lab-rig.ts';
import { skip } from '../namespaces.ts';
import { buildPacket, readFrame } from '../packets.ts';
import { openPort } from '../port.ts';

const world = buildWorld({
  subnets: { dual: { cidr: '10.0.3.0/24', cidr6: '2001:db8:100:3::/64' } },
  groups: { none: {} },
  enis: {
    n: { subnet: 'dual', ips: ['10.0.3.5', '2001:db8:100:3::5'], groups: ['none'] },
    o: { subnet: 'dual', ips: ['10.0.3.6', '2001:db8:100:3::6'], groups: ['none'] },
  },
});
const [solicitation, advertisement] = [133, 134];
const ownMac = Buffer.of(1, 1, 2, 0, 0, 0, 0, 9);
/** With its sender's link-layer address (RFC 4861, 4.6.1), or the router would ask for it first. */
const asking = (hops: number, source = 'fe80::abcd') =>
  buildPacket({
    source,
    destination: 'ff02::2',
    transport: { kind: 'icmp', type: solicitation, code: 0 },
    payload: ownMac,
    hops,
  });

/** A client's first message, with its identity and the wish for an address (RFC 8415, 16.2). */
const dhcp6 = {
  destination: 'ff02::1:2',
  transport: { kind: 'udp', sourcePort: 546, destinationPort: 547 },
  payload: Buffer.from('01aabbcc0001000a000300010200000000090003000c000000010000000000000000', 'hex'),
} as const;

describe('what the router is asked on a link', { skip }, async () => {
  if (skip) return;
  const rig = await LabRig.start('solicit', world);

  /** Sends them, and counts the answers that have come back some time after. */
  async function answersTo(name: string, packets: readonly Buffer[], pauseMs: number): Promise<number> {
    const arrived = await rig.exchangeBytes(eniId(name), packets, pauseMs);
    return arrived.filter(({ at, bytes }) => {
      const transport = readFrame(bytes)?.transport;
      return at === eniId(name) && transport?.kind === 'icmp' && transport.type === advertisement;
    }).length;
  }

  async function isAnswered(name: string): Promise<void> {
    let answers = 0;
    for (let tries = 0; answers === 0 && tries < 100; tries++)
      answers = await answersTo(name, [asking(255)], 100);
    assert.ok(answers > 0);
  }

  test('one solicitation is answered, and one from beyond the link is not', async () => {
    assert.equal(await answersTo('o', [asking(254)], 300), 0);
    await isAnswered('o');
  });

  test('a flood is answered at a low rate, and a neighbour as ever', async () => {
    const startMs = performance.now();
    let answers = 0;
    for (let slice = 0; slice < 20; slice++) {
      const slices = Array.from({ length: 50 }, () => asking(255));
      answers += await answersTo('n', slices, 5);
    }
    answers += await answersTo('n', [], 500);
    const seconds = (performance.now() - startMs) / 1000;
    assert.ok(answers >= 40, `${answers} answers`);
    assert.ok(answers <= 64 + 16 * (1 + seconds), `${answers} answers in ${seconds} s`);
    await isAnswered('o');
  });

  const place = rig.lab.portOf(eniId('n')) ?? assert.fail('n is nowhere');
  /** Names of neighbours that the router has noted on the device of `n`, of those that begin so. */
  const noted = (start: string) =>
    execFileSync('ip', ['-n', place.router, 'neigh', 'show', 'dev', place.port, 'nud', 'all'])
      .toString()
      .split('\n')
      .filter((line) => line.startsWith(start)).length;

  const asked: readonly (readonly [what: string, start: string, by: (source: string) => Buffer])[] = [
    ['solicits', 'fe80::1:', (source) => asking(255, source)],
    ['asks by DHCPv6', 'fe80::2:', (source) => buildPacket({ ...dhcp6, source })],
  ];
  for (const [what, start, by] of asked) {
    test(`who ${what} under many names is noted under few of them`, async () => {
      const startMs = performance.now();
      const packets = Array.from({ length: 1000 }, (_, index) => by(start + index.toString(16)));
      await answersTo('n', packets, 300);
      const seconds = (performance.now() - startMs) / 1000;
      assert.ok(noted(start) <= 64 + 16 * (1 + seconds), `${noted(start)} names`);
    });
  }

  test('who asks by ARP is answered by his own address, and noted under no other', async () => {
    const port = openPort(place.instance, place.device);
    const ask = (source: string) =>
      Buffer.concat([
        Buffer.from('ffffffffffff', 'hex'),
        Buffer.from('020000000009', 'hex'),
        // Ethernet and IPv4, a request (RFC 826).
        Buffer.from('08060001080006040001020000000009', 'hex'),
        Buffer.from(octetsOf(ipNumber(ip(source)))),
        Buffer.alloc(6),
        Buffer.from(octetsOf(ipNumber(ip('10.0.3.1')))),
      ]);
    const answersFor = async (sources: readonly string[]) => {
      port.receive();
      for (const source of sources) port.send(ask(source));
      // The router has taken them all when it has answered what comes after.
      await isAnswered('o');
      return port.receive().filter((frame) => frame.readUInt16BE(12) === 0x0806 && frame[21] === 2).length;
    };
    try {
      const strangers = Array.from({ length: 50 }, (_, index) => `10.9.0.${index}`);
      assert.equal(await answersFor(['10.0.3.5']), 1);
      assert.equal(await answersFor([...strangers, '10.0.3.6', '192.0.2.7']), 0);
      assert.deepEqual([noted('10.9.'), noted('10.0.3.6'), noted('192.')], [0, 0, 0]);
    } finally {
      port.close();
    }
  });
});
