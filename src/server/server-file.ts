/** `server.json` in the data directory: which process owns it and where it answers. */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isSystemError, reasonOf } from '#state/data-directory.ts';
import { StartupError } from './startup-error.ts';

const serverFileSchema = z.object({
  pid: z.int().positive(),
  /** When the process began, as the system says it: tells it from a later one with the same id. */
  processStart: z.string().optional(),
  version: z.string(),
  /** Absent while the server is starting. */
  endpoint: z.url().optional(),
  port: z.int().optional(),
  /** What opens the server's own paths while signatures are checked; new with every start. */
  token: z.string().optional(),
});

export type ServerFile = z.infer<typeof serverFileSchema>;

const pathIn = (directory: string) => join(directory, 'server.json');

/**
 * What the file says, or undefined where there is none, or none of ours. Throws a `StartupError` where it cannot be
 * looked at: whoever may not read a directory must not be told that no server runs there.
 */
export function readServerFile(directory: string): ServerFile | undefined {
  let text: string;
  try {
    text = readFileSync(pathIn(directory), 'utf8');
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw new StartupError(`${pathIn(directory)} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  try {
    return serverFileSchema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** Replaces the file at once, so that no reader sees half of it. Throws a `StartupError` where the disk refuses. */
export function writeServerFile(directory: string, content: ServerFile): void {
  const temporary = `${pathIn(directory)}.new`;
  try {
    writeFileSync(temporary, `${JSON.stringify(content)}\n`, { mode: 0o600 });
    renameSync(temporary, pathIn(directory));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new StartupError(`${pathIn(directory)} cannot be written: ${reasonOf(error)}`, { cause: error });
  }
}

export function removeServerFile(directory: string): void {
  rmSync(pathIn(directory), { force: true });
}

/** When a process began, in clock ticks since boot (proc(5), field 22), or undefined where the system does not say. */
export function processStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name, field 2, is in parentheses and may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

/** Whether the process that wrote the file is still there. */
export function isAlive({ pid, processStart: start }: ServerFile): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return start === undefined || processStart(pid) === start;
}
