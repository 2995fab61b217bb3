/** Prometheus metrics. Names and labels are an interface: dashboards are built on them. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { DelayFigures, Enforcement } from '#kernel/enforcement.ts';
import type { Database } from '#state/database.ts';
import { productVersion } from './version.ts';

export type Metrics = {
  /** Counts an answered call of the AWS API; `code` is `OK` or AWS's error code. */
  readonly answered: (call: {
    readonly service: string;
    readonly action: string;
    readonly code: string;
    readonly seconds: number;
  }) => void;
  /** How long a change waited for the kernel. */
  readonly enforced: (seconds: number) => void;
  readonly text: () => Promise<string>;
  readonly contentType: string;
};

const latencyBuckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export function makeMetrics(database: Database, enforcement: Enforcement): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const requests = new Counter({
    name: 'rampart_requests_total',
    help: 'Calls of the AWS API by service, action and error code (OK: none)',
    labelNames: ['service', 'action', 'code'],
    registers,
  });
  const seconds = new Histogram({
    name: 'rampart_request_seconds',
    help: 'Time from the whole request to its answer',
    labelNames: ['service', 'action'],
    buckets: latencyBuckets,
    registers,
  });
  const batches = new Histogram({
    name: 'rampart_commit_requests',
    help: 'Requests made durable by one commit',
    buckets: [1, 2, 4, 8, 16, 32, 64, 128],
    registers,
  });
  const waits = new Histogram({
    name: 'rampart_enforcement_wait_seconds',
    help: 'Time that the answer to a change waited for the kernel',
    buckets: latencyBuckets,
    registers,
  });
  addGauges(registers, database, enforcement);
  database.onCommit(({ entries }) => batches.observe(entries.length));
  return {
    answered: ({ service, action, code, seconds: took }) => {
      requests.inc({ service, action, code });
      seconds.observe({ service, action }, took);
    },
    enforced: (took) => waits.observe(took),
    text: async () => `${await registry.metrics()}\n${delayText(enforcement.delays())}`,
    contentType: registry.contentType,
  };
}

/** How long changes took from their being durable until the kernel had them, in Prometheus's text format. */
function delayText({ buckets, count, sumMs }: DelayFigures): string {
  const name = 'rampart_enforcement_delay_seconds';
  const bounds = [...buckets.map(({ le, count: within }) => [String(le / 1000), within]), ['+Inf', count]];
  return [
    `# HELP ${name} Time from a durable change to the kernel`,
    `# TYPE ${name} histogram`,
    ...bounds.map(([le, within]) => `${name}_bucket{le="${le}"} ${within}`),
    `${name}_sum ${sumMs / 1000}`,
    `${name}_count ${count}`,
    '',
  ].join('\n');
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
