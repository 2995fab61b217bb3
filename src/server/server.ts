/** Wires a server from its parts, and takes it apart again in the right order. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Logger } from 'pino';
import type { Enforcement } from '#kernel/enforcement.ts';
import { Database } from '#state/database.ts';
import { AwsEndpoint } from './aws-endpoint.ts';
import { loadConfig, quotasOf } from './config.ts';
import { chooseEnforcement } from './enforcement-choice.ts';
import { EnforcementFollower } from './enforcement-follower.ts';
import { type Health, healthOf } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { makeMetrics } from './metrics.ts';
import { openStore } from './open-store.ts';
import { dataDirectory, type UpOptions } from './options.ts';
import { processStart, removeServerFile, writeServerFile } from './server-file.ts';
import { StartupError } from './startup-error.ts';
import { productVersion } from './version.ts';

export type RunningServer = {
  readonly endpoint: string;
  readonly directory: string;
  readonly health: () => Health;
  /** Finishes running requests, then ends; the kernel keeps filtering. */
  readonly stop: () => Promise<void>;
};

const address = '127.0.0.1';
/** Requests that are still running after this are cut off. */
const drainMs = 10_000;

/**
 * Starts a server; resolves when it answers and the kernel was brought to the stored state, or that failed and health
 * says so. Throws a `StartupError` with one line for the operator. `logIn` gets the data directory once that is ours.
 */
export async function startServer(
  options: UpOptions,
  logIn: (directory: string) => Logger,
): Promise<RunningServer> {
  const directory = dataDirectory(options.data);
  const config = loadConfig(options.config, directory);
  const store = openStore(directory);
  const log = logIn(directory);
  const file = { pid: process.pid, version: productVersion, ...startOf(process.pid) };
  writeServerFile(directory, file);
  const closers: (() => unknown)[] = [() => store.close(), () => removeServerFile(directory)];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const database = await Database.open(store);
    closers[0] = () => database.close();
    const enforcement = await chooseEnforcement(options.enforce, await store.installation());
    closers.push(() => enforcement.close());
    const fault = (error: unknown, about: object) =>
      log.error({ err: error, ...about }, 'a fault was caught');
    const follower = new EnforcementFollower(database, enforcement, {
      fault: (error) => fault(error, { in: 'kernel' }),
      turned: (error) =>
        error === undefined
          ? log.info('the kernel follows again')
          : log.error(`the kernel refuses: ${error}`),
    });
    closers.push(() => follower.stop());
    const metrics = makeMetrics(database, enforcement);
    const enforced = async (sequence: number) => {
      const startMs = performance.now();
      await follower.reached(sequence);
      metrics.enforced((performance.now() - startMs) / 1000);
    };
    const aws = new AwsEndpoint({
      database,
      enforced,
      quotasOf: (account) => quotasOf(config, account),
      nowMs: Date.now,
      onFault: fault,
    });
    const reset = options.allowReset ? () => resetAll(database, enforcement, follower) : undefined;
    const http = createHttpServer({
      aws,
      control: { database, enforcement, metrics, reset },
      allowedHosts: new Set(config.allowedHosts),
      onFault: fault,
    });
    const endpoint = await listen(http, options.port);
    closers.push(() => drain(http));
    writeServerFile(directory, { ...file, endpoint, port: Number(new URL(endpoint).port) });
    await follower.follow();
    log.info(
      { endpoint, directory, version: productVersion },
      `Rampart ${productVersion} answers on ${endpoint}`,
    );
    const stop = async () => {
      await closeAll();
      log.info('stopped');
    };
    return { endpoint, directory, health: () => healthOf(database, enforcement), stop };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

function startOf(pid: number): { readonly processStart?: string } {
  const start = processStart(pid);
  return start === undefined ? {} : { processStart: start };
}

/** Nothing is applied between the moment the state is gone and the moment the kernel is empty. */
async function resetAll(
  database: Database,
  enforcement: Enforcement,
  follower: EnforcementFollower,
): Promise<void> {
  await follower.pausedFor(async () => {
    await database.wipe();
    await enforcement.purge();
  });
}

async function listen(http: Server, port: number): Promise<string> {
  http.listen({ host: address, port });
  try {
    await once(http, 'listening');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new StartupError(`port ${port} is taken; choose another with --port`);
    if (code === 'EACCES') throw new StartupError(`no permission to listen on port ${port}`);
    throw error;
  }
  return `http://${address}:${(http.address() as AddressInfo).port}`;
}

/** Accepts nothing new, lets running requests finish, and closes what is idle as it becomes so. */
async function drain(http: Server): Promise<void> {
  const closed = once(http, 'close');
  http.close();
  const sweep = setInterval(() => http.closeIdleConnections(), 20);
  const cut = setTimeout(() => http.closeAllConnections(), drainMs);
  await closed;
  clearInterval(sweep);
  clearTimeout(cut);
}
