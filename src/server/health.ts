/** What `GET /_rampart/health` answers. */
import { z } from 'zod';
import type { Enforcement } from '#kernel/enforcement.ts';
import type { Database } from '#state/database.ts';
import type { AuthMode } from './authentication.ts';
import { productVersion } from './version.ts';

export const healthSchema = z.object({
  /** `degraded`: the API works, the kernel does not hold what was committed. */
  status: z.enum(['ok', 'degraded']),
  version: z.string(),
  pid: z.int(),
  uptimeSeconds: z.number(),
  /** Whether signatures are verified. */
  auth: z.enum(['on', 'off']),
  /** Journal sequence of the committed state. */
  sequence: z.int(),
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
  return {
    status: status.ok ? 'ok' : 'degraded',
    version: productVersion,
    pid: process.pid,
    uptimeSeconds: Math.round(process.uptime() * 1000) / 1000,
    auth,
    sequence: database.sequence,
    enforcement: { ...status, lag: Math.max(0, database.sequence - status.sequence) },
  };
}
