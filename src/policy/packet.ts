/** A packet as `decide` sees it: the header fields that groups, ACLs and routes read. */
import { type Family, familyOf, type Ip } from '#net/address.ts';
import { icmpErrors, icmpQueries, protocolNumbers } from '#net/protocol.ts';
import type { Service } from '#vpc/security-group.ts';

export type TcpFlags = {
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly rst: boolean;
};

export type Transport =
  | {
      readonly kind: 'tcp';
      readonly sourcePort: number;
      readonly destinationPort: number;
      readonly flags: TcpFlags;
    }
  | { readonly kind: 'udp'; readonly sourcePort: number; readonly destinationPort: number }
  /** ICMP, or ICMPv6 in an IPv6 packet. Errors quote the packet they are about. */
  | {
      readonly kind: 'icmp';
      readonly type: number;
      readonly code: number;
      readonly identifier: number;
      readonly quoted?: Packet;
    }
  | { readonly kind: 'other'; readonly protocol: number };

export type Packet = { readonly source: Ip; readonly destination: Ip; readonly transport: Transport };

/** One side of a packet: an address, and a port where the protocol has them (else 0). */
export type End = { readonly ip: Ip; readonly port: number };

export function packetFamily(packet: Packet): Family {
  return familyOf(packet.source);
}

/** The IP protocol number of a packet. */
export function protocolOf(packet: Packet): number {
  switch (packet.transport.kind) {
    case 'tcp':
      return protocolNumbers.tcp;
    case 'udp':
      return protocolNumbers.udp;
    case 'icmp':
      return packetFamily(packet) === 'ipv4' ? protocolNumbers.icmp : protocolNumbers.icmpv6;
    case 'other':
      return packet.transport.protocol;
    default:
      return packet.transport satisfies never;
  }
}

export function sourceEnd({ source, transport }: Packet): End {
  return { ip: source, port: 'sourcePort' in transport ? transport.sourcePort : 0 };
}

export function destinationEnd({ destination, transport }: Packet): End {
  return { ip: destination, port: 'destinationPort' in transport ? transport.destinationPort : 0 };
}

/** A SYN that opens a connection: no ACK, FIN or RST. */
export function isBareSyn({ transport }: Packet): boolean {
  if (transport.kind !== 'tcp') return false;
  const { syn, ack, fin, rst } = transport.flags;
  return syn && !ack && !fin && !rst;
}

/** The packet that an ICMP error is about; undefined for anything else. An error goes to the one who sent it. */
export function quotedPacket(packet: Packet): Packet | undefined {
  const { transport } = packet;
  if (transport.kind !== 'icmp' || !transport.quoted) return undefined;
  const isError = icmpErrors[packetFamily(packet)].has(transport.type);
  return isError && transport.quoted.source === packet.destination ? transport.quoted : undefined;
}

/** Whether the packet may open a tracked flow by its kind: of ICMP only queries may. */
export function opensFlow(packet: Packet): boolean {
  const { transport } = packet;
  return transport.kind !== 'icmp' || icmpQueries[packetFamily(packet)].has(transport.type);
}

/** Whether a rule's or entry's service covers the packet. */
export function serviceCovers(service: Service, packet: Packet): boolean {
  const { transport } = packet;
  switch (service.kind) {
    case 'all':
      return true;
    case 'ports':
      return (
        protocolOf(packet) === service.protocol &&
        'destinationPort' in transport &&
        service.from <= transport.destinationPort &&
        transport.destinationPort <= service.to
      );
    case 'icmp':
      return (
        protocolOf(packet) === service.protocol &&
        transport.kind === 'icmp' &&
        (service.type === -1 || service.type === transport.type) &&
        (service.type === -1 || service.code === -1 || service.code === transport.code)
      );
    case 'protocol':
      return protocolOf(packet) === service.protocol;
    default:
      return service satisfies never;
  }
}
