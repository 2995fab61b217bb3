/** What the traffic's chooser knows of a conversation: its ends, its packets and their answers. */
import type { Ip } from '#net/address.ts';
import type { Packet, TcpFlags, Transport } from '#policy/packet.ts';
import type { Verdict } from '#policy/verdict.ts';
import { eniId } from '../../support/network.ts';
import { box } from '../../support/random-edges.ts';
import { twinHosts } from '../../support/random-upheavals.ts';

/** Where a packet is sent from: an interface by name, or a host on the internet by address. */
export type Sender =
  | { readonly kind: 'eni'; readonly name: string }
  | { readonly kind: 'internet'; readonly ip: Ip };

export type Sent = { readonly from: Sender; readonly packet: Packet };

/** A conversation as its ends know it: addresses and senders of each side, and how far TCP has come. */
export type Talk = {
  readonly opener: Sent;
  /** The first packet as it arrived, whose reverse is the answer. */
  readonly arrived: Packet;
  readonly answerer: Sender;
  stage: 'opened' | 'answered' | 'established' | 'reset';
};

const noFlags: TcpFlags = { syn: false, ack: false, fin: false, rst: false };
/** Flags by their letters: `SA` is SYN and ACK. */
export const flags = (text: string): TcpFlags => ({
  syn: text.includes('S'),
  ack: text.includes('A'),
  fin: text.includes('F'),
  rst: text.includes('R'),
});

export const eni = (name: string): Sender => ({ kind: 'eni', name });

/** Whether a packet asks for an answer. */
export function isOpening(transport: Transport): boolean {
  if (transport.kind === 'tcp') return transport.flags.syn && !transport.flags.ack;
  return (
    transport.kind === 'udp' ||
    (transport.kind === 'icmp' && (transport.type === 8 || transport.type === 128))
  );
}

const isTwin = (sender: Sender): boolean =>
  sender.kind === 'eni' && twinHosts.some(({ name }) => name === sender.name);

/** Whether the gateway remembers the conversation too: it goes to the internet, or to an address that it translates. */
export function passesGateway({ opener, arrived, answerer }: Omit<Talk, 'stage'>): boolean {
  const isInside =
    opener.from.kind === 'eni' && answerer.kind === 'eni' && isTwin(opener.from) === isTwin(answerer);
  return !isInside || opener.packet.destination !== arrived.destination;
}

/** Whether the box has got a packet that is addressed to somebody else. */
export function isForBox({ delivery }: Verdict & { readonly kind: 'accept' }): boolean {
  const { destination } = delivery.packet;
  const isOwn = destination === box.ipv4 || destination === box.ipv6;
  return delivery.kind === 'eni' && delivery.eniId === eniId(box.name) && !isOwn;
}

/** What the answerer sends back. */
export function reverse(talk: Talk, transport: Transport): Sent {
  const { source, destination } = talk.arrived;
  return { from: talk.answerer, packet: { source: destination, destination: source, transport } };
}

/** How a packet of this kind is answered. */
export function answerOf(transport: Transport): Transport {
  switch (transport.kind) {
    case 'tcp':
    case 'udp':
      return {
        ...transport,
        sourcePort: transport.destinationPort,
        destinationPort: transport.sourcePort,
        ...(transport.kind === 'tcp' ? { flags: { ...noFlags, syn: true, ack: true } } : {}),
      };
    case 'icmp':
      return {
        ...transport,
        type: ({ 8: 0, 13: 14, 128: 129 } as Record<number, number>)[transport.type] ?? transport.type,
      };
    case 'other':
      return transport;
    default:
      return transport satisfies never;
  }
}

/** Whether two packets have the same ends and ports. */
export function sameTuple(a: Packet, b: Packet): boolean {
  const key = ({ source, destination, transport }: Packet) =>
    [
      source,
      destination,
      transport.kind,
      'sourcePort' in transport ? `${transport.sourcePort} ${transport.destinationPort}` : '',
    ].join(' ');
  return key(a) === key(b);
}
