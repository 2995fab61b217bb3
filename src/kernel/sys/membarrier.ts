/** A barrier over all processors, for the order of two ruleset batches. */
import { arch } from 'node:process';
import { callAside } from './libc.ts';

/** System call number by architecture, and MEMBARRIER_CMD_GLOBAL of linux/membarrier.h. */
const membarrierCall: Readonly<Record<string, number>> = { x64: 324, arm64: 283 };
const COMMAND_GLOBAL = 1;

/**
 * Resolves when every running thread has passed a full memory barrier: after it no packet is being judged by the
 * ruleset of before. Takes about 8 ms, in which the event loop turns. See membarrier(2).
 */
export async function memoryBarrier(): Promise<void> {
  const number = membarrierCall[arch];
  if (number === undefined) throw new Error(`no membarrier call known for ${arch}`);
  await callAside('syscall', number, COMMAND_GLOBAL, 0, 0);
}
