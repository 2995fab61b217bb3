/**
 * NAT gateways: many inside hosts behind one address. A reply finds its way back by the translation that its request
 * made. https://docs.aws.amazon.com/vpc/latest/userguide/vpc-nat-gateway.html
 */
import type { Ip } from '#net/address.ts';
import type { Flows, Translation } from './flows.ts';
import { destinationEnd, type End, type Packet, protocolOf, quotedPacket, sourceEnd } from './packet.ts';
import type { NatPort } from './port.ts';
import type { DropReason, Step } from './verdict.ts';

type Refused = { readonly kind: 'drop'; readonly because: DropReason };
type Translated = {
  readonly kind: 'pass';
  readonly packet: Packet;
  readonly steps: readonly Step[];
  readonly flows: Flows;
};

/** Idle timeout of a translation in seconds (NAT gateway troubleshooting page: "350 seconds or more"). */
const idleSeconds = 350;

/** From inside: the source becomes the gateway's own address, the port stays where nobody else has it. */
export function natRequest(flows: Flows, port: NatPort, packet: Packet, nowMs: number): Translated | Refused {
  const own = port.eni.privateIps[0]?.address;
  if (!own) return { kind: 'drop', because: { kind: 'notAttached', what: port.gateway.id } };
  const inside = natEnd(packet, 'source');
  const remote = natEnd(packet, 'destination');
  let outsidePort = inside.port;
  const holder = () => flows.translations.get(keyOf(port, packet, outsidePort, remote));
  // Another inside host with the same port to the same place: the next free one.
  while (isTaken(holder(), inside, nowMs)) outsidePort = outsidePort === 65535 ? 1024 : outsidePort + 1;
  const translation = { inside, expiresAtMs: nowMs + 1000 * idleSeconds };
  const translations = flows.translations.set(keyOf(port, packet, outsidePort, remote), translation);
  return {
    kind: 'pass',
    packet: withEnd(packet, 'source', { ip: own, port: outsidePort }),
    steps: [{ kind: 'translated', gatewayId: port.gateway.id, from: inside.ip, to: own }],
    flows: { ...flows, translations },
  };
}

/** From outside: only what answers a request, or reports an error about one, gets back to its inside host. */
export function natReply(flows: Flows, port: NatPort, packet: Packet, nowMs: number): Translated | Refused {
  const quoted = quotedPacket(packet);
  const asked = quoted
    ? { remote: natEnd(quoted, 'destination'), port: natEnd(quoted, 'source').port, of: quoted }
    : { remote: natEnd(packet, 'source'), port: natEnd(packet, 'destination').port, of: packet };
  const known = flows.translations.get(keyOf(port, asked.of, asked.port, asked.remote));
  if (!known || known.expiresAtMs <= nowMs) {
    return { kind: 'drop', because: { kind: 'noTranslation', gatewayId: port.gateway.id } };
  }
  const back = withEnd(packet, 'destination', known.inside);
  const { transport } = back;
  const whole: Packet =
    quoted && transport.kind === 'icmp'
      ? { ...back, transport: { ...transport, quoted: withEnd(quoted, 'source', known.inside) } }
      : back;
  const step: Step = {
    kind: 'translated',
    gatewayId: port.gateway.id,
    from: packet.destination,
    to: known.inside.ip,
  };
  return { kind: 'pass', packet: whole, steps: [step], flows };
}

function keyOf(port: NatPort, packet: Packet, outsidePort: number, remote: End): string {
  return `${port.gateway.id} ${protocolOf(packet)} ${outsidePort} ${remote.ip} ${remote.port}`;
}

function isTaken(holder: Translation | undefined, inside: End, nowMs: number): boolean {
  if (!holder || holder.expiresAtMs <= nowMs) return false;
  return holder.inside.ip !== inside.ip || holder.inside.port !== inside.port;
}

/** The end of a packet; ICMP queries are told apart by their identifier, which stands on the inside's end. */
function natEnd(packet: Packet, side: 'source' | 'destination'): End {
  const { transport } = packet;
  if (transport.kind === 'icmp') {
    return { ip: packet[side], port: transport.identifier };
  }
  return side === 'source' ? sourceEnd(packet) : destinationEnd(packet);
}

function withEnd(packet: Packet, side: 'source' | 'destination', end: { ip: Ip; port: number }): Packet {
  const { transport } = packet;
  const moved = { ...packet, [side]: end.ip };
  switch (transport.kind) {
    case 'tcp':
    case 'udp': {
      const field = side === 'source' ? 'sourcePort' : 'destinationPort';
      return { ...moved, transport: { ...transport, [field]: end.port } };
    }
    case 'icmp':
      return transport.quoted ? moved : { ...moved, transport: { ...transport, identifier: end.port } };
    case 'other':
      return moved;
    default:
      return transport satisfies never;
  }
}
