/** A value for each address of a line, looked up by halving. */
import { lowerBound, type Point } from './address-line.ts';
import { type Item, type Region, sweep } from './region.ts';
import { noneId, type SpanPool, type SpansId } from './span-pool.ts';

/** Ascending disjoint stretches with their values; addresses between them have none. */
export type LineMap<T> = {
  readonly firsts: readonly Point[];
  readonly lasts: readonly Point[];
  readonly values: readonly T[];
};

/** The map in which each stretch has the chosen one of the values that hold there, in the order given. */
export function lineMap<T, R>(items: readonly Item<T>[], choose: (values: readonly T[]) => R): LineMap<R> {
  const firsts: Point[] = [];
  const lasts: Point[] = [];
  const values: R[] = [];
  sweep(items, (first, last, held) => {
    firsts.push(first);
    lasts.push(last);
    values.push(choose(held));
  });
  return { firsts, lasts, values };
}

export function valueAt<T>({ lasts, firsts, values }: LineMap<T>, point: Point): T | undefined {
  const index = lowerBound(lasts, point);
  const first = firsts[index];
  return first !== undefined && first <= point ? values[index] : undefined;
}

/** A region as a map to numbers of a pool. */
export type SpansMap = LineMap<SpansId>;

export function spansMap({ boxes }: Region, pool: SpanPool): SpansMap {
  return {
    firsts: boxes.map(({ first }) => first),
    lasts: boxes.map(({ last }) => last),
    values: boxes.map(({ spans }) => pool.idOf(spans)),
  };
}

export const spansIdAt = (map: SpansMap, point: Point): SpansId => valueAt(map, point) ?? noneId;
