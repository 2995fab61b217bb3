/** What a VPC's router remembers: the entries of each interface, and the TCP and UDP conversations it has seen. */
import type { Ip } from '#net/address.ts';
import { icmpQueries } from '#net/protocol.ts';
import { PersistentMap } from '#table/persistent-map.ts';
import type { Eni, TrackingTimeouts } from '#vpc/eni.ts';
import { type Direction, directions } from '#vpc/security-group.ts';
import {
  destinationEnd,
  type End,
  isBareSyn,
  type Packet,
  packetFamily,
  protocolOf,
  sourceEnd,
} from './packet.ts';

/**
 * The kernel's record of a conversation, kept for untracked ones too: who opened it, whether the other side
 * answered, and how far it has closed. `opener` is an end's text.
 */
export type Conversation = {
  readonly opener: string;
  readonly answered: boolean;
  /** Of TCP: the opener has acknowledged the answer. */
  readonly established: boolean;
  /** Ends that have sent FIN. */
  readonly finished: readonly string[];
  readonly closed: boolean;
  /** The end whose reset was the last packet. */
  readonly resetBy?: string;
  readonly expiresAtMs: number;
};

export type Flows = {
  /**
   * Whether an entry counts only for packets that come the way on which it was made. An interface of AWS's
   * has one memory, whichever way packets come; the lab's routers keep one for each pair of ports of which
   * one forwards (docs/deviations.md).
   */
  readonly isPerWay?: true;
  /** Entry key → time of expiry in milliseconds. */
  readonly entries: PersistentMap<number>;
  readonly conversations: PersistentMap<Conversation>;
  /** What NAT gateways have translated, by gateway, protocol, outside port and remote end. */
  readonly translations: PersistentMap<Translation>;
  /** Conversations that left through an egress-only gateway, with the address of who opened each. */
  readonly passages: PersistentMap<Ip>;
};

/** The inside host behind a port of a NAT gateway. */
export type Translation = { readonly inside: End; readonly expiresAtMs: number };

export const noFlows: Flows = {
  entries: PersistentMap.empty(),
  conversations: PersistentMap.empty(),
  translations: PersistentMap.empty(),
  passages: PersistentMap.empty(),
};

/**
 * Idle timeouts of interfaces that have none of their own.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
const defaultTimeouts = {
  tcpEstablishedSeconds: 432_000,
  udpSeconds: 30,
  udpStreamSeconds: 180,
} as const satisfies TrackingTimeouts;

/**
 * Idle timeouts in seconds that nobody can change: other protocols 600 s (same page); ICMP and half-open TCP, on which
 * AWS is silent, follow the kernel.
 */
const idleSeconds = {
  tcpHalfOpen: 120,
  tcpFinished: 120,
  tcpReset: 10,
  icmp: 30,
  other: 600,
} as const;

const endText = ({ ip, port }: End): string => `${ip} ${port}`;

/**
 * The key of a conversation at a place (a pair of ports of a router, or a gateway); the same for both directions.
 * ICMP queries are told apart by their identifier.
 */
export function conversationKey(place: string, packet: Packet): string {
  const ends = [endText(sourceEnd(packet)), endText(destinationEnd(packet))].sort();
  const { transport } = packet;
  const identifier = transport.kind === 'icmp' ? ` ${transport.identifier}` : '';
  return `${place} ${protocolOf(packet)} ${ends.join(' ')}${identifier}`;
}

/** The key of an entry where it counts for one way alone: behind the place of its conversation. */
function wayKey({ isPerWay }: Flows, place: string, key: string | undefined): string | undefined {
  return isPerWay && key !== undefined ? `${place}/${key}` : key;
}

/**
 * The key of the entry that admits this packet at an interface, undefined where its kind has none (an ICMP message
 * that is neither query nor answer). `direction` is egress for a packet that leaves the interface.
 */
function entryKey(eni: Eni, direction: Direction, packet: Packet): string | undefined {
  const outgoing = direction === 'egress';
  const [local, remote] = outgoing
    ? [sourceEnd(packet), destinationEnd(packet)]
    : [destinationEnd(packet), sourceEnd(packet)];
  const { transport } = packet;
  const head = `${eni.id} ${protocolOf(packet)}`;
  if (transport.kind !== 'icmp') return `${head} ${endText(local)} ${endText(remote)}`;
  const query = icmpQuery(packet);
  if (!query) return undefined;
  const asker: Ip = query.isAnswer === outgoing ? remote.ip : local.ip;
  return `${head} ${local.ip} ${remote.ip} ${query.type} ${transport.identifier} asked-by ${asker}`;
}

function icmpQuery(packet: Packet): { type: number; isAnswer: boolean } | undefined {
  if (packet.transport.kind !== 'icmp') return undefined;
  for (const [query, answer] of icmpQueries[packetFamily(packet)]) {
    if (packet.transport.type === query) return { type: query, isAnswer: false };
    if (packet.transport.type === answer) return { type: query, isAnswer: true };
  }
  return undefined;
}

/** Where a packet crosses an interface, and in which direction. */
export type Crossing = { readonly place: string; readonly eni: Eni; readonly direction: Direction };

/** Whether the interface remembers the packet's flow. */
export function hasEntry(
  flows: Flows,
  { place, eni, direction }: Crossing,
  packet: Packet,
  nowMs: number,
): boolean {
  const key = wayKey(flows, place, entryKey(eni, direction, packet));
  return key !== undefined && (flows.entries.get(key) ?? 0) > nowMs;
}

/** The conversation a packet belongs to, unless it has expired. */
export function conversationOf(
  flows: Flows,
  place: string,
  packet: Packet,
  nowMs: number,
): Conversation | undefined {
  const known = flows.conversations.get(conversationKey(place, packet));
  return known && known.expiresAtMs > nowMs ? known : undefined;
}

/** Whether the packet goes against the direction in which a known conversation was opened. */
export function isAnswer(flows: Flows, place: string, packet: Packet, nowMs: number): boolean {
  const known = conversationOf(flows, place, packet, nowMs);
  return known !== undefined && known.opener !== endText(sourceEnd(packet));
}

/** Whether the packet goes in the opener's direction of a conversation that was answered and is not closed. */
export function continuesAsOpener(conversation: Conversation | undefined, packet: Packet): boolean {
  return conversation?.answered === true && conversation.opener === endText(sourceEnd(packet));
}

/**
 * The state after a packet has reached a router, before any filter: the kernel follows the conversation there, so an
 * answer counts even if a filter then drops it. A SYN on a closed conversation forgets it and its entries, as in the
 * kernel: after both sides' FIN, or right after the sender's own reset.
 */
export function noteArrival(
  flows: Flows,
  arrived: { readonly place: string; readonly enis: readonly Eni[]; readonly packet: Packet },
  nowMs: number,
): Flows {
  const { place, enis, packet } = arrived;
  const known = conversationOf(flows, place, packet, nowMs);
  if (!known) return flows;
  const key = conversationKey(place, packet);
  const sender = endText(sourceEnd(packet));
  if (isBareSyn(packet) && known.closed && (known.resetBy === sender || known.finished.length === 2)) {
    const keys = enis.flatMap((eni) =>
      directions.map((direction) => wayKey(flows, place, entryKey(eni, direction, packet))),
    );
    const entries = keys.reduce((left, gone) => (gone ? left.delete(gone) : left), flows.entries);
    return { ...flows, entries, conversations: flows.conversations.delete(key) };
  }
  const next = advanced(known, packet);
  const expiresAtMs = nowMs + idleMs(packet, next, smallest(enis));
  return { ...flows, conversations: flows.conversations.set(key, { ...next, expiresAtMs }) };
}

function advanced(known: Conversation, packet: Packet): Omit<Conversation, 'expiresAtMs'> {
  const sender = endText(sourceEnd(packet));
  const answered = known.answered || sender !== known.opener;
  const { transport } = packet;
  if (transport.kind !== 'tcp') return { ...known, answered };
  const { syn, rst, fin, ack } = transport.flags;
  const established = known.established || (known.answered && sender === known.opener && ack && !syn);
  const finished = fin && !known.finished.includes(sender) ? [...known.finished, sender] : known.finished;
  // Both sides have said FIN and the last one is acknowledged: the kernel's TIME_WAIT.
  const closed = known.closed || rst || (known.finished.length === 2 && ack && !fin);
  const { opener } = known;
  return { opener, answered, established, finished, closed, ...(rst ? { resetBy: sender } : {}) };
}

/** The timeouts of a conversation that the router remembers once for both interfaces. */
function smallest(enis: readonly Eni[]): TrackingTimeouts {
  const least = (timeout: keyof TrackingTimeouts) => {
    const own = enis.flatMap(({ timeouts }) => timeouts[timeout] ?? defaultTimeouts[timeout]);
    return own.length > 0 ? { [timeout]: Math.min(...own) } : {};
  };
  return { ...least('tcpEstablishedSeconds'), ...least('udpSeconds'), ...least('udpStreamSeconds') };
}

/** The state after a packet has passed every filter: entries made or refreshed, a new conversation remembered. */
export function noteDelivery(
  flows: Flows,
  passed: {
    readonly place: string;
    readonly enis: readonly Eni[];
    readonly packet: Packet;
    readonly entries: readonly EntryUse[];
  },
  nowMs: number,
): Flows {
  const { place, enis, packet } = passed;
  let { entries, conversations } = flows;
  const key = conversationKey(place, packet);
  const known = conversationOf(flows, place, packet, nowMs);
  if (!known && (isBareSyn(packet) || packet.transport.kind === 'udp' || packet.transport.kind === 'other')) {
    const opener = endText(sourceEnd(packet));
    const opened = { opener, answered: false, established: false, finished: [], closed: false };
    const expiresAtMs = nowMs + idleMs(packet, opened, smallest(enis));
    conversations = conversations.set(key, { ...opened, expiresAtMs });
  }
  for (const { eni, direction } of passed.entries) {
    const entry = wayKey(flows, place, entryKey(eni, direction, packet));
    const idle = idleMs(packet, known ?? { answered: false, established: false }, eni.timeouts);
    if (entry) entries = entries.set(entry, nowMs + idle);
  }
  return { ...flows, entries, conversations };
}

/** An interface whose entry a packet makes or refreshes. */
export type EntryUse = { readonly eni: Eni; readonly direction: Direction };

/** How long the conversation of a packet is remembered without another one, in milliseconds. */
function idleMs(
  { transport }: Packet,
  talk: Pick<Conversation, 'answered' | 'established'> & Partial<Pick<Conversation, 'closed' | 'finished'>>,
  timeouts: TrackingTimeouts,
): number {
  const seconds = { ...defaultTimeouts, ...timeouts };
  switch (transport.kind) {
    case 'tcp':
      if (talk.closed)
        return 1000 * (talk.finished?.length === 2 ? idleSeconds.tcpFinished : idleSeconds.tcpReset);
      if (!talk.established) return 1000 * idleSeconds.tcpHalfOpen;
      return 1000 * seconds.tcpEstablishedSeconds;
    case 'udp':
      return 1000 * (talk.answered ? seconds.udpStreamSeconds : seconds.udpSeconds);
    case 'icmp':
      return 1000 * idleSeconds.icmp;
    case 'other':
      return 1000 * idleSeconds.other;
    default:
      return transport satisfies never;
  }
}
