/**
 * From `rampart up` to the first answer: empty, and with 100k interfaces, 10k groups and 500k rules; with the memory
 * of the server then. Nothing is enforced.
 */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { down } from '#server/down.ts';
import { prepareDataDirectory } from '#state/data-directory.ts';
import { openSqliteStore } from '#state/sqlite-store.ts';
import type { StoredChange } from '#state/store.ts';
import { storedChange } from '#state/world-text.ts';
import type { Kind, Kinds } from '#vpc/network.ts';
import { ApiClient } from './api-client.ts';
import { processCpuMs } from './api-servers.ts';
import { machine, median, type Report, round } from './report.ts';

const rounds = 5;
const scope = { account: '123456789012', region: 'us-east-1' };
const groupsCount = 10_000;
const rulesPerGroup = 50;
const interfacesCount = 100_000;
const rowsPerCommit = 5000;

const hex = (number: number) => number.toString(16).padStart(17, '0');

/** A row without history: what was before it does not matter to a start. */
function rowOf(kind: Kind, entity: { readonly id: string }): StoredChange {
  return storedChange({ scope, kind, id: entity.id, before: undefined, after: entity as Kinds[Kind] });
}

function groupOf(index: number) {
  const rules = Array.from({ length: rulesPerGroup }, (_, rule) => ({
    id: `sgr-${hex(index * rulesPerGroup + rule)}`,
    direction: 'ingress',
    service: { kind: 'ports', protocol: 6, from: 1000 + rule, to: 1000 + rule },
    peer: { kind: 'cidr', cidr: `10.${index % 250}.${rule}.0/24` },
    description: 'from an office',
    tags: {},
  }));
  const vpcId = `vpc-${hex(1)}`;
  return { id: `sg-${hex(index)}`, vpcId, name: `group-${index}`, description: 'a group', rules, tags: {} };
}

function interfaceOf(index: number) {
  const address = `10.${index >> 16}.${(index >> 8) & 255}.${index & 255}`;
  const number = index.toString(16).padStart(10, '0');
  return {
    id: `eni-${hex(index)}`,
    vpcId: `vpc-${hex(1)}`,
    subnetId: `subnet-${hex(index >> 10)}`,
    description: '',
    macAddress: `02:${number.match(/../g)?.join(':')}`,
    privateIps: [{ address, isPrimary: true }],
    ipv6Addresses: [],
    groupIds: [`sg-${hex(index % groupsCount)}`],
    sourceDestCheck: true,
    timeouts: {},
    interfaceType: 'interface',
    requesterManaged: false,
    createdAtMs: 0,
    tags: { Name: `host-${index}` },
  };
}

function* rows(): Iterable<StoredChange> {
  yield rowOf('settings', { id: 'settings' });
  for (let index = 0; index < groupsCount; index++) yield rowOf('securityGroup', groupOf(index));
  for (let index = 0; index < interfacesCount; index++) yield rowOf('eni', interfaceOf(index));
}

async function fill(data: string): Promise<void> {
  const store = openSqliteStore(prepareDataDirectory(data));
  let sequence = 0;
  let changes: StoredChange[] = [];
  const commit = async () => {
    const meta = { timeMs: 0, principal: 'bench', action: 'Fill', requestId: 'bench', request: undefined };
    await store.commit(sequence, [{ ...scope, ...meta, sequence: sequence + 1, changes }]);
    sequence += 1;
    changes = [];
  };
  for (const row of rows()) {
    changes.push(row);
    if (changes.length === rowsPerCommit) await commit();
  }
  await commit();
  await store.close();
}

type Start = { readonly ms: number; readonly cpuMs: number; readonly residentMb: number };

const launcher = fileURLToPath(new URL('../rampart', import.meta.url));
const execute = promisify(execFile);

/** As a user starts it, from the launcher on. */
async function start(data: string): Promise<Start> {
  const before = performance.now();
  const command = ['up', '--detach', '--port', '0', '--data', data, '--enforce', 'off'];
  const { stdout } = await execute(launcher, command);
  const [, endpoint, pid] = /answers on (\S+) \(process (\d+)\)/.exec(stdout) ?? [];
  if (endpoint === undefined || pid === undefined) throw new Error(`no server answers: ${stdout}`);
  const client = new ApiClient(endpoint);
  await client.call({ Action: 'DescribeRegions' });
  const ms = performance.now() - before;
  await client.close();
  const cpuMs = processCpuMs(Number(pid));
  const resident = /^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  await down({ data });
  return { ms, cpuMs, residentMb: Number(resident) / 1024 };
}

/** Runs the benchmark. */
export async function run(): Promise<Report> {
  const scratch = mkdtempSync(join(tmpdir(), 'rpt-bench-'));
  try {
    const full = join(scratch, 'full');
    await fill(full);
    writeFileSync(
      join(full, 'rampart.json'),
      JSON.stringify({ quotas: { default: { interfacesPerRegion: 1_000_000 } } }),
    );
    const empty: Start[] = [];
    const loaded: Start[] = [];
    for (let round = 0; round < rounds; round++) {
      empty.push(await start(join(scratch, `empty-${round}`)));
      loaded.push(await start(full));
    }
    const rowFor = (world: string, starts: readonly Start[]) => ({
      world,
      'ms to the first answer': round(median(starts.map(({ ms }) => ms))),
      'CPU ms of the server': round(median(starts.map(({ cpuMs }) => cpuMs))),
      'resident MB': round(median(starts.map(({ residentMb }) => residentMb))),
    });
    return {
      name: 'start',
      versions: machine,
      rows: [rowFor('empty', empty), rowFor('100k interfaces, 10k groups, 500k rules', loaded)],
      agreement: [],
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
