/** Programs that were started in a namespace for its user, so that they can end with it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import process from 'node:process';

/** Set for what `rampart exec` runs, and so for everything that comes of it. */
export const namespaceVariable = 'RAMPART_NAMESPACE';

/**
 * Ends, with SIGKILL, what was started in one of these namespaces by `rampart exec` and is still there. Whoever is in
 * there in another way, or was started in there and is somewhere else by now, is left alone.
 */
export function endPrograms(namespaces: ReadonlySet<string>, identities: ReadonlySet<string>): void {
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || !isInside(name, namespaces, identities)) continue;
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      // It has ended by itself meanwhile.
      if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
    }
  }
}

function isInside(pid: string, namespaces: ReadonlySet<string>, identities: ReadonlySet<string>): boolean {
  try {
    // `net:[4026532008]`: the number is that of the namespace's file.
    const link = readlinkSync(`/proc/${pid}/ns/net`);
    if (!identities.has(link.slice('net:['.length, -1))) return false;
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0');
    const [started] = environment.filter((each) => each.startsWith(`${namespaceVariable}=`));
    return started !== undefined && namespaces.has(started.slice(namespaceVariable.length + 1));
  } catch (error) {
    // A process that ends while it is looked at, or one of the kernel's own, shows nothing.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return false;
    throw error;
  }
}
