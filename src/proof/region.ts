/**
 * Exact header space of one family: which services are open to which addresses. A region is a list of boxes, ascending
 * and disjoint; neighbours with the same services are one, so that equal regions are equal lists.
 */
import type { Family } from '#net/address.ts';
import {
  after,
  before,
  comparePoints,
  higher,
  type Point,
  type Stretch,
  stretchSize,
  wholeLine,
} from './address-line.ts';
import {
  allSpans,
  intersectSpans,
  noSpans,
  type Spans,
  sameSpans,
  serviceCount,
  subtractSpans,
  unionSpans,
} from './spans.ts';

export type Box = Stretch & { readonly spans: Spans };

export type Region = { readonly family: Family; readonly boxes: readonly Box[] };

export const emptyRegion = (family: Family): Region => ({ family, boxes: [] });

/** Every address of the family with these services. */
export const everywhere = (family: Family, spans: Spans = allSpans): Region => ({
  family,
  boxes: spans.length === 0 ? [] : [{ ...wholeLine[family], spans }],
});

/** Something that holds on a stretch of addresses. */
export type Item<T> = Stretch & { readonly value: T };

/**
 * Cuts the line at the ends of the items and visits each stretch on which some hold, ascending, with their values in the
 * order given. The cost follows the items and how deeply they nest, not their product.
 */
export function sweep<T>(
  items: readonly Item<T>[],
  visit: (first: Point, last: Point, values: readonly T[]) => void,
): void {
  const starts = items.map((_, index) => index).sort(by(items, 'first'));
  const ends = items.map((_, index) => index).sort(by(items, 'last'));
  const active: number[] = [];
  let [s, e] = [0, 0];
  let at = items[starts[0] ?? -1]?.first;
  while (at !== undefined) {
    while (items[starts[s] ?? -1]?.first === at) insert(active, starts[s++] as number);
    const nextStart = items[starts[s] ?? -1]?.first;
    const end = items[ends[e] ?? -1]?.last;
    if (active.length === 0 || end === undefined) {
      at = nextStart;
      continue;
    }
    const last: Point = nextStart !== undefined && nextStart <= end ? before(nextStart) : end;
    visit(
      at,
      last,
      active.map((index) => (items[index] as Item<T>).value),
    );
    while (items[ends[e] ?? -1]?.last === last) active.splice(active.indexOf(ends[e++] as number), 1);
    at = active.length > 0 ? after(last) : nextStart;
  }
}

/** The region in which each stretch has the combination of the values that hold there, in the order given. */
export function paint<T>(
  family: Family,
  items: readonly Item<T>[],
  combine: (values: readonly T[]) => Spans,
): Region {
  const boxes: Box[] = [];
  sweep(items, (first, last, values) => push(boxes, first, last, combine(values)));
  return { family, boxes };
}

const by =
  <T>(items: readonly Item<T>[], end: 'first' | 'last') =>
  (a: number, b: number) =>
    comparePoints((items[a] as Item<T>)[end], (items[b] as Item<T>)[end]) || a - b;

function insert(active: number[], index: number): void {
  let place = active.length;
  while (place > 0 && (active[place - 1] as number) > index) place--;
  active.splice(place, 0, index);
}

/** Adds a stretch behind the others, as part of the last where it continues it. */
function push(boxes: Box[], first: Point, last: Point, spans: Spans): void {
  if (spans.length === 0) return;
  const top = boxes.at(-1);
  if (top && after(top.last) === first && sameSpans(top.spans, spans)) {
    boxes[boxes.length - 1] = { first: top.first, last, spans: top.spans };
  } else boxes.push({ first, last, spans });
}

/** The region of items where all that hold on a stretch are open there. */
export function regionOf(family: Family, items: readonly Item<Spans>[]): Region {
  return paint(family, items, (values) => values.reduce(unionSpans, noSpans));
}

/** Two regions stretch by stretch. `combine` of nothing and nothing must be nothing. */
function combineRegions(a: Region, b: Region, combine: (x: Spans, y: Spans) => Spans): Region {
  const boxes: Box[] = [];
  let [i, j] = [0, 0];
  let at: Point | undefined;
  for (;;) {
    const [x, y] = [a.boxes[i], b.boxes[j]];
    if (!x && !y) break;
    const next = smaller(x?.first, y?.first);
    const from = at === undefined ? next : higher(at, next);
    const inX = x !== undefined && x.first <= from;
    const inY = y !== undefined && y.first <= from;
    let last = smaller(inX ? x.last : undefined, inY ? y.last : undefined);
    if (!inX && x && x.first <= last) last = before(x.first);
    if (!inY && y && y.first <= last) last = before(y.first);
    push(boxes, from, last, combine(inX ? x.spans : noSpans, inY ? y.spans : noSpans));
    if (x && x.last === last) i++;
    if (y && y.last === last) j++;
    at = after(last);
  }
  return { family: a.family, boxes };
}

function smaller(a: Point | undefined, b: Point | undefined): Point {
  if (a === undefined || (b !== undefined && b < a)) return b as Point;
  return a;
}

export const union = (a: Region, b: Region): Region => combineRegions(a, b, unionSpans);
export const intersect = (a: Region, b: Region): Region => combineRegions(a, b, intersectSpans);
export const subtract = (a: Region, b: Region): Region => combineRegions(a, b, subtractSpans);

/** The region with the services of every stretch replaced. */
export function mapSpans(region: Region, change: (spans: Spans) => Spans): Region {
  const boxes: Box[] = [];
  for (const { first, last, spans } of region.boxes) push(boxes, first, last, change(spans));
  return { family: region.family, boxes };
}

export const isEmpty = ({ boxes }: Region): boolean => boxes.length === 0;

export const covers = (outer: Region, inner: Region): boolean => isEmpty(subtract(inner, outer));

/** What is open at one address. */
export function spansAt({ boxes }: Region, point: Point): Spans {
  let [low, high] = [0, boxes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((boxes[middle] as Box).last < point) low = middle + 1;
    else high = middle;
  }
  const box = boxes[low];
  return box && box.first <= point ? box.spans : noSpans;
}

/** How many pairs of address and service the region holds. */
export function regionSize({ boxes }: Region): bigint {
  return boxes.reduce((sum, box) => sum + stretchSize(box) * serviceCount(box.spans), 0n);
}
