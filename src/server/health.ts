/** What `GET /_rampart/health` answers. */
import { z } from 'zod';
import type { Enforcement } from '#kernel/enforcement.ts';
import type { Database } from '#state/database.ts';
import type { AuthMode } from './authentication.ts';
import { productVersion } from './version.ts';

export const healthSchema = z.object({
  /** `degraded`: the kernel does not hold what was committed, or the store takes no changes. */
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  pid: z.int(),
  uptimeSeconds: z.number(),
  /** Whether signatures are verified. */
  auth: z.enum(['on', 'off']),
  /** Random id of the journal; another one after a reset, which begins at sequence 0 again. */
  identity: z.string(),
  /** Journal sequence of the committed state. */
  sequence: z.int(),
  storage: z.object({
    /** Whether the store takes changes; while it does not, they are refused and reading goes on. */
    ok: z.boolean(),
    error: z.string().optional(),
  }),
  enforcement: z.object({
    mode: z.enum(['lab', 'off']),
    ok: z.boolean(),
    generation: z.int(),
    sequence: z.int(),
    /** Journal entries that the kernel does not have yet. */
    lag: z.int(),
    notEnforced: z.array(z.string()).readonly(),
    error: z.string().optional(),
    /** What is closed or as it was before because the kernel refused it, by resource. */
    failing: z.array(z.object({ resource: z.string(), error: z.string() })).readonly(),
    /** How often somebody else had changed what the kernel holds, and it was put right. */
    repairs: z.int(),
    lastRepair: z.string().optional(),
  }),
});

export type Health = z.infer<typeof healthSchema>;

export type HealthParts = {
  readonly database: Database;
  readonly enforcement: Enforcement;
  readonly auth: AuthMode;
};

export function healthOf({ database, enforcement, auth }: HealthParts): Health {
  const status = enforcement.status();
  const { storageError: error } = database;
  return {
    status: status.ok && error === undefined ? 'ok' : 'degraded',
    version: productVersion,
    pid: process.pid,
    uptimeSeconds: Math.round(process.uptime() * 1000) / 1000,
    auth,
    identity: database.identity,
    sequence: database.sequence,
    storage: { ok: error === undefined, ...(error !== undefined && { error }) },
    enforcement: { ...status, lag: Math.max(0, database.sequence - status.sequence) },
  };
}
