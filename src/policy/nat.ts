/**
 * NAT gateways: many inside hosts behind one address, for TCP, UDP and ICMP over IPv4. A reply finds its way back by the
 * translation that its request made; only what opens a conversation makes one.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
 */
import type { Ip } from '#net/address.ts';
import { icmpQueries } from '#net/protocol.ts';
import type { Flows, Translation } from './flows.ts';
import {
  destinationEnd,
  type End,
  isBareSyn,
  opensFlow,
  type Packet,
  packetFamily,
  protocolOf,
  quotedPacket,
  sourceEnd,
} from './packet.ts';
import type { DropReason, Step } from './verdict.ts';

type Refused = { readonly kind: 'drop'; readonly because: DropReason };
type Translated = {
  readonly kind: 'pass';
  readonly packet: Packet;
  readonly steps: readonly Step[];
  readonly flows: Flows;
};

/** What a gateway's port translates to: the primary address of its interface, or the zone's public one. */
export type Outside = { readonly gatewayId: string; readonly own: Ip };

/** Idle timeout of a translation in seconds (NAT gateway troubleshooting page: "350 seconds or more"). */
const idleSeconds = 350;

/**
 * From inside: the source becomes the gateway's own address, the port stays where nobody else has it. The middle of a
 * connection that the gateway does not know has no translation (AWS answers it with a reset).
 */
export function natRequest(flows: Flows, port: Outside, packet: Packet, nowMs: number): Translated | Refused {
  const { own } = port;
  const refused = noTranslation(port);
  if (packetFamily(packet) === 'ipv6' || packet.transport.kind === 'other') return refused;
  const quoted = quotedPacket(packet);
  const subject = quoted ?? packet;
  const inside = natEnd(subject, quoted ? 'destination' : 'source');
  const remote = natEnd(subject, quoted ? 'source' : 'destination');
  const { outsidePort, isKnown } = outsideOf(flows, port, { subject, inside, remote }, nowMs);
  const mayOpen = packet.transport.kind === 'tcp' ? isBareSyn(packet) || isKnown : opensFlow(packet);
  if (quoted ? !isKnown : !mayOpen) return refused;
  const outside = { ip: own, port: outsidePort };
  const step: Step = { kind: 'translated', gatewayId: port.gatewayId, from: packet.source, to: own };
  if (quoted) return { kind: 'pass', packet: withQuoted(packet, 'source', outside), steps: [step], flows };
  const key = keyOf(port, packet, outsidePort, remote);
  return {
    kind: 'pass',
    packet: withEnd(packet, 'source', outside),
    steps: [step],
    flows: { ...flows, translations: flows.translations.set(key, translationOf(inside, nowMs)) },
  };
}

/** From outside: only what answers a request, or reports an error about one, gets back to its inside host. */
export function natReply(flows: Flows, port: Outside, packet: Packet, nowMs: number): Translated | Refused {
  // Requests go out from the primary address alone.
  if (packet.destination !== port.own) return noTranslation(port);
  const quoted = quotedPacket(packet);
  const asked = quoted
    ? { remote: natEnd(quoted, 'destination'), port: natEnd(quoted, 'source').port, of: quoted }
    : { remote: natEnd(packet, 'source'), port: natEnd(packet, 'destination').port, of: packet };
  const key = keyOf(port, asked.of, asked.port, asked.remote);
  const known = flows.translations.get(key);
  const isQuery = packet.transport.kind === 'icmp' && !quoted && opensFlow(packet);
  if (!known || known.expiresAtMs <= nowMs || isQuery) return noTranslation(port);
  const { inside } = known;
  const step: Step = {
    kind: 'translated',
    gatewayId: port.gatewayId,
    from: packet.destination,
    to: inside.ip,
  };
  if (quoted)
    return { kind: 'pass', packet: withQuoted(packet, 'destination', inside), steps: [step], flows };
  const translations = flows.translations.set(key, translationOf(inside, nowMs));
  const back = withEnd(packet, 'destination', inside);
  return { kind: 'pass', packet: back, steps: [step], flows: { ...flows, translations } };
}

function noTranslation({ gatewayId }: Outside): Refused {
  return { kind: 'drop', because: { kind: 'noTranslation', gatewayId } };
}

function translationOf(inside: End, nowMs: number): Translation {
  return { inside, expiresAtMs: nowMs + 1000 * idleSeconds };
}

/** The port that stands for an inside end towards a remote one: the one it has, else the first that is free. */
function outsideOf(
  flows: Flows,
  port: Outside,
  { subject, inside, remote }: { readonly subject: Packet; readonly inside: End; readonly remote: End },
  nowMs: number,
): { readonly outsidePort: number; readonly isKnown: boolean } {
  for (let outsidePort = inside.port; ; outsidePort = outsidePort === 65535 ? 1024 : outsidePort + 1) {
    const holder = flows.translations.get(keyOf(port, subject, outsidePort, remote));
    if (!holder || holder.expiresAtMs <= nowMs) return { outsidePort, isKnown: false };
    const isOwn = holder.inside.ip === inside.ip && holder.inside.port === inside.port;
    if (isOwn) return { outsidePort, isKnown: true };
  }
}

function keyOf({ gatewayId, own }: Outside, packet: Packet, outsidePort: number, remote: End): string {
  const what = `${protocolOf(packet)}${icmpKind(packet)}`;
  return `${gatewayId} ${own} ${what} ${outsidePort} ${remote.ip} ${remote.port}`;
}

/** The query that an ICMP message is, or answers. */
function icmpKind({ transport, ...packet }: Packet): string {
  if (transport.kind !== 'icmp') return '';
  const { type } = transport;
  const queries = icmpQueries[packetFamily({ ...packet, transport })];
  const asked = [...queries].find(([, answer]) => answer === type)?.[0];
  return `/${asked ?? type}`;
}

/** The end of a packet; ICMP queries are told apart by their identifier, which stands on both ends. */
function natEnd(packet: Packet, side: 'source' | 'destination'): End {
  const { transport } = packet;
  if (transport.kind === 'icmp') {
    return { ip: packet[side], port: transport.identifier };
  }
  return side === 'source' ? sourceEnd(packet) : destinationEnd(packet);
}

/** An ICMP error with another address, and with the same end in the packet that it quotes the other way round. */
function withQuoted(packet: Packet, side: 'source' | 'destination', end: End): Packet {
  const { transport } = packet;
  if (transport.kind !== 'icmp' || !transport.quoted) return packet;
  const quoted = withEnd(transport.quoted, side === 'source' ? 'destination' : 'source', end);
  return { ...packet, [side]: end.ip, transport: { ...transport, quoted } };
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
      return { ...moved, transport: { ...transport, identifier: end.port } };
    case 'other':
      return moved;
    default:
      return transport satisfies never;
  }
}
