/** `server.json` in the data directory: which process owns it and where it answers. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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

/** What a file says, and whose it is: whoever can write it could name the process of somebody else. */
export type FoundServer = ServerFile & { readonly ownerUid: number };

const pathIn = (directory: string) => join(directory, 'server.json');

/**
 * What the file says, or undefined where there is none, or none of ours. Throws a `StartupError` where it cannot be
 * looked at: whoever may not read a directory must not be told that no server runs there.
 */
export function readServerFile(directory: string): FoundServer | undefined {
  let found: { readonly text: string; readonly ownerUid: number };
  try {
    found = readOwned(pathIn(directory));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOENT') return undefined;
    throw new StartupError(`${pathIn(directory)} cannot be read: ${reasonOf(error)}`, { cause: error });
  }
  try {
    return { ...serverFileSchema.parse(JSON.parse(found.text)), ownerUid: found.ownerUid };
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return undefined;
    throw error;
  }
}

/** A file's text and owner; a link is not followed, since its target may be owned by another. */
function readOwned(path: string): { readonly text: string; readonly ownerUid: number } {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return { text: readFileSync(descriptor, 'utf8'), ownerUid: fstatSync(descriptor).uid };
  } finally {
    closeSync(descriptor);
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

/**
 * Whether the process that wrote the file is still there: of this id, begun at that time, and run by the file's owner.
 * Without the last, whoever owns a directory could have `rampart down` end any process of the root that calls it.
 */
export function isAlive({ pid, processStart: start, ownerUid }: FoundServer): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it is there and belongs to someone else.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  const began = processStart(pid);
  // A system that does not tell says nothing of owners either.
  if (began === undefined) return start === undefined;
  return began === start && ownerOf(pid) === ownerUid;
}

function ownerOf(pid: number): number | undefined {
  return statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid;
}
