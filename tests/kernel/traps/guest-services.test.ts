/** The router's own services let nobody do more than ask for himself: raw packets, and where answers come out. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decode, encode } from 'dns-packet';
import type { VpcId } from '#vpc/ids.ts';
import { asMiddlebox, peeringId, withOtherVpc, withPeering, withRoute } from '../../support/edges.ts';
import { buildWorld, eniId, idFor, type NetworkSpec, testScope, vpcId } from '../../support/network.ts';
import { LabRig } from '../lab-rig.ts';
import { skip } from '../namespaces.ts';
import { buildPacket, type ReadFrame, readFrame, type Transport, tcp } from '../packets.ts';

const open = { ingress: ['all 0.0.0.0/0'], egress: ['all 0.0.0.0/0'] };
const spec: NetworkSpec = {
  subnets: {
    shut: { cidr: '10.0.3.0/24', acl: { ingress: [], egress: [] } },
    wide: { cidr: '10.0.4.0/24', internet: true },
  },
  groups: { none: {}, open },
  enis: {
    n: { subnet: 'shut', ips: ['10.0.3.5'], groups: ['none'] },
    o: { subnet: 'shut', ips: ['10.0.3.6'], groups: ['none'] },
    b: { subnet: 'wide', ips: ['10.0.4.7'], groups: ['open'], publicIp: '198.18.0.7' },
  },
};
/** The same blocks and addresses as the first VPC. */
const twin: NetworkSpec = {
  subnets: { twin: { cidr: '10.0.3.0/24' } },
  groups: { twins: {} },
  enis: { t: { subnet: 'twin', ips: ['10.0.3.5'], groups: ['twins'] } },
};
const peer: NetworkSpec = {
  cidrs: ['10.9.0.0/16'],
  subnets: { far: { cidr: '10.9.1.0/24' } },
  groups: { fars: open },
  enis: { p: { subnet: 'far', ips: ['10.9.1.5'], groups: ['fars'] } },
};
const [twinId, peerId] = ['tw', 'pe'].map((name) => idFor('vpc', name) as VpcId) as [VpcId, VpcId];
const others = withOtherVpc(
  withOtherVpc(asMiddlebox(buildWorld(spec), 'b'), twinId, twin, testScope),
  peerId,
  peer,
  testScope,
);
const joined = withPeering(others, 'x', [
  { ...testScope, vpcId: peerId },
  { ...testScope, vpcId },
]);
const across = { kind: 'peering', id: peeringId('x') } as const;
const world = withRoute(withRoute(joined, 'far', '10.0.0.0/16', across), 'wide', '10.9.0.0/16', across);

const question = encode({ type: 'query', id: 7, questions: [{ type: 'A', name: 'localhost' }] });
/** Every packet has a port of its own, by which answers are known, also late ones. */
let lastPort = 4000;
const toPort = (destinationPort: number): Transport => ({
  kind: 'udp',
  sourcePort: ++lastPort,
  destinationPort,
});
const toDns = () => toPort(53);
const toHttp = (): Transport => ({
  kind: 'tcp',
  sourcePort: ++lastPort,
  destinationPort: 80,
  flags: tcp.syn,
  sequence: 1,
});

/** What asks at the packet's port. */
function payloadOf(transport: Transport): Buffer {
  if (transport.kind !== 'udp') return Buffer.alloc(0);
  // Version 4, mode 3: a client.
  return transport.destinationPort === 123 ? Buffer.alloc(48, Buffer.from([0x23])) : question;
}

const outside = '192.0.2.7';

/** Who sends, under which address, to whom, what; and where something comes back, if anywhere. */
const rows: readonly (readonly [string, string, string, string, Transport, string | undefined])[] = [
  ['asks the resolver', 'n', '10.0.3.5', '10.0.0.2', toDns(), 'n'],
  ['opens a connection to its metadata', 'n', '10.0.3.5', '169.254.169.254', toHttp(), 'n'],
  ['asks for the time', 'n', '10.0.3.5', '169.254.169.123', toPort(123), 'n'],
  ['asks the resolver of its twin VPC', 't', '10.0.3.5', '10.0.0.2', toDns(), 't'],
  ['asks under a neighbour’s address', 'n', '10.0.3.6', '10.0.0.2', toDns(), undefined],
  ['asks as a middlebox', 'b', '10.0.4.7', '10.0.0.2', toDns(), 'b'],
  ['asks as a middlebox under a neighbour’s address', 'b', '10.0.3.6', '10.0.0.2', toDns(), undefined],
  [
    'asks as a middlebox under a stranger’s address',
    'b',
    '192.0.2.9',
    '169.254.169.254',
    toHttp(),
    undefined,
  ],
  ['asks its own resolver', 'p', '10.9.1.5', '10.9.0.2', toDns(), 'p'],
  ['asks the resolver of a peered VPC', 'p', '10.9.1.5', '10.0.0.2', toDns(), undefined],
  ['asks the resolver of a peered VPC from a middlebox', 'b', '10.0.4.7', '10.9.0.2', toDns(), undefined],
  ['asks from the internet', outside, outside, '10.0.0.2', toDns(), undefined],
  ['asks for metadata from the internet', outside, outside, '169.254.169.254', toHttp(), undefined],
  ['knocks beside the port', 'n', '10.0.3.5', '10.0.0.2', toPort(54), undefined],
  ['knocks at the router itself', 'n', '10.0.3.5', '169.254.1.1', toPort(53), undefined],
  ['knocks beside the address', 'b', '10.0.4.7', '169.254.169.252', toHttp(), undefined],
];

describe('the router’s services', { skip }, async () => {
  if (skip) return;
  const rig = await LabRig.start('service', world);
  await rig.host(outside);
  const placeOf = (name: string) => (name === outside ? name : eniId(name));
  /**
   * Sends packets, and tells where frames of their conversations come out; by other ports, of others, are ignored.
   * Waits until there is one where there must be one.
   */
  const send = async (from: string, packets: readonly Buffer[], mustAnswer: boolean) => {
    const sentPorts = new Set(packets.map((packet) => packet.readUInt16BE(20)));
    const found: { readonly at: string; readonly frame: ReadFrame }[] = [];
    let waiting = packets;
    for (let round = 0; round < (mustAnswer ? 200 : 1) && found.length === 0; round++) {
      for (const { at, bytes } of await rig.exchangeBytes(placeOf(from), waiting, mustAnswer ? 10 : 50)) {
        const frame = readFrame(bytes);
        if (!frame || !('sourcePort' in frame.transport)) continue;
        const { sourcePort, destinationPort } = frame.transport;
        if (sentPorts.has(sourcePort) || sentPorts.has(destinationPort)) found.push({ at, frame });
      }
      waiting = [];
    }
    return found;
  };

  for (const [what, from, source, destination, transport, expected] of rows) {
    test(`${from} ${what}`, async () => {
      const packet = buildPacket({ source, destination, transport, payload: payloadOf(transport) });
      const seen = await send(from, [packet], expected !== undefined);
      const places = new Set(seen.map(({ at }) => at));
      assert.deepEqual([...places], expected === undefined ? [] : [placeOf(expected)]);
      for (const { frame } of seen) assert.equal(frame.source, destination);
    });
  }

  test('who floods is answered at AWS’s rate, and its neighbour at once', async () => {
    // Slices that the resolver's socket has room for.
    const [slices, each] = [40, 75];
    const query = (source: string) =>
      buildPacket({ source, destination: '10.0.0.2', transport: toDns(), payload: question });
    const firstPort = lastPort + 1;
    const answered = new Set<number>();
    const exchange = async (packets: readonly Buffer[], pauseMs: number) => {
      for (const { at, bytes } of await rig.exchangeBytes(eniId('n'), packets, pauseMs)) {
        const transport = readFrame(bytes)?.transport;
        if (at === eniId('n') && transport?.kind === 'udp') answered.add(transport.destinationPort);
      }
    };
    const startMs = performance.now();
    for (let slice = 0; slice < slices; slice++)
      await exchange(
        Array.from({ length: each }, () => query('10.0.3.5')),
        5,
      );
    const seconds = (performance.now() - startMs) / 1000;
    assert.equal((await send('o', [query('10.0.3.6')], true)).length, 1);
    await exchange([], 50);
    const answers = [...answered].filter((port) => port >= firstPort).length;
    assert.ok(answers >= 900, `${answers} answers`);
    assert.ok(answers <= 1024 * (1 + seconds) + 1, `${answers} of ${slices * each} answers in ${seconds} s`);
  });

  test('an answer is what was asked for', async () => {
    const [answer] = await send(
      'n',
      [buildPacket({ source: '10.0.3.5', destination: '10.0.0.2', transport: toDns(), payload: question })],
      true,
    );
    const payload = answer?.frame.payload;
    assert.ok(payload);
    assert.deepEqual(
      decode(Buffer.from(payload)).answers?.map((record) => ('data' in record ? record.data : '')),
      ['127.0.0.1'],
    );
  });
});
