/** Packets of `decide` as frames with a serial number by which they are known again where they arrive. */
import { type Ip, parseIp } from '#net/address.ts';
import { icmpErrors } from '#net/protocol.ts';
import { type Packet, packetFamily, type Transport } from '#policy/packet.ts';
import * as wire from '../packets.ts';

const flag = wire.tcp;

/** The packet as bytes of an IP packet; `serial` is 1 … 65535. */
function asWire(packet: Packet, serial: number): wire.Packet {
  return {
    source: packet.source,
    destination: packet.destination,
    id: serial,
    ...transportOf(packet, packet.transport, serial),
  };
}

function transportOf(
  packet: Packet,
  transport: Transport,
  serial: number,
): Pick<wire.Packet, 'transport' | 'payload'> {
  const payload = Buffer.alloc(4);
  payload.writeUInt32BE(serial);
  switch (transport.kind) {
    case 'tcp': {
      const { sourcePort, destinationPort, flags } = transport;
      const bits =
        (flags.syn ? flag.syn : 0) |
        (flags.ack ? flag.ack : 0) |
        (flags.fin ? flag.fin : 0) |
        (flags.rst ? flag.rst : 0);
      // Both sides begin at 0 and repeat their first bytes, so that every packet is in the window and a reset exact.
      const numbers = { sequence: flags.syn ? 0 : 1, acknowledgement: flags.ack ? 1 : 0 };
      return { transport: { kind: 'tcp', sourcePort, destinationPort, flags: bits, ...numbers }, payload };
    }
    case 'udp':
      return { transport, payload };
    case 'icmp': {
      const { type, code, identifier, quoted } = transport;
      const head = { kind: 'icmp', type, code } as const;
      if (quoted && icmpErrors[packetFamily(packet)].has(type)) {
        return { transport: { ...head, rest: serial }, payload: wire.buildPacket(asWire(quoted, serial)) };
      }
      return { transport: { ...head, rest: ((identifier << 16) | serial) >>> 0 }, payload };
    }
    case 'other':
      return { transport, payload: Buffer.concat([payload, Buffer.alloc(16)]) };
    default:
      return transport satisfies never;
  }
}

export function frameOf(
  packet: Packet,
  serial: number,
  macs: { readonly sourceMac: string; readonly destinationMac: string },
): Buffer {
  return wire.buildFrame({ ...asWire(packet, serial), ...macs });
}

export type Arrived = { readonly serial: number; readonly source: Ip; readonly destination: Ip };

/** Serial number and addresses of an arrived frame; undefined for what no test has sent. */
export function readArrived(bytes: Buffer): Arrived | undefined {
  const frame = wire.readFrame(bytes);
  const [source, destination] = [frame && parseIp(frame.source), frame && parseIp(frame.destination)];
  if (!frame || !source || !destination) return undefined;
  const { transport, payload } = frame;
  const serial =
    transport.kind === 'icmp' ? (transport.rest ?? 0) & 0xffff : Buffer.from(payload ?? []).readUInt32BE(0);
  return { serial, source, destination };
}
