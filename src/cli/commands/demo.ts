/** `rampart demo`: a server of its own, the story, and nothing left behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { down } from '#server/down.ts';
import { type RunningServer, startServer } from '#server/server.ts';
import { Ec2Api } from '../demo/api.ts';
import { Lab } from '../demo/lab.ts';
import { terminalReporter } from '../demo/reporter.ts';
import { tellStory } from '../demo/story.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { print } from '../output.ts';
import { fetchWorldFrom } from '../remote-world.ts';

const interruptedExitCode = 130;

/** Tells the story. Fails where packets and engine disagree anywhere. */
export async function demo(): Promise<ExitCode | typeof interruptedExitCode> {
  const data = mkdtempSync(join(tmpdir(), 'rampart-demo-'));
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
      process.once(signal, () => resolve('interrupted'));
  });
  let server: RunningServer | undefined;
  try {
    const options = { port: 0, data, enforce: 'auto', allowReset: false } as const;
    server = await startServer(options, () => pino({ level: 'silent' }));
    const outcome = await Promise.race([interrupted, play(server)]);
    if (outcome !== 'interrupted') return outcome;
    print('\nInterrupted; cleaning up.');
    return interruptedExitCode;
  } finally {
    await cleanUp(data, server);
  }
}

async function play({ endpoint, health }: RunningServer): Promise<ExitCode> {
  const startedAt = performance.now();
  const { enforcement } = health();
  if (enforcement.error !== undefined) throw new Failure(`the kernel refuses the lab: ${enforcement.error}`);
  const filters = enforcement.mode === 'lab';
  if (!filters) {
    print('This machine cannot filter packets:');
    for (const sentence of enforcement.notEnforced) print(`  ${sentence}`);
    print('The same story follows with the engine alone.');
  }
  const differences = await tellStory({
    api: new Ec2Api(endpoint),
    world: async () => (await fetchWorldFrom(endpoint)).world,
    openLab: filters ? (hosts) => Lab.open(hosts, endpoint) : undefined,
    report: terminalReporter(),
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (differences > 0) throw new Failure(`${differences} answers differ from what was measured or promised`);
  print(
    filters
      ? `\nPackets and engine agree everywhere (${seconds} s).`
      : `\nThe engine's story holds (${seconds} s).`,
  );
  return exitCodes.ok;
}

async function cleanUp(data: string, server: RunningServer | undefined): Promise<void> {
  const filters = server?.health().enforcement.mode === 'lab';
  await server?.stop();
  if (filters) await down({ data, purge: true });
  rmSync(data, { recursive: true, force: true });
}
