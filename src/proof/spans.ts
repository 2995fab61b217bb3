/**
 * Sets of services: ascending spans of the 24-bit number of protocol and service (policy/boxes.ts) that neither overlap
 * nor touch, so that equal sets are equal lists.
 */
import type { Family } from '#net/address.ts';
import { icmpProtocol, icmpQueries, protocolNumbers } from '#net/protocol.ts';
import { type Span, serviceBoxes, spanOf } from '#policy/boxes.ts';
import { clientPorts } from '#policy/client-ports.ts';
import type { Service } from '#vpc/security-group.ts';

export type Spans = readonly Span[];

export const noSpans: Spans = [];
export const allSpans: Spans = [spanOf({ kind: 'all' })];

/** The spans of a service in packets of a family: ICMP messages exist only in their own. */
export function spansOf(service: Service, family: Family): Spans {
  if (service.kind === 'icmp' && service.protocol !== icmpProtocol[family]) return noSpans;
  return service.kind === 'all' ? allSpans : [spanOf(service)];
}

export function unionSpans(a: Spans, b: Spans): Spans {
  if (a.length === 0 || a === b) return b;
  if (b.length === 0) return a;
  const result: Span[] = [];
  let [i, j] = [0, 0];
  let top: { first: number; last: number } | undefined;
  for (;;) {
    const [x, y] = [a[i], b[j]];
    const next = x && (!y || x.first <= y.first) ? x : y;
    if (!next) break;
    if (next === x) i++;
    else j++;
    if (top && next.first <= top.last + 1) top.last = Math.max(top.last, next.last);
    else {
      top = { first: next.first, last: next.last };
      result.push(top);
    }
  }
  return result;
}

export function intersectSpans(a: Spans, b: Spans): Spans {
  if (a === b || b === allSpans) return a;
  if (a === allSpans) return b;
  const result: Span[] = [];
  for (let i = 0, j = 0; ; ) {
    const [x, y] = [a[i], b[j]];
    if (!x || !y) break;
    const first = Math.max(x.first, y.first);
    const last = Math.min(x.last, y.last);
    if (first <= last) result.push({ first, last });
    if (x.last < y.last) i++;
    else j++;
  }
  return result;
}

export function subtractSpans(a: Spans, b: Spans): Spans {
  if (a === b || a.length === 0) return noSpans;
  if (b.length === 0) return a;
  const result: Span[] = [];
  let j = 0;
  for (const { first, last } of a) {
    let at = first;
    while ((b[j]?.last ?? Infinity) < first) j++;
    for (let k = j; at <= last; k++) {
      const cut = b[k];
      if (!cut || cut.first > last) {
        result.push({ first: at, last });
        break;
      }
      if (cut.first > at) result.push({ first: at, last: cut.first - 1 });
      at = Math.max(at, cut.last + 1);
    }
  }
  return result;
}

export function sameSpans(a: Spans, b: Spans): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i], b[i]];
    if (x?.first !== y?.first || x?.last !== y?.last) return false;
  }
  return true;
}

export const coversSpans = (outer: Spans, inner: Spans): boolean => subtractSpans(inner, outer).length === 0;

/** Whether the set holds the number of a service. */
export function holds(spans: Spans, number: number): boolean {
  return spans.some(({ first, last }) => first <= number && number <= last);
}

/** Protocols whose services count one by one: ports, and ICMP's types with codes. */
const counted: ReadonlySet<number> = new Set(Object.values(protocolNumbers));

/** How many services a set holds: every port of TCP and UDP, every ICMP type and code, and 1 for another protocol. */
export function serviceCount(spans: Spans): bigint {
  let count = 0;
  for (const { protocols, services } of serviceBoxes(spans)) {
    for (let protocol = protocols.first; protocol <= protocols.last; protocol++) {
      count += counted.has(protocol) ? services.last - services.first + 1 : 1;
    }
  }
  return BigInt(count);
}

/**
 * The requests whose answers a stateless filter lets back, given what it lets back: TCP and UDP where some client port
 * is open, ICMP queries where their answer is, other protocols as themselves. Messages without an answer always are.
 */
export function answeredBy(back: Spans, family: Family): Spans {
  if (back === allSpans) return allSpans;
  const lost: Span[] = [];
  const lose = (first: number, last: number) => lost.push({ first, last });
  for (const protocol of [protocolNumbers.tcp, protocolNumbers.udp]) {
    const base = protocol << 16;
    const client = [{ first: base | clientPorts.first, last: base | clientPorts.last }];
    if (intersectSpans(back, client).length === 0) lose(base, base | 0xffff);
  }
  const icmp = icmpProtocol[family];
  for (const [query, answer] of icmpQueries[family]) {
    const number = (icmp << 16) | (query << 8);
    if (!holds(back, (icmp << 16) | (answer << 8))) lose(number, number | 0xff);
  }
  const special = new Set<number>([protocolNumbers.tcp, protocolNumbers.udp, icmp]);
  for (const { protocols } of serviceBoxes(subtractSpans(allSpans, back))) {
    for (let protocol = protocols.first; protocol <= protocols.last; protocol++) {
      if (!special.has(protocol)) lose(protocol << 16, (protocol << 16) | 0xffff);
    }
  }
  return subtractSpans(allSpans, inOrder(lost));
}

/** Spans in any order as a set. */
function inOrder(spans: Span[]): Spans {
  const merged: { first: number; last: number }[] = [];
  for (const { first, last } of spans.sort((a, b) => a.first - b.first)) {
    const top = merged.at(-1);
    if (top && first <= top.last + 1) top.last = Math.max(top.last, last);
    else merged.push({ first, last });
  }
  return merged;
}

/** Messages that wait for no answer: every ICMP type that is no query. */
export function unansweredSpans(family: Family): Spans {
  const base = icmpProtocol[family] << 16;
  const queries = [...icmpQueries[family].keys()].sort((a, b) => a - b);
  const spans = queries.map((type) => ({ first: base | (type << 8), last: base | (type << 8) | 0xff }));
  return subtractSpans([{ first: base, last: base | 0xffff }], spans);
}

/** What opens a conversation, and so passes an egress-only gateway: everything but ICMP messages that ask nothing. */
export const openingSpans = (family: Family): Spans => subtractSpans(allSpans, unansweredSpans(family));

const wholeProtocol = (protocol: number): Spans => [
  { first: protocol << 16, last: (protocol << 16) | 0xffff },
];

/** TCP and ICMP, whose answers cannot be taken for something new. */
export const answeredInKind = (family: Family): Spans =>
  unionSpans(wholeProtocol(protocolNumbers.tcp), wholeProtocol(icmpProtocol[family]));

/** What a NAT gateway translates: TCP, UDP and ICMP queries. */
export const translatedSpans: Spans = intersectSpans(
  openingSpans('ipv4'),
  [protocolNumbers.icmp, protocolNumbers.tcp, protocolNumbers.udp].map(wholeProtocol).reduce(unionSpans),
);
