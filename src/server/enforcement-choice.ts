/** Which data plane a server gets: what the operator asked for, as far as the machine can. */
import type { Enforcement } from '#kernel/enforcement.ts';
import { counted } from './counted.ts';
import { enforcementOff } from './enforcement-off.ts';
import type { UpOptions } from './options.ts';
import { StartupError } from './startup-error.ts';

export type EnforcementReports = {
  /** Hears of bugs in what the data plane serves to guests. */
  readonly onFault?: (error: unknown) => void;
  /** Hears of what others had changed in the kernel, one sentence each, when it is being put right. */
  readonly onRepair?: (found: readonly string[]) => void;
};

/** Whose the namespaces are: `installation` tells those of one data directory from those of another. */
export type Installation = { readonly installation: string; readonly directory: string };

/** Makes the data plane; where it filters nothing, its status says why. */
export async function chooseEnforcement(
  mode: UpOptions['enforce'],
  { installation, directory }: Installation,
  reports: EnforcementReports,
): Promise<Enforcement> {
  const left = () => leftovers(labPrefix(installation));
  if (mode === 'off')
    return enforcementOff(`No packet is filtered: the server runs with --enforce off.${await left()}`);
  // Loaded on demand: a server that filters nothing needs no native code.
  const { kernelSupport } = await import('#kernel/support.ts');
  const support = kernelSupport();
  if (support.possible) {
    const prefix = labPrefix(installation);
    const release = await soleFilter(prefix, directory);
    try {
      return await renewable(() => makeLab(prefix, { ...reports, owner: directory }), release);
    } catch (error) {
      release();
      throw error;
    }
  }
  if (mode === 'lab') throw new StartupError(`--enforce lab is not possible here. ${support.reason}`);
  return enforcementOff(`No packet is filtered. ${support.reason}${await left()}`);
}

/**
 * Makes this process the one that filters under a prefix, until it ends or calls what it gets. Throws a `StartupError` where
 * another one is, which happens where a data directory was copied or moved while that one ran.
 */
export async function soleFilter(prefix: string, directory: string): Promise<() => void> {
  const { takeLease } = await import('#kernel/lab/lease.ts');
  const lease = takeLease(prefix, `the process ${process.pid} on ${directory}`);
  if (lease.kind === 'taken') return lease.release;
  throw new StartupError(
    `${directory} was copied or moved while its server ran: ${lease.by} filters under the same names; end that first, or look with --enforce off`,
  );
}

/** A data plane that starts afresh after a purge, since the purged one manages nothing any more. */
async function renewable(make: () => Promise<Enforcement>, closed: () => void): Promise<Enforcement> {
  let current = await make();
  return {
    apply: (world, sequence) => current.apply(world, sequence),
    status: () => current.status(),
    delays: () => current.delays(),
    namespaceOf: (instanceId) => current.namespaceOf(instanceId),
    resolverConfigOf: (instanceId) => current.resolverConfigOf(instanceId),
    internetHost: (address) => current.internetHost(address),
    close: async () => {
      await current.close();
      closed();
    },
    purge: async () => {
      await current.purge();
      current = await make();
    },
  };
}

/** A sentence about namespaces that an earlier server has left, with a space in front; they filter on. */
async function leftovers(prefix: string): Promise<string> {
  if (process.platform !== 'linux') return '';
  const { listNamespaces } = await import('#kernel/netns/namespace.ts');
  const count = listNamespaces(`${prefix}-`).length;
  if (count === 0) return '';
  const filter = counted(count, 'namespace of an earlier run filters', 'namespaces of an earlier run filter');
  return ` ${filter} by the rules of then; rampart down --purge removes what is left.`;
}

/** What the names of a data directory's namespaces begin with. */
export function labPrefix(installation: string): string {
  return `rp-${installation}`;
}

/** The lab whose namespaces have this prefix. */
export async function makeLab(
  prefix: string,
  options: EnforcementReports & { readonly owner?: string } = {},
): Promise<Enforcement> {
  const { createLab } = await import('#kernel/lab/lab.ts');
  return createLab({ prefix, ...options });
}
