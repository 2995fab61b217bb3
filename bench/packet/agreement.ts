/** The same packets through two routers and `decide`: only layouts that say the same may be compared in speed. */
import { setTimeout as pause } from 'node:timers/promises';
import { decide } from '#policy/decide.ts';
import { noFlows } from '#policy/flows.ts';
import type { World } from '#vpc/network.ts';
import { buildFrame, readFrame } from '../../tests/kernel/packets.ts';
import { openPort } from '../../tests/kernel/port.ts';
import { eniId, ip } from '../../tests/support/network.ts';
import { client, server } from './network.ts';
import type { BenchPlace } from './place.ts';

const probes = 400;
/** Ports that some rule names, its neighbours, and those that carry the benchmark's traffic. */
const portOf = (index: number): number => (index === 0 ? 5300 : index === 1 ? 8080 : 10_000 + index);

/** Whether both routers pass exactly those UDP packets that `decide` accepts, and some of either kind. */
export async function sameVerdicts(a: BenchPlace, b: BenchPlace, world: World): Promise<boolean> {
  const expected = Array.from({ length: probes }, (_, index) => isAccepted(world, portOf(index)));
  const passed = [await passing(a), await passing(b)];
  const both = new Set(expected);
  return both.size === 2 && passed.every((each) => each.join() === expected.join());
}

function isAccepted(world: World, port: number): boolean {
  const transport = { kind: 'udp', sourcePort: 40_000, destinationPort: port } as const;
  const packet = { source: ip(client.ip), destination: ip(server.ip), transport };
  const origin = { kind: 'eni', eniId: eniId(client.name) } as const;
  return decide(world, noFlows, { packet, origin }, 0).verdict.kind === 'accept';
}

async function passing(place: BenchPlace): Promise<readonly boolean[]> {
  const [from, to] = [openPort(place.client, 'eth0'), openPort(place.server, 'eth0')];
  for (let index = 0; index < probes; index++) {
    const transport = { kind: 'udp', sourcePort: 40_000, destinationPort: portOf(index) } as const;
    const macs = { sourceMac: '02:00:00:00:0a:02', destinationMac: '02:00:00:00:0a:01' };
    from.send(buildFrame({ source: client.ip, destination: server.ip, transport, ...macs }));
  }
  await pause(100);
  const seen = new Set<number>();
  for (const bytes of to.receive()) {
    const transport = readFrame(bytes)?.transport;
    if (transport?.kind === 'udp') seen.add(transport.destinationPort);
  }
  from.close();
  to.close();
  return Array.from({ length: probes }, (_, index) => seen.has(portOf(index)));
}
