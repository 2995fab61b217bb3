/** Builds and reads Ethernet frames with IPv4 or IPv6 and TCP, UDP, ICMP or any other protocol inside. */
import { type Family, formatIp, readIp } from '#net/address.ts';
import { octetsOf } from '#net/octets.ts';
import { protocolNumbers } from '#net/protocol.ts';

/** FIN 1, SYN 2, RST 4, PSH 8, ACK 16. */
export const tcp = { fin: 1, syn: 2, rst: 4, psh: 8, ack: 16 } as const;

export type Transport =
  | {
      readonly kind: 'tcp';
      readonly sourcePort: number;
      readonly destinationPort: number;
      readonly flags: number;
      readonly sequence?: number;
      readonly acknowledgement?: number;
      /** Bytes after the fixed header, a multiple of four. */
      readonly options?: Uint8Array;
    }
  | { readonly kind: 'udp'; readonly sourcePort: number; readonly destinationPort: number }
  | {
      /** ICMP or ICMPv6 by the packet's family; `rest` is the second word of the header (identifier, sequence). */
      readonly kind: 'icmp';
      readonly type: number;
      readonly code: number;
      readonly rest?: number;
    }
  | { readonly kind: 'other'; readonly protocol: number };

export type Packet = {
  readonly source: string;
  readonly destination: string;
  readonly transport: Transport;
  readonly payload?: Uint8Array;
  /** IPv4 TTL or IPv6 hop limit; 64 if absent. */
  readonly hops?: number;
  /** IPv4 identification: a mark by which a test knows its packets again. */
  readonly id?: number;
};

export type Frame = Packet & { readonly sourceMac: string; readonly destinationMac: string };

/** A frame that was received. */
export type ReadFrame = Frame & {
  /** Whether the checksums of the IPv4 header and of TCP, UDP or ICMP are right. */
  readonly checksumsHold: boolean;
};

const etherType: Readonly<Record<Family, number>> = { ipv4: 0x0800, ipv6: 0x86dd };

/** An Ethernet frame with correct lengths and checksums. */
export function buildFrame(frame: Frame): Buffer {
  const ethernet = Buffer.alloc(14);
  ethernet.set(macBytes(frame.destinationMac), 0);
  ethernet.set(macBytes(frame.sourceMac), 6);
  ethernet.writeUInt16BE(etherType[familyOf(frame)], 12);
  return Buffer.concat([ethernet, buildPacket(frame)]);
}

/** The IP packet alone, as ICMP errors quote it. */
export function buildPacket(packet: Packet): Buffer {
  const family = familyOf(packet);
  const body = buildTransport(packet, family);
  const source = addressBytes(packet.source);
  const destination = addressBytes(packet.destination);
  const protocol = protocolOf(packet.transport, family);
  if (family === 'ipv6') {
    const header = Buffer.alloc(8);
    header.writeUInt8(0x60, 0);
    header.writeUInt16BE(body.length, 4);
    header.writeUInt8(protocol, 6);
    header.writeUInt8(packet.hops ?? 64, 7);
    return Buffer.concat([header, source, destination, body]);
  }
  const header = Buffer.alloc(20);
  header.writeUInt8(0x45, 0);
  header.writeUInt16BE(20 + body.length, 2);
  header.writeUInt16BE(packet.id ?? 0, 4);
  header.writeUInt8(packet.hops ?? 64, 8);
  header.writeUInt8(protocol, 9);
  header.set(source, 12);
  header.set(destination, 16);
  header.writeUInt16BE(checksum(header), 10);
  return Buffer.concat([header, body]);
}

function buildTransport(packet: Packet, family: Family): Buffer {
  const { transport } = packet;
  const payload = packet.payload ?? Buffer.alloc(0);
  const header = transportHeader(transport, payload.length);
  const body = Buffer.concat([header, payload]);
  const at = checksumOffset(transport);
  if (at === undefined) return body;
  const isIcmpv4 = transport.kind === 'icmp' && family === 'ipv4';
  const pseudo = isIcmpv4 ? Buffer.alloc(0) : pseudoHeader(packet, family, body.length);
  const sum = checksum(Buffer.concat([pseudo, body]));
  // A UDP checksum of zero would mean that there is none (RFC 768).
  body.writeUInt16BE(sum === 0 && transport.kind === 'udp' ? 0xffff : sum, at);
  return body;
}

function transportHeader(transport: Transport, payloadBytes: number): Buffer {
  switch (transport.kind) {
    case 'tcp': {
      const options = transport.options ?? Buffer.alloc(0);
      const header = Buffer.alloc(20 + options.length);
      header.writeUInt16BE(transport.sourcePort, 0);
      header.writeUInt16BE(transport.destinationPort, 2);
      header.writeUInt32BE(transport.sequence ?? 0, 4);
      header.writeUInt32BE(transport.acknowledgement ?? 0, 8);
      header.writeUInt8((header.length / 4) << 4, 12);
      header.writeUInt8(transport.flags, 13);
      header.writeUInt16BE(0xffff, 14);
      header.set(options, 20);
      return header;
    }
    case 'udp': {
      const header = Buffer.alloc(8);
      header.writeUInt16BE(transport.sourcePort, 0);
      header.writeUInt16BE(transport.destinationPort, 2);
      header.writeUInt16BE(8 + payloadBytes, 4);
      return header;
    }
    case 'icmp': {
      const header = Buffer.alloc(8);
      header.writeUInt8(transport.type, 0);
      header.writeUInt8(transport.code, 1);
      header.writeUInt32BE(transport.rest ?? 0, 4);
      return header;
    }
    case 'other':
      return Buffer.alloc(0);
    default:
      return transport satisfies never;
  }
}

function checksumOffset(transport: Transport): number | undefined {
  if (transport.kind === 'other') return undefined;
  return { tcp: 16, udp: 6, icmp: 2 }[transport.kind];
}

/** RFC 793 and RFC 8200, 8.1. */
function pseudoHeader(packet: Packet, family: Family, length: number): Buffer {
  const tail = Buffer.alloc(family === 'ipv4' ? 4 : 8);
  const protocol = protocolOf(packet.transport, family);
  if (family === 'ipv4') {
    tail.writeUInt8(protocol, 1);
    tail.writeUInt16BE(length, 2);
  } else {
    tail.writeUInt32BE(length, 0);
    tail.writeUInt8(protocol, 7);
  }
  return Buffer.concat([addressBytes(packet.source), addressBytes(packet.destination), tail]);
}

function protocolOf(transport: Transport, family: Family): number {
  if (transport.kind === 'other') return transport.protocol;
  if (transport.kind === 'icmp') return family === 'ipv4' ? protocolNumbers.icmp : protocolNumbers.icmpv6;
  return protocolNumbers[transport.kind];
}

function familyOf({ source, destination }: Packet): Family {
  const family = readIp(source)?.family;
  if (!family || family !== readIp(destination)?.family) throw new Error(`${source} to ${destination}`);
  return family;
}

function addressBytes(text: string): Buffer {
  const ip = readIp(text);
  if (!ip) throw new Error(`"${text}" is no address`);
  return Buffer.from(octetsOf(ip));
}

function macBytes(text: string): Buffer {
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

/** The Internet checksum (RFC 1071). */
export function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let index = 0; index + 1 < bytes.length; index += 2) sum += bytes.readUInt16BE(index);
  if (bytes.length % 2 === 1) sum += bytes.readUInt8(bytes.length - 1) << 8;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >>> 16);
  return ~sum & 0xffff;
}

/** Reads a frame; undefined for what is not IP (ARP and such), has IPv4 options or is a later fragment. */
export function readFrame(bytes: Buffer): ReadFrame | undefined {
  const type = bytes.readUInt16BE(12);
  const packet = bytes.subarray(14);
  const read =
    type === etherType.ipv4 ? readIpv4(packet) : type === etherType.ipv6 ? readIpv6(packet) : undefined;
  if (!read) return undefined;
  return {
    ...read,
    destinationMac: macText(bytes, 0),
    sourceMac: macText(bytes, 6),
    checksumsHold: checksumsHold(read, packet),
  };
}

/** A sum over bytes that contain their own checksum is zero. */
function checksumsHold(read: Packet, bytes: Buffer): boolean {
  const family = familyOf(read);
  if (family === 'ipv4' && checksum(bytes.subarray(0, 20)) !== 0) return false;
  if (read.transport.kind === 'other') return true;
  const body =
    family === 'ipv4'
      ? bytes.subarray(20, bytes.readUInt16BE(2))
      : bytes.subarray(40, 40 + bytes.readUInt16BE(4));
  const isIcmpv4 = read.transport.kind === 'icmp' && family === 'ipv4';
  const pseudo = isIcmpv4 ? Buffer.alloc(0) : pseudoHeader(read, family, body.length);
  return checksum(Buffer.concat([pseudo, body])) === 0;
}

function readIpv4(bytes: Buffer): Packet | undefined {
  if (bytes.readUInt8(0) !== 0x45 || (bytes.readUInt16BE(6) & 0x1fff) !== 0) return undefined;
  return {
    source: formatIp({ family: 'ipv4', value: BigInt(bytes.readUInt32BE(12)) }),
    destination: formatIp({ family: 'ipv4', value: BigInt(bytes.readUInt32BE(16)) }),
    hops: bytes.readUInt8(8),
    id: bytes.readUInt16BE(4),
    ...readTransport(bytes.readUInt8(9), bytes.subarray(20, bytes.readUInt16BE(2))),
  };
}

function readIpv6(bytes: Buffer): Packet {
  const address = (at: number) =>
    formatIp({ family: 'ipv6', value: BigInt(`0x${bytes.toString('hex', at, at + 16)}`) });
  return {
    source: address(8),
    destination: address(24),
    hops: bytes.readUInt8(7),
    ...readTransport(bytes.readUInt8(6), bytes.subarray(40, 40 + bytes.readUInt16BE(4))),
  };
}

function readTransport(protocol: number, bytes: Buffer): Pick<Packet, 'transport' | 'payload'> {
  switch (protocol) {
    case protocolNumbers.tcp: {
      const headerBytes = (bytes.readUInt8(12) >> 4) * 4;
      return {
        transport: {
          kind: 'tcp',
          sourcePort: bytes.readUInt16BE(0),
          destinationPort: bytes.readUInt16BE(2),
          sequence: bytes.readUInt32BE(4),
          acknowledgement: bytes.readUInt32BE(8),
          flags: bytes.readUInt8(13),
          options: bytes.subarray(20, headerBytes),
        },
        payload: bytes.subarray(headerBytes),
      };
    }
    case protocolNumbers.udp: {
      const ports = { sourcePort: bytes.readUInt16BE(0), destinationPort: bytes.readUInt16BE(2) };
      return { transport: { kind: 'udp', ...ports }, payload: bytes.subarray(8) };
    }
    case protocolNumbers.icmp:
    case protocolNumbers.icmpv6:
      return {
        transport: {
          kind: 'icmp',
          type: bytes.readUInt8(0),
          code: bytes.readUInt8(1),
          rest: bytes.readUInt32BE(4),
        },
        payload: bytes.subarray(8),
      };
    default:
      return { transport: { kind: 'other', protocol }, payload: bytes };
  }
}

function macText(bytes: Buffer, at: number): string {
  return bytes.toString('hex', at, at + 6).replace(/(..)(?=.)/g, '$1:');
}
