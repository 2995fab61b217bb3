/** Prometheus metrics. Names and labels are an interface: dashboards are built on them. */
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { DelayFigures, Enforcement } from '#kernel/enforcement.ts';
import type { Database } from '#state/database.ts';
import { type HistogramFigures, histogramText, Tally } from './histogram.ts';
import { productVersion } from './version.ts';

type AnsweredCall = { readonly service: string; readonly action: string; readonly code: string };

export type Metrics = {
  /** Counts an answered call of the AWS API; `code` is `OK` or AWS's error code. */
  readonly answered: (call: AnsweredCall, seconds: number) => void;
  /** How long a change waited for the kernel. */
  readonly enforced: (seconds: number) => void;
  readonly text: () => Promise<string>;
  readonly contentType: string;
};

const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

const commitBuckets = [1, 2, 4, 8, 16, 32, 64, 128];

export function makeMetrics(database: Database, enforcement: Enforcement): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new CallCounts(registers);
  const commits = new Tally(commitBuckets);
  const waits = new Tally(latencyBuckets);
  addGauges(registers, database, enforcement);
  database.onCommit(({ entries }) => commits.observe(entries.length));
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
    text: async () => [await registry.metrics(), ...histograms()].join('\n'),
    contentType: registry.contentType,
  };
}

function alone(name: string, help: string, figures: HistogramFigures): string {
  return histogramText(name, help, [['', figures]]);
}

function inSeconds({ buckets, count, sumMs }: DelayFigures): HistogramFigures {
  return { buckets: buckets.map((each) => ({ ...each, le: each.le / 1000 })), count, sum: sumMs / 1000 };
}

/** Calls by service, action and code, and how long those of each action took. */
class CallCounts {
  readonly #calls = new Map<
    string,
    { readonly call: AnsweredCall; count: number; readonly seconds: Tally }
  >();
  readonly #seconds = new Map<string, Tally>();

  constructor(registers: Registry[]) {
    const calls = this.#calls;
    new Counter({
      name: 'rampart_requests_total',
      help: 'Calls of the AWS API by service, action and error code (OK: none)',
      labelNames: ['service', 'action', 'code'],
      registers,
      collect() {
        this.reset();
        for (const { call, count } of calls.values()) this.inc(call, count);
      },
    });
  }

  answered({ service, action, code }: AnsweredCall, seconds: number): void {
    const key = `${service} ${action} ${code}`;
    let known = this.#calls.get(key);
    if (!known) {
      known = { call: { service, action, code }, count: 0, seconds: this.#secondsOf(service, action) };
      this.#calls.set(key, known);
    }
    known.count++;
    known.seconds.observe(seconds);
  }

  text(): string {
    const series = [...this.#seconds].map(([labels, tally]) => [labels, tally.figures()] as const);
    return histogramText('rampart_request_seconds', 'Time from the whole request to its answer', series);
  }

  #secondsOf(service: string, action: string): Tally {
    const labels = `service="${service}",action="${action}"`;
    const tally = this.#seconds.get(labels) ?? new Tally(latencyBuckets);
    this.#seconds.set(labels, tally);
    return tally;
  }
}

function addGauges(registers: Registry[], database: Database, enforcement: Enforcement): void {
  const gauge = (name: string, help: string, read: () => number) => {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  };
  const status = () => enforcement.status();
  gauge('rampart_journal_sequence', 'Sequence of the committed state', () => database.sequence);
  gauge('rampart_storage_ok', '0 while the store takes no changes, as far as was tried', () =>
    Number(database.storageError === undefined),
  );
  gauge('rampart_enforcement_enabled', '1 where packets are filtered', () => Number(status().mode !== 'off'));
  gauge('rampart_enforcement_ok', '0 while the kernel holds something older or narrower', () =>
    Number(status().ok),
  );
  gauge('rampart_enforcement_generation', 'Acknowledged changes of the kernel', () => status().generation);
  gauge('rampart_enforcement_lag', 'Journal entries that the kernel does not have yet', () =>
    Math.max(0, database.sequence - status().sequence),
  );
  gauge(
    'rampart_enforcement_repairs',
    'How often what others had changed in the kernel was put right',
    () => status().repairs,
  );
  new Gauge({
    name: 'rampart_enforcement_failing',
    help: '1 for each resource that is closed or as it was before because the kernel refused it',
    labelNames: ['resource'],
    registers,
    collect() {
      this.reset();
      for (const { resource } of status().failing) this.set({ resource }, 1);
    },
  });
  new Gauge({ name: 'rampart_info', help: 'Version', labelNames: ['version'], registers }).set(
    { version: productVersion },
    1,
  );
}
