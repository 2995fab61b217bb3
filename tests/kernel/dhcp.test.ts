/** DHCP as a client speaks it, before and after it has an address, past groups and ACLs that admit nothing. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createLab } from '#kernel/lab/lab.ts';
import { nextHop } from '#kernel/lab/links.ts';
import { networkOf } from '#vpc/network.ts';
import type { DhcpOptions } from '#vpc/vpc.ts';
import { buildWorld, eniId, idFor, testScope, vpcId, withEntity } from '../support/network.ts';
import { skip, sweepLeftovers } from './namespaces.ts';
import { buildFrame, readFrame } from './packets.ts';
import { openPort } from './port.ts';

const plain = buildWorld({
  subnets: { shut: { cidr: '10.0.3.0/24', acl: { ingress: [], egress: [] } } },
  groups: { none: {} },
  enis: {
    n: { subnet: 'shut', ips: ['10.0.3.5'], groups: ['none'] },
    o: { subnet: 'shut', ips: ['10.0.3.6'], groups: ['none'] },
  },
});
const network = networkOf(plain, testScope);
const vpc = network.vpc.get(vpcId);
const [mac, otherMac] = ['n', 'o'].map((name) => network.eni.get(eniId(name))?.macAddress);
if (!vpc || !mac || !otherMac) throw new Error('the world lacks something');
const dhcpOptionsId = idFor('dopt', 'd') as DhcpOptions['id'];
const world = withEntity(withEntity(plain, 'vpc', { ...vpc, dhcpOptionsId }), 'dhcpOptions', {
  id: dhcpOptionsId,
  configurations: [
    { key: 'domain-name', values: ['lab.internal'] },
    { key: 'domain-name-servers', values: ['AmazonProvidedDNS', '10.0.3.9', '2001:db8::1'] },
    { key: 'ntp-servers', values: ['169.254.169.123'] },
    { key: 'netbios-node-type', values: ['2'] },
  ],
  tags: {},
});

const type = { discover: 1, offer: 2, request: 3, ack: 5, nak: 6, release: 7, inform: 8 } as const;
const cookie = Buffer.from('63825363', 'hex');
const octets = (address: string) => address.split('.').map(Number);

const router = '10.0.3.1';
/** By which the router sends what it says itself. */
const voice = '169.254.1.1';

type Question = {
  readonly type: number;
  readonly from?: string;
  readonly mac?: string;
  readonly requested?: string;
  readonly server?: string;
  readonly relay?: string;
  /** To whom; everybody, where it is not said. */
  readonly to?: string;
  /** The source of the packet, where it is not the client's address. */
  readonly source?: string;
};

/** A client's message as RFC 2131 has it, in a frame. */
function question(asked: Question): Buffer {
  const { from = '0.0.0.0', mac: of = mac ?? '', requested, server, relay = '0.0.0.0' } = asked;
  const { to, source = from } = asked;
  const frame = Buffer.alloc(236);
  frame.set([1, 1, 6, 0, 0xca, 0xfe, 0xba, 0xbe]);
  frame.set(octets(from), 12);
  frame.set(octets(relay), 24);
  frame.set(Buffer.from(of.replaceAll(':', ''), 'hex'), 28);
  const options = [53, 1, asked.type, ...(requested ? [50, 4, ...octets(requested)] : [])];
  if (server) options.push(54, 4, ...octets(server));
  return buildFrame({
    source,
    destination: to ?? '255.255.255.255',
    transport: { kind: 'udp', sourcePort: 68, destinationPort: 67 },
    payload: Buffer.concat([frame, cookie, Buffer.from([...options, 255])]),
    sourceMac: mac ?? '',
    destinationMac: to ? nextHop.up.mac : 'ff:ff:ff:ff:ff:ff',
  });
}

type Reply = {
  readonly type: number;
  readonly address: string;
  readonly options: ReadonlyMap<number, string>;
  /** Who answers. */
  readonly source: string | undefined;
};

/** Reads an answer in a frame; option values in hexadecimal. */
function replyIn(frame: Buffer): Reply | undefined {
  const start = frame.indexOf(cookie);
  if (start < 236 || frame[start - 236] !== 2 || frame.readUInt32BE(start - 232) !== 0xcafebabe)
    return undefined;
  const options = new Map<number, string>();
  for (let at = start + 4; frame[at] !== 255; at += 2 + (frame[at + 1] ?? 0)) {
    options.set(frame[at] ?? 0, frame.toString('hex', at + 2, at + 2 + (frame[at + 1] ?? 0)));
  }
  const address = [...frame.subarray(start - 220, start - 216)].join('.');
  return {
    type: Number.parseInt(options.get(53) ?? '', 16),
    address,
    options,
    source: readFrame(frame)?.source,
  };
}

const hex = (...bytes: number[]) => Buffer.from(bytes).toString('hex');

describe('DHCP', { skip }, async () => {
  if (skip) return;
  sweepLeftovers();
  const lab = createLab({ prefix: `rpt-${process.pid}-dhcp` });
  await lab.apply(world, 1);
  const [port, other] = ['n', 'o'].map((name) => {
    const place = lab.portOf(eniId(name));
    assert.ok(place);
    return openPort(place.instance, place.device);
  });
  assert.ok(port && other);
  after(async () => {
    port.close();
    other.close();
    await lab.purge();
  });

  async function ask(asked: Question, at = port): Promise<Reply | undefined> {
    at?.receive();
    port?.send(question(asked));
    for (let wait = 0; wait < 50; wait++) {
      const [reply] = (at?.receive() ?? []).flatMap((frame) => replyIn(frame) ?? []);
      if (reply) return reply;
      await pause(4);
    }
    return undefined;
  }

  test('a client without an address is offered the interface’s own, with the VPC’s options', async () => {
    const offer = await ask({ type: type.discover });
    assert.deepEqual([offer?.type, offer?.address], [type.offer, '10.0.3.5']);
    assert.deepEqual(Object.fromEntries(offer?.options ?? []), {
      1: 'ffffffff',
      3: hex(...octets(router)),
      6: hex(10, 0, 0, 2, 10, 0, 3, 9),
      15: Buffer.from('lab.internal').toString('hex'),
      26: hex(0x23, 0x29),
      42: hex(169, 254, 169, 123),
      46: '02',
      51: '00000e10',
      53: '02',
      54: hex(...octets(router)),
      121: hex(32, ...octets(router), 0, 0, 0, 0, 0, ...octets(router)),
    });
    const ack = await ask({ type: type.request, requested: '10.0.3.5', server: router });
    assert.deepEqual([ack?.type, ack?.address], [type.ack, '10.0.3.5']);
  });

  const rows: readonly (readonly [string, Question, readonly [number, string] | undefined])[] = [
    ['renewed by a client that has it', { type: type.request, from: '10.0.3.5' }, [type.ack, '10.0.3.5']],
    [
      'renewed at the server alone, as clients do when half the time is over',
      { type: type.request, from: '10.0.3.5', to: router },
      [type.ack, '10.0.3.5'],
    ],
    [
      'asked of the server alone with an address that is not its own',
      { type: type.request, from: '10.0.3.6', to: router },
      undefined,
    ],
    [
      'asked of the server alone without an address',
      { type: type.request, source: '0.0.0.0', from: '10.0.3.5', to: router },
      undefined,
    ],
    [
      'asked of another address of the router',
      { type: type.request, from: '10.0.3.5', to: voice },
      undefined,
    ],
    ['another address', { type: type.request, requested: '10.0.3.77' }, [type.nak, '0.0.0.0']],
    ['another server’s offer', { type: type.request, requested: '10.0.3.5', server: voice }, undefined],
    ['options alone', { type: type.inform, from: '10.0.3.5' }, [type.ack, '0.0.0.0']],
    ['a release', { type: type.release, from: '10.0.3.5' }, undefined],
    ['a device that nobody has', { type: type.discover, mac: '02:00:00:00:00:fe' }, undefined],
    ['by way of a relay', { type: type.discover, relay: '10.0.3.1' }, undefined],
    ['with somebody else’s address', { type: type.request, from: '10.0.3.6' }, undefined],
  ];
  for (const [what, asked, expected] of rows) {
    test(what, async () => {
      const reply = await ask(asked);
      assert.deepEqual(reply && [reply.type, reply.address], expected);
      if (expected) assert.equal(reply?.source, voice);
    });
  }

  test('who asks in another’s name hears nothing: the answer goes to that one', async () => {
    assert.equal(await ask({ type: type.discover, mac: otherMac ?? '' }), undefined);
    assert.equal((await ask({ type: type.discover, mac: otherMac ?? '' }, other))?.address, '10.0.3.6');
  });
});
