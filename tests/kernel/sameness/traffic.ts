/** Random packets that are likely to matter: openings, answers, what follows, strays and ICMP errors. */
import { familyOf, type Ip } from '#net/address.ts';
import type { Packet, Transport } from '#policy/packet.ts';
import type { Verdict } from '#policy/verdict.ts';
import type { World } from '#vpc/network.ts';
import { ip } from '../../support/network.ts';
import type { Random } from '../../support/random.ts';
import { box } from '../../support/random-edges.ts';
import type { Host } from '../../support/random-network.ts';
import { isBent } from '../../support/random-routes.ts';
import { hostOfEni, type Upheaval } from '../../support/random-upheavals.ts';
import { forwards, insideOf, outsiders, Strangers, type StrangersOptions } from './strangers.ts';
import {
  answerOf,
  eni,
  flags,
  isForBox,
  isOpening,
  passesGateway,
  reverse,
  type Sender,
  type Sent,
  sameTuple,
  type Talk,
} from './talk.ts';

export type TrafficOptions = StrangersOptions & {
  /** Conversations may be forgotten in silence, so that a SYN begins them anew. */
  readonly mayIdle: boolean;
  /** TCP in any order, also where the kernel's state machine may refuse it. */
  readonly isWild: boolean;
  readonly world: World;
};

/** Chooses packets; `note` tells it what became of each. */
export class Traffic {
  readonly #random: Random;
  readonly #strangers: Strangers;
  readonly #edges: boolean;
  readonly #isCalm: boolean;
  readonly #mayIdle: boolean;
  readonly #isWild: boolean;
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

  constructor(random: Random, { mayIdle, isWild, world, ...options }: TrafficOptions) {
    const { edges, isCalm, hosts } = options;
    this.#random = random;
    this.#strangers = new Strangers(random, world, options);
    this.#edges = edges;
    this.#isCalm = isCalm;
    this.#mayIdle = mayIdle;
    this.#isWild = isWild;
    this.#hosts = hosts;
    this.#world = world;
    this.#isBent = edges && isBent(world);
  }

  /** Packets from now on belong to the world after a change. */
  follow(world: World, change: Partial<Upheaval> = {}): void {
    const public4 = (each: World) => this.#hosts.map(({ publicIp }) => insideOf(each, publicIp)).join(' ');
    const hasMoved = public4(world) !== public4(this.#world);
    this.#world = world;
    this.#strangers.follow(world);
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
      if (this.#isWild || opener.packet.transport.kind !== 'tcp') return true;
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
    if (!this.#isWild) this.#talks = this.#talks.filter((each) => each !== talk);
  }

  /** A packet out of the blue; TCP only where the kernel's state machine has no objection of its own. */
  #opening(): Sent {
    for (;;) {
      const sent = this.#strangers.next();
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
    if (this.#isWild) {
      const isForth = this.#random.chance(0.5);
      const text = this.#random.pick(['S', 'A', 'A', 'A']);
      return isForth ? forth(text) : back(text === 'S' ? 'SA' : text);
    }
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
    const isBoxed = [talk.opener.from, talk.answerer, eni(other.name)].some((each) =>
      forwards(this.#world, each),
    );
    const isStranger =
      !this.#edges && !isBoxed && (this.#random.chance(0.3) || talk.answerer.kind === 'internet');
    const from = isStranger ? eni(other.name) : talk.answerer;
    const source = isStranger ? ip(other[family]) : quoted.destination;
    return { from, packet: { source, destination: quoted.source, transport } };
  }
}
