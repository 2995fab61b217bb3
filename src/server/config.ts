/** The operator's optional configuration file: what is too long or too lasting for the command line. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { isSystemError, reasonOf } from '#state/data-directory.ts';
import { type QuotaName, type QuotaOverrides, quotaProblem, quotas } from '#vpc/quotas.ts';
import { StartupError } from './startup-error.ts';

const quotaNames = Object.keys(quotas) as readonly QuotaName[];
const quotaValues = z.partialRecord(z.enum(quotaNames), z.int().min(0).max(10_000_000));

const configSchema = z.strictObject({
  /** Names under which clients may address the server, besides the loopback ones. */
  allowedHosts: z.array(z.string().regex(/^[a-z0-9.-]+$/, 'a host name in lower case')).default([]),
  /** Account id, or `default` for every account → limits in place of AWS's defaults. */
  quotas: z
    .record(
      z.string().regex(/^(\d{12}|default)$/, 'this is neither an account id nor "default"'),
      quotaValues,
    )
    .superRefine((all, context) => {
      for (const [account, limits] of Object.entries(all)) {
        const message = quotaProblem({ ...all['default'], ...limits });
        if (message !== undefined) context.addIssue({ code: 'custom', path: [account], message });
      }
    })
    .default({}),
});

export type Config = z.infer<typeof configSchema>;

const fileNames = ['rampart.yaml', 'rampart.json'];

/**
 * The configuration in the named file, else in `rampart.yaml` or `rampart.json` of the data directory, else the
 * default one. YAML reads JSON too. Throws a `StartupError` that names the file and the wrong value.
 */
export async function loadConfig(named: string | undefined, directory: string): Promise<Config> {
  const path = named ?? fileNames.map((name) => join(directory, name)).find((name) => existsSync(name));
  if (path === undefined) return configSchema.parse({});
  const read = configSchema.safeParse((await parsed(path)) ?? {});
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new StartupError(`${path}: ${issue?.path.join('.') || 'the file'}: ${issue && wrongIn(issue)}`);
}

/** What is wrong with a value, or with the name that it stands under. */
function wrongIn(issue: z.core.$ZodIssue): string {
  return issue.code === 'invalid_key' ? (issue.issues[0]?.message ?? issue.message) : issue.message;
}

/** The limits by account. Asked with every request; few accounts have limits of their own. */
export function quotasBy({
  quotas: { default: common = {}, ...own },
}: Config): (account: string) => QuotaOverrides {
  const byAccount = new Map(
    Object.entries(own).map(([account, limits]) => [account, { ...common, ...limits }] as const),
  );
  return (account) => byAccount.get(account) ?? common;
}

/** YAML is loaded by those who have such a file: it is a tenth of a server's modules. */
async function parsed(path: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(readFileSync(path, 'utf8'));
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (isSystemError(error)) {
      const why = error.code === 'ENOENT' ? 'there is no such file' : reasonOf(error);
      throw new StartupError(`${path} cannot be read: ${why}`, { cause: error });
    }
    throw new StartupError(`${path}: ${error.message.split('\n', 1)[0]}`, { cause: error });
  }
}
