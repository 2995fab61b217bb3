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
    const questions: readonly Question[] = [
      { name: '1,000 groups × 10 rules', callTo: () => all, count: 5, warmUp: 30 },
      { name: 'one group by id', callTo: ({ name }) => one(ids.get(name) ?? 'x'), count: 100, warmUp: 5000 },
    ];
    const measured = new Map<string, Measured>();
    let bytes = 0;
    // One question after the other: a small answer behind a large one would be measured with the large one's garbage.
    for (const question of questions) {
      const size = (await answerOf(ours, question.callTo(ours))).length;
      bytes = Math.max(bytes, size);
      const floor = await startFloor(size);
      running.push(floor);
      await ask(question, [ours, floor, ...(moto ? [moto] : [])], measured);
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
      questions.map(({ name }) => name),
      [...new Set(running.map(({ name }) => name))],
      { moto, measured, bytes, versions: versionsOf(running), agreement },
    );
  } finally {
    for (const peer of running) await peer.stop();
  }
}

type Question = {
  readonly name: string;
  readonly callTo: (peer: Peer) => Call;
  readonly count: number;
  /** Calls of the servers in Node before the first round: V8 compiles while it runs. */
  readonly warmUp: number;
};

/** Asks a question of each server in turn, round after round. */
async function ask(
  { name, callTo, count, warmUp }: Question,
  peers: readonly Peer[],
  measured: Map<string, Measured>,
): Promise<void> {
  const jobOf = (peer: Peer) => async (client: ApiClient) => void (await client.call(callTo(peer)));
  for (const peer of peers) {
    const isNode = peer.name !== 'moto';
    await drive(peer, 1, { count: isNode ? warmUp : count, requests: 1 }, jobOf(peer));
  }
  for (let turn = 0; turn < rounds; turn++) {
    for (const peer of peers) {
      note(measured, `${name} ${peer.name}`, await drive(peer, 1, { count, requests: 1 }, jobOf(peer)));
    }
  }
}

function note(measured: Map<string, Measured>, key: string, driven: Awaited<ReturnType<typeof drive>>): void {
  const known = measured.get(key) ?? { ms: [], cpuMs: [] };
  known.ms.push(1000 / driven.perSecond);
  known.cpuMs.push(driven.cpuUsPerRequest / 1000);
  measured.set(key, known);
}

async function answerOf(peer: Peer, call: Call): Promise<string> {
  const client = new ApiClient(peer.endpoint);
  try {
    return await client.call(call);
  } finally {
    await client.close();
  }
}

const versionsOf = (peers: readonly Peer[]) =>
  Object.fromEntries(peers.map(({ name, version }) => [name, version]));

type Found = {
  readonly moto: Peer | undefined;
  readonly measured: ReadonlyMap<string, Measured>;
  readonly bytes: number;
  readonly versions: Readonly<Record<string, string>>;
  readonly agreement: Report['agreement'];
};

function reportOf(questions: readonly string[], servers: readonly string[], found: Found): Report {
  const { moto, measured, bytes, versions, agreement } = found;
  const ms = (question: string, name: string) => median(measured.get(`${question} ${name}`)?.ms ?? []);
  return {
    name: 'api-read',
    versions: {
      ...machine,
      ...versions,
      'answers of 500, asked again': String(ApiClient.repeated),
      ...(moto ? {} : { moto: 'missing: no moto_server on the PATH, so nothing to compare with' }),
      'answer of all groups': `${bytes} bytes (the bare server answers as many as ours to each question)`,
    },
    rows: questions.flatMap((question) =>
      servers.map((name) => ({
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
