/** Networks in and out of a real server: as an account that the SDK and the aws CLI read, and as a place to import to. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { collect, readAccount } from '#import/aws/collect.ts';
import { commandOf, regionCalls } from '#import/describe/calls.ts';
import { readDump } from '#import/dump/read-dump.ts';
import { UnreadableSource } from '#import/imported.ts';
import { upOptions } from '#server/options.ts';
import { type RunningServer, startServer } from '#server/server.ts';
import { readSnapshot } from '#state/snapshot.ts';
import type { World } from '#vpc/network.ts';
import { awsProgram, cliProgram } from '../support/cli.ts';
import { fixture, worldLines } from '../support/import.ts';
import { authorization, ec2Call, quiet, send } from '../support/server.ts';

const keys = { AWS_ACCESS_KEY_ID: 'rampart', AWS_SECRET_ACCESS_KEY: 'rampart', AWS_REGION: 'us-east-1' };

let server: RunningServer;
let folder: string;
const saved = { ...process.env };

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'rpt-import-'));
  server = await startServer(upOptions.parse({ port: 0, enforce: 'off', data: join(folder, 'data') }), quiet);
  for (const name of Object.keys(process.env)) if (/^(AWS|RAMPART)_/.test(name)) delete process.env[name];
  Object.assign(process.env, keys, { AWS_EC2_METADATA_DISABLED: 'true' });
  await fill();
});

after(async () => {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
  process.env = saved;
});

/** Makes what a default VPC lacks. Answers XML; ids are cut out of it. */
async function call(action: string, parameters: Readonly<Record<string, string>> = {}): Promise<string> {
  const answer = await send(server.endpoint, ec2Call(action, parameters));
  assert.equal(answer.status, 200, `${action}: ${answer.body}`);
  return answer.body;
}

async function made(action: string, prefix: string, parameters = {}): Promise<string> {
  const body = await call(action, parameters);
  return new RegExp(`>(${prefix}-[0-9a-f]{17})<`).exec(body)?.[1] ?? assert.fail(body);
}

async function fill(): Promise<void> {
  const group = await made('CreateSecurityGroup', 'sg', { GroupName: 'web', GroupDescription: 'Web' });
  const list = await made('CreateManagedPrefixList', 'pl', {
    PrefixListName: 'office',
    AddressFamily: 'IPv4',
    MaxEntries: '5',
    'Entry.1.Cidr': '192.0.2.0/24',
    'Entry.1.Description': 'headquarters',
  });
  await call('ModifyManagedPrefixList', {
    PrefixListId: list,
    CurrentVersion: '1',
    'AddEntry.1.Cidr': '198.51.100.0/24',
  });
  await call('AuthorizeSecurityGroupIngress', {
    GroupId: group,
    'IpPermissions.1.IpProtocol': 'tcp',
    'IpPermissions.1.FromPort': '22',
    'IpPermissions.1.ToPort': '22',
    'IpPermissions.1.PrefixListIds.1.PrefixListId': list,
    'IpPermissions.2.IpProtocol': 'icmp',
    'IpPermissions.2.FromPort': '8',
    'IpPermissions.2.ToPort': '-1',
    'IpPermissions.2.IpRanges.1.CidrIp': '10.0.0.0/8',
    'IpPermissions.2.IpRanges.1.Description': 'ping',
    'IpPermissions.3.IpProtocol': '-1',
    'IpPermissions.3.Groups.1.GroupId': group,
  });
  const subnet = await made('DescribeSubnets', 'subnet');
  const image = 'ami-00000000000000001';
  const run = { ImageId: image, MinCount: '1', MaxCount: '1', InstanceType: 't3.micro', SubnetId: subnet };
  const instance = await made('RunInstances', 'i', { ...run, 'SecurityGroupId.1': group });
  const address = await made('AllocateAddress', 'eipalloc', { Domain: 'vpc' });
  await call('AssociateAddress', { AllocationId: address, InstanceId: instance });
  const nat = await made('AllocateAddress', 'eipalloc', { Domain: 'vpc' });
  await made('CreateNatGateway', 'nat', { SubnetId: subnet, AllocationId: nat });
}

async function worldOfServer(): Promise<World> {
  const headers = { authorization: authorization() };
  const { body } = await send(server.endpoint, { path: '/_rampart/snapshot', headers });
  return readSnapshot(body).world;
}

/** Kinds that describe calls of a network do not show, and members that none shows. */
function comparable(world: World): readonly string[] {
  return worldLines(world)
    .filter((line) => !/^\S+ (volume|snapshot|keyPair|launchTemplate) /.test(line))
    .map((line) =>
      line.replace(/"maxEntries":\d+/, '').replace(/"autoPublicIp":true/, '"autoPublicIp":false'),
    )
    .map((line) => line.replace(/"(created|stateChanged|launched)AtMs":\d+/g, ''))
    .map((line) => line.replace(/"cpuCredits":"\w+",|"dns":\{[^}]*\},/g, ''))
    .map((line) => line.replace(/"(disableApiTermination|dnsHostnames)":\w+/g, ''))
    .map((line) => line.replace(/"history":\[.*\],"id"/, '"id"'));
}

type CanAnswer = {
  readonly allowed: boolean;
  readonly answers: readonly {
    readonly family: string;
    readonly request: { readonly steps: readonly { readonly kind: string }[] };
  }[];
};

/** Runs `rampart` while this process goes on serving. */
function run(program: string, args: readonly string[]): Promise<{ code: number; out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { env: { ...process.env } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk) => (out += chunk));
    child.stderr.on('data', (chunk) => (err += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, out, err }));
  });
}

const rampart = (...args: readonly string[]) => run(process.execPath, [cliProgram, ...args]);

describe('a server as an account', () => {
  test('the SDK reads the same world that the server holds', async () => {
    const { endpoint } = server;
    const imported = await readAccount({ regions: ['us-east-1'] }, { endpoint });
    assert.deepEqual(comparable(imported.world), comparable(await worldOfServer()));
    assert.deepEqual([imported.unknowns, imported.problems, imported.skipped], [[], [], []]);
  });

  test('the output of the aws CLI in files is the same world', async () => {
    const dump = join(folder, 'by-cli');
    mkdirSync(dump);
    const asked = async (name: string, ...args: readonly string[]) => {
      const common = ['--endpoint-url', server.endpoint, '--output', 'json', '--region', 'us-east-1'];
      const { code, out, err } = await run(awsProgram, [...common, 'ec2', ...args]);
      // Debian's CLI is older than some of the calls; a missing one is told as such.
      if (/Invalid choice/.test(err)) return undefined;
      assert.equal(code, 0, `${args[0]}: ${err}`);
      writeFileSync(join(dump, name), out);
      return out;
    };
    for (const [index, { action }] of regionCalls.entries())
      await asked(`output-${index}`, commandOf(action));
    const [list = ''] = [...(await worldOfServer()).values()].flatMap((network) => [
      ...[...network.prefixList.by('name', 'office')].map(({ id }) => id),
    ]);
    await asked(`entries of ${list}`, 'get-managed-prefix-list-entries', '--prefix-list-id', list);
    const { world, problems } = readDump(dump);
    assert.deepEqual(problems, []);
    assert.deepEqual(comparable(world), comparable(await worldOfServer()));
  });

  test('rampart collect, export and the live server give equal answers', async () => {
    process.env['AWS_ENDPOINT_URL'] = server.endpoint;
    process.env['RAMPART_ENDPOINT'] = server.endpoint;
    const [collected, exported] = [join(folder, 'collected'), join(folder, 'exported')];
    assert.equal((await rampart('collect', 'aws@us-east-1', '--to', collected)).code, 0);
    assert.equal((await rampart('export', '--to', exported)).code, 0);
    assert.deepEqual(comparable(readDump(collected).world), comparable(readDump(exported).world));
    const again = await rampart('collect', '--to', collected);
    assert.deepEqual([again.code, /is not empty/.test(again.err)], [2, true]);
    const [instance = ''] = [...(await worldOfServer()).values()].flatMap((network) => [
      ...[...network.instance.values()].map(({ id }) => id),
    ]);
    const answers = await Promise.all(
      ['live', `dump:${exported}`, 'aws@us-east-1', 'snapshot:2100-01-01T00:00:00Z'].map(async (network) => {
        const asked = await rampart('can', 'internet', instance, 'tcp/22', '--json', '--network', network);
        const { allowed, answers } = JSON.parse(asked.out) as CanAnswer;
        const kinds = answers.map(({ family, request }) => [
          family,
          ...request.steps.map(({ kind }) => kind),
        ]);
        return JSON.stringify({ allowed, kinds, code: asked.code });
      }),
    );
    assert.deepEqual(new Set(answers).size, 1, answers.join('\n'));
    delete process.env['AWS_ENDPOINT_URL'];
    delete process.env['RAMPART_ENDPOINT'];
  });
});

describe('rampart import', () => {
  const dump = fixture('dumps/every-construct');

  test('takes a network into a running server, whole or not at all', async () => {
    process.env['RAMPART_ENDPOINT'] = server.endpoint;
    // Somebody else's rules: an interface in a subnet that no file describes cannot be worked with.
    const partial = join(folder, 'partial');
    mkdirSync(partial);
    const eni = {
      NetworkInterfaceId: 'eni-1',
      VpcId: 'vpc-1',
      SubnetId: 'subnet-1',
      OwnerId: '999999999999',
    };
    writeFileSync(join(partial, 'x.json'), JSON.stringify({ NetworkInterfaces: [eni] }));
    const before = worldLines(await worldOfServer());
    const refused = await rampart('import', partial);
    assert.match(refused.err, /nothing was imported[\s\S]*eni-1 stands in subnet-1, which is not described/);
    const dry = await rampart('import', dump, '--dry-run');
    assert.match(dry.out, /^would import 2 vpc, 3 subnet/);
    assert.deepEqual([refused.code, dry.code], [1, 0]);
    assert.deepEqual(worldLines(await worldOfServer()), before);
    const done = await rampart('import', `dump:${dump}`);
    assert.match(done.out, /^imported 2 vpc, 3 subnet/);
    const [dumped, held] = [readDump(dump).world, await worldOfServer()];
    const lines = new Set(worldLines(held));
    assert.deepEqual(
      worldLines(dumped).filter((line) => !lines.has(line)),
      [],
    );
    const again = await rampart('import', dump);
    assert.match(again.err, /vpc-0a000000000000001 exists/);
    assert.equal(again.code, 1);
    delete process.env['RAMPART_ENDPOINT'];
  });

  test('takes a network into the data while no server runs, and the server then has it', async () => {
    const data = join(folder, 'offline');
    const done = await rampart('import', dump, '--data', data);
    assert.deepEqual([done.code, done.out.startsWith('imported 2 vpc')], [0, true]);
    const later = await startServer(upOptions.parse({ port: 0, enforce: 'off', data }), quiet);
    try {
      const headers = {
        ...ec2Call('DescribeVpcs').headers,
        authorization: authorization({ account: '111122223333' }),
      };
      const answer = await send(later.endpoint, { ...ec2Call('DescribeVpcs'), headers });
      // No default VPC is made besides: the account has what was imported.
      assert.deepEqual(answer.body.match(/vpc-[0-9a-f]{17}(?=<\/vpcId>)/g), ['vpc-0a000000000000001']);
    } finally {
      await later.stop();
    }
  });

  test('--replace shows what goes, wants a word, and puts the one in the place of the other', async () => {
    const data = join(folder, 'replaced');
    const on = (...args: readonly string[]) => rampart('import', ...args, '--data', data);
    const scope = '111122223333/us-east-1';
    const small = join(folder, 'small');
    mkdirSync(join(small, scope), { recursive: true });
    const vpc = { VpcId: 'vpc-0a000000000000001', CidrBlock: '10.9.0.0/16' };
    writeFileSync(join(small, scope, 'vpcs.json'), JSON.stringify({ Vpcs: [vpc] }));
    assert.equal((await on(dump)).code, 0);
    const rows: readonly (readonly [args: readonly string[], code: number, text: RegExp])[] = [
      [[small], 1, /vpc-0a000000000000001 exists/],
      [[small, '--yes'], 2, /--yes is for --replace/],
      [[small, '--replace', '--dry-run'], 0, /would import 1 vpc\nwould go: .*securityGroup/],
      // Nobody sits at this terminal.
      [[small, '--replace'], 2, /would go: [\s\S]*give --yes/],
      [[dump, '--replace'], 0, /^imported 2 vpc.*\ngone: nothing/],
      [[small, '--replace', '--yes'], 0, /^imported 1 vpc\ngone: .*securityGroup/],
      [[dump, '--dry-run'], 1, /vpc-0a000000000000001 exists/],
    ];
    for (const [args, code, text] of rows) {
      const { code: ended, out, err } = await on(...args);
      assert.deepEqual([ended, text.test(`${out}${err}`)], [code, true], `${args}: ${out}${err}`);
    }
  });

  test('a body that is no snapshot is refused', async () => {
    const headers = { authorization: authorization() };
    for (const body of ['', '{', '{"format":"rampart-snapshot","version":2,"sequence":1}']) {
      const answer = await send(server.endpoint, { method: 'POST', path: '/_rampart/import', headers, body });
      assert.equal(answer.status, 400, body);
    }
  });
});

test('snapshot:TIME is the world at that time, and SEQ at that change', async () => {
  process.env['RAMPART_ENDPOINT'] = server.endpoint;
  const ask = async (when: string) =>
    await rampart('export', '--to', join(folder, when), '--network', `snapshot:${when}`);
  const rows: readonly (readonly [when: string, code: number, text: RegExp])[] = [
    ['2000-01-01T00:00:00Z', 0, /^0 files/],
    ['0', 0, /^0 files/],
    ['1', 0, /^\d\d files/],
    ['2100-01-01', 0, /^\d\d files/],
    ['99999999', 2, /The journal ends at/],
    ['yesterday', 2, /give a journal sequence or a time/],
  ];
  for (const [when, code, text] of rows) {
    const { code: ended, out, err } = await ask(when);
    assert.deepEqual([ended, text.test(`${out}${err}`)], [code, true], `${when}: ${out}${err}`);
  }
  delete process.env['RAMPART_ENDPOINT'];
});

/** Stands before the server and answers some actions with an error first; `pageSize` makes pages smaller. */
async function withGate(
  gate: (action: string) => { status: number; code: string } | undefined,
  work: (endpoint: string) => Promise<void>,
  { pageSize }: { readonly pageSize?: number } = {},
): Promise<void> {
  const proxy: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const refused = gate(new URLSearchParams(body).get('Action') ?? '');
      if (refused) {
        const error = `<Error><Code>${refused.code}</Code><Message>gate</Message></Error>`;
        response.writeHead(refused.status, { 'content-type': 'text/xml' });
        response.end(`<Response><Errors>${error}</Errors><RequestID>1</RequestID></Response>`);
        return;
      }
      const headers = {
        authorization: request.headers.authorization ?? '',
        'content-type': request.headers['content-type'] ?? '',
      };
      const asked = new URLSearchParams(body);
      if (pageSize !== undefined && asked.has('MaxResults')) asked.set('MaxResults', String(pageSize));
      const answer = await send(server.endpoint, { method: 'POST', headers, body: String(asked) });
      response.writeHead(answer.status, { 'content-type': 'text/xml' });
      response.end(answer.body);
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  try {
    await work(`http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
  } finally {
    proxy.closeAllConnections();
    await new Promise((resolve) => proxy.close(resolve));
  }
}

describe('an account that does not answer at once', () => {
  test('a throttled call is made again', async () => {
    let refusals = 0;
    const throttle = (action: string) =>
      action === 'DescribeSubnets' && refusals++ < 2
        ? { status: 503, code: 'RequestLimitExceeded' }
        : undefined;
    await withGate(throttle, async (endpoint) => {
      const { unknowns } = await readAccount({ regions: ['us-east-1'] }, { endpoint });
      assert.deepEqual(unknowns, []);
      assert.equal(refusals, 3);
    });
  });

  test('under a limit that a bucket of calls keeps, nothing is missing and no page comes twice', async () => {
    // As EC2 does: each call takes a token, tokens come back by time, and who has none is refused.
    const bucket = { tokens: 4, tokensMax: 4, perSecond: 20, atMs: performance.now() };
    const codes = [
      { status: 503, code: 'RequestLimitExceeded' },
      { status: 400, code: 'Throttling' },
      { status: 400, code: 'RequestThrottled' },
    ];
    let [refusals, longest] = [0, 0];
    const row = new Map<string, number>();
    const limit = (action: string) => {
      const nowMs = performance.now();
      bucket.tokens += ((nowMs - bucket.atMs) / 1000) * bucket.perSecond;
      bucket.tokens = Math.min(bucket.tokens, bucket.tokensMax);
      bucket.atMs = nowMs;
      const inRow = row.get(action) ?? 0;
      // However fast the machine: each page of rules is refused once.
      const isDue = action === 'DescribeSecurityGroupRules' && inRow === 0;
      if (bucket.tokens >= 1 && !isDue) {
        bucket.tokens--;
        row.set(action, 0);
        return undefined;
      }
      row.set(action, inRow + 1);
      longest = Math.max(longest, inRow + 1);
      return codes[refusals++ % codes.length];
    };
    await withGate(
      limit,
      async (endpoint) => {
        const { world, unknowns } = await readAccount({ regions: ['us-east-1'] }, { endpoint });
        assert.deepEqual(unknowns, []);
        const own = comparable(await worldOfServer()).filter((line) => line.startsWith('123456789012/'));
        assert.deepEqual(comparable(world), own);
        assert.ok(refusals >= 2 && longest < 10, `${refusals} refusals, ${longest} in a row`);
      },
      { pageSize: 5 },
    );
  });

  test('a call that is not permitted is told, and the others are made', async () => {
    const deny = (action: string) =>
      action === 'DescribeNatGateways' ? { status: 403, code: 'UnauthorizedOperation' } : undefined;
    await withGate(deny, async (endpoint) => {
      const { documents, unknowns } = await collect({ regions: ['us-east-1'] }, { endpoint });
      assert.deepEqual(
        unknowns.map(({ what }) => what),
        ['describe-nat-gateways in us-east-1 was refused: UnauthorizedOperation'],
      );
      assert.ok(documents.some(({ body }) => 'VpcPeeringConnections' in body));
    });
  });

  test('what is refused is said once, with what nobody can know for that', async () => {
    const deny = (action: string) =>
      action === 'DescribeNetworkAcls' ? { status: 403, code: 'UnauthorizedOperation' } : undefined;
    await withGate(deny, async (endpoint) => {
      const { unknowns } = await readAccount({ regions: ['us-east-1'] }, { endpoint });
      const said = unknowns.map(({ what, effect }) => `${what}; ${effect}`);
      assert.equal(
        said[0],
        'describe-network-acls in us-east-1 was refused: UnauthorizedOperation; every subnet is taken to have an ACL that allows everything',
      );
      assert.deepEqual(
        said.filter((each) => each.includes('there is no describe-network-acls')),
        [],
      );
    });
  });

  const { AWS_REGION: _, ...keysAlone } = keys;
  const nobody = { HOME: tmpdir(), AWS_EC2_METADATA_DISABLED: 'true' };
  const rows: readonly (readonly [string, string, Readonly<Record<string, string>>, number, RegExp])[] = [
    ['a region that is named needs none set', 'aws@us-east-1', keysAlone, 0, /reached from the internet/],
    ['no region', 'aws', keysAlone, 2, /no region is set; name one, as in aws@eu-west-1/],
    [
      'no credentials',
      'aws@us-east-1',
      nobody,
      2,
      /there are no credentials; name a profile, as in aws:prod/,
    ],
    [
      'no such profile',
      'aws:nope@us-east-1',
      nobody,
      2,
      /with profile nope: the profile is not among those of/,
    ],
  ];
  for (const [what, source, env, code, expected] of rows) {
    test(`a newcomer's environment: ${what}`, async () => {
      const { PATH = '' } = process.env;
      const program = spawn(process.execPath, [cliProgram, 'exposure', '--network', source], {
        env: { PATH, HOME: tmpdir(), AWS_ENDPOINT_URL: server.endpoint, ...env },
      });
      let said = '';
      for (const stream of [program.stdout, program.stderr]) stream.on('data', (chunk) => (said += chunk));
      const ended = await new Promise((resolve) => program.on('close', resolve));
      assert.match(said, expected);
      assert.equal(ended, code, said);
    });
  }

  test('keys that are wrong, and nobody there, end it in one line', async () => {
    const deny = () => ({ status: 401, code: 'AuthFailure' });
    await withGate(deny, async (endpoint) => {
      await assert.rejects(collect({ regions: ['us-east-1'] }, { endpoint }), UnreadableSource);
    });
  });

  test('only calls that read are sent', async () => {
    const sent = new Set<string>();
    const watch = (action: string) => {
      sent.add(action);
      return undefined;
    };
    await withGate(watch, async (endpoint) => {
      await collect({ regions: 'all' }, { endpoint });
    });
    const others = [...sent].filter((action) => !/^(Describe|Get)[A-Z]/.test(action));
    assert.deepEqual(others, []);
    assert.ok(sent.has('DescribeRegions') && sent.has('GetCallerIdentity'));
  });
});
