/** Removes the network namespaces that crashed test runs left behind. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';

const folder = '/run/netns';
const abandonedAfterMs = 30 * 60_000;

/** Sweeps namespaces `rpt-<process id>-…` whose process is gone, and other `rpt-…` that are half an hour old. */
export function sweepNamespaces(): void {
  if (process.getuid?.() !== 0 || !existsSync(folder)) return;
  for (const name of readdirSync(folder).filter((entry) => entry.startsWith('rpt-'))) {
    if (isAbandoned(name)) execFileSync('ip', ['netns', 'delete', name], { stdio: 'inherit' });
  }
}

function isAbandoned(name: string): boolean {
  const owner = /^rpt-(\d+)-/.exec(name)?.[1];
  if (owner !== undefined) return !existsSync(`/proc/${owner}`);
  return Date.now() - statSync(`${folder}/${name}`).ctimeMs > abandonedAfterMs;
}
