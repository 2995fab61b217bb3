/** Wires a server from its parts, and takes it apart again in the right order. */
import { randomBytes } from 'node:crypto';
import type { Logger } from 'pino';
import type { Enforcement } from '#kernel/enforcement.ts';
import type { Database } from '#state/database.ts';
import { openAuthentication } from './authentication.ts';
import { AwsEndpoint } from './aws-endpoint.ts';
import { backupStream, sweepUnfinishedBackups } from './backup-stream.ts';
import { checkBinding, controlGuard, hostOf } from './binding.ts';
import { loadConfig, quotasBy } from './config.ts';
import { chooseEnforcement, labPrefix } from './enforcement-choice.ts';
import { EnforcementFollower } from './enforcement-follower.ts';
import { type Health, healthOf } from './health.ts';
import { createHttpServer } from './http-server.ts';
import { drain, listenAt } from './listening.ts';
import { type Metrics, makeMetrics } from './metrics.ts';
import { openDatabase, openStore } from './open-store.ts';
import { dataDirectory, type UpOptions } from './options.ts';
import { processStart, removeServerFile, writeServerFile } from './server-file.ts';
import { startupOf } from './startup-error.ts';
import { strayLabs } from './stray-labs.ts';
import { productVersion } from './version.ts';

export type RunningServer = {
  readonly endpoint: string;
  readonly directory: string;
  readonly health: () => Health;
  /** Finishes running requests, then ends; the kernel keeps filtering. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts a server; resolves when it answers and the kernel was brought to the stored state, or that failed and health
 * says so. Throws a `StartupError` with one line for the operator. `logIn` gets the data directory once that is ours.
 */
export async function startServer(
  options: UpOptions,
  logIn: (directory: string) => Logger,
): Promise<RunningServer> {
  checkBinding(options);
  const { auth, listen } = options;
  const directory = dataDirectory(options.data);
  const config = await loadConfig(options.config, directory);
  const store = openStore(directory);
  sweepUnfinishedBackups(directory);
  const log = logIn(directory);
  const token = auth === 'on' ? randomBytes(32).toString('base64url') : undefined;
  const file = {
    pid: process.pid,
    version: productVersion,
    ...startOf(process.pid),
    ...(token && { token }),
  };
  writeServerFile(directory, file);
  const closers: (() => unknown)[] = [() => store.close(), () => removeServerFile(directory)];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const database = await openDatabase(store);
    closers[0] = () => database.close();
    const { close, ...identity } = startupOf(() => openAuthentication(auth, directory, Date.now));
    closers.push(close);
    const installation = await store.installation();
    if (options.enforce !== 'off') await nameStrays(directory, installation, log);
    const fault = (error: unknown, about: object) =>
      log.error({ err: error, ...about }, 'a fault was caught');
    const enforcement = await chooseEnforcement(
      options.enforce,
      { installation, directory },
      {
        onFault: (error) => fault(error, { in: 'guest services' }),
        onRepair: (found) => log.warn({ found }, 'somebody else changed the kernel; it is put right'),
      },
    );
    closers.push(() => enforcement.close());
    const follower = new EnforcementFollower(database, enforcement, {
      fault: (error) => fault(error, { in: 'kernel' }),
      turned: (error) =>
        error === undefined
          ? log.info('the kernel follows again')
          : log.error(`the kernel refuses: ${error}`),
    });
    closers.push(() => follower.stop());
    const metrics = makeMetrics(database, enforcement);
    const aws = new AwsEndpoint({
      database,
      enforced: (sequence) => timed(metrics, follower.reached(sequence)),
      ...identity,
      quotasOf: quotasBy(config),
      nowMs: Date.now,
      onFault: fault,
    });
    const reset = options.allowReset ? () => resetAll(database, enforcement, follower) : undefined;
    const parts = { database, enforcement, auth };
    const http = createHttpServer({
      aws,
      control: { ...parts, metrics, reset, backup: () => backupStream(store, directory) },
      mayControl: controlGuard(token),
      allowedHosts: new Set([...config.allowedHosts, hostOf(listen)]),
      onFault: fault,
    });
    const endpoint = await listenAt(http, options);
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
    return { endpoint, directory, health: () => healthOf(parts), stop };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

async function nameStrays(directory: string, installation: string, log: Logger): Promise<void> {
  const strays = await strayLabs(directory, labPrefix(installation));
  if (strays.length === 0) return;
  log.warn(
    { strays },
    'namespaces of an earlier life of this data directory; rampart down --purge removes them',
  );
}

async function timed(metrics: Metrics, wait: Promise<void>): Promise<void> {
  const startMs = performance.now();
  await wait;
  metrics.enforced((performance.now() - startMs) / 1000);
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
