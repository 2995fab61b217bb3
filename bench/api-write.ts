/**
 * Writes through the API: make a group, authorize ten rules, revoke them. Ours is durable on disk; the peer keeps its
 * state in memory. Beside them the floors of the same run: a server that only answers, and SQLite's own commits.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { ApiClient, type Call, drive, elementIn } from './api-client.ts';
import { type Peer, startFloor, startMoto, startOurs } from './api-servers.ts';
import { machine, median, type Report, round } from './report.ts';

const rounds = 5;
const jobs = { rampart: 200, moto: 40, 'bare node:http': 400 } as const;
const rulesPerGroup = 10;
let groupsMade = 0;

function permissions(): Call {
  return Object.fromEntries(
    Array.from({ length: rulesPerGroup }, (_, index) => {
      const key = `IpPermissions.${index + 1}`;
      return [
        [`${key}.IpProtocol`, 'tcp'],
        [`${key}.FromPort`, String(1000 + index)],
        [`${key}.ToPort`, String(1000 + index)],
        [`${key}.IpRanges.1.CidrIp`, `10.${index}.0.0/16`],
      ];
    }).flat(),
  );
}

const rules = permissions();

async function writeJob(client: ApiClient): Promise<void> {
  const name = `bench-${process.pid}-${groupsMade++}`;
  const made = await client.call({
    Action: 'CreateSecurityGroup',
    GroupName: name,
    GroupDescription: 'a benchmark',
  });
  const GroupId = elementIn(made, 'groupId');
  await client.call({ Action: 'AuthorizeSecurityGroupIngress', GroupId, ...rules });
  await client.call({ Action: 'RevokeSecurityGroupIngress', GroupId, ...rules });
}

async function floorJob(client: ApiClient): Promise<void> {
  await client.call({ Action: 'CreateSecurityGroup', GroupName: 'x', GroupDescription: 'a benchmark' });
  await client.call({ Action: 'AuthorizeSecurityGroupIngress', GroupId: 'x', ...rules });
  await client.call({ Action: 'RevokeSecurityGroupIngress', GroupId: 'x', ...rules });
}

/** Durable commits of one row a second, as SQLite does them alone (WAL, synchronous FULL). */
function sqliteCommitsPerSecond(count: number): number {
  const directory = mkdtempSync(join(tmpdir(), 'rpt-bench-'));
  const db = new DatabaseSync(join(directory, 'floor.sqlite'));
  try {
    db.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)',
    );
    const insert = db.prepare('INSERT INTO t (body) VALUES (?)');
    const body = 'x'.repeat(1500);
    const start = performance.now();
    for (let index = 0; index < count; index++) insert.run(body);
    return (count / (performance.now() - start)) * 1000;
  } finally {
    db.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

/** Runs the benchmark. */
export async function run(): Promise<Report> {
  const moto = await startMoto();
  const peers: readonly Peer[] = [await startOurs(), ...(moto ? [moto] : []), await startFloor(400)];
  try {
    const measured = new Map<string, { readonly perSecond: number[]; readonly cpu: number[] }>();
    const commits: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      for (const connections of [1, 8]) {
        for (const peer of peers) {
          const count = jobs[peer.name as keyof typeof jobs];
          const job = peer.name === 'bare node:http' ? floorJob : writeJob;
          const driven = await drive(peer, connections, { count, requests: 3 }, job);
          // The first round warms up.
          if (round === 0) continue;
          const key = `${peer.name} ${connections}`;
          const known = measured.get(key) ?? { perSecond: [], cpu: [] };
          known.perSecond.push(driven.perSecond);
          known.cpu.push(driven.cpuUsPerRequest);
          measured.set(key, known);
        }
      }
      if (round > 0) commits.push(sqliteCommitsPerSecond(1000));
    }
    return reportOf(peers, moto, measured, commits);
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

function reportOf(
  peers: readonly Peer[],
  moto: Peer | undefined,
  measured: ReadonlyMap<string, { readonly perSecond: readonly number[]; readonly cpu: readonly number[] }>,
  commits: readonly number[],
): Report {
  const perSecond = (name: string, connections: number) =>
    median(measured.get(`${name} ${connections}`)?.perSecond ?? []);
  const rows = [1, 8].flatMap((connections) =>
    peers.map(({ name }) => ({
      server: name,
      connections,
      'requests/s': round(perSecond(name, connections)),
      'CPU µs a request': round(median(measured.get(`${name} ${connections}`)?.cpu ?? [])),
      'ours is faster by': moto
        ? round(perSecond('rampart', connections) / perSecond(name, connections))
        : '-',
    })),
  );
  return {
    name: 'api-write',
    versions: {
      ...machine,
      ...Object.fromEntries(peers.map(({ name, version }) => [name, version])),
      'answers of 500, asked again': String(ApiClient.repeated),
      ...(moto ? {} : { moto: 'missing: no moto_server on the PATH, so nothing to compare with' }),
    },
    rows: [
      ...rows,
      {
        server: 'SQLite, one durable commit a row',
        connections: 1,
        'requests/s': round(median(commits)),
        'CPU µs a request': '-',
        'ours is faster by': '-',
      },
    ],
    agreement: [],
  };
}
