/** A router namespace between two sides, a and b, whose packets a test writes and reads itself. */
import { execFileSync } from 'node:child_process';
import { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { ConntrackSocket } from '#kernel/conntrack/socket.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { namespacePath } from '#kernel/netns/path.ts';
import { writeSysctl } from '#kernel/netns/sysctl.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Command, NftRule } from '#kernel/nft/statement.ts';
import { RouteSocket } from '#kernel/rtnl/socket.ts';
import { readIp } from '#net/address.ts';
import { testNamespace } from './namespaces.ts';
import { buildFrame, type Packet, type ReadFrame, readFrame } from './packets.ts';
import { openPort, type PacketPort } from './port.ts';

export type SideName = 'a' | 'b';

type Side = {
  readonly port: PacketPort;
  /** Of the router's device towards this side, and of the side itself. */
  readonly routerMac: string;
  readonly mac: string;
};

const macs = {
  a: { routerMac: '02:00:00:00:0a:01', mac: '02:00:00:00:0a:02' },
  b: { routerMac: '02:00:00:00:0b:01', mac: '02:00:00:00:0b:02' },
} as const;

/** What lies where; everything else is unreachable. */
const behind: Readonly<Record<SideName, readonly string[]>> = {
  a: ['10.0.0.0/16', 'fd00:a::/64', '198.51.100.0/24'],
  b: ['10.1.0.0/16', 'fd00:b::/64', '203.0.113.0/24'],
};

/** The sender of packets that every ruleset of a test lets through, to see when the others have been judged. */
const sentinel = { source: '198.51.100.99', destination: '203.0.113.99' } as const;
/** A rule that lets the sentinel through. */
export const admitSentinel: NftRule = [
  { kind: 'match', field: 'ip saddr', value: sentinel.source },
  { kind: 'verdict', verdict: 'accept' },
];

export class Rig {
  readonly router: string;
  readonly nft: NftSocket;
  readonly routes: RouteSocket;
  readonly conntrack: ConntrackSocket;
  readonly #sides: Readonly<Record<SideName, Side>>;
  #lastId = 0;
  #heard: Record<SideName, ReadFrame[]> = { a: [], b: [] };

  constructor(purpose: string) {
    this.router = testNamespace(`${purpose}-r`);
    const ends = testNamespace(`${purpose}-e`);
    prepare(ends, this.router);
    const sockets = inNamespace(this.router, () => {
      return { nft: NftSocket.open(), routes: RouteSocket.open(), conntrack: ConntrackSocket.open() };
    });
    this.nft = sockets.nft;
    this.routes = sockets.routes;
    this.conntrack = sockets.conntrack;
    const endRoutes = inNamespace(ends, () => RouteSocket.open());
    this.#sides = { a: this.#connect('a', ends, endRoutes), b: this.#connect('b', ends, endRoutes) };
    endRoutes.close();
    after(() => {
      for (const socket of [this.nft, this.routes, this.conntrack]) socket.close();
      for (const side of Object.values(this.#sides)) side.port.close();
    });
  }

  #connect(name: SideName, ends: string, endRoutes: RouteSocket): Side {
    const device = name === 'a' ? 'eA' : 'eB';
    const { mac, routerMac } = macs[name];
    this.routes.createVeth({ name: device, mac: routerMac }, { name, mac, namespace: ends });
    this.routes.changeLink(device, { up: true });
    endRoutes.changeLink(name, { up: true });
    for (const destination of behind[name]) {
      const gateway = destination.includes(':') ? `fe80::${name}` : `169.254.0.${name === 'a' ? 1 : 2}`;
      const target = { kind: 'unicast', device, gateway, onlink: true } as const;
      this.routes.replaceNeighbour({ device, address: gateway, mac });
      this.routes.replaceRoute({ destination, table: 254, target });
    }
    return { port: openPort(ends, name), mac, routerMac };
  }

  /** Replaces the table `t` by what the commands put into it. */
  load(commands: readonly Command[]): void {
    const table = 't';
    this.nft.apply([
      { kind: 'addTable', table },
      { kind: 'deleteTable', table },
      { kind: 'addTable', table },
      ...commands,
    ]);
  }

  /** The table `t` as the nft program shows it. */
  listing(): string {
    const into = `--net=${namespacePath(this.router)}`;
    return execFileSync('nsenter', [into, 'nft', 'list', 'table', 'inet', 't'], { encoding: 'utf8' });
  }

  /** Sends packets from a side and returns for each what came out on the side named, if it did. */
  async exchange(
    from: SideName,
    packets: readonly Packet[],
    to: SideName = from === 'a' ? 'b' : 'a',
  ): Promise<(ReadFrame | undefined)[]> {
    const ids = packets.map((packet) => this.#send(from, packet));
    const last = this.#send('a', {
      ...sentinel,
      transport: { kind: 'udp', sourcePort: 9, destinationPort: 9 },
    });
    const arrived = new Map<number, ReadFrame>();
    this.#heard = { a: [], b: [] };
    for (let wait = 0; wait < 1000; wait++) {
      for (const side of ['a', 'b'] as const) {
        for (const bytes of this.#sides[side].port.receive()) {
          const frame = readFrame(bytes);
          if (!frame) continue;
          this.#heard[side].push(frame);
          const id = idOf(frame);
          if (id !== undefined && (side === to || id === last)) arrived.set(id, frame);
        }
      }
      if (arrived.has(last)) return ids.map((id) => arrived.get(id));
      await pause(5);
    }
    throw new Error('the sentinel did not come through');
  }

  /** Whether one packet comes out on the other side. */
  async passes(from: SideName, packet: Packet): Promise<boolean> {
    const [frame] = await this.exchange(from, [packet]);
    return frame !== undefined;
  }

  /** Everything that came in at a side during the last exchange, the router's own packets included. */
  heard(side: SideName): readonly ReadFrame[] {
    return this.#heard[side];
  }

  #send(from: SideName, packet: Packet): number {
    const id = ++this.#lastId;
    const side = this.#sides[from];
    const isIpv4 = readIp(packet.source)?.family === 'ipv4';
    side.port.send(
      buildFrame({
        ...packet,
        ...(isIpv4 && { id: id & 0xffff }),
        payload: packet.payload ?? markOf(id),
        sourceMac: side.mac,
        destinationMac: side.routerMac,
      }),
    );
    return id;
  }
}

const magic = 0x52616d70;

function markOf(id: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt32BE(magic, 0);
  bytes.writeUInt32BE(id, 4);
  return bytes;
}

function idOf(frame: ReadFrame): number | undefined {
  const payload = Buffer.from(frame.payload ?? []);
  return payload.length >= 8 && payload.readUInt32BE(0) === magic ? payload.readUInt32BE(4) : undefined;
}

/** The router forwards; the ends keep still, so that nothing but the test's frames is on the wire. */
function prepare(ends: string, router: string): void {
  inNamespace(ends, () => writeSysctl('net/ipv6/conf/all/disable_ipv6', 1));
  inNamespace(ends, () => writeSysctl('net/ipv6/conf/default/disable_ipv6', 1));
  inNamespace(router, () => {
    writeSysctl('net/ipv4/ip_forward', 1);
    writeSysctl('net/ipv6/conf/all/forwarding', 1);
    writeSysctl('net/ipv4/conf/all/rp_filter', 0);
    writeSysctl('net/ipv4/conf/default/rp_filter', 0);
    writeSysctl('net/ipv6/conf/default/accept_dad', 0);
  });
}
