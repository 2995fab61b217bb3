/**
 * Painting: rules as disjoint boxes of addresses × protocol × service. Protocol and service are one 24-bit number
 * (protocol · 65536 + service; for ICMP the service is type · 256 + code), so that both a union of rules and an
 * ordered list where the first match decides become one-dimensional questions per stretch of addresses.
 */
import type { IpRange } from '#net/cidr.ts';
import type { Service } from '#vpc/security-group.ts';

/** An inclusive range of protocol-and-service numbers. */
export type Span = { readonly first: number; readonly last: number };

/** A rectangle of protocols and services, both inclusive. */
export type ServiceBox = { readonly protocols: Span; readonly services: Span };

/** A stretch of addresses and what is open to it. */
export type AddressBox = { readonly range: IpRange; readonly spans: readonly Span[] };

/** A stretch of protocol-and-service numbers and who it is open to. */
export type ServiceStretch = { readonly span: Span; readonly ranges: readonly IpRange[] };

const serviceMax = 0xffff;
const protocolMax = 0xff;

/** The numbers that a service stands for. */
export function spanOf(service: Service): Span {
  switch (service.kind) {
    case 'all':
      return { first: 0, last: (protocolMax << 16) | serviceMax };
    case 'ports':
      return { first: (service.protocol << 16) | service.from, last: (service.protocol << 16) | service.to };
    case 'icmp': {
      const base = service.protocol << 16;
      if (service.type === -1) return { first: base, last: base | serviceMax };
      const type = base | (service.type << 8);
      return service.code === -1
        ? { first: type, last: type | 0xff }
        : { first: type | service.code, last: type | service.code };
    }
    case 'protocol':
      return { first: service.protocol << 16, last: (service.protocol << 16) | serviceMax };
    default:
      return service satisfies never;
  }
}

/** The union as ascending spans that neither overlap nor touch. */
export function unionOf(spans: readonly Span[]): readonly Span[] {
  const result: { first: number; last: number }[] = [];
  for (const { first, last } of [...spans].sort((a, b) => a.first - b.first)) {
    const top = result.at(-1);
    if (top && first <= top.last + 1) top.last = Math.max(top.last, last);
    else result.push({ first, last });
  }
  return result;
}

/** One entry of an ordered list. */
export type OrderedSpan = { readonly allow: boolean; readonly span: Span };

/** What an ordered list allows where the first match decides and no match denies. */
export function firstMatchOf(entries: readonly OrderedSpan[]): readonly Span[] {
  let open: readonly Span[] = [{ first: 0, last: (protocolMax << 16) | serviceMax }];
  const allowed: Span[] = [];
  for (const { allow, span } of entries) {
    if (open.length === 0) break;
    const rest: Span[] = [];
    for (const part of open) {
      const first = Math.max(part.first, span.first);
      const last = Math.min(part.last, span.last);
      if (first > last) {
        rest.push(part);
        continue;
      }
      if (allow) allowed.push({ first, last });
      if (part.first < first) rest.push({ first: part.first, last: first - 1 });
      if (last < part.last) rest.push({ first: last + 1, last: part.last });
    }
    open = rest;
  }
  return unionOf(allowed);
}

/** Disjoint rectangles that hold just the numbers of a span: a partial first protocol, whole ones, a partial last. */
export function serviceBoxes(spans: readonly Span[]): readonly ServiceBox[] {
  const boxes: ServiceBox[] = [];
  const box = (p: number, q: number, first: number, last: number) =>
    boxes.push({ protocols: { first: p, last: q }, services: { first, last } });
  for (const span of spans) {
    let p = span.first >>> 16;
    let q = span.last >>> 16;
    const low = span.first & serviceMax;
    const high = span.last & serviceMax;
    if (p === q) {
      box(p, p, low, high);
      continue;
    }
    if (low > 0) box(p, p++, low, serviceMax);
    if (high < serviceMax) box(q, q--, 0, high);
    if (p <= q) box(p, q, 0, serviceMax);
  }
  return boxes;
}

/**
 * Cuts the addresses of one family at the ends of the given ranges and combines, for each stretch, the values that
 * hold there (in the order given). Neighbouring stretches with equal results are one. Stretches on which nothing is
 * open are left out. The cost follows the items and how deeply they nest, not their product.
 */
export function paintAddresses<T>(
  items: readonly { readonly range: IpRange; readonly value: T }[],
  combine: (values: readonly T[]) => readonly Span[],
): readonly AddressBox[] {
  const [head] = items;
  if (!head) return [];
  const boxes: AddressBox[] = [];
  const ends = items.map(({ range }) => ({ first: range.first, end: range.last + 1n }));
  for (const { first, end, active } of stretches(ends)) {
    const spans = combine(active.flatMap((index) => items[index]?.value ?? []));
    append(boxes, { range: { family: head.range.family, first, last: end - 1n }, spans });
  }
  return boxes;
}

/**
 * The same the other way round: cuts the numbers at the ends of the given spans and joins, for each stretch, the ranges
 * of addresses (of one family) that it is open to. Undefined where a stretch is open to more than `rangesMax` of them.
 */
export function paintServices(
  items: readonly { readonly range: IpRange; readonly span: Span }[],
  rangesMax: number,
): readonly ServiceStretch[] | undefined {
  const painted: { span: Span; ranges: readonly IpRange[] }[] = [];
  const ends = items.map(({ span }) => ({ first: span.first, end: span.last + 1 }));
  for (const { first, end, active } of stretches(ends)) {
    const ranges = joined(active.flatMap((index) => items[index]?.range ?? []));
    if (ranges.length > rangesMax) return undefined;
    const top = painted.at(-1);
    if (top && top.span.last + 1 === first && sameRanges(top.ranges, ranges)) {
      top.span = { first: top.span.first, last: end - 1 };
    } else painted.push({ span: { first, last: end - 1 }, ranges });
  }
  return painted;
}

/** What lies between neighbouring ends of intervals, and the intervals (by index, ascending) that hold there. */
function* stretches<N extends number | bigint>(
  intervals: readonly { readonly first: N; readonly end: N }[],
): Generator<{ readonly first: N; readonly end: N; readonly active: readonly number[] }> {
  const cuts = intervals.flatMap(({ first, end }, index) => [
    { at: first, index, opens: true },
    { at: end, index, opens: false },
  ]);
  cuts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const active: number[] = [];
  for (let next = 0; next < cuts.length; ) {
    const first = cuts[next]?.at;
    for (let cut = cuts[next]; cut && cut.at === first; cut = cuts[++next]) {
      toggle(active, cut.index, cut.opens);
    }
    const end = cuts[next]?.at;
    if (active.length > 0 && first !== undefined && end !== undefined) yield { first, end, active };
  }
}

/** The union of ranges of one family as ascending ranges that neither overlap nor touch. */
function joined(ranges: readonly IpRange[]): readonly IpRange[] {
  const result: IpRange[] = [];
  for (const range of [...ranges].sort((a, b) => (a.first < b.first ? -1 : a.first > b.first ? 1 : 0))) {
    const top = result.at(-1);
    if (!top || range.first > top.last + 1n) result.push(range);
    else if (range.last > top.last) result[result.length - 1] = { ...top, last: range.last };
  }
  return result;
}

/** Puts an index into, or takes it out of, a list kept ascending. */
function toggle(active: number[], index: number, opens: boolean): void {
  const place = active.findIndex((each) => each >= index);
  if (opens) active.splice(place === -1 ? active.length : place, 0, index);
  else active.splice(place, 1);
}

function append(boxes: AddressBox[], box: AddressBox): void {
  if (box.spans.length === 0) return;
  const top = boxes.at(-1);
  if (top && top.range.last + 1n === box.range.first && sameSpans(top.spans, box.spans)) {
    boxes[boxes.length - 1] = { range: { ...top.range, last: box.range.last }, spans: top.spans };
  } else boxes.push(box);
}

/** Whether two lists of spans are the same. */
export function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return (
    a.length === b.length && a.every(({ first, last }, i) => first === b[i]?.first && last === b[i]?.last)
  );
}

function sameRanges(a: readonly IpRange[], b: readonly IpRange[]): boolean {
  return (
    a.length === b.length && a.every(({ first, last }, i) => first === b[i]?.first && last === b[i]?.last)
  );
}
