/** Regions as people read them: blocks of addresses, and services such as `tcp/443` and `icmp/8`. */
import type { Family } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import { type Span, serviceBoxes } from '#policy/boxes.ts';
import { after, before, cidrsOf, higher, lower, type Stretch, wholeLine } from './address-line.ts';
import { everywhere, type Region, regionOf } from './region.ts';
import { allSpans, noSpans, type Spans, sameSpans, unionSpans } from './spans.ts';

/** A part of a region: each of the services is open to each of the blocks. The parts of a region are disjoint. */
export type Part = { readonly cidrs: readonly Cidr[]; readonly services: readonly string[] };

const portNames: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp' };
const icmpNames: Readonly<Record<number, string>> = { 1: 'icmp', 58: 'icmpv6' };

/** `all`, `tcp`, `tcp/80-443`, `icmp/8`, `icmp/3/4`, `protocol 47`, `protocols 2-5`. */
export function serviceTexts(spans: Spans): readonly string[] {
  if (sameSpans(spans, allSpans)) return ['all'];
  const boxes = serviceBoxes(spans).toSorted((a, b) => a.protocols.first - b.protocols.first);
  return boxes.flatMap(({ protocols, services }) =>
    protocols.first === protocols.last
      ? protocolTexts(protocols.first, services)
      : [`protocols ${protocols.first}-${protocols.last}`],
  );
}

function protocolTexts(protocol: number, services: Span): readonly string[] {
  const { first, last } = services;
  const name = portNames[protocol] ?? icmpNames[protocol];
  if (first === 0 && last === 0xffff) return [name ?? `protocol ${protocol}`];
  if (icmpNames[protocol]) return icmpTexts(icmpNames[protocol], services);
  return [`${name ?? `protocol ${protocol}`}/${first}${first === last ? '' : `-${last}`}`];
}

/** ICMP services count type · 256 + code: whole types as a range, the codes of a partial one one by one. */
function icmpTexts(name: string, { first, last }: Span): readonly string[] {
  const [from, to] = [first >>> 8, last >>> 8];
  const codes = (type: number, low: number, high: number) =>
    low === 0 && high === 255 ? `${name}/${type}` : `${name}/${type}/${low}${low === high ? '' : `-${high}`}`;
  if (from === to) return [codes(from, first & 255, last & 255)];
  const head = (first & 255) === 0 ? [] : [codes(from, first & 255, 255)];
  const tail = (last & 255) === 255 ? [] : [codes(to, 0, last & 255)];
  const [low, high] = [from + head.length, to - tail.length];
  const middle = low > high ? [] : [low === high ? `${name}/${low}` : `${name}/${low}-${high}`];
  return [...head, ...middle, ...tail];
}

/**
 * The region in the fewest words: split by address or by service, whichever is shorter. Of addresses outside `space` the
 * region says nothing, so that blocks may take them in where that reads better.
 */
export function partsOf(region: Region, space: Region = everywhere(region.family)): readonly Part[] {
  const byAddress = partsByAddress(region, space);
  if (region.boxes.length > splitByServiceMax) return byAddress;
  const byService = partsByService(region, space);
  return weight(byService) <= weight(byAddress) ? byService : byAddress;
}

/** Regions of more stretches are only split by address: the other way costs their number times that of services. */
const splitByServiceMax = 500;

function weight(parts: readonly Part[]): number {
  return parts.reduce((sum, { cidrs, services }) => sum + 1 + cidrs.length + services.length, 0);
}

function partsByAddress({ boxes }: Region, space: Region): readonly Part[] {
  const groups: { readonly spans: Spans; readonly stretches: Stretch[] }[] = [];
  for (const box of boxes) {
    const known = groups.find(({ spans }) => sameSpans(spans, box.spans));
    if (known) known.stretches.push(box);
    else groups.push({ spans: box.spans, stretches: [box] });
  }
  return groups.map(({ spans, stretches }) => ({
    cidrs: blocksOf(space, stretches),
    services: serviceTexts(spans),
  }));
}

/** Cuts the services at every edge and asks of each piece who has it; pieces with the same answer are one part. */
function partsByService({ family, boxes }: Region, space: Region): readonly Part[] {
  const groups: { readonly holders: Stretch[]; readonly key: string; spans: Spans }[] = [];
  for (const piece of piecesOf(boxes.flatMap(({ spans }) => spans))) {
    const inside = boxes.filter(({ spans }) =>
      spans.some(({ first, last }) => first <= piece.first && piece.last <= last),
    );
    if (inside.length === 0) continue;
    const { boxes: holders } = regionOf(
      family,
      inside.map(({ first, last }) => ({ first, last, value: allSpans })),
    );
    const key = holders.map(({ first, last }) => `${first}-${last}`).join(' ');
    const known = groups.find((group) => group.key === key);
    if (known) known.spans = unionSpans(known.spans, [piece]);
    else groups.push({ holders: [...holders], key, spans: unionSpans(noSpans, [piece]) });
  }
  return groups.map(({ holders, spans }) => ({
    cidrs: blocksOf(space, holders),
    services: serviceTexts(spans),
  }));
}

function piecesOf(spans: Spans): readonly Span[] {
  const cuts = [...new Set(spans.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((first, index) => ({ first, last: (cuts[index + 1] ?? 0) - 1 }));
}

function blocksOf(space: Region, stretches: readonly Stretch[]): readonly Cidr[] {
  const { family } = space;
  const joined: Stretch[] = [];
  for (const stretch of stretches) {
    const top = joined.at(-1);
    const gap = top && { first: after(top.last), last: before(stretch.first) };
    if (top && gap && isFree(space, gap))
      joined[joined.length - 1] = { first: top.first, last: stretch.last };
    else joined.push(stretch);
  }
  return joined.flatMap((stretch) => shortest(family, widened(space, stretch, joined)));
}

/** Whether a gap holds no address that matters. */
function isFree({ boxes }: Region, { first, last }: Stretch): boolean {
  return first > last || !boxes.some((box) => box.first <= last && first <= box.last);
}

/** The stretch as it is, and taking in what does not matter before it, behind it, and both. */
function widened(
  { family, boxes }: Region,
  { first, last }: Stretch,
  all: readonly Stretch[],
): readonly Stretch[] {
  const line = wholeLine[family];
  const used = [...boxes, ...all];
  const under = used.filter((each) => each.last < first).map((each) => after(each.last));
  const over = used.filter((each) => each.first > last).map((each) => before(each.first));
  const isInside = boxes.some((box) => box.first < first && first <= box.last);
  const goesOn = boxes.some((box) => box.first <= last && last < box.last);
  const low = isInside ? first : under.reduce(higher, line.first);
  const high = goesOn ? last : over.reduce(lower, line.last);
  return [
    { first, last },
    { first: low, last },
    { first, last: high },
    { first: low, last: high },
  ];
}

function shortest(family: Family, stretches: readonly Stretch[]): readonly Cidr[] {
  const [first = [], ...more] = stretches.map((stretch) => cidrsOf(family, stretch));
  return more.reduce((best, each) => (each.length <= best.length ? each : best), first);
}
