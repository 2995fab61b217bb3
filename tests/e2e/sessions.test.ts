/** Sessions of roles: AssumeRole, and what its credentials may do, through the real SDK and Debian's aws CLI. */
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CloudTrailClient, LookupEventsCommand } from '@aws-sdk/client-cloudtrail';
import { CreateSecurityGroupCommand, DescribeSecurityGroupsCommand, EC2Client } from '@aws-sdk/client-ec2';
import {
  AssumeRoleCommand,
  type AssumeRoleRequest,
  GetCallerIdentityCommand,
  STSClient,
} from '@aws-sdk/client-sts';
import { down } from '#server/down.ts';
import { upOptions } from '#server/options.ts';
import { upDetached } from '#server/up.ts';
import type { Session } from '#services/sts/session.ts';
import { sessionCredentials } from '#services/sts/session-token.ts';
import { KeyStore } from '#state/keys/key-store.ts';
import { aws, awsProgram, type Key, rampart } from '../support/cli.ts';

const RoleArn = 'arn:aws:iam::123456789012:role/deployer';
const arn = 'arn:aws:sts::123456789012:assumed-role/deployer/night';
const scratch = mkdtempSync(join(tmpdir(), 'rpt-sessions-'));
after(() => rmSync(scratch, { recursive: true }));

/** A server of a data directory of its own. */
function server(auth: 'on' | 'off') {
  const data = join(scratch, auth);
  const made = { data, endpoint: '' };
  before(async () => {
    const options = upOptions.parse({ port: 0, data, enforce: 'off', auth });
    ({ endpoint: made.endpoint } = await upDetached(options));
  });
  after(async () => {
    await down({ data });
  });
  return made;
}

function clientsOf({ endpoint }: { readonly endpoint: string }) {
  const config = ({ id, secret, token }: Key, region = 'us-east-1') => ({
    endpoint,
    region,
    credentials: {
      accessKeyId: id,
      secretAccessKey: secret,
      ...(token !== undefined && { sessionToken: token }),
    },
    maxAttempts: 1,
  });
  return {
    assume: async (key: Key, more: Partial<AssumeRoleRequest> = {}): Promise<Key> => {
      const command = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'night', ...more });
      const { Credentials } = await new STSClient(config(key)).send(command);
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials ?? {};
      return { id: AccessKeyId, secret: SecretAccessKey, token: SessionToken };
    },
    whoami: async (key: Key, region?: string) =>
      await new STSClient(config(key, region)).send(new GetCallerIdentityCommand({})),
    describe: async (key: Key) =>
      await new EC2Client(config(key)).send(new DescribeSecurityGroupsCommand({})),
    create: async (key: Key, GroupName: string) =>
      await new EC2Client(config(key)).send(new CreateSecurityGroupCommand({ GroupName, Description: 'd' })),
    events: async (key: Key) => {
      const { Events = [] } = await new CloudTrailClient(config(key)).send(new LookupEventsCommand({}));
      return Events;
    },
  };
}

const document = (...Statement: readonly object[]) => JSON.stringify({ Version: '2012-10-17', Statement });
const allow = (Action: string | readonly string[], Resource = '*') => ({ Effect: 'Allow', Action, Resource });

describe('where signatures are verified', () => {
  const here = server('on');
  const clients = () => clientsOf(here);
  let policies = 0;
  const makeKey = (user: string, ...statements: readonly object[]): Key => {
    const file = join(scratch, `policy-${++policies}.json`);
    writeFileSync(file, document(...statements));
    const options = statements.length > 0 ? ['--policy', file] : [];
    const made = rampart(['keys', 'create', user, '--json', '--data', here.data, ...options]);
    const { AccessKeyId, SecretAccessKey } = JSON.parse(made.stdout);
    return { id: AccessKeyId, secret: SecretAccessKey };
  };

  test('a session acts under its own name, and the journal tells who is behind it', async () => {
    const erin = makeKey('erin');
    const key = await clients().assume(erin, { SourceIdentity: 'erin' });
    const { Arn, UserId, Account } = await clients().whoami(key);
    assert.deepEqual([Arn, Account], [arn, '123456789012']);
    assert.match(UserId ?? '', /^AROA[A-Z2-7]{17}:night$/);
    await clients().create(key, 'by session');
    const [event] = await clients().events(erin);
    assert.deepEqual([event?.Username, event?.AccessKeyId], ['night', key.id]);
    const { userIdentity, additionalEventData } = JSON.parse(event?.CloudTrailEvent ?? '');
    assert.deepEqual([userIdentity.type, userIdentity.arn], ['AssumedRole', arn]);
    assert.deepEqual([userIdentity.principalId, userIdentity.accessKeyId], [UserId, key.id]);
    assert.equal(userIdentity.sessionContext.sessionIssuer.arn, RoleArn);
    assert.equal(userIdentity.sessionContext.sourceIdentity, 'erin');
    assert.deepEqual(additionalEventData, {
      assumedBy: 'arn:aws:iam::123456789012:user/erin',
      accessKeyId: erin.id,
    });
  });

  test('a session may what its user may, and its own policy only takes away', async () => {
    const reader = makeKey('reader', allow('ec2:Describe*'), allow('sts:AssumeRole', RoleArn));
    const everything = document(allow('*'));
    const wide = await clients().assume(reader, { Policy: everything });
    await clients().describe(wide);
    await assert.rejects(clients().create(wide, 'x'), { name: 'UnauthorizedOperation' });
    const writer = makeKey('writer');
    const narrow = await clients().assume(writer, { Policy: document(allow('ec2:Describe*')) });
    await clients().describe(narrow);
    await assert.rejects(clients().create(narrow, 'x'), { name: 'UnauthorizedOperation' });
    // What the user's conditions say of the user holds in the session too.
    const denied = { Effect: 'Deny', Action: 'ec2:Create*', Resource: '*' };
    const Condition = { StringEquals: { 'aws:username': 'held' } };
    const held = makeKey('held', allow('*'), { ...denied, Condition });
    await assert.rejects(clients().create(await clients().assume(held), 'x'), {
      name: 'UnauthorizedOperation',
    });
  });

  test('a chain of sessions has the rights that all of them have', async () => {
    const user = makeKey('chain');
    const first = await clients().assume(user, { Policy: document(allow(['ec2:*', 'sts:*'])) });
    const second = await clients().assume(first, { Policy: document(allow('*')) });
    await clients().describe(second);
    await assert.rejects(clients().events(second), { name: 'AccessDeniedException' });
    const third = await clients().assume(first, { Policy: document(allow('cloudtrail:*')) });
    await assert.rejects(clients().describe(third), { name: 'UnauthorizedOperation' });
    await assert.rejects(clients().events(third), { name: 'AccessDeniedException' });
  });

  test('who may not assume a role does not, and nobody leaves the account', async () => {
    const other = makeKey('other', allow('*', 'arn:aws:iam::123456789012:role/other'));
    await assert.rejects(clients().assume(other), { name: 'AccessDenied' });
    const elsewhere = { RoleArn: 'arn:aws:iam::999999999999:role/deployer' };
    await assert.rejects(clients().assume(makeKey('all'), elsewhere), { name: 'AccessDenied' });
  });

  test('a session stays in its partition, of whose roles alone its policies were asked', async () => {
    const key = await clients().assume(makeKey('partition'));
    assert.equal((await clients().whoami(key, 'eu-central-1')).Arn, arn);
    await assert.rejects(clients().whoami(key, 'cn-north-1'), { name: 'InvalidClientTokenId' });
  });

  test('revoking the key ends its sessions and theirs', async () => {
    const user = makeKey('gone');
    const first = await clients().assume(user);
    const second = await clients().assume(first);
    await clients().describe(second);
    assert.equal(rampart(['keys', 'revoke', user.id, '--data', here.data]).status, 0);
    for (const key of [first, second]) {
      await assert.rejects(clients().describe(key), { name: 'AuthFailure' });
      await assert.rejects(clients().whoami(key), { name: 'InvalidClientTokenId' });
    }
  });

  /** Credentials sealed under the server's own key, as a session that is `change`d. */
  function forged(user: Key, change: Partial<Session>): Key {
    const keys = KeyStore.open(here.data);
    const nowMs = Date.now();
    const made = sessionCredentials(
      {
        role: { account: '123456789012', name: 'deployer' },
        name: 'night',
        assumedBy: 'arn:aws:iam::123456789012:user/expired',
        keyId: user.id,
        startedAtMs: nowMs - 3_600_000,
        expiresAtMs: nowMs + 60_000,
        policies: [],
        tags: {},
        transitiveTagKeys: [],
        ...change,
      },
      'us-east-1',
      keys,
    );
    keys.close();
    return { id: made.accessKeyId, secret: made.secretAccessKey, token: made.sessionToken };
  }

  test('expired, unsigned, changed and foreign tokens are refused with the codes of AWS', async () => {
    const user = makeKey('tried');
    const key = await clients().assume(user);
    const { token = '' } = key;
    const { id, secret } = key;
    const unknown = ['AuthFailure', 'InvalidClientTokenId', 'UnrecognizedClientException'] as const;
    const wrong = ['AuthFailure', 'SignatureDoesNotMatch', 'InvalidSignatureException'] as const;
    const late = ['RequestExpired', 'ExpiredToken', 'ExpiredTokenException'] as const;
    const rows: readonly (readonly [key: Key, codes: readonly [string, string, string] | undefined])[] = [
      [forged(user, {}), undefined],
      [forged(user, { expiresAtMs: Date.now() - 1 }), late],
      [{ ...forged(user, { expiresAtMs: Date.now() - 1 }), secret: 'wrong' }, wrong],
      // As a server makes them that verifies nothing.
      [forged(user, { keyId: undefined }), unknown],
      [{ id, secret, token: `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}` }, unknown],
      [{ ...key, token: (await clients().assume(user)).token ?? '' }, unknown],
      [{ id, secret }, unknown],
      [{ ...user, token }, unknown],
      [{ ...key, secret: user.secret }, wrong],
    ];
    for (const [asked, codes] of rows) {
      const calls = [clients().describe(asked), clients().whoami(asked), clients().events(asked)];
      const names = (await Promise.allSettled(calls)).map((settled) =>
        settled.status === 'rejected' ? settled.reason.name : undefined,
      );
      assert.deepEqual(names, codes ?? [undefined, undefined, undefined]);
    }
  });

  test('the aws CLI of Debian assumes a role and acts in it', {
    skip: !existsSync(awsProgram) && 'needs the Debian package awscli',
  }, () => {
    const user = makeKey('cli');
    const args = ['sts', 'assume-role', '--role-arn', RoleArn, '--role-session-name', 'night'];
    const { Credentials, AssumedRoleUser } = JSON.parse(aws(here.endpoint, user, args).stdout);
    assert.equal(AssumedRoleUser.Arn, arn);
    const key = {
      id: Credentials.AccessKeyId,
      secret: Credentials.SecretAccessKey,
      token: Credentials.SessionToken,
    };
    assert.equal(JSON.parse(aws(here.endpoint, key, ['sts', 'get-caller-identity']).stdout).Arn, arn);
    const wrong = aws(here.endpoint, { ...key, token: 'x' }, ['ec2', 'describe-vpcs']);
    assert.match(wrong.stderr, /\(AuthFailure\)/);
  });
});

describe('where nothing is verified', () => {
  const here = server('off');
  const clients = () => clientsOf(here);
  const anybody: Key = { id: 'test', secret: 'test' };

  test('tokens of other programs make nothing, and none is read with a key that others may read', async () => {
    const other: Key = { id: 'ASIAOFANOTHERPROGRAM', secret: 'x', token: 'bm90aGluZw==' };
    const file = (name: string) => join(here.data, name);
    const isThere = () => ['keys.key', 'keys.sqlite'].map((name) => existsSync(file(name)));
    await clients().describe(other);
    assert.deepEqual(isThere(), [false, false]);

    writeFileSync(file('keys.key'), Buffer.alloc(32, 1), { mode: 0o644 });
    const why = /may be read by others/;
    await assert.rejects(clients().describe(other), { name: 'AuthFailure', message: why });
    await assert.rejects(clients().whoami(other), { name: 'InvalidClientTokenId', message: why });
    await assert.rejects(clients().events(other), { name: 'UnrecognizedClientException', message: why });
    await assert.rejects(clients().assume(anybody), { name: 'Unavailable', message: why });
    await clients().describe(anybody);
    assert.deepEqual(isThere(), [true, false]);

    chmodSync(file('keys.key'), 0o600);
    await clients().describe(other);
    assert.equal((await clients().whoami(await clients().assume(anybody))).Arn, arn);
  });

  test('sessions have their names, accounts and policies', async () => {
    const foreign = { ...anybody, token: 'of another program' };
    const key = await clients().assume(foreign, { Policy: document(allow('ec2:Describe*')) });
    assert.equal((await clients().whoami(key)).Arn, arn);
    await clients().describe(key);
    await assert.rejects(clients().create(key, 'x'), { name: 'UnauthorizedOperation' });
    const elsewhere = await clients().assume(anybody, {
      RoleArn: 'arn:aws:iam::999999999999:role/deployer',
    });
    const [group] = (await clients().describe(elsewhere)).SecurityGroups ?? [];
    assert.equal(group?.OwnerId, '999999999999');
  });
});
