/** Random packets that are likely to matter: openings, answers, what follows, strays and ICMP errors. */
import { familyOf, type Ip } from '#net/address.ts';
import { ownerOfPublicIp } from '#policy/internet.ts';
import type { Packet, TcpFlags, Transport } from '#policy/packet.ts';
import type { Verdict } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import { eniId, ip } from '../../support/network.ts';
import type { Random } from '../../support/random.ts';
import { box, natPublicIp } from '../../support/random-edges.ts';
import { type Host, ports } from '../../support/random-network.ts';
import { isBent } from '../../support/random-routes.ts';
import { eniOfHost, hostOfEni, twinHosts, type Upheaval } from '../../support/random-upheavals.ts';

/** Where a packet is sent from: an interface by name, or a host on the internet by address. */
export type Sender =
  | { readonly kind: 'eni'; readonly name: string }
  | { readonly kind: 'internet'; readonly ip: Ip };

export type Sent = { readonly from: Sender; readonly packet: Packet };

/** Hosts on the internet, one a family. */
export const outsiders = [ip('203.0.113.9'), ip('2001:db8:ffff::9')] as const;

/** Sources that nobody on the internet has, or somebody in a VPC. */
const falseSources = {
  ipv4: ['10.0.2.13', '10.77.0.1', '172.20.1.1', '192.168.7.7', '100.64.0.9', '198.18.0.10'],
  ipv6: ['fd00:7::9', '2001:db8:100:2::d'],
} as const;

/** A conversation as its ends know it: addresses and senders of each side, and how far TCP has come. */
type Talk = {
  readonly opener: Sent;
  /** The first packet as it arrived, whose reverse is the answer. */
  readonly arrived: Packet;
  readonly answerer: Sender;
  stage: 'opened' | 'answered' | 'established' | 'reset';
};

const noFlags: TcpFlags = { syn: false, ack: false, fin: false, rst: false };
const flags = (text: string): TcpFlags => ({
  syn: text.includes('S'),
  ack: text.includes('A'),
  fin: text.includes('F'),
  rst: text.includes('R'),
});

export type TrafficOptions = {
  readonly edges: boolean;
  /** Addresses of delegated prefixes answer nothing, as in the days of old seeds. */
  readonly isCalm: boolean;
  /** Conversations may be forgotten in silence, so that a SYN begins them anew. */
  readonly mayIdle: boolean;
  readonly hosts: readonly Host[];
  readonly world: World;
};

/** Chooses packets; `note` tells it what became of each. */
export class Traffic {
  readonly #random: Random;
  /**
   * Whether packets pass more than one router. Then each interface has ports of its own, since a NAT gateway is free to
   * choose among those that are not.
   */
  readonly #edges: boolean;
  readonly #isCalm: boolean;
  readonly #mayIdle: boolean;
  readonly #hosts: readonly Host[];
  #talks: Talk[] = [];
  /** Those that the last change was about. */
  #soon: readonly Talk[] = [];
  /** A packet that the box has got and is to send on, with the one it was at first. */
  #onward: { readonly sent: Sent; readonly origin: Sent; readonly talk: Talk | undefined } | undefined;
  #current: { readonly sent: Sent; readonly origin: Sent; readonly talk: Talk | undefined } | undefined;
  /** Pair of ends → the source of the SYN that was first sent between them. */
  readonly #openers = new Map<string, string>();
  #world: World;
  /** Whether something goes another way than it comes back. */
  #isBent: boolean;

  constructor(random: Random, { edges, isCalm, mayIdle, hosts, world }: TrafficOptions) {
    this.#random = random;
    this.#edges = edges;
    this.#isCalm = isCalm;
    this.#mayIdle = mayIdle;
    this.#hosts = hosts;
    this.#world = world;
    this.#isBent = edges && isBent(world);
  }

  /** Packets from now on belong to the world after a change. */
  follow(world: World, change: Partial<Upheaval> = {}): void {
    const public4 = (each: World) => this.#hosts.map(({ publicIp }) => insideOf(each, publicIp)).join(' ');
    const hasMoved = public4(world) !== public4(this.#world);
    this.#world = world;
    this.#isBent = this.#edges && isBent(world);
    if (change.movesPaths) this.#onward = undefined;
    const gone = new Set<string>(change.released?.addresses ?? []);
    const concerned = new Set<string>(change.concerns ?? []);
    const isConcerned = ({ opener: { packet }, arrived }: Talk) =>
      (change.movesPaths && concerned.size === 0) ||
      [packet.source, packet.destination, arrived.source, arrived.destination].some((each) =>
        concerned.has(each),
      );
    // What forgets a TCP connection has its own mind about what it sees of it then.
    this.#talks = this.#talks.filter((talk) => {
      const { opener, arrived } = talk;
      if (opener.packet.transport.kind !== 'tcp') return true;
      if (gone.has(opener.packet.source) || gone.has(arrived.destination)) return false;
      return !(change.movesPaths && isConcerned(talk)) && !(hasMoved && passesGateway(talk));
    });
    this.#soon = this.#talks.filter(isConcerned);
  }

  next(): Sent {
    if (this.#onward) {
      this.#current = this.#onward;
      this.#onward = undefined;
      return this.#current.sent;
    }
    const { sent, talk } = this.#choose();
    this.#current = { sent, origin: sent, talk };
    return sent;
  }

  #choose(): { readonly sent: Sent; readonly talk: Talk | undefined } {
    const talk = this.#talkToContinue();
    if (!talk) return { sent: this.#opening(), talk };
    const kind = talk.opener.packet.transport.kind;
    if ((kind === 'udp' || kind === 'tcp' || kind === 'other') && this.#random.chance(0.08))
      return { sent: this.#error(talk), talk: undefined };
    return { sent: kind === 'tcp' ? this.#continueTcp(talk) : this.#continueOther(talk), talk };
  }

  /** Often one that the last change was about, so that what the change means for it shows. */
  #talkToContinue(): Talk | undefined {
    if (this.#talks.length === 0 || !this.#random.chance(0.65)) return undefined;
    const soon = this.#soon.filter((each) => this.#talks.includes(each));
    if (soon.length === 0 || this.#random.chance(0.3)) return this.#random.pick(this.#talks);
    const talk = this.#random.pick(soon);
    if (this.#random.chance(0.5)) this.#soon = soon.filter((each) => each !== talk);
    return talk;
  }

  /** Remembers conversations that have begun, so that later packets belong to them. */
  note(verdict: Verdict): void {
    const { sent: last, origin: sent, talk } = this.#current ?? {};
    if (!last || !sent) return;
    if (verdict.kind !== 'accept') {
      if (talk && (this.#edges || passesGateway(talk))) this.#giveUp(talk);
      return;
    }
    if (isForBox(verdict)) {
      this.#onward = { sent: { from: eni(box.name), packet: verdict.delivery.packet }, origin: sent, talk };
      return;
    }
    if (this.#edges && talk?.stage === 'reset') this.#giveUp(talk);
    const { transport } = sent.packet;
    // An answer opens nothing, even if nobody asked.
    const opens = isOpening(transport) || transport.kind === 'other';
    for (const each of this.#mayIdle && isOpening(transport) ? this.#talks : []) {
      if (sameTuple(each.opener.packet, sent.packet)) each.stage = 'opened';
    }
    if (!opens || this.#talks.some(({ opener }) => sameTuple(opener.packet, sent.packet))) return;
    const { delivery } = verdict;
    const answerer = this.#senderAt(delivery);
    if (!answerer) return;
    this.#talks.push({ opener: sent, arrived: delivery.packet, answerer, stage: 'opened' });
    // Old conversations stay for a while: rules change under them.
    if (this.#talks.length > 40) this.#talks = this.#talks.slice(1);
  }

  /**
   * Where one of several places that remember a conversation refuses a packet, they come to differ, as the kernel's TCP
   * does not like.
   */
  #giveUp(talk: Talk): void {
    this.#talks = this.#talks.filter((each) => each !== talk);
  }

  /** A packet out of the blue; TCP only where the kernel's state machine has no objection of its own. */
  #opening(): Sent {
    for (;;) {
      const sent = this.#randomPacket();
      const { source, transport } = sent.packet;
      if (transport.kind !== 'tcp') return sent;
      const ends = this.#endsOf(sent.packet);
      const opener = this.#openers.get(ends);
      const isSyn = isOpening(transport);
      if (isSyn && opener === undefined) this.#openers.set(ends, source);
      // Strays only between ends that never spoke, and a further SYN only from who sent the first.
      if (isSyn ? (opener ?? source) === source : opener === undefined) return sent;
    }
  }

  #randomPacket(): Sent {
    const random = this.#random;
    const [from, to] = [random.pick(this.#hosts), random.pick(this.#hosts)];
    const family = random.chance(0.5) ? 'ipv4' : 'ipv6';
    const place = random.int(12);
    const isInbound = place === 1 || (this.#edges && place === 4);
    const transport = this.#transport(family, isInbound ? to : from);
    const outside = outsiders[family === 'ipv4' ? 0 : 1];
    if (place === 0)
      return {
        from: eni(from.name),
        packet: { source: this.#addressOf(from, family), destination: outside, transport },
      };
    if (isInbound) {
      const destination = family === 'ipv4' ? ip(to.publicIp) : this.#addressOf(to, family);
      const isFalse = !this.#isCalm && random.chance(0.15);
      const source = isFalse ? ip(random.pick(falseSources[family])) : outside;
      return { from: { kind: 'internet', ip: outside }, packet: { source, destination, transport } };
    }
    if (place === 2 && family === 'ipv4') {
      // With oneself from a port to the same port a further SYN counts as an answer's (tests/kernel/traps/oneself).
      const isMirror = transport.kind === 'tcp' && transport.sourcePort === transport.destinationPort;
      const isOwn = insideOf(this.#world, to.publicIp) === from.ipv4;
      if (isOwn && isMirror) return this.#randomPacket();
      return {
        from: eni(from.name),
        packet: { source: ip(from.ipv4), destination: ip(to.publicIp), transport },
      };
    }
    if (place === 3 && family === 'ipv4' && this.#edges && random.chance(0.3)) {
      const destination = ip(natPublicIp);
      return { from: { kind: 'internet', ip: outside }, packet: { source: outside, destination, transport } };
    }
    if (from === to) return this.#randomPacket();
    // The box may send as anybody; answers would then come back another way, which the kernel refuses.
    const isOther = random.chance(0.03) && !this.#forwards(eni(from.name));
    const source = this.#addressOf(isOther ? random.pick(this.#hosts) : from, family);
    const destination = this.#addressOf(to, family);
    // Of the other VPC, say: nobody sends what is addressed to himself.
    if (source === destination) return this.#randomPacket();
    return { from: eni(from.name), packet: { source, destination, transport } };
  }

  #forwards(sender: Sender): boolean {
    return sender.kind === 'eni' && eniOfHost(this.#world, sender.name)?.sourceDestCheck === false;
  }

  /** The host's own address, or one of a prefix that is delegated to it. */
  #addressOf(host: Host, family: 'ipv4' | 'ipv6'): Ip {
    return ip(host.inPrefix && this.#random.chance(0.3) ? host.inPrefix[family] : host[family]);
  }

  #transport(family: 'ipv4' | 'ipv6', own: Host): Transport {
    const random = this.#random;
    const ownNumber = 100 * this.#hosts.indexOf(own);
    const kind = random.int(10);
    const anyPort = random.pick(ports);
    const sourcePort = this.#edges ? 20_000 + ownNumber + random.int(8) : anyPort;
    const destinationPort = random.pick(ports);
    if (kind < 5) {
      const text = random.pick(['S', 'S', 'S', 'S', 'S', 'S', 'A', 'SA', 'FA', 'R']);
      return { kind: 'tcp', sourcePort, destinationPort, flags: flags(text) };
    }
    if (kind < 8) return { kind: 'udp', sourcePort, destinationPort };
    if (kind === 8) {
      const type = random.pick(family === 'ipv4' ? [8, 8, 0, 13, 3] : [128, 128, 129, 1]);
      return {
        kind: 'icmp',
        type,
        code: type === 3 ? 3 : 0,
        identifier: ownNumber + 1 + random.int(5),
      };
    }
    return { kind: 'other', protocol: random.pick([50, 99]) };
  }

  #senderAt(delivery: (Verdict & { readonly kind: 'accept' })['delivery']): Sender | undefined {
    const { destination } = delivery.packet;
    if (delivery.kind === 'internet')
      return outsiders.includes(destination) ? { kind: 'internet', ip: destination } : undefined;
    const name = delivery.kind === 'eni' ? hostOfEni(this.#world, delivery.eniId) : undefined;
    const host = this.#hosts.find((each) => each.name === name);
    const isOwn = host && [host.ipv4, host.ipv6].some((address) => address === destination);
    return host && (isOwn || !this.#isCalm) ? eni(host.name) : undefined;
  }

  /** The pair of ends, the same for both directions; an outside address counts as the inside one it stands for. */
  #endsOf({ source, destination, transport }: Packet): string {
    const inside = (address: Ip) => insideOf(this.#world, address) ?? address;
    const [from, to] = 'sourcePort' in transport ? [transport.sourcePort, transport.destinationPort] : [0, 0];
    return [`${inside(source)} ${from}`, `${inside(destination)} ${to}`].sort().join(' ');
  }

  #continueOther(talk: Talk): Sent {
    return this.#random.chance(0.5) ? talk.opener : reverse(talk, answerOf(talk.opener.packet.transport));
  }

  /** What the kernel's TCP state machine calls valid at this stage; strays come as openings. */
  #continueTcp(talk: Talk): Sent {
    const { transport } = talk.opener.packet;
    if (transport.kind !== 'tcp') return talk.opener;
    const forth = (text: string): Sent => ({
      ...talk.opener,
      packet: { ...talk.opener.packet, transport: { ...transport, flags: flags(text) } },
    });
    const back = (text: string): Sent =>
      reverse(talk, { ...answerOf(transport), flags: flags(text) } as Transport);
    if (talk.stage === 'reset') {
      // A SYN begins anew; whether it did is for `note` to say.
      this.#giveUp(talk);
      return forth('S');
    }
    // Whoever sees one way of a connection alone calls what follows the opening invalid.
    if (this.#isBent) return this.#random.chance(0.5) ? forth('S') : back('SA');
    if (talk.stage === 'opened') {
      if (this.#random.chance(0.2)) return forth('S');
      talk.stage = 'answered';
      return back('SA');
    }
    if (talk.stage === 'answered') {
      if (this.#random.chance(0.2)) return back('SA');
      talk.stage = 'established';
      return forth('A');
    }
    if (this.#random.chance(0.07)) {
      talk.stage = 'reset';
      return this.#random.chance(0.5) ? forth('R') : back('RA');
    }
    return this.#random.chance(0.5) ? forth('A') : back('A');
  }

  /** An error about a conversation inside: from the answerer, or from somebody who has nothing to do with it. */
  #error(talk: Talk): Sent {
    const quoted = talk.arrived;
    const isInside = this.#hosts.some(({ ipv4, ipv6 }) => ipv4 === quoted.source || ipv6 === quoted.source);
    if (!isInside && !(this.#edges && talk.answerer.kind === 'internet')) return talk.opener;
    const family = familyOf(quoted.source);
    const type = family === 'ipv4' ? this.#random.pick([3, 11]) : this.#random.pick([1, 3]);
    const transport: Transport = {
      kind: 'icmp',
      type,
      code: type === 3 && family === 'ipv4' ? 3 : 0,
      identifier: 0,
      quoted,
    };
    const other = this.#random.pick(this.#hosts);
    // With a box a stranger's error would come another way than the flow it is about, which the kernel refuses.
    const isBoxed = [talk.opener.from, talk.answerer, eni(other.name)].some((each) => this.#forwards(each));
    const isStranger =
      !this.#edges && !isBoxed && (this.#random.chance(0.3) || talk.answerer.kind === 'internet');
    const from = isStranger ? eni(other.name) : talk.answerer;
    const source = isStranger ? ip(other[family]) : quoted.destination;
    return { from, packet: { source, destination: quoted.source, transport } };
  }
}

const eni = (name: string): Sender => ({ kind: 'eni', name });

function isOpening(transport: Transport): boolean {
  if (transport.kind === 'tcp') return transport.flags.syn && !transport.flags.ack;
  return (
    transport.kind === 'udp' ||
    (transport.kind === 'icmp' && (transport.type === 8 || transport.type === 128))
  );
}

/** The address inside that a public one stands for now. */
function insideOf(world: World, publicIp: string): Ip | undefined {
  return ownerOfPublicIp(world.values(), ip(publicIp))?.privateIp;
}

const isTwin = (sender: Sender): boolean =>
  sender.kind === 'eni' && twinHosts.some(({ name }) => name === sender.name);

/** Whether the gateway remembers the conversation too: it goes to the internet, or to an address that it translates. */
function passesGateway({ opener, arrived, answerer }: Omit<Talk, 'stage'>): boolean {
  const isInside =
    opener.from.kind === 'eni' && answerer.kind === 'eni' && isTwin(opener.from) === isTwin(answerer);
  return !isInside || opener.packet.destination !== arrived.destination;
}

/** Whether the box has got a packet that is addressed to somebody else. */
function isForBox({ delivery }: Verdict & { readonly kind: 'accept' }): boolean {
  const { destination } = delivery.packet;
  const isOwn = destination === box.ipv4 || destination === box.ipv6;
  return delivery.kind === 'eni' && delivery.eniId === eniId(box.name) && !isOwn;
}

function reverse(talk: Talk, transport: Transport): Sent {
  const { source, destination } = talk.arrived;
  return { from: talk.answerer, packet: { source: destination, destination: source, transport } };
}

function answerOf(transport: Transport): Transport {
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

function sameTuple(a: Packet, b: Packet): boolean {
  const key = ({ source, destination, transport }: Packet) =>
    [
      source,
      destination,
      transport.kind,
      'sourcePort' in transport ? `${transport.sourcePort} ${transport.destinationPort}` : '',
    ].join(' ');
  return key(a) === key(b);
}
