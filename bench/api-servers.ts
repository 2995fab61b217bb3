/** The servers that the API benchmarks compare, each in a process of its own, on the loopback. */
import { fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { upDetached } from '#server/up.ts';

export type Peer = {
  readonly name: string;
  readonly version: string;
  readonly endpoint: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
};

/** Ours, durable on disk, nothing enforced, with room for many groups. */
export async function startOurs(): Promise<Peer> {
  const data = mkdtempSync(join(tmpdir(), 'rpt-bench-'));
  writeFileSync(
    join(data, 'rampart.json'),
    JSON.stringify({ quotas: { default: { securityGroupsPerRegion: 1_000_000 } } }),
  );
  const { endpoint, pid } = await upDetached(upOptions.parse({ port: 0, data, enforce: 'off' }));
  const stop = async () => {
    await down({ data });
    rmSync(data, { recursive: true, force: true });
  };
  return { name: 'rampart', version: '0.1.0', endpoint, pid, stop };
}

/** moto's server where it is on the PATH; undefined where it is not. */
export async function startMoto(): Promise<Peer | undefined> {
  if (spawnSync('moto_server', ['--help'], { stdio: 'ignore' }).status !== 0) return undefined;
  const port = await freePort();
  const child = spawn('moto_server', ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  await answers(endpoint);
  const stop = async () => {
    child.kill();
    await once(child, 'exit');
  };
  return { name: 'moto', version: motoVersion(), endpoint, pid: child.pid ?? 0, stop };
}

/** A server that does nothing but answer, or where it is durable keeps every body before it does. */
export async function startFloor(bytes: number, { durable = false } = {}): Promise<Peer> {
  const directory = durable ? mkdtempSync(join(tmpdir(), 'rpt-bench-')) : undefined;
  const kept = directory === undefined ? [] : [join(directory, 'floor.sqlite')];
  const program = fileURLToPath(new URL('./floor-server.ts', import.meta.url));
  const child = fork(program, [String(bytes), ...kept]);
  const [port] = (await once(child, 'message')) as [number];
  const stop = async () => {
    child.kill();
    await once(child, 'exit');
    if (directory !== undefined) rmSync(directory, { recursive: true, force: true });
  };
  const name = durable ? 'bare node:http and SQLite' : 'bare node:http';
  return { name, version: process.version, endpoint: `http://127.0.0.1:${port}`, pid: child.pid ?? 0, stop };
}

/** CPU time that a process has used, in milliseconds (proc_pid_stat(5), fields 14 and 15, in hundredths of a second). */
export function processCpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function motoVersion(): string {
  const shown = spawnSync('sh', ['-c', 'head -1 "$(command -v moto_server)"'], { encoding: 'utf8' }).stdout;
  const python = /^#!(\S*python\S*)/.exec(shown)?.[1] ?? 'python3';
  const asked = spawnSync(python, ['-c', 'import moto; print(moto.__version__)'], { encoding: 'utf8' });
  return asked.status === 0 ? asked.stdout.trim() : 'of unknown version';
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(endpoint: string): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (Date.now() < deadline) {
    try {
      await fetch(endpoint);
      return;
    } catch {
      // Not listening yet.
      await sleep(200);
    }
  }
  throw new Error(`nothing answers at ${endpoint}`);
}
