/** Reads through the API: describe 1,000 groups of ten rules, and one of them by its id. */
import { ApiClient, type Call, drive, elementIn } from './api-client.ts';
import { type Peer, startFloor, startMoto, startOurs } from './api-servers.ts';
import { machine, median, type Report, round } from './report.ts';

const rounds = 5;
const groupsCount = 1000;
const rulesPerGroup = 10;

const nameOf = (index: number) => `bench-${String(index).padStart(4, '0')}`;

/** Makes the groups, over one connection since the peer fails on several; gives the id of one. */
async function fill(peer: Peer): Promise<string> {
  let id = '';
  await drive(peer, 1, { count: groupsCount, requests: 2 }, async (client, index) => {
    const made = await client.call({
      Action: 'CreateSecurityGroup',
      GroupName: nameOf(index),
      GroupDescription: 'a benchmark',
    });
    const GroupId = elementIn(made, 'groupId');
    if (index === groupsCount >> 1) id = GroupId;
    await client.call({ Action: 'AuthorizeSecurityGroupIngress', GroupId, ...rulesOf(index) });
  });
  return id;
}

function rulesOf(group: number): Call {
  return Object.fromEntries(
    Array.from({ length: rulesPerGroup }, (_, index) => [
      [`IpPermissions.${index + 1}.IpProtocol`, 'tcp'],
      [`IpPermissions.${index + 1}.FromPort`, String(1000 + index)],
      [`IpPermissions.${index + 1}.ToPort`, String(1000 + index)],
      [`IpPermissions.${index + 1}.IpRanges.1.CidrIp`, `10.${group % 250}.${index}.0/24`],
    ]).flat(),
  );
}

const all: Call = { Action: 'DescribeSecurityGroups' };
const one = (id: string): Call => ({ Action: 'DescribeSecurityGroups', 'GroupId.1': id });

/** What the two servers must agree on: names of groups and their inbound blocks, sorted. */
function substance(xml: string): string {
  const groups = [...xml.matchAll(/<groupName>(bench-\d+)<\/groupName>/g)].map(([, name]) => name);
  const blocks = [...xml.matchAll(/<cidrIp>(10\.[^<]*)<\/cidrIp>/g)].map(([, cidr]) => cidr);
  return JSON.stringify([[...new Set(groups)].sort(), blocks.sort()]);
}

type Measured = { readonly ms: number[]; readonly cpuMs: number[] };

/** Runs the benchmark. */
export async function run(): Promise<Report> {
  const moto = await startMoto();
  const ours = await startOurs();
  const peers: readonly Peer[] = [ours, ...(moto ? [moto] : [])];
  const running: Peer[] = [...peers];
  try {
    const ids = new Map<string, string>();
    for (const peer of peers) ids.set(peer.name, await fill(peer));
    const bytes = (await answerOf(ours, all)).length;
    const floor = await startFloor(bytes);
    running.push(floor);
    const questions: readonly (readonly [name: string, (peer: Peer) => Call, count: number])[] = [
      ['1,000 groups × 10 rules', () => all, 5],
      ['one group by id', (peer) => one(ids.get(peer.name) ?? 'x'), 100],
    ];
    const measured = new Map<string, Measured>();
    for (let turn = 0; turn <= rounds; turn++) {
      for (const [question, callOf, count] of questions) {
        for (const peer of [...peers, floor]) {
          const job = async (client: ApiClient): Promise<void> => void (await client.call(callOf(peer)));
          const driven = await drive(peer, 1, { count, requests: 1 }, job);
          if (turn > 0) note(measured, `${question} ${peer.name}`, driven);
        }
      }
    }
    const agreement = moto
      ? [
          {
            what: 'names and inbound blocks of all groups',
            agrees: substance(await answerOf(ours, all)) === substance(await answerOf(moto, all)),
          },
        ]
      : [];
    return reportOf(
      questions.map(([name]) => name),
      [...peers, floor],
      { moto, measured, bytes, agreement },
    );
  } finally {
    for (const peer of running) await peer.stop();
  }
}

function note(measured: Map<string, Measured>, key: string, driven: Awaited<ReturnType<typeof drive>>): void {
  const known = measured.get(key) ?? { ms: [], cpuMs: [] };
  known.ms.push(1000 / driven.perSecond);
  known.cpuMs.push(driven.cpuUsPerRequest / 1000);
  measured.set(key, known);
}

async function answerOf(peer: Peer, call: Call): Promise<string> {
  const client = new ApiClient(peer.endpoint, 1);
  try {
    return await client.call(call);
  } finally {
    await client.close();
  }
}

type Found = {
  readonly moto: Peer | undefined;
  readonly measured: ReadonlyMap<string, Measured>;
  readonly bytes: number;
  readonly agreement: Report['agreement'];
};

function reportOf(questions: readonly string[], peers: readonly Peer[], found: Found): Report {
  const { moto, measured, bytes, agreement } = found;
  const ms = (question: string, name: string) => median(measured.get(`${question} ${name}`)?.ms ?? []);
  return {
    name: 'api-read',
    versions: {
      ...machine,
      ...Object.fromEntries(peers.map(({ name, version }) => [name, version])),
      'answers of 500, asked again': String(ApiClient.repeated),
      ...(moto ? {} : { moto: 'missing: no moto_server on the PATH, so nothing to compare with' }),
      'answer of all groups': `${bytes} bytes (the bare server answers as many to both)`,
    },
    rows: questions.flatMap((question) =>
      peers.map(({ name }) => ({
        question,
        server: name,
        'ms a request': round(ms(question, name)),
        'CPU ms a request': round(median(measured.get(`${question} ${name}`)?.cpuMs ?? [])),
        'ours is faster by': round(ms(question, name) / ms(question, 'rampart')),
      })),
    ),
    agreement,
  };
}
