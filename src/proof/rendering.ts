/** Regions as people read them: blocks of addresses, and services such as `tcp/443` and `icmp/8`. */
import type { Family } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import { type Span, serviceBoxes } from '#policy/boxes.ts';
import { cidrsOf, type Stretch } from './address-line.ts';
import { type Region, regionOf } from './region.ts';
import { allSpans, noSpans, type Spans, sameSpans, unionSpans } from './spans.ts';

/** A part of a region: each of the services is open to each of the blocks. The parts of a region are disjoint. */
export type Part = { readonly cidrs: readonly Cidr[]; readonly services: readonly string[] };

const portNames: Readonly<Record<number, string>> = { 6: 'tcp', 17: 'udp' };
const icmpNames: Readonly<Record<number, string>> = { 1: 'icmp', 58: 'icmpv6' };

/** `all`, `tcp`, `tcp/80-443`, `icmp/8`, `icmp/3/4`, `protocol 47`, `protocols 2-5`. */
export function serviceTexts(spans: Spans): readonly string[] {
  if (sameSpans(spans, allSpans)) return ['all'];
  return serviceBoxes(spans).flatMap(({ protocols, services }) =>
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

/** The region in the fewest words: split by address or by service, whichever is shorter. */
export function partsOf(region: Region): readonly Part[] {
  const byService = partsByService(region);
  const byAddress = partsByAddress(region);
  return weight(byService) <= weight(byAddress) ? byService : byAddress;
}

function weight(parts: readonly Part[]): number {
  return parts.reduce((sum, { cidrs, services }) => sum + 1 + cidrs.length + services.length, 0);
}

function partsByAddress({ family, boxes }: Region): readonly Part[] {
  const groups: { readonly spans: Spans; readonly stretches: Stretch[] }[] = [];
  for (const box of boxes) {
    const known = groups.find(({ spans }) => sameSpans(spans, box.spans));
    if (known) known.stretches.push(box);
    else groups.push({ spans: box.spans, stretches: [box] });
  }
  return groups.map(({ spans, stretches }) => ({
    cidrs: blocksOf(family, stretches),
    services: serviceTexts(spans),
  }));
}

/** Cuts the services at every edge and asks of each piece who has it; pieces with the same answer are one part. */
function partsByService({ family, boxes }: Region): readonly Part[] {
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
    cidrs: blocksOf(family, holders),
    services: serviceTexts(spans),
  }));
}

function piecesOf(spans: Spans): readonly Span[] {
  const cuts = [...new Set(spans.flatMap(({ first, last }) => [first, last + 1]))].sort((a, b) => a - b);
  return cuts.slice(0, -1).map((first, index) => ({ first, last: (cuts[index + 1] ?? 0) - 1 }));
}

const blocksOf = (family: Family, stretches: readonly Stretch[]) =>
  stretches.flatMap((stretch) => cidrsOf(family, stretch));
