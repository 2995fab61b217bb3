/** Runs a server until it is told to end. */
import type { Logger } from 'pino';
import type { UpOptions } from './options.ts';
import { type RunningServer, startServer } from './server.ts';

/**
 * Starts a server, tells when it is ready, and resolves after SIGTERM or SIGINT ended it in good order. A second signal
 * ends the process at once, with exit code 1.
 */
export async function runServer(
  options: UpOptions,
  logIn: (directory: string) => Logger,
  ready: (server: RunningServer) => void,
): Promise<void> {
  let signalled = () => {};
  const told = new Promise<void>((resolve) => {
    signalled = resolve;
  });
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) process.exit(1);
    signalled();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
  try {
    const server = await startServer(options, logIn);
    ready(server);
    await told;
    await server.stop();
  } finally {
    process.off('SIGTERM', onSignal);
    process.off('SIGINT', onSignal);
  }
}
