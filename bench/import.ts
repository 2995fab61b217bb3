/** Reading a dump as the aws CLI writes it, at three sizes: in a process of its own, so that its memory is the reading's. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cliJson, describeWorld } from '#cli/export/describe-world.ts';
import { readDump } from '#import/dump/read-dump.ts';
import { largeWorld } from './large-network.ts';
import { machine, type Report, round } from './report.ts';

const sizes = [1_000, 10_000, 100_000] as const;

/** What a process that reads a dump prints. */
type Reading = {
  readonly interfaces: number;
  readonly rules: number;
  readonly cpuMs: number;
  readonly rssMb: number;
};

const thisFile = fileURLToPath(import.meta.url);

/** Run with a path as its argument, this file reads the dump there and prints the cost. */
const [, program, path] = process.argv;
if (program === thisFile && path !== undefined) console.log(JSON.stringify(reading(path)));

function reading(from: string): Reading {
  const before = process.cpuUsage();
  const { world } = readDump(from);
  const { user, system } = process.cpuUsage(before);
  const networks = [...world.values()];
  const groups = networks.flatMap(({ securityGroup }) => [...securityGroup.values()]);
  return {
    interfaces: networks.reduce((sum, { eni }) => sum + eni.size, 0),
    rules: groups.reduce((sum, { rules }) => sum + rules.length, 0),
    cpuMs: (user + system) / 1000,
    // The largest that the process was, in kilobytes.
    rssMb: process.resourceUsage().maxRSS / 1024,
  };
}

export function run(): Report {
  const rows = [];
  const agreement = [];
  for (const size of sizes) {
    const folder = mkdtempSync(join(tmpdir(), 'rpt-bench-import-'));
    try {
      const bytes = write(size, folder);
      const read = readApart(folder);
      rows.push({
        interfaces: size,
        rules: read.rules,
        'files MB': round(bytes / 2 ** 20),
        'CPU s': round(read.cpuMs / 1000),
        'µs an interface': round((1000 * read.cpuMs) / size),
        'peak memory MB': Math.round(read.rssMb),
      });
      agreement.push({ what: `all ${size} interfaces are read`, agrees: read.interfaces === size });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return { name: 'import', versions: machine, rows, agreement };
}

/** Writes the dump and returns how many bytes it has. */
function write(size: number, folder: string): number {
  let bytes = 0;
  for (const { folder: parts, name, body } of describeWorld(largeWorld(size), 60_000)) {
    const place = join(folder, ...parts);
    mkdirSync(place, { recursive: true });
    writeFileSync(join(place, name), cliJson(body));
    bytes += statSync(join(place, name)).size;
  }
  return bytes;
}

function readApart(folder: string): Reading {
  const { stdout, stderr, status } = spawnSync(process.execPath, [thisFile, folder], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`reading failed: ${stderr}`);
  return JSON.parse(stdout) as Reading;
}
