/** Interfaces that meet over the internet: one goes out by a gateway, to the public or IPv6 address of the other. */
import type { Family, Ip } from '#net/address.ts';
import { pointOf } from './address-line.ts';
import { type Entrance, entrances } from './exposure.ts';
import { valueAt } from './line-map.ts';
import type { OutsideAnswers } from './outside.ts';
import { publicAddressOf } from './public-address.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { type Region, spansAt } from './region.ts';
import { remembered } from './remembered.ts';
import { intersectSpans, noSpans, type Spans, unionSpans } from './spans.ts';

export type Crossing = { readonly target: Member; readonly spans: Spans };

/** Conversations with targets over the internet. */
export class OverInternet {
  readonly #index: ReachIndex;
  readonly #outside: OutsideAnswers;
  readonly #services: (family: Family) => Spans;
  readonly #targets: readonly Entrance[];
  /** Many members send to the same part of the internet. */
  readonly #near = new Map<Region, readonly Entrance[]>();
  /** What a region is open for at all: as many questions as there are targets ask it of each. */
  readonly #anySpans = remembered(anySpans);

  /** Of the services alone, and to the targets that are meant. */
  constructor(
    { index, outside }: { readonly index: ReachIndex; readonly outside: OutsideAnswers },
    services: (family: Family) => Spans,
    isMeant: (point: PointClass, member: Member) => boolean = () => true,
  ) {
    this.#index = index;
    this.#outside = outside;
    this.#services = services;
    // Interfaces of the network are sources here, also where a rule names nothing but their public address.
    this.#targets = [...entrances(index, { heldOf: () => [], isMeant })];
  }

  /** Whether there is nobody whom anybody could reach. */
  get isEmpty(): boolean {
    return this.#targets.length === 0;
  }

  /** Whom a member reaches, and with which services. */
  *from(point: PointClass, member: Member): IterableIterator<Crossing> {
    if (this.isEmpty) return;
    const { internet } = this.#outside.of(point, member, 'egress');
    for (const { member: target, publicIp, opening } of this.#within(internet)) {
      if (target.eni.id === member.eni.id) continue;
      const out = spansAt(internet, pointOf(publicIp));
      const seenAs = out.length > 0 && sourceOnInternet(this.#index, point, member, publicIp);
      if (!seenAs) continue;
      const open = intersectSpans(out, spansAt(opening.region, pointOf(seenAs)));
      const spans = intersectSpans(open, this.#services(point.family));
      if (spans.length > 0) yield { target, spans };
    }
  }

  /** The targets that what is sent could open at all, judged by the services alone. */
  #within(sent: Region): readonly Entrance[] {
    const known = this.#near.get(sent);
    if (known) return known;
    const out = intersectSpans(this.#anySpans(sent), this.#services(sent.family));
    const fits = new Map<Entrance['opening'], boolean>();
    const targets = out.length === 0 ? [] : this.#targets;
    const near = targets.filter(({ point, opening }) => {
      if (point.family !== sent.family) return false;
      const isOpen = fits.get(opening) ?? intersectSpans(this.#anySpans(opening.region), out).length > 0;
      fits.set(opening, isOpen);
      return isOpen;
    });
    this.#near.set(sent, near);
    return near;
  }
}

/** Most gateways between a sender and the internet; more go round in a circle. */
const hopsMax = 16;

/** Who a target takes a packet for: the sender's own public address, a NAT gateway's, or nobody who could send it. */
function sourceOnInternet(
  index: ReachIndex,
  { policy, side, family }: PointClass,
  { eni, ip }: Member,
  target: Ip,
): Ip | undefined {
  if (family === 'ipv6') return ip;
  const to = pointOf(target);
  let publicIp = publicAddressOf(policy.network, eni, ip);
  let { ways } = side;
  for (let hops = 0; hops < hopsMax; hops++) {
    const way = valueAt(ways, to);
    if (way?.kind === 'nat') {
      const translator = index.translators.get(way.translatorId);
      if (!translator) return undefined;
      publicIp = translator.publicIp;
      ways = translator.border.ways;
    } else if (way?.kind === 'transit') {
      const landed = valueAt(index.landings(way.port, family), to);
      if (landed?.kind !== 'vpc') return undefined;
      ways = index.borderOf(landed.port.network, landed.port)[family].ways;
    } else return publicIp;
  }
  return undefined;
}

const anySpans = ({ boxes }: Region): Spans =>
  boxes.reduce<Spans>((spans, box) => unionSpans(spans, box.spans), noSpans);
