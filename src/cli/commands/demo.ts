/** `rampart demo`: a server of its own, the story, and nothing left behind. */
import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { type RunningServer, startServer } from '#server/server.ts';
import { isAlive, readServerFile } from '#server/server-file.ts';
import { Ec2Api } from '../demo/api.ts';
import { Lab } from '../demo/lab.ts';
import { terminalReporter } from '../demo/reporter.ts';
import { tellStory } from '../demo/story.ts';
import { type ExitCode, exitCodes, Failure } from '../failure.ts';
import { print } from '../output.ts';
import { fetchWorldFrom } from '../remote-world.ts';

export type DemoOptions = {
  /** Send no packets, also where the machine could filter them. */
  readonly engineOnly?: boolean;
};

/** What a shell gives a command that Ctrl-C ended. */
const interruptedExitCode = 130;

const folderPrefix = 'rampart-demo-';

/** Tells the story. Fails where packets and engine disagree anywhere. */
export async function demo({ engineOnly = false }: DemoOptions): Promise<ExitCode> {
  const interrupted = new Promise<'interrupted'>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => resolve('interrupted'));
    }
  });
  await removeAbandoned();
  const data = mkdtempSync(join(tmpdir(), folderPrefix));
  const stage: Stage = {};
  let outcome: ExitCode | 'interrupted' = exitCodes.failed;
  try {
    const options = upOptions.parse({ port: 0, data, enforce: engineOnly ? 'off' : 'auto' });
    stage.server = await startServer(options, () => pino({ level: 'silent' }));
    outcome = await Promise.race([interrupted, play(stage, stage.server)]);
    if (outcome === 'interrupted') print('\nInterrupted; cleaning up.');
  } finally {
    await cleanUp(data, stage);
  }
  // The story is still under way somewhere, and has nothing left to stand on.
  if (outcome === 'interrupted') process.exit(interruptedExitCode);
  return outcome;
}

/** What runs and has to be ended. */
type Stage = { server?: RunningServer; lab?: Lab };

async function play(stage: Stage, { endpoint, health }: RunningServer): Promise<ExitCode> {
  const startedAt = performance.now();
  const { enforcement } = health();
  if (enforcement.error !== undefined) {
    throw new Failure(`the kernel refuses the lab: ${enforcement.error}`);
  }
  const filters = enforcement.mode === 'lab';
  if (!filters) {
    for (const sentence of enforcement.notEnforced) print(sentence);
    print('No packets are sent: the story is told by the engine alone.');
  }
  const differences = await tellStory({
    api: new Ec2Api(endpoint),
    world: async () => (await fetchWorldFrom({ endpoint })).world,
    openLab: filters
      ? async (hosts) => {
          stage.lab = await Lab.open(hosts, endpoint);
          return stage.lab;
        }
      : undefined,
    report: terminalReporter(),
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  if (differences > 0) throw new Failure(`${differences} answers differ from what was measured or promised`);
  print(`\n${filters ? 'Packets and engine agree everywhere' : "The engine's story holds"} (${seconds} s).`);
  return exitCodes.ok;
}

async function cleanUp(data: string, { server, lab }: Stage): Promise<void> {
  lab?.close();
  const filters = server?.health().enforcement.mode === 'lab';
  await server?.stop();
  if (filters) await down({ data, purge: true });
  rmSync(data, { recursive: true, force: true });
}

/**
 * Clears away what a demo left that was killed before it could. Anybody may put something into the folder for
 * temporary files, such as a link to the data of a server: only a folder of our own is looked into.
 */
async function removeAbandoned(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(folderPrefix))) {
    const data = join(tmpdir(), name);
    const found = lstatSync(data, { throwIfNoEntry: false });
    if (!found?.isDirectory() || found.uid !== process.getuid?.()) continue;
    const file = readServerFile(data);
    if (!file || isAlive(file)) continue;
    if (process.getuid?.() === 0) await down({ data, purge: true });
    rmSync(data, { recursive: true, force: true });
  }
}
