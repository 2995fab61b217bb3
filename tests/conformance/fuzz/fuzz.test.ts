/**
 * Random requests against a server in a process of its own: always an answer or AWS's error document, never a fault,
 * and what was refused has changed nothing. 20 seconds, or RAMPART_FUZZ_SECONDS; RAMPART_FUZZ_SEED repeats a run.
 */
import assert from 'node:assert/strict';
import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { readServerFile } from '#server/server-file.ts';
import { upDetached } from '#server/up.ts';
import { services } from '#services/services.ts';
import { rampart } from '../../support/cli.ts';
import { type Random, seeded } from '../../support/random.ts';
import { ec2Call, inDirectory, type Received, type Sent, send } from '../../support/server.ts';
import { inChunks, type Key, otherRequest, signed } from './other-requests.ts';
import { allActions, messyRequest, treeRequest } from './requests.ts';

const seconds = Number(process.env['RAMPART_FUZZ_SECONDS'] ?? 20);
const seed = Number(process.env['RAMPART_FUZZ_SEED'] ?? randomInt(2 ** 31));
/** Ids kept to be named in later requests. */
const idsMax = 400;
const hangMs = 1000;
/** Refused requests between two looks at the whole state. */
const looksEvery = 20;

/** Making a key takes what the machine needs for it. */
const isQuick = (action: string) => action !== 'CreateKeyPair';
const actions = {
  answered: Object.keys(services['ec2'] ?? {}).filter(isQuick),
  all: allActions.filter(isQuick),
};

/** A share of the time goes to a server that verifies signatures. */
for (const [auth, share] of [
  ['off', 0.75],
  ['on', 0.25],
] as const)
  test(
    `random requests get answers, --auth ${auth} (seed ${seed})`,
    { timeout: (seconds + 120) * 1000 },
    (t) =>
      inDirectory(async (data) => {
        const key = auth === 'on' ? makeKey(data) : undefined;
        const { endpoint, pid } = await upDetached(upOptions.parse({ port: 0, data, enforce: 'off', auth }));
        const random = seeded(seed);
        const sign = (request: Sent) => (key ? signed(request, key, endpoint, random) : request);
        const server = { endpoint, pid, sign, token: readServerFile(data)?.token };
        try {
          const counts = await fuzz(server, random, share * seconds);
          t.diagnostic(JSON.stringify(counts));
          assert.ok(counts.accepted > 0 && counts.refused > 0, 'both sides were seen');
        } finally {
          assert.deepEqual(await down({ data }), { wasRunning: true });
        }
      }),
  );

type Server = {
  readonly endpoint: string;
  readonly pid: number;
  readonly sign: (request: Sent) => Sent;
  /** What opens Rampart's own paths while signatures are verified. */
  readonly token: string | undefined;
};

function makeKey(data: string): Key {
  const { AccessKeyId, SecretAccessKey } = JSON.parse(
    rampart(['keys', 'create', 'fuzz', '--json', '--data', data]).stdout,
  );
  return { id: AccessKeyId, secret: SecretAccessKey };
}

function requestOf(random: Random, ids: readonly string[], sign: Server['sign']): Sent {
  // A mess is signed by nobody.
  if (random.chance(0.15)) return messyRequest(actions, random, ids);
  const plain = random.chance(0.1) ? otherRequest(random) : treeRequest(actions, random, ids);
  return sign(random.chance(0.05) ? inChunks(plain, random) : plain);
}

async function fuzz(server: Server, random: Random, runSeconds: number) {
  const { endpoint } = server;
  const ids: string[] = [];
  const counts = { accepted: 0, refused: 0 };
  await learn(server, ids);
  let known = await stateOf(server);
  const deadline = Date.now() + runSeconds * 1000;
  while (Date.now() < deadline) {
    const request = requestOf(random, ids, server.sign);
    const received = await answerTo(server, request);
    checkAnswer(request, received);
    if (received.status < 300) {
      counts.accepted += 1;
      remember(received.body, ids);
      if ((await sequenceOf(endpoint)) !== known.sequence) known = await stateOf(server);
    } else {
      counts.refused += 1;
      assert.equal(await sequenceOf(endpoint), known.sequence, aboutIt(request, received));
      if (counts.refused % looksEvery === 0) assert.deepEqual(await stateOf(server), known);
    }
  }
  return counts;
}

/** Makes some resources whose ids the requests then name. */
async function learn({ endpoint, sign }: Server, ids: string[]): Promise<void> {
  const calls = [
    'DescribeVpcs',
    'DescribeSubnets',
    'DescribeSecurityGroups',
    'DescribeRouteTables',
    'DescribeNetworkAcls',
  ];
  for (const action of calls) remember((await send(endpoint, sign(ec2Call(action)))).body, ids);
  const launch = { ImageId: 'ami-0abcdef1234567890', MinCount: '1', MaxCount: '2', InstanceType: 't3.micro' };
  remember((await send(endpoint, sign(ec2Call('RunInstances', launch)))).body, ids);
}

function remember(body: string, ids: string[]): void {
  for (const [id] of body.matchAll(/\b[a-z]+(?:-[a-z]+)*-[0-9a-f]{17}\b/g)) {
    if (!ids.includes(id)) ids.push(id);
  }
  if (ids.length > idsMax) ids.splice(0, ids.length - idsMax);
}

/** The answer. The server's own time is limited, not the clock's, so that a busy machine is not taken for a hang. */
async function answerTo({ endpoint, pid }: Server, request: Sent): Promise<Received> {
  const before = cpuMs(pid);
  const received = await sent(endpoint, request);
  assert.ok(cpuMs(pid) - before < hangMs, `more than ${hangMs} ms of work: ${textOf(request)}`);
  return received;
}

/** CPU time of a process in milliseconds (proc_pid_stat(5), fields 14 and 15, in hundredths of a second). */
function cpuMs(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

/** A body over the limit may be cut off before it is whole: that is an answer too. */
async function sent(endpoint: string, request: Sent): Promise<Received> {
  try {
    return await send(endpoint, request);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (Buffer.byteLength(request.body ?? '') > 1_048_576 && (code === 'EPIPE' || code === 'ECONNRESET')) {
      return { status: 413, headers: {}, body: '<Response><Errors></Errors></Response>' };
    }
    throw error;
  }
}

function checkAnswer(request: Sent, received: Received): void {
  const { status, body } = received;
  assert.ok(status >= 200 && status < 500, aboutIt(request, received));
  if (status < 300 || request.method === 'HEAD') return;
  const isDocument = /<Errors?>|"__type"|"error"/.test(body);
  assert.ok(isDocument, aboutIt(request, received));
}

const textOf = ({ method, path, headers, body }: Sent) =>
  `${method} ${path ?? '/'} ${JSON.stringify(headers)} ${String(body).slice(0, 3000)}`;

const aboutIt = (request: Sent, { status, body }: Received) =>
  `seed ${seed}: ${textOf(request)}\n${status} ${body}`;

async function sequenceOf(endpoint: string): Promise<number> {
  const { body } = await send(endpoint, { path: '/_rampart/health' });
  return (JSON.parse(body) as { sequence: number }).sequence;
}

async function stateOf({ endpoint, token }: Server) {
  const headers = { authorization: token === undefined ? 'fuzz' : `Bearer ${token}` };
  const { status, body } = await send(endpoint, { path: '/_rampart/snapshot', headers });
  assert.equal(status, 200);
  return { sequence: await sequenceOf(endpoint), body };
}
