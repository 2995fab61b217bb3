/** Whether rules can be enforced on this machine. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { endianness } from 'node:os';
import { dirname } from 'node:path';
import process from 'node:process';
import { namespaceFolder } from './netns/path.ts';
import { NftSocket } from './nft/socket.ts';
import { SystemError } from './sys/error.ts';

export type KernelSupport =
  | { readonly possible: true }
  /** One sentence for the operator. */
  | { readonly possible: false; readonly reason: string };

/** One of those that every namespace has. */
const parameter = '/proc/sys/net/ipv4/ip_forward';

const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

/** Tells whether enforcement is possible here, and if not why, without changing anything. */
export function kernelSupport(): KernelSupport {
  const reason = obstacle();
  return reason === undefined ? { possible: true } : { possible: false, reason };
}

function obstacle(): string | undefined {
  if (process.platform !== 'linux') {
    return `Enforcement needs Linux; this is ${process.platform}.`;
  }
  if (endianness() !== 'LE') return 'Enforcement needs a little-endian processor.';
  const missing = missingCapabilities();
  if (missing.length > 0) return `Enforcement needs root (${missing.join(' and ')} missing).`;
  try {
    const nft = NftSocket.open();
    try {
      nft.tables();
    } finally {
      nft.close();
    }
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    return `The kernel does not offer nf_tables (${error.message}).`;
  }
  // Containers that are not privileged have both capabilities now and then, and this nevertheless.
  if (!isWritable(parameter))
    return 'Enforcement sets kernel parameters, and /proc/sys cannot be written here.';
  const folder = existsSync(namespaceFolder) ? namespaceFolder : dirname(namespaceFolder);
  if (!isWritable(folder))
    return `Enforcement keeps network namespaces in ${namespaceFolder}, and ${folder} cannot be written.`;
  return undefined;
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function missingCapabilities(): string[] {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? '0';
  const held = BigInt(`0x${effective}`);
  const needed = [
    ['CAP_NET_ADMIN', CAP_NET_ADMIN],
    ['CAP_SYS_ADMIN', CAP_SYS_ADMIN],
  ] as const;
  return needed.filter(([, bit]) => ((held >> bit) & 1n) === 0n).map(([name]) => name);
}
