/**
 * Prometheus metrics. Names and labels are an interface: dashboards are built on them. What is counted at every request is
 * counted here in plain numbers; the library is loaded by the first scraper, since it is an eighth of a server's modules
 * and wakes an idle process a hundred times a second to measure it.
 */
import type { DelayFigures, Enforcement } from '#kernel/enforcement.ts';
import type { Database } from '#state/database.ts';
import { type AnsweredCall, CallCounts } from './call-counts.ts';
import { type HistogramFigures, histogramText, latencyBuckets, Tally } from './histogram.ts';
import type { MetricsRegistry } from './metrics-registry.ts';

/** A page for a scraper. */
export type Scraped = { readonly contentType: string; readonly body: string };

export type Metrics = {
  /** Counts an answered call of the AWS API; `code` is `OK` or AWS's error code. */
  readonly answered: (call: AnsweredCall, seconds: number) => void;
  /** How long a change waited for the kernel. */
  readonly enforced: (seconds: number) => void;
  /** What a scraper gets. */
  readonly scraped: () => Promise<Scraped>;
};

const commitBuckets = [1, 2, 4, 8, 16, 32, 64, 128];

export function makeMetrics(database: Database, enforcement: Enforcement): Metrics {
  const calls = new CallCounts();
  const commits = new Tally(commitBuckets);
  const waits = new Tally(latencyBuckets);
  database.onCommit(({ entries }) => commits.observe(entries.length));
  let registry: Promise<MetricsRegistry> | undefined;
  const histograms = () => [
    calls.text(),
    alone('rampart_commit_requests', 'Requests made durable by one commit', commits.figures()),
    alone(
      'rampart_enforcement_wait_seconds',
      'Time that the answer to a change waited for the kernel',
      waits.figures(),
    ),
    alone(
      'rampart_enforcement_delay_seconds',
      'Time from a durable change to the kernel',
      inSeconds(enforcement.delays()),
    ),
  ];
  return {
    answered: (call, took) => calls.answered(call, took),
    enforced: (took) => waits.observe(took),
    scraped: async () => {
      registry ??= import('./metrics-registry.ts').then(({ makeRegistry }) =>
        makeRegistry(calls, database, enforcement),
      );
      const { contentType, metrics } = await registry;
      return { contentType, body: [await metrics(), ...histograms()].join('\n') };
    },
  };
}

function alone(name: string, help: string, figures: HistogramFigures): string {
  return histogramText(name, help, [['', figures]]);
}

function inSeconds({ buckets, count, sumMs }: DelayFigures): HistogramFigures {
  return { buckets: buckets.map((each) => ({ ...each, le: each.le / 1000 })), count, sum: sumMs / 1000 };
}
