/** `rampart up`: starts a server, here or detached. */
import { type UpOptions, upOptions } from '#server/options.ts';
import { up as runHere, type Started, upDetached } from '#server/up.ts';
import { type ExitCode, exitCodes, usageFailure } from '../failure.ts';
import { print } from '../output.ts';

export type UpFlags = {
  readonly port: string;
  readonly data?: string;
  readonly config?: string;
  readonly listen: string;
  readonly auth: 'on' | 'off';
  readonly enforce: 'auto' | 'lab' | 'off';
  readonly detach?: boolean;
  readonly allowReset?: boolean;
};

/** Returns when the server has ended, or with `--detach` when it answers. */
export async function up({ detach = false, port, ...flags }: UpFlags): Promise<ExitCode> {
  const options = readOptions({ ...flags, port: /^\d+$/.test(port) ? Number(port) : Number.NaN });
  if (detach) {
    const started = await upDetached(options);
    announce(started, options, `process ${started.pid}`);
  } else {
    await runHere(options, (started) => announce(started, options, 'Ctrl-C ends it'));
  }
  return exitCodes.ok;
}

function readOptions(flags: object): UpOptions {
  const read = upOptions.safeParse(flags);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw usageFailure(`--${issue?.path.join('.')}: ${issue?.message}`);
}

function announce({ endpoint, notes }: Started, { data, auth }: UpOptions, how: string): void {
  print(`Rampart answers on ${endpoint} (${how})`);
  for (const note of notes) print(`not enforced: ${note}`);
  const option = data === undefined ? '' : ` --data ${quoted(data)}`;
  print(`AWS clients of a shell:  eval "$(rampart env${option})"`);
  if (auth === 'on') print(`Its access keys:         eval "$(rampart keys create NAME --env${option})"`);
}

/** A word that a shell reads back as it is. */
function quoted(word: string): string {
  return /^[\w./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
