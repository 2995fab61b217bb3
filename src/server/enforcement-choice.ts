/** Which data plane a server gets: what the operator asked for, as far as the machine can. */
import type { Enforcement } from '#kernel/enforcement.ts';
import { enforcementOff } from './enforcement-off.ts';
import type { UpOptions } from './options.ts';
import { StartupError } from './startup-error.ts';

export type EnforcementReports = {
  /** Hears of bugs in what the data plane serves to guests. */
  readonly onFault?: (error: unknown) => void;
  /** Hears of what others had changed in the kernel, one sentence each, when it is being put right. */
  readonly onRepair?: (found: readonly string[]) => void;
};

/** `installation` tells the namespaces of one data directory from those of another. */
export async function chooseEnforcement(
  mode: UpOptions['enforce'],
  installation: string,
  reports: EnforcementReports,
): Promise<Enforcement> {
  if (mode === 'off') return enforcementOff('No packet is filtered: the server runs with --enforce off.');
  // Loaded on demand: a server that filters nothing needs no native code.
  const { kernelSupport } = await import('#kernel/support.ts');
  const support = kernelSupport();
  if (support.possible) return renewable(() => makeLab(labPrefix(installation), reports));
  if (mode === 'lab') throw new StartupError(`--enforce lab is not possible here. ${support.reason}`);
  return enforcementOff(`No packet is filtered. ${support.reason}`);
}

/** A data plane that starts afresh after a purge, since the purged one manages nothing any more. */
async function renewable(make: () => Promise<Enforcement>): Promise<Enforcement> {
  let current = await make();
  return {
    apply: (world, sequence) => current.apply(world, sequence),
    status: () => current.status(),
    delays: () => current.delays(),
    namespaceOf: (instanceId) => current.namespaceOf(instanceId),
    resolverConfigOf: (instanceId) => current.resolverConfigOf(instanceId),
    internetHost: (address) => current.internetHost(address),
    close: () => current.close(),
    purge: async () => {
      await current.purge();
      current = await make();
    },
  };
}

/** What the names of a data directory's namespaces begin with. */
export function labPrefix(installation: string): string {
  return `rp-${installation}`;
}

/** The lab whose namespaces have this prefix. */
export async function makeLab(prefix: string, reports: EnforcementReports = {}): Promise<Enforcement> {
  const { createLab } = await import('#kernel/lab/lab.ts');
  return createLab({ prefix, ...reports });
}
