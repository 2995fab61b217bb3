/** The part of the metrics that the library keeps: figures of the process, and what is read when somebody asks. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { Enforcement } from '#kernel/enforcement.ts';
import type { Database } from '#state/database.ts';
import type { Counted } from './call-counts.ts';
import { productVersion } from './version.ts';

export type MetricsRegistry = { readonly contentType: string; readonly metrics: () => Promise<string> };

/** The library looks at the loop's delay every 10 ms; before its first look it says nine billion seconds. */
const firstLookMs = 30;

/** Figures of the process count from now on. */
export async function makeRegistry(
  calls: { readonly counted: () => Iterable<Counted> },
  database: Database,
  enforcement: Enforcement,
): Promise<MetricsRegistry> {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  new Counter({
    name: 'rampart_requests_total',
    help: 'Calls of the AWS API by service, action and error code (OK: none)',
    labelNames: ['service', 'action', 'code'],
    registers,
    collect() {
      this.reset();
      for (const { call, count } of calls.counted()) this.inc(call, count);
    },
  });
  addGauges(registers, database, enforcement);
  await sleep(firstLookMs);
  return { contentType: registry.contentType, metrics: () => registry.metrics() };
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
