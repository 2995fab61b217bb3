/** What the operator may ask of a server when starting it. */
import { homedir, userInfo } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { StartupError } from './startup-error.ts';

/** 4566 is where users of local AWS endpoints look first. */
const defaultPort = 4566;

const portRange = 'expected a number from 0 to 65535';

export const upOptions = z.strictObject({
  /** TCP port; 0 takes a free one. */
  port: z.int(portRange).min(0, portRange).max(65535, portRange).default(defaultPort),
  /** Address to listen on; another than a loopback one needs `auth` on. */
  listen: z.union([z.ipv4(), z.ipv6()], 'expected an IP address').default('127.0.0.1'),
  /** Whether signatures are verified; while they are not, every caller is root of the account it names. */
  auth: z.enum(['on', 'off']).default('off'),
  /** Data directory. */
  data: z.string().min(1).optional(),
  /** Configuration file; by default `rampart.yaml` or `rampart.json` in the data directory, if there. */
  config: z.string().min(1).optional(),
  /** `auto` filters where the machine can. */
  enforce: z.enum(['auto', 'lab', 'off']).default('auto'),
  /** Whether `POST /_rampart/reset` is accepted. */
  allowReset: z.boolean().default(false),
});

export type UpOptions = z.infer<typeof upOptions>;

/** The log of a server without a terminal, in its data directory. */
export const logName = 'server.log';

/** The data directory: what was asked for, `$RAMPART_DATA`, or `~/.local/share/rampart`. */
export function dataDirectory(asked: string | undefined, env: NodeJS.ProcessEnv = process.env): string {
  const named = asked ?? env['RAMPART_DATA'];
  return named ? resolve(named) : join(home(), '.local', 'share', 'rampart');
}

/**
 * An empty $HOME, as some containers have it, would be the folder that one happens to be in; and a user whom the system does
 * not know has no home without it.
 */
function home(): string {
  try {
    return homedir() || userInfo().homedir;
  } catch (error) {
    throw new StartupError('there is no home directory: name a data directory with --data or $RAMPART_DATA', {
      cause: error,
    });
  }
}
