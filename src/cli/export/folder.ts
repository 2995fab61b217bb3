/** A folder of describe-* files, written whole or not at all. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemReason } from '#import/system-reason.ts';
import { Failure, usageFailure } from '../failure.ts';
import type { DescribedFile } from './describe-world.ts';
import { cliJson } from './describe-world.ts';

/** Refuses a folder that holds something. */
export function refuseFull(to: string): void {
  if (existsSync(to) && readdirSync(to).length > 0) throw usageFailure(`${to} is not empty`);
}

/**
 * Writes the files into a new or empty folder and returns how many there are. They stand in a folder of their own
 * inside it until the last one is written; a failure, Ctrl-C or SIGTERM takes that away. Half an export would be read
 * as a network that has nothing else.
 */
export async function writeFolder(to: string, files: Iterable<DescribedFile>): Promise<number> {
  let take = () => {};
  const stop = (signal: NodeJS.Signals) => {
    take();
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM'] as const;
  for (const signal of signals) process.once(signal, stop);
  try {
    const isNew = !existsSync(to);
    mkdirSync(to, { recursive: true });
    const unfinished = mkdtempSync(join(to, '.unfinished-'));
    take = () => {
      rmSync(unfinished, { recursive: true, force: true });
      if (isNew && readdirSync(to).length === 0) rmdirSync(to);
    };
    let count = 0;
    for (const { folder, name, body } of files) {
      mkdirSync(join(unfinished, ...folder), { recursive: true });
      writeFileSync(join(unfinished, ...folder, name), cliJson(body));
      count++;
      // Lets a signal be heard.
      await setImmediate();
    }
    for (const each of readdirSync(unfinished)) renameSync(join(unfinished, each), join(to, each));
    rmdirSync(unfinished);
    return count;
  } catch (error) {
    take();
    throw new Failure(`${to} cannot be written: ${systemReason(error)}`);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
