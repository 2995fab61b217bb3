/** Sets of services by number, so that equal sets are one and what was combined once is only looked up. */
import type { Family } from '#net/address.ts';
import { PairNumbers } from './pair-numbers.ts';
import { allSpans, answeredBy, intersectSpans, noSpans, type Spans, unionSpans } from './spans.ts';

/** The number of a set of services in its pool. */
export type SpansId = number;

export const noneId: SpansId = 0;
export const allId: SpansId = 1;

export class SpanPool {
  readonly #sets: Spans[] = [noSpans, allSpans];
  readonly #ids = new Map<string | number, SpansId>([
    [keyOf(noSpans), noneId],
    [keyOf(allSpans), allId],
  ]);
  readonly #unions = new Combined((a, b) => this.idOf(unionSpans(this.spansOf(a), this.spansOf(b))));
  readonly #intersections = new Combined((a, b) =>
    this.idOf(intersectSpans(this.spansOf(a), this.spansOf(b))),
  );
  readonly #answered: Readonly<Record<Family, Map<SpansId, SpansId>>> = { ipv4: new Map(), ipv6: new Map() };

  idOf(spans: Spans): SpansId {
    const key = keyOf(spans);
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#sets.length;
      this.#ids.set(key, id);
      this.#sets.push(spans);
    }
    return id;
  }

  spansOf(id: SpansId): Spans {
    return this.#sets[id] ?? noSpans;
  }

  union(a: SpansId, b: SpansId): SpansId {
    if (a === b || b === noneId) return a;
    if (a === noneId) return b;
    if (a === allId || b === allId) return allId;
    return this.#unions.of(a, b);
  }

  intersect(a: SpansId, b: SpansId): SpansId {
    if (a === b || b === allId) return a;
    if (a === allId) return b;
    if (a === noneId || b === noneId) return noneId;
    return this.#intersections.of(a, b);
  }

  /** Requests whose answers come back where a stateless filter lets these back. */
  answeredBy(back: SpansId, family: Family): SpansId {
    if (back === allId) return allId;
    let id = this.#answered[family].get(back);
    if (id === undefined) {
      id = this.idOf(answeredBy(this.spansOf(back), family));
      this.#answered[family].set(back, id);
    }
    return id;
  }
}

/** What pairs of sets come to, in either order; each is computed once. */
class Combined {
  readonly #pairs = new PairNumbers();
  readonly #ids: SpansId[] = [];
  readonly #combine: (a: SpansId, b: SpansId) => SpansId;

  constructor(combine: (a: SpansId, b: SpansId) => SpansId) {
    this.#combine = combine;
  }

  of(a: SpansId, b: SpansId): SpansId {
    const pair = a < b ? this.#pairs.of(a, b) : this.#pairs.of(b, a);
    let id = this.#ids[pair];
    if (id === undefined) {
      id = this.#combine(a, b);
      this.#ids[pair] = id;
    }
    return id;
  }
}

/** Most sets are one span, which is a number; the others are text. */
function keyOf(spans: Spans): string | number {
  const [only] = spans;
  if (spans.length === 1 && only) return only.first * 0x100_0000 + only.last;
  return spans.map(({ first, last }) => `${first}-${last}`).join();
}
