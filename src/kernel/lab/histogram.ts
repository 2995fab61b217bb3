/** How long changes took to reach the kernel, counted in buckets as Prometheus has them. */

import type { DelayFigures } from '../enforcement.ts';

/** Upper bounds in milliseconds. */
const boundsMs: readonly number[] = [1, 2, 5, 10, 20, 50, 100, 250, 500, 1000, 5000];

export class Histogram {
  readonly #counts = boundsMs.map(() => 0);
  #count = 0;
  #sumMs = 0;

  observe(ms: number): void {
    this.#count++;
    this.#sumMs += ms;
    for (const [index, bound] of boundsMs.entries()) {
      if (ms <= bound) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    }
  }

  figures(): DelayFigures {
    return {
      buckets: boundsMs.map((le, index) => ({ le, count: this.#counts[index] ?? 0 })),
      count: this.#count,
      sumMs: this.#sumMs,
    };
  }
}
