/** `rampart up`: a server in this process, or in one of its own that stays. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { StartMessage } from './detached.ts';
import { dataDirectory, logName, type UpOptions } from './options.ts';
import { StartupError } from './startup-error.ts';

export type Started = {
  readonly endpoint: string;
  /** What is not enforced, one sentence each. */
  readonly notes: readonly string[];
};

/**
 * Runs a server here until a signal ends it; throws a `StartupError` where it cannot start. Only now its modules are
 * loaded: whoever starts one in another process must not load them twice, one after the other.
 */
export async function up(options: UpOptions, ready: (started: Started) => void): Promise<void> {
  const { runServer } = await import('./run.ts');
  const { terminalLog } = await import('./log.ts');
  await runServer(options, terminalLog, ({ endpoint, health }) =>
    ready({ endpoint, notes: health().enforcement.notEnforced }),
  );
}

/** Starts a server that outlives this process; resolves when it answers, throws a `StartupError` where it cannot. */
export async function upDetached(options: UpOptions): Promise<Started & { readonly pid: number }> {
  const program = fileURLToPath(new URL('./main.js', import.meta.url));
  const child = spawn(process.execPath, [program, JSON.stringify(options)], {
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  const message = await new Promise<StartMessage>((resolve, reject) => {
    child.once('message', (sent) => resolve(sent as StartMessage));
    child.once('error', reject);
    child.once('exit', (code, signal) =>
      resolve({
        kind: 'failed',
        message: endedText(options, signal ?? `exit code ${code}`),
      }),
    );
  });
  if (child.connected) child.disconnect();
  child.unref();
  if (message.kind === 'failed') throw new StartupError(message.message);
  return { endpoint: message.endpoint, notes: message.notes, pid: child.pid ?? 0 };
}

/** An end that the server did not explain is a fault, which its log has. */
function endedText(options: UpOptions, how: string): string {
  const log = join(dataDirectory(options.data), logName);
  return `the server ended while starting (${how}); its log is ${log}`;
}
