/** A small seeded generator: the same seed gives the same test, on every machine. */

export type Random = {
  /** 0 ≤ n < below. */
  int(below: number): number;
  /** True with the probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** Some of the values, in their order, each with the probability. */
  some<T>(from: readonly T[], probability: number): readonly T[];
};

/** mulberry32: 32 bits of state, good enough to vary tests. */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000;
  };
  const int = (below: number) => Math.floor(next() * below);
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (from) => {
      const value = from[int(from.length)];
      if (value === undefined) throw new Error('nothing to pick from');
      return value;
    },
    some: (from, probability) => from.filter(() => next() < probability),
  };
}
