/**
 * A lab of its own for a test, with raw packets in and out of every interface and internet host. The instances' own
 * network stacks are silenced, so that only the test's packets are on the wire.
 */
import { after } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { createLab, type Lab } from '#kernel/lab/lab.ts';
import { nextHop } from '#kernel/lab/links.ts';
import { inNamespace } from '#kernel/netns/namespace.ts';
import { NftSocket } from '#kernel/nft/socket.ts';
import type { Packet as SentPacket } from '#policy/packet.ts';
import type { Origin } from '#policy/verdict.ts';
import { locate, type World } from '#vpc/network.ts';
import { ip } from '../support/network.ts';
import { sweepLeftovers } from './namespaces.ts';
import {
  buildFrame,
  buildPacket,
  type Frame,
  type Packet,
  readFrame,
  type Transport,
  tcp,
} from './packets.ts';
import { openPort, type PacketPort } from './port.ts';

/** Where a packet came out: an interface's id or an internet host's address. */
export type Arrival = { readonly at: string; readonly frame: Frame };

/** Whether the lab puts right what others change in the kernel, and who is told of it. */
type Guard = { readonly isGuarded: boolean; readonly onRepair?: () => void };

/** Two internet hosts between which packets always pass, to see when all earlier ones have been judged. */
const sentinel = { source: ip('203.0.113.253'), destination: ip('203.0.113.254') } as const;

export class LabRig {
  readonly prefix: string;
  lab: Lab;
  /** Packet ports by interface id or host address. */
  readonly #ports = new Map<string, { readonly port: PacketPort; readonly mac: string }>();
  #world: World | undefined;
  #lastId = 0;
  #sequence = 0;

  readonly #guard: Guard;

  private constructor(prefix: string, guard: Guard) {
    this.prefix = prefix;
    this.#guard = guard;
    this.lab = createLab({ prefix, ...guard });
    after(async () => {
      for (const { port } of this.#ports.values()) port.close();
      await this.lab.purge();
    });
  }

  /**
   * A rig whose lab is in the given world; its namespaces go when the test file ends. Unless it is guarded, it leaves
   * alone what a test changes in the kernel.
   */
  static async start(purpose: string, world: World, guard: Guard = { isGuarded: false }): Promise<LabRig> {
    sweepLeftovers();
    const rig = new LabRig(`rpt-${process.pid}-${purpose}`, guard);
    await rig.to(world);
    for (const address of Object.values(sentinel)) await rig.host(address);
    return rig;
  }

  /** Brings the lab to a world. Throws where the lab could not. */
  async to(world: World): Promise<void> {
    await this.lab.apply(world, ++this.#sequence);
    this.#world = world;
    const { ok, error } = this.lab.status();
    if (!ok) throw new Error(`the lab is not in the world: ${error}`);
    this.#followInterfaces(world);
  }

  /** A second lab takes over, as after a restart, in the same world or another one; `meanwhile` there is none. */
  async restart(world = this.#world, meanwhile: () => void = () => {}): Promise<void> {
    if (!world) throw new Error('nothing to restart');
    await this.lab.close();
    meanwhile();
    this.lab = createLab({ prefix: this.prefix, ...this.#guard });
    await this.to(world);
  }

  /** Makes an internet host. */
  async host(address: string): Promise<void> {
    const namespace = await this.lab.internetHost(ip(address));
    if (!this.#ports.has(address)) this.#open(address, namespace, 'eth0', nextHop.down.mac);
  }

  /**
   * Sends packets in order and says for each where it came out, if it did. A packet from the internet leaves from the
   * host that has its source address, or else from any.
   */
  async exchange(
    sent: readonly { readonly packet: SentPacket; readonly origin: Origin }[],
  ): Promise<(Arrival | undefined)[]> {
    for (const { port } of this.#ports.values()) port.receive();
    const ids = sent.map(({ packet, origin }) => this.#send(packet, this.#sender(packet, origin)));
    const last = this.#send(
      { ...sentinel, transport: { kind: 'udp', sourcePort: 9, destinationPort: 9 } },
      sentinel.source,
    );
    const arrived = new Map<number, Arrival>();
    for (let wait = 0; wait < 1000; wait++) {
      for (const [at, { port }] of this.#ports) {
        for (const bytes of port.receive()) {
          const id = markIn(bytes);
          const frame = readFrame(bytes);
          if (id !== undefined && frame) arrived.set(id, { at, frame });
        }
      }
      if (arrived.has(last)) return ids.map((id) => arrived.get(id));
      await pause(2);
    }
    throw new Error('the sentinel did not come through');
  }

  /**
   * Sends IP packets as they are from an interface's id or a host's address, and returns all frames that came in
   * anywhere meanwhile and are somebody's. The sentinel follows after the pause.
   */
  async exchangeBytes(
    from: string,
    packets: readonly Buffer[],
    pauseMs = 0,
  ): Promise<readonly { readonly at: string; readonly bytes: Buffer }[]> {
    const sender = this.#ports.get(from);
    if (!sender) throw new Error(`nothing can be sent from ${from}`);
    for (const { port } of this.#ports.values()) port.receive();
    for (const packet of packets) sender.port.send(ethernetFrame(packet, sender.mac));
    await pause(pauseMs);
    const last = this.#send(
      { ...sentinel, transport: { kind: 'udp', sourcePort: 9, destinationPort: 9 } },
      sentinel.source,
    );
    const found: { at: string; bytes: Buffer }[] = [];
    for (let wait = 0; wait < 1000; wait++) {
      for (const [at, { port }] of this.#ports) {
        for (const bytes of port.receive()) {
          if (markIn(bytes) === last) return found;
          found.push({ at, bytes });
        }
      }
      await pause(2);
    }
    throw new Error('the sentinel did not come through');
  }

  #sender(packet: SentPacket, origin: Origin): string {
    if (origin.kind === 'eni') return origin.eniId;
    return this.#ports.has(packet.source) ? packet.source : sentinel.source;
  }

  #send(packet: SentPacket, from: string): number {
    const sender = this.#ports.get(from);
    if (!sender) throw new Error(`nothing can be sent from ${from}`);
    const id = ++this.#lastId;
    const frame = {
      ...wirePacket(packet, markOf(id)),
      sourceMac: sender.mac,
      destinationMac: nextHop.up.mac,
    };
    sender.port.send(buildFrame(frame));
    return id;
  }

  /** Listens anew at an interface whose device or namespace was made again. */
  reopen(eniId: string): void {
    this.#ports.get(eniId)?.port.close();
    this.#ports.delete(eniId);
    if (this.#world) this.#followInterfaces(this.#world);
  }

  #followInterfaces(world: World): void {
    const present = new Set<string>();
    for (const network of world.values()) {
      for (const { id } of network.eni.values()) if (this.lab.portOf(id)) present.add(id);
    }
    for (const [name, { port }] of this.#ports) {
      if (!name.startsWith('eni-') || present.has(name)) continue;
      port.close();
      this.#ports.delete(name);
    }
    for (const id of present) {
      const place = this.lab.portOf(id);
      const eni = locate(world, 'eni', id)?.entity;
      if (place && eni && !this.#ports.has(id)) this.#open(id, place.instance, place.device, eni.macAddress);
    }
  }

  #open(name: string, namespace: string, device: string, mac: string): void {
    silence(namespace);
    this.#ports.set(name, { port: openPort(namespace, device), mac });
  }
}

function ethernetFrame(packet: Buffer, sourceMac: string): Buffer {
  const head = Buffer.alloc(14);
  head.set(Buffer.from(nextHop.up.mac.replaceAll(':', ''), 'hex'), 0);
  head.set(Buffer.from(sourceMac.replaceAll(':', ''), 'hex'), 6);
  head.writeUInt16BE(packet.readUInt8(0) >> 4 === 6 ? 0x86dd : 0x0800, 12);
  return Buffer.concat([head, packet]);
}

/** Drops everything between the namespace's own stack and its devices; raw packets pass before and after. */
function silence(namespace: string): void {
  const socket = inNamespace(namespace, () => NftSocket.open());
  const table = 'silent';
  socket.apply([
    { kind: 'addTable', table },
    ...(['prerouting', 'output'] as const).map((hook) => ({
      kind: 'addChain' as const,
      table,
      chain: { name: hook, hook: { type: 'filter' as const, hook, priority: -400, policy: 'drop' as const } },
    })),
  ]);
  socket.close();
}

const magic = Buffer.from('Rampart!');

function markOf(id: number): Buffer {
  const bytes = Buffer.alloc(magic.length + 4);
  bytes.set(magic);
  bytes.writeUInt32BE(id, magic.length);
  return bytes;
}

function markIn(bytes: Buffer): number | undefined {
  const at = bytes.indexOf(magic);
  return at < 0 ? undefined : bytes.readUInt32BE(at + magic.length);
}

/** The packet as bytes will have it: flags as a number, plausible sequence numbers, a quoted packet as payload. */
function wirePacket(packet: SentPacket, mark: Buffer): Packet {
  const { transport } = packet;
  const quoted = transport.kind === 'icmp' ? transport.quoted : undefined;
  return {
    source: packet.source,
    destination: packet.destination,
    transport: wireTransport(transport),
    payload: quoted ? buildPacket(wirePacket(quoted, mark)) : mark,
  };
}

function wireTransport(transport: SentPacket['transport']): Transport {
  switch (transport.kind) {
    case 'tcp': {
      const { syn, ack, fin, rst } = transport.flags;
      const flags = (syn ? tcp.syn : 0) | (ack ? tcp.ack : 0) | (fin ? tcp.fin : 0) | (rst ? tcp.rst : 0);
      const numbers = { sequence: syn ? 1000 : 1001, acknowledgement: ack ? 1001 : 0 };
      const { sourcePort, destinationPort } = transport;
      return { kind: 'tcp', sourcePort, destinationPort, flags, ...numbers };
    }
    case 'icmp': {
      const rest = transport.quoted ? 0 : (transport.identifier << 16) >>> 0;
      return { kind: 'icmp', type: transport.type, code: transport.code, rest };
    }
    case 'udp':
    case 'other':
      return transport;
    default:
      return transport satisfies never;
  }
}
