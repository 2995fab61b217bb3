import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ConntrackSocket } from '#kernel/conntrack/socket.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import type { Transport } from '#policy/packet.ts';
import type { TrackingTimeouts } from '#vpc/eni.ts';
import type { World } from '#vpc/network.ts';
import { eniOf, putIn } from '../support/edges.ts';
import { buildWorld, eniId, testScope } from '../support/network.ts';
import { origin, packet, tcp, udp } from '../support/packets.ts';
import { LabRig } from './lab-rig.ts';
import { skip } from './namespaces.ts';
import { tableHandle } from './table-handle.ts';

const outside = '192.0.2.7';
const at = { a: '10.0.1.10', b: '10.0.1.11', c: '10.0.1.12', d: '10.0.1.13' };
const own: Readonly<Record<string, TrackingTimeouts>> = {
  a: { tcpEstablishedSeconds: 350 },
  b: { tcpEstablishedSeconds: 60, udpSeconds: 60, udpStreamSeconds: 100 },
  c: { udpSeconds: 40, udpStreamSeconds: 120 },
  d: {},
};
const base = buildWorld({
  subnets: { s: { cidr: '10.0.1.0/24', internet: true } },
  groups: { all: { ingress: ['tcp/80 10.0.0.0/8', 'udp/53 10.0.0.0/8'], egress: ['all 0.0.0.0/0'] } },
  enis: Object.fromEntries(
    Object.entries(at).map(([name, address], index) => [
      name,
      { subnet: 's', ips: [address], groups: ['all'], publicIp: `198.18.0.${10 + index}` },
    ]),
  ),
});
const world = Object.entries(own).reduce<World>(
  (built, [name, timeouts]) => putIn(built, testScope, 'eni', { ...eniOf(built, name), timeouts }),
  base,
);

describe('idle timeouts', { skip }, async () => {
  const rig = await LabRig.start('idle', world);
  await rig.host(outside);
  const router = rig.lab.portOf(eniId('a'))?.router ?? '';

  const send = (from: string, to: string, transport: Transport) =>
    rig.exchange([{ packet: packet(at, from, to, transport), origin: origin(at, from) }]);

  /** Seconds that the only flow from this port has left, as the kernel says. */
  function left(sourcePort: number): number {
    const socket = inNamespace(router, () => ConntrackSocket.open());
    try {
      const found = socket.entries().filter(({ original }) => original.sourcePort === sourcePort);
      assert.equal(found.length, 1);
      return found[0]?.timeoutSeconds ?? 0;
    } finally {
      socket.close();
    }
  }
  const isAbout = (seconds: number, wanted: number, what: string) =>
    assert.ok(seconds <= wanted && seconds > wanted - 5, `${what}: ${seconds} instead of ${wanted}`);

  /** From, to, and the timeouts of TCP, of UDP one way, and of UDP both ways. */
  const cases: readonly (readonly [string, string, number, number, number])[] = [
    ['a', 'b', 60, 30, 100],
    ['b', 'a', 60, 30, 100],
    ['b', 'c', 60, 40, 100],
    ['c', 'd', 432_000, 30, 120],
    ['d', 'c', 432_000, 30, 120],
    ['d', 'a', 350, 30, 180],
    ['d', outside, 432_000, 30, 180],
    ['b', outside, 60, 60, 100],
    ['c', outside, 432_000, 40, 120],
  ];
  const backTo = (from: string, to: string) =>
    to === outside ? `198.18.0.${10 + Object.keys(at).indexOf(from)}` : from;

  for (const [index, [from, to, established, oneway]] of cases.entries()) {
    test(`${from} to ${to}: the smaller of both sides`, async () => {
      const port = 3000 + index;
      await send(from, to, tcp(port, 80));
      await send(to, backTo(from, to), tcp(80, port, 'SA'));
      await send(from, to, tcp(port, 80, 'A'));
      isAbout(left(port), established, 'TCP');
      await send(from, to, udp(port + 500, 53));
      isAbout(left(port + 500), oneway, 'UDP one way');
      await send(to, backTo(from, to), udp(53, port + 500));
    });
  }

  test('UDP that goes on both ways has the smaller stream timeout', async () => {
    // The kernel takes an exchange for a stream when it lasts longer than two seconds.
    await pause(2100);
    for (const [index, [from, to, , , stream]] of cases.entries()) {
      const port = 3500 + index;
      await send(to, backTo(from, to), udp(53, port));
      await send(from, to, udp(port, 53));
      isAbout(left(port), stream, `${from} to ${to}`);
    }
  });

  test('a change counts for flows that begin after it, and the usual ones come back', async () => {
    await send('b', outside, udp(4000, 53));
    await rig.to(putIn(world, testScope, 'eni', { ...eniOf(world, 'b'), timeouts: { udpSeconds: 45 } }));
    await send('b', outside, udp(4001, 53));
    isAbout(left(4001), 45, 'afterwards');
    await rig.to(base);
    await send('b', outside, udp(4002, 53));
    isAbout(left(4002), 30, 'as usual');
    await rig.restart(world);
    await send('b', outside, udp(4003, 53));
    isAbout(left(4003), 60, 'after a restart');
  });

  test('a table with timeouts that flows have is replaced in its place, and the flows keep theirs', async () => {
    await rig.to(world);
    await send('b', outside, udp(4100, 53));
    const before = tableHandle(router);
    const others = putIn(world, testScope, 'eni', { ...eniOf(world, 'c'), timeouts: { udpSeconds: 33 } });
    await rig.restart(others);
    assert.equal(tableHandle(router), before);
    isAbout(left(4100), 60, 'a flow of before');
    await send('b', outside, udp(4101, 53));
    isAbout(left(4101), 60, 'a flow of afterwards');
    await rig.restart(base);
    await rig.restart(world);
    assert.equal(tableHandle(router), before);
  });
});
