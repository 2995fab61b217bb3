/** A folder of describe-* files, written whole or not at all. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { systemReason } from '#import/system-reason.ts';
import { Failure, usageFailure } from '../failure.ts';
import type { DescribedFile } from './describe-world.ts';
import { cliJson } from './describe-world.ts';

const prefix = '.unfinished-';

/** Refuses a folder that holds something, but for what an export left that was killed, and what is no folder. */
export function refuseFull(to: string): void {
  if (!existsSync(to)) return;
  if (!statSync(to).isDirectory()) throw usageFailure(`${to} is no folder`);
  const held = readdirSync(to).filter((name) => !isAbandoned(name));
  const [other] = held.filter((name) => writerOf(name) === undefined);
  if (held.length === 0) return;
  throw usageFailure(
    other === undefined ? `process ${writerOf(held[0] ?? '')} is writing into ${to}` : `${to} is not empty`,
  );
}

/** The process that writes an unfinished folder, as its name tells; undefined for every other name. */
function writerOf(name: string): number | undefined {
  const [, pid] = /^\.unfinished-(\d+)-\w{6}$/.exec(name) ?? [];
  return pid === undefined ? undefined : Number(pid);
}

/** Whether nobody writes an unfinished folder any more: signal 0 asks only whether the process is there. */
function isAbandoned(name: string): boolean {
  const pid = writerOf(name);
  if (pid === undefined) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

function clearAbandoned(to: string): void {
  for (const name of readdirSync(to)) if (isAbandoned(name)) rmSync(join(to, name), { recursive: true });
}

/** Accounts, regions and ids are in the names, as a dump or whoever answers for AWS has them: none may lead elsewhere. */
function oneName(name: string): string {
  if (/^[^./\\\0][^/\\\0]*$/.test(name)) return name;
  throw new Failure(`nothing is written: "${name}" is no name for a file`);
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
    clearAbandoned(to);
    const unfinished = mkdtempSync(join(to, `${prefix}${process.pid}-`));
    take = () => {
      rmSync(unfinished, { recursive: true, force: true });
      if (isNew && readdirSync(to).length === 0) rmdirSync(to);
    };
    let count = 0;
    for (const { folder, name, body } of files) {
      const place = join(unfinished, ...folder.map(oneName));
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, oneName(name)), cliJson(body));
      count++;
      // Lets a signal be heard.
      await setImmediate();
    }
    for (const each of readdirSync(unfinished)) renameSync(join(unfinished, each), join(to, each));
    rmdirSync(unfinished);
    return count;
  } catch (error) {
    take();
    if (error instanceof Failure) throw error;
    throw new Failure(`${to} cannot be written: ${systemReason(error)}`);
  } finally {
    for (const signal of signals) process.off(signal, stop);
  }
}
