/** `--auth on`: the real SDK and Debian's aws CLI against a server that verifies signatures and obeys policies. */
import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { SignatureV4 } from '@smithy/signature-v4';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { upDetached } from '#server/up.ts';
import { aws, awsProgram, type Key, rampart } from '../support/cli.ts';
import { ec2Call, send } from '../support/server.ts';

const scratch = mkdtempSync(join(tmpdir(), 'rpt-auth-'));
const data = join(scratch, 'data');
let endpoint = '';
let alice: Key;

function makeKey(user: string, ...options: readonly string[]): Key {
  const { status, stdout, stderr } = rampart(['keys', 'create', user, '--json', '--data', data, ...options]);
  assert.equal(status, 0, stderr);
  const { AccessKeyId, SecretAccessKey } = JSON.parse(stdout);
  return { id: AccessKeyId, secret: SecretAccessKey };
}

let policyFiles = 0;

function keyWith(user: string, statements: readonly object[]): Key {
  const file = join(scratch, `policy-${++policyFiles}.json`);
  writeFileSync(file, JSON.stringify({ Version: '2012-10-17', Statement: statements }));
  return makeKey(user, '--policy', file);
}

type More = { readonly sessionToken?: string; readonly systemClockOffset?: number; readonly region?: string };

function config({ id, secret }: Key, more: More = {}) {
  const { sessionToken, ...rest } = more;
  const credentials = {
    accessKeyId: id,
    secretAccessKey: secret,
    ...(sessionToken === undefined ? {} : { sessionToken }),
  };
  return { endpoint, region: 'us-east-1', credentials, maxAttempts: 1, ...rest };
}

before(async () => {
  alice = makeKey('team/alice');
  ({ endpoint } = await upDetached(upOptions.parse({ port: 0, data, enforce: 'off', auth: 'on' })));
});
after(async () => {
  await down({ data });
  rmSync(scratch, { recursive: true });
});

const clients = {
  ec2: (key: Key, more: More = {}) =>
    new EC2Client(config(key, more)).send(new DescribeSecurityGroupsCommand({})),
  sts: (key: Key, more: More = {}) => new STSClient(config(key, more)).send(new GetCallerIdentityCommand({})),
  cloudtrail: (key: Key, more: More = {}) =>
    new CloudTrailClient(config(key, more)).send(new LookupEventsCommand({})),
};

describe('signatures', () => {
  test('a key acts as its user in its account', async () => {
    const caller = await clients.sts(alice);
    assert.deepEqual(
      [caller.Account, caller.Arn],
      ['123456789012', 'arn:aws:iam::123456789012:user/team/alice'],
    );
    assert.match(caller.UserId ?? '', /^AIDA[A-Z2-7]{17}$/);
    const other = makeKey('bob', '--account', '999999999999');
    const [group] = (await clients.ec2(other)).SecurityGroups ?? [];
    assert.equal(group?.OwnerId, '999999999999');
    const china = await clients.sts(alice, { region: 'cn-north-1' });
    assert.equal(china.Arn, 'arn:aws-cn:iam::123456789012:user/team/alice');
  });

  const wrong = (key: Key): Key => ({ ...key, secret: `${key.secret.slice(0, -1)}~` });
  const unknown = (): Key => ({ ...alice, id: 'AKIAIOSFODNN7EXAMPLE' });
  const minutes = (count: number) => ({ systemClockOffset: count * 60_000 });
  type Row = readonly [
    what: string,
    key: () => Key,
    more: More,
    codes: { readonly ec2: string; readonly sts: string; readonly cloudtrail: string },
  ];
  const rows: readonly Row[] = [
    [
      'a wrong secret',
      () => wrong(alice),
      {},
      { ec2: 'AuthFailure', sts: 'SignatureDoesNotMatch', cloudtrail: 'InvalidSignatureException' },
    ],
    [
      'an unknown key',
      unknown,
      {},
      { ec2: 'AuthFailure', sts: 'InvalidClientTokenId', cloudtrail: 'UnrecognizedClientException' },
    ],
    [
      'a session token of nobody',
      () => alice,
      { sessionToken: 'token' },
      { ec2: 'AuthFailure', sts: 'InvalidClientTokenId', cloudtrail: 'UnrecognizedClientException' },
    ],
    ...[-16, 16].map(
      (offset): Row => [
        `a clock ${offset} minutes off`,
        () => alice,
        minutes(offset),
        { ec2: 'RequestExpired', sts: 'SignatureDoesNotMatch', cloudtrail: 'InvalidSignatureException' },
      ],
    ),
  ];
  for (const [what, key, more, codes] of rows) {
    for (const service of ['ec2', 'sts', 'cloudtrail'] as const) {
      test(`${what} is refused by ${service} with ${codes[service]}`, () =>
        assert.rejects(clients[service](key(), more), { name: codes[service] }));
    }
  }

  test('a clock 14 minutes off is near enough', async () => {
    await clients.ec2(alice, minutes(-14));
    await clients.ec2(alice, minutes(14));
  });

  test('a refusal tells the SDK the time, so that its next request is accepted', async () => {
    const client = new EC2Client(config(alice, minutes(-60)));
    const describe = () => client.send(new DescribeSecurityGroupsCommand({}));
    await assert.rejects(describe(), { name: 'RequestExpired' });
    await describe();
  });

  test('a body that was changed on its way is refused', async () => {
    const tampered = (from: string, to: string) => {
      const client = new EC2Client(config(alice));
      const tamper = (next: (args: object) => unknown) => (args: { readonly request: { body: string } }) => {
        assert.ok(args.request.body.includes('GroupName=mine'));
        args.request.body = args.request.body.replace(from, to);
        return next(args);
      };
      // The stack's own types say nothing of what a request of this step is.
      client.middlewareStack.addRelativeTo(tamper as never, {
        relation: 'after',
        toMiddleware: 'httpSigningMiddleware',
      });
      return client.send(new CreateSecurityGroupCommand({ GroupName: 'mine', Description: 'd' }));
    };
    await assert.rejects(tampered('mine', 'evil'), { name: 'AuthFailure' });
    assert.match((await tampered('mine', 'mine')).GroupId ?? '', /^sg-/);
    const { SecurityGroups } = await clients.ec2(alice);
    assert.deepEqual(SecurityGroups?.map(({ GroupName }) => GroupName).sort(), ['default', 'mine']);
  });

  test('a revoked key is refused with the next request', async () => {
    const key = makeKey('carol');
    await clients.ec2(key);
    assert.equal(rampart(['keys', 'revoke', key.id, '--data', data]).status, 0);
    await assert.rejects(clients.ec2(key), { name: 'AuthFailure' });
    assert.equal(rampart(['keys', 'revoke', key.id, '--data', data]).status, 2);
  });

  test('without a signature nothing is answered', async () => {
    const { headers, body } = ec2Call('DescribeVpcs');
    const { authorization: _, ...unsigned } = headers;
    const answers = [
      await send(endpoint, { method: 'POST', headers: unsigned, body }),
      await send(endpoint, { method: 'POST', headers: { ...unsigned, authorization: 'Basic YTpi' }, body }),
      await send(endpoint, { method: 'POST', headers, body }),
    ];
    assert.deepEqual(
      answers.map(({ status, body: text }) => [status, /<Code>(\w+)</.exec(text)?.[1]]),
      [
        [403, 'MissingAuthenticationToken'],
        [400, 'IncompleteSignature'],
        [400, 'IncompleteSignature'],
      ],
    );
  });
});

describe('presigned queries and payload forms', () => {
  class Sha256 {
    readonly #hash: ReturnType<typeof createHash>;
    constructor(secret?: string | Uint8Array) {
      // A keyed hash has the two methods used here in common with a plain one.
      this.#hash = secret === undefined ? createHash('sha256') : (createHmac('sha256', secret) as never);
    }
    update(bytes: Uint8Array): void {
      this.#hash.update(bytes);
    }
    digest(): Promise<Uint8Array> {
      return Promise.resolve(this.#hash.digest());
    }
  }
  const signer = ({ id, secret }: Key) =>
    new SignatureV4({
      service: 'ec2',
      region: 'us-east-1',
      sha256: Sha256 as never,
      credentials: { accessKeyId: id, secretAccessKey: secret },
    });
  const codeOf = (text: string) => /<Code>(\w+)</.exec(text)?.[1] ?? 'OK';

  async function presigned(action: string, options: { expiresIn: number; ageSeconds?: number }) {
    const { host, hostname } = new URL(endpoint);
    const query = { Action: action, Version: '2016-11-15' };
    const request = { method: 'GET', protocol: 'http:', hostname, path: '/', query, headers: { host } };
    const signingDate = new Date(Date.now() - (options.ageSeconds ?? 0) * 1000);
    const signed = await signer(alice).presign(request as never, {
      signingDate,
      expiresIn: options.expiresIn,
    });
    return `/?${new URLSearchParams(signed.query as Record<string, string>)}`;
  }

  const rows: readonly (readonly [
    what: string,
    path: () => Promise<string>,
    status: number,
    code: string,
  ])[] = [
    ['one in its time', () => presigned('DescribeVpcs', { expiresIn: 60 }), 200, 'OK'],
    ['one that lasts', () => presigned('DescribeVpcs', { expiresIn: 7200, ageSeconds: 3600 }), 200, 'OK'],
    [
      'one too late',
      () => presigned('DescribeVpcs', { expiresIn: 60, ageSeconds: 90 }),
      400,
      'RequestExpired',
    ],
    ['one too lasting', () => presigned('DescribeVpcs', { expiresIn: 604_800 }), 200, 'OK'],
    [
      'one for another action',
      async () =>
        (await presigned('DescribeVpcs', { expiresIn: 60 })).replace('DescribeVpcs', 'DescribeSubnets'),
      401,
      'AuthFailure',
    ],
    ['one that changes', () => presigned('CreateInternetGateway', { expiresIn: 60 }), 405, 'InvalidRequest'],
  ];
  for (const [what, path, status, code] of rows) {
    test(`${what} is answered with ${code}`, async () => {
      const answer = await send(endpoint, { path: await path(), headers: { host: new URL(endpoint).host } });
      assert.deepEqual([answer.status, codeOf(answer.body)], [status, code], answer.body);
    });
  }

  const query = 'Action=DescribeVpcs&Version=2016-11-15';
  const inChunk = `${query.length.toString(16)}\r\n${query}\r\n0\r\n\r\n`;
  const wrong = `;chunk-signature=${'0'.repeat(64)}\r\n`;
  const inSignedChunk = `${query.length.toString(16)}${wrong}${query}\r\n0${wrong}\r\n`;
  for (const [payload, body, status, code] of [
    ['UNSIGNED-PAYLOAD', query, 400, 'IncompleteSignature'],
    ['STREAMING-UNSIGNED-PAYLOAD-TRAILER', inChunk, 400, 'IncompleteSignature'],
    ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', inSignedChunk, 401, 'AuthFailure'],
    ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', inChunk, 400, 'IncompleteBody'],
  ] as const) {
    test(`${payload} is answered with ${code}`, async () => {
      const { host, hostname } = new URL(endpoint);
      const headers = {
        host,
        'content-type': 'application/x-www-form-urlencoded',
        'x-amz-content-sha256': payload,
        'x-amz-decoded-content-length': String(query.length),
      };
      const request = { method: 'POST', protocol: 'http:', hostname, path: '/', query: {}, headers, body };
      const signed: unknown = await signer(alice).sign(request as never);
      const { headers: sent } = signed as { headers: Record<string, string> };
      const answer = await send(endpoint, { method: 'POST', headers: sent, body });
      assert.deepEqual([answer.status, codeOf(answer.body)], [status, code]);
    });
  }
});

describe('policies', () => {
  const groups = 'arn:aws:ec2:us-east-1:123456789012:security-group';
  const read = { Effect: 'Allow', Action: 'ec2:Describe*', Resource: '*' };

  test('only principals that may create and modify groups do', async () => {
    const editor = keyWith('editor', [
      read,
      { Effect: 'Allow', Action: 'ec2:*SecurityGroup*', Resource: `${groups}/*` },
    ]);
    const reader = keyWith('reader', [read]);
    const create = (key: Key, more: object = {}) =>
      new EC2Client(config(key)).send(
        new CreateSecurityGroupCommand({ GroupName: 'edited', Description: 'd', ...more }),
      );
    await assert.rejects(create(reader), { name: 'UnauthorizedOperation' });
    await assert.rejects(create(reader, { DryRun: true }), { name: 'UnauthorizedOperation' });
    await assert.rejects(create(editor, { DryRun: true }), { name: 'DryRunOperation' });
    const { GroupId = '' } = await create(editor);
    const found = await new EC2Client(config(reader)).send(
      new DescribeSecurityGroupsCommand({ GroupIds: [GroupId] }),
    );
    assert.equal(found.SecurityGroups?.length, 1);
    const remove = (key: Key) => new EC2Client(config(key)).send(new DeleteSecurityGroupCommand({ GroupId }));
    await assert.rejects(remove(reader), (error: Error) => {
      assert.equal(error.name, 'UnauthorizedOperation');
      const said = `user/reader is not authorized to perform ec2:DeleteSecurityGroup on ${groups}/${GroupId}`;
      assert.ok(error.message.includes(said), error.message);
      return true;
    });
    await remove(editor);
  });

  test('an explicit deny wins, also for a group that is named in another way', async () => {
    const made = await new EC2Client(config(alice)).send(
      new CreateSecurityGroupCommand({ GroupName: 'prod', Description: 'd' }),
    );
    const guarded = keyWith('guarded', [
      { Effect: 'Allow', Action: '*', Resource: '*' },
      { Effect: 'Deny', Action: 'ec2:*', Resource: `${groups}/${made.GroupId}` },
    ]);
    const client = new EC2Client(config(guarded));
    const refused = { name: 'UnauthorizedOperation' };
    await assert.rejects(client.send(new DeleteSecurityGroupCommand({ GroupId: made.GroupId })), refused);
    await assert.rejects(client.send(new DeleteSecurityGroupCommand({ GroupName: 'prod' })), refused);
  });

  test('conditions go by tags of groups and by where a request comes from', async () => {
    const tagged = (team: string) =>
      new EC2Client(config(alice)).send(
        new CreateSecurityGroupCommand({
          GroupName: `of ${team}`,
          Description: 'd',
          TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'team', Value: team }] }],
        }),
      );
    const [ours, theirs] = [await tagged('network'), await tagged('web')];
    const ofTeam = { StringEquals: { 'aws:ResourceTag/team': 'network' } };
    const from = (block: string) => ({ ...ofTeam, IpAddress: { 'aws:SourceIp': block } });
    const remove = (key: Key, GroupId: string | undefined) =>
      new EC2Client(config(key)).send(new DeleteSecurityGroupCommand({ GroupId }));
    const keyOf = (user: string, Condition: object) =>
      keyWith(user, [{ Effect: 'Allow', Action: 'ec2:*', Resource: '*', Condition }]);
    const [here, elsewhere] = [keyOf('here', from('127.0.0.0/8')), keyOf('there', from('10.0.0.0/8'))];
    const refused = { name: 'UnauthorizedOperation' };
    await assert.rejects(remove(elsewhere, ours.GroupId), refused);
    await assert.rejects(remove(here, theirs.GroupId), refused);
    await remove(here, ours.GroupId);
    await remove(alice, theirs.GroupId);
  });

  test('who tags what is made needs ec2:CreateTags, and may be held to tags and a VPC', async () => {
    const describeAll = await clients.ec2(alice);
    const VpcId = describeAll.SecurityGroups?.[0]?.VpcId ?? '';
    const create = (key: Key, GroupName: string, team?: string) =>
      new EC2Client(config(key)).send(
        new CreateSecurityGroupCommand({
          GroupName,
          Description: 'd',
          ...(team && {
            TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'team', Value: team }] }],
          }),
        }),
      );
    const making = { Effect: 'Allow', Action: 'ec2:CreateSecurityGroup', Resource: '*' };
    const tagging = {
      ...{ Effect: 'Allow', Action: 'ec2:CreateTags', Resource: `${groups}/*` },
      Condition: {
        StringEquals: { 'ec2:CreateAction': 'CreateSecurityGroup', 'aws:RequestTag/team': 'network' },
        'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] },
      },
    };
    const refused = { name: 'UnauthorizedOperation' };
    const maker = keyWith('maker', [making]);
    await create(maker, 'untagged');
    await assert.rejects(create(maker, 'tagged', 'network'), refused);
    const tagger = keyWith('tagger', [making, tagging]);
    await assert.rejects(create(tagger, 'tagged', 'web'), refused);
    const { GroupId } = await create(tagger, 'tagged', 'network');
    const inVpc = (id: string) => ({
      ...{ Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
      Condition: { ArnEquals: { 'ec2:Vpc': `arn:aws:ec2:*:*:vpc/${id}` } },
    });
    const remove = (key: Key) => new EC2Client(config(key)).send(new DeleteSecurityGroupCommand({ GroupId }));
    await assert.rejects(remove(keyWith('outside', [inVpc('vpc-00000000')])), refused);
    await remove(keyWith('inside', [inVpc(VpcId)]));
  });

  test('who may do nothing makes nothing, not even the default VPC of a new region', async () => {
    const nobody = keyWith('nobody', [{ Effect: 'Deny', Action: '*', Resource: '*' }]);
    const sequence = () => JSON.parse(rampart(['status', '--json', '--data', data]).stdout).health.sequence;
    const before = sequence();
    await assert.rejects(clients.ec2(nobody, { region: 'eu-west-3' }), { name: 'UnauthorizedOperation' });
    assert.equal(sequence(), before);
    await clients.ec2(alice, { region: 'eu-west-3' });
    assert.ok(sequence() > before);
  });

  test('JSON services deny in their own words, and everybody may ask who they are', async () => {
    const reader = keyWith('reader', [read]);
    await assert.rejects(clients.cloudtrail(reader), { name: 'AccessDeniedException' });
    const nobody = keyWith('nobody', [{ Effect: 'Deny', Action: '*', Resource: '*' }]);
    assert.match((await clients.sts(nobody)).Arn ?? '', /user\/nobody$/);
  });
});

describe('the aws CLI of Debian', {
  skip: !existsSync(awsProgram) && 'needs the Debian package awscli',
}, () => {
  test('is let in with its key and kept out without', () => {
    const identity = aws(endpoint, alice, ['sts', 'get-caller-identity']);
    assert.equal(
      JSON.parse(identity.stdout).Arn,
      'arn:aws:iam::123456789012:user/team/alice',
      identity.stderr,
    );
    const listed = aws(endpoint, alice, ['ec2', 'describe-vpcs']);
    assert.equal(JSON.parse(listed.stdout).Vpcs.length, 1);
    const wrong = aws(endpoint, { ...alice, secret: 'wrong' }, ['ec2', 'describe-vpcs']);
    assert.match(wrong.stderr, /\(AuthFailure\) when calling the DescribeVpcs operation/);
    const sts = aws(endpoint, { ...alice, secret: 'wrong' }, ['sts', 'get-caller-identity']);
    assert.match(sts.stderr, /\(SignatureDoesNotMatch\)/);
  });
});

describe('the CLI and the directory', () => {
  test('the server’s own paths open to the owner of the directory alone', async () => {
    for (const authorization of ['anything', 'Bearer ', `Bearer ${'x'.repeat(43)}`]) {
      const { status } = await send(endpoint, { path: '/_rampart/snapshot', headers: { authorization } });
      assert.equal(status, 401);
    }
    const eni = rampart(['effective', 'eni-00000000', '--data', data]);
    assert.match(eni.stderr, /eni-00000000/);
    assert.equal(eni.status, 2);
    const remote = rampart(['effective', 'eni-00000000'], { RAMPART_ENDPOINT: endpoint });
    assert.match(remote.stderr, /with the token of the data directory/);
  });

  test('env leaves the key of the shell alone, and keys create --env sets it', () => {
    const env = rampart(['env', '--data', data]).stdout;
    assert.match(env, /AWS_ENDPOINT_URL/);
    assert.doesNotMatch(env, /export AWS_(ACCESS_KEY_ID|SECRET_ACCESS_KEY)/);
    const made = rampart(['keys', 'create', 'dave', '--env', '--data', data]).stdout;
    assert.match(
      made,
      /^export AWS_ACCESS_KEY_ID='AKIA[A-Z2-7]{16}'\nexport AWS_SECRET_ACCESS_KEY='[\w+/]{40}'\n/,
    );
  });

  test('list shows every key and no secret, and nothing of the directory holds one', () => {
    const text = rampart(['keys', 'list', '--data', data]).stdout;
    const json = rampart(['keys', 'list', '--json', '--data', data]).stdout;
    for (const shown of [text, json]) {
      assert.ok(shown.includes(alice.id));
      assert.ok(!shown.includes(alice.secret));
    }
    const names = readdirSync(data);
    assert.ok(names.includes('keys.key') && names.includes('server.log'));
    for (const name of names) {
      assert.equal(statSync(join(data, name)).mode & 0o077, 0, name);
      assert.ok(!readFileSync(join(data, name)).includes(alice.secret), name);
    }
  });

  test('wrong keys and open servers are refused with one line', () => {
    const bad = join(scratch, 'bad.json');
    writeFileSync(
      bad,
      '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}}',
    );
    const fresh = join(scratch, 'fresh');
    const rows: readonly (readonly [args: readonly string[], exitCode: number, says: RegExp])[] = [
      [['keys', 'create', 'a b', '--data', data], 2, /a b is no user name/],
      [['keys', 'create', 'a', '--account', '1', '--data', data], 2, /--account: 1 is not 12 digits/],
      [
        ['keys', 'create', 'a', '--policy', bad, '--data', data],
        2,
        /Statement 1: Condition has no condition/,
      ],
      [
        ['keys', 'create', 'a', '--policy', join(scratch, 'none'), '--data', data],
        1,
        /cannot be read: there is no such file/,
      ],
      [['keys', 'revoke', 'AKIAIOSFODNN7EXAMPLE', '--data', data], 2, /has no key AKIAIOSFODNN7EXAMPLE/],
      [['keys', 'revoke', 'AKIAIOSFODNN7EXAMPLE', '--data', fresh], 2, /has no key/],
      [['up', '--listen', '0.0.0.0', '--port', '0', '--data', fresh], 1, /not a loopback address.*--auth on/],
      [
        ['up', '--listen', '::', '--auth', 'off', '--port', '0', '--data', fresh],
        1,
        /not a loopback address/,
      ],
      [
        ['up', '--listen', 'localhost', '--port', '0', '--data', fresh],
        2,
        /--listen: expected an IP address/,
      ],
    ];
    for (const [args, exitCode, says] of rows) {
      const { status, stderr } = rampart(args);
      assert.match(stderr, says);
      assert.match(stderr, /^rampart: [^\n]+\n$/, 'one line');
      assert.equal(status, exitCode, stderr);
    }
  });

  test('with signatures checked a server may listen elsewhere', async () => {
    const elsewhere = join(scratch, 'elsewhere');
    const options = { port: 0, data: elsewhere, enforce: 'off', auth: 'on', listen: '0.0.0.0' } as const;
    const server = await upDetached(upOptions.parse(options));
    try {
      assert.match(server.endpoint, /^http:\/\/127\.0\.0\.1:\d+$/);
      const made = rampart(['keys', 'create', 'erin', '--json', '--data', elsewhere]);
      const { AccessKeyId, SecretAccessKey } = JSON.parse(made.stdout);
      const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey };
      const client = new EC2Client({
        endpoint: server.endpoint,
        region: 'us-east-1',
        credentials,
        maxAttempts: 1,
      });
      await client.send(new DescribeSecurityGroupsCommand({}));
    } finally {
      await down({ data: elsewhere });
    }
  });
});
