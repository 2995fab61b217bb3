/**
 * Writes through the API: make a group, authorize ten rules, revoke them. Ours is durable on disk; the peer keeps its
 * state in memory. Beside them the floors of the same run: a server that only answers, and one that also makes each
 * request durable with SQLite. How far they are ahead of the peer is how far any server on Node could be.
 */
import { ApiClient, type Call, type Driven, drive, elementIn, formText } from './api-client.ts';
import { type Peer, startFloor, startMoto, startOurs } from './api-servers.ts';
import { machine, median, type Report, round } from './report.ts';

const rounds = 5;
const connectionCounts = [1, 8];
const jobsARound = { rampart: 400, moto: 40, floor: 400 } as const;
/**
 * Before the first round: V8 compiles a program while it runs, and of ours a request takes less and less until 15,000
 * have been. moto's interpreter does not, and moto grows slower with every group that it has.
 */
const jobsToWarmUp = { rampart: 6000, moto: 40, floor: 2000 } as const;
const rulesPerGroup = 10;
let groupsMade = 0;

const rules = formText(
  Object.fromEntries(
    Array.from({ length: rulesPerGroup }, (_, index) => {
      const key = `IpPermissions.${index + 1}`;
      return [
        [`${key}.IpProtocol`, 'tcp'],
        [`${key}.FromPort`, String(1000 + index)],
        [`${key}.ToPort`, String(1000 + index)],
        [`${key}.IpRanges.1.CidrIp`, `10.${index}.0.0/16`],
      ];
    }).flat(),
  ),
);

const create = (GroupName: string): Call => ({
  Action: 'CreateSecurityGroup',
  GroupName,
  GroupDescription: 'a benchmark',
});

async function changeRules(client: ApiClient, GroupId: string): Promise<void> {
  await client.call({ Action: 'AuthorizeSecurityGroupIngress', GroupId }, rules);
  await client.call({ Action: 'RevokeSecurityGroupIngress', GroupId }, rules);
}

async function writeJob(client: ApiClient): Promise<void> {
  const made = await client.call(create(`bench-${process.pid}-${groupsMade++}`));
  await changeRules(client, elementIn(made, 'groupId'));
}

async function floorJob(client: ApiClient): Promise<void> {
  await client.call(create('x'));
  await changeRules(client, 'x');
}

type Measured = { readonly [Key in keyof Driven]: number[] };

const noneYet = (): Measured => ({ perSecond: [], cpuUsPerRequest: [], clientUsPerRequest: [] });

/** Runs the benchmark. */
export async function run(): Promise<Report> {
  const moto = await startMoto();
  const floors = [await startFloor(400), await startFloor(400, { durable: true })];
  const peers: readonly Peer[] = [await startOurs(), ...(moto ? [moto] : []), ...floors];
  const jobFor = (peer: Peer) => (floors.includes(peer) ? floorJob : writeJob);
  const kindOf = (peer: Peer) => (floors.includes(peer) ? 'floor' : peer === moto ? 'moto' : 'rampart');
  const measured = new Map<string, Measured>();
  try {
    for (const peer of peers) {
      await drive(peer, 8, { count: jobsToWarmUp[kindOf(peer)], requests: 3 }, jobFor(peer));
    }
    for (let round = 0; round < rounds; round++) {
      for (const connections of connectionCounts) {
        for (const peer of peers) {
          const size = { count: jobsARound[kindOf(peer)], requests: 3 };
          const driven = await drive(peer, connections, size, jobFor(peer));
          const known = measured.get(`${peer.name} ${connections}`) ?? noneYet();
          known.perSecond.push(driven.perSecond);
          known.cpuUsPerRequest.push(driven.cpuUsPerRequest);
          known.clientUsPerRequest.push(driven.clientUsPerRequest);
          measured.set(`${peer.name} ${connections}`, known);
        }
      }
    }
    return reportOf(peers, moto, measured);
  } finally {
    for (const peer of peers) await peer.stop();
  }
}

function reportOf(
  peers: readonly Peer[],
  moto: Peer | undefined,
  measured: ReadonlyMap<string, Measured>,
): Report {
  const of = (name: string, connections: number, key: keyof Driven) =>
    median(measured.get(`${name} ${connections}`)?.[key] ?? []);
  const rows = connectionCounts.flatMap((connections) =>
    peers.map(({ name }) => ({
      server: name,
      connections,
      'requests/s': round(of(name, connections, 'perSecond')),
      'CPU µs a request': round(of(name, connections, 'cpuUsPerRequest')),
      '… of the client': round(of(name, connections, 'clientUsPerRequest')),
      'times moto': moto
        ? round(of(name, connections, 'perSecond') / of('moto', connections, 'perSecond'))
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
    rows,
    agreement: [],
  };
}
