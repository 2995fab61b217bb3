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
  const cuts = items.flatMap(({ range }, index) => [
    { at: range.first, index, opens: true },
    { at: range.last + 1n, index, opens: false },
  ]);
  cuts.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  const active: number[] = [];
  const boxes: AddressBox[] = [];
  for (let next = 0; next < cuts.length; ) {
    const at = cuts[next]?.at ?? 0n;
    for (let cut = cuts[next]; cut?.at === at; cut = cuts[++next]) toggle(active, cut.index, cut.opens);
    const end = cuts[next]?.at;
    if (active.length === 0 || end === undefined) continue;
    const spans = combine(active.flatMap((index) => items[index]?.value ?? []));
    append(boxes, { range: { family: head.range.family, first: at, last: end - 1n }, spans });
  }
  return boxes;
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

function sameSpans(a: readonly Span[], b: readonly Span[]): boolean {
  return (
    a.length === b.length && a.every(({ first, last }, i) => first === b[i]?.first && last === b[i]?.last)
  );
}
