/**
 * Histograms of Prometheus. The client library puts labels together and looks them up by their text with every value
 * that it counts, which took 2 % of a request that changes something; here counting is a step through a short list.
 */

/** How many values were at most each bound. */
export type HistogramFigures = {
  readonly buckets: readonly { readonly le: number; readonly count: number }[];
  readonly count: number;
  readonly sum: number;
};

/** Upper bounds of times that somebody waits, in seconds. */
export const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** Counts values by the lowest bound that is not below them. */
export class Tally {
  readonly #bounds: readonly number[];
  /** By bucket; one more for what is above every bound. */
  readonly #counts: number[];
  #sum = 0;

  /** @param bounds ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(value: number): void {
    let bucket = 0;
    while (value > (this.#bounds[bucket] ?? Number.POSITIVE_INFINITY)) bucket++;
    this.#counts[bucket] = (this.#counts[bucket] ?? 0) + 1;
    this.#sum += value;
  }

  figures(): HistogramFigures {
    let count = 0;
    const buckets = this.#bounds.map((le, bucket) => {
      count += this.#counts[bucket] ?? 0;
      return { le, count };
    });
    return { buckets, count: count + (this.#counts.at(-1) ?? 0), sum: this.#sum };
  }
}

/** Labels as they stand between braces, such as `service="ec2",action="CreateVpc"`, and what was counted under them. */
export type Series = readonly [labels: string, figures: HistogramFigures];

/**
 * A histogram in Prometheus's text format.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export function histogramText(name: string, help: string, series: readonly Series[]): string {
  const lines = series.flatMap(([labels, { buckets, count, sum }]) => {
    const before = labels === '' ? '' : `${labels},`;
    const braces = labels === '' ? '' : `{${labels}}`;
    const bounds = [
      ...buckets.map((each) => [String(each.le), each.count] as const),
      ['+Inf', count] as const,
    ];
    return [
      ...bounds.map(([le, within]) => `${name}_bucket{${before}le="${le}"} ${within}`),
      `${name}_sum${braces} ${sum}`,
      `${name}_count${braces} ${count}`,
    ];
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} histogram`, ...lines, ''].join('\n');
}
