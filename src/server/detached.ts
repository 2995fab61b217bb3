/** A server in a process of its own. Options come as JSON in the first argument, the outcome goes to the parent. */
import type { Logger } from 'pino';
import { fileLog } from './log.ts';
import { upOptions } from './options.ts';
import { runServer } from './run.ts';
import { StartupError } from './startup-error.ts';

/** What the parent is told, once. */
export type StartMessage =
  | { readonly kind: 'ready'; readonly endpoint: string; readonly notes: readonly string[] }
  | { readonly kind: 'failed'; readonly message: string };

let log: Logger | undefined;

function tell(message: StartMessage): Promise<void> {
  return new Promise((resolve) => {
    if (!process.connected || !process.send) resolve();
    else process.send(message, () => resolve());
  });
}

process.on('uncaughtExceptionMonitor', (error) => log?.fatal({ err: error }, 'the server ends by a fault'));

try {
  const options = upOptions.parse(JSON.parse(process.argv[2] ?? '{}'));
  const logIn = (directory: string) => {
    log = fileLog(directory);
    return log;
  };
  await runServer(options, logIn, ({ endpoint, health }) => {
    const { notEnforced } = health().enforcement;
    void tell({ kind: 'ready', endpoint, notes: notEnforced }).then(() => process.disconnect?.());
  });
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  await tell({ kind: 'failed', message: error.message });
  process.exitCode = 1;
  process.disconnect?.();
}
