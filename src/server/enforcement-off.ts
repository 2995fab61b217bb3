/** The data plane of a server that filters nothing, and says so. */
import type { Enforcement } from '#kernel/enforcement.ts';

/** `why` is the sentence that health and `status` show. */
export function enforcementOff(why: string): Enforcement {
  let known = 0;
  return {
    apply: async (_world, sequence) => {
      known = sequence;
    },
    status: () => ({
      mode: 'off',
      ok: true,
      generation: 0,
      sequence: known,
      notEnforced: [why],
      failing: [],
      repairs: 0,
    }),
    delays: () => ({ buckets: [], count: 0, sumMs: 0 }),
    namespaceOf: () => undefined,
    resolverConfigOf: () => undefined,
    internetHost: () => Promise.reject(new Error('enforcement is off: there are no internet hosts')),
    close: async () => undefined,
    purge: async () => undefined,
  };
}
