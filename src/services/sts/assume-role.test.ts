import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AssumeRoleResponse } from '@aws-sdk/client-sts';
import { Account } from '../../../tests/support/account.ts';
import type { Session } from './session.ts';
import { openSession } from './session-token.ts';

const RoleArn = 'arn:aws:iam::123456789012:role/team/deployer';
const good = { RoleArn, RoleSessionName: 'night' };
const policy = JSON.stringify({
  Version: '2012-10-17',
  Statement: { Effect: 'Allow', Action: 'ec2:*', Resource: '*' },
});

/** An account in which a user asks whose key was verified. */
function signedIn(): Account {
  const account = new Account();
  account.caller = { principal: 'arn:aws:iam::123456789012:user/erin', keyId: 'AKIAERIN' };
  return account;
}

function assume(account: Account, input: object): AssumeRoleResponse {
  return account.call<AssumeRoleResponse>('AssumeRole', { ...good, ...input }, 'sts');
}

function sessionIn(account: Account, { Credentials }: AssumeRoleResponse): Session {
  const { SessionToken = '', AccessKeyId = '' } = Credentials ?? {};
  const bearer = { accessKeyId: AccessKeyId, region: 'us-east-1' };
  return openSession(SessionToken, bearer, account.sealer)?.session ?? assert.fail('not sealed here');
}

test('the answer has what AWS gives, and the token what the session needs', () => {
  const account = signedIn();
  const answer = assume(account, {});
  assert.match(answer.Credentials?.AccessKeyId ?? '', /^ASIA[A-Z2-7]{16}$/);
  assert.match(answer.Credentials?.SecretAccessKey ?? '', /^[\w+/]{40}$/);
  assert.deepEqual(answer.Credentials?.Expiration, new Date(account.nowMs + 3_600_000));
  assert.equal(answer.AssumedRoleUser?.Arn, 'arn:aws:sts::123456789012:assumed-role/deployer/night');
  assert.match(answer.AssumedRoleUser?.AssumedRoleId ?? '', /^AROA[A-Z2-7]{17}:night$/);
  assert.equal(answer.SessionTokenSize, answer.Credentials?.SessionToken?.length);
  assert.equal(answer.PackedPolicySize, undefined);
  assert.deepEqual(sessionIn(account, answer), {
    role: { account: '123456789012', name: 'team/deployer' },
    name: 'night',
    assumedBy: 'arn:aws:iam::123456789012:user/erin',
    keyId: 'AKIAERIN',
    startedAtMs: account.nowMs,
    expiresAtMs: account.nowMs + 3_600_000,
    policies: [],
    tags: {},
    transitiveTagKeys: [],
  });
});

test('a token is that of its key id in its partition on its server, to the last bit', () => {
  const account = signedIn();
  const { Credentials } = assume(account, { Policy: policy });
  const { SessionToken: token = '', AccessKeyId: id = '', SecretAccessKey } = Credentials ?? {};
  const opened = (text: string, accessKeyId = id, region = 'us-east-1', { sealer } = account) =>
    openSession(text, { accessKeyId, region }, sealer)?.secretAccessKey;
  assert.equal(opened(token), SecretAccessKey);
  assert.equal(opened(token, id, 'eu-central-1'), SecretAccessKey);
  assert.equal(opened(token, id, 'cn-north-1'), undefined);
  assert.equal(opened(token, `${id.slice(0, -1)}9`), undefined);
  assert.equal(opened(token, id, 'us-east-1', new Account()), undefined);
  for (const [at, letter] of [...token].entries()) {
    const changed = `${token.slice(0, at)}${letter === 'A' ? 'B' : 'A'}${token.slice(at + 1)}`;
    assert.equal(opened(changed), undefined, `letter ${at}`);
  }
  for (const changed of ['', 'AAAA', ` ${token}`, `${token}=`, token.slice(0, -4)]) {
    assert.equal(opened(changed), undefined, changed);
  }
});

describe('what is refused', () => {
  const longPolicy = (length: number) => policy.padEnd(length);
  const tags = (count: number) => Array.from({ length: count }, (_, n) => ({ Key: `k${n}`, Value: 'v' }));
  const rows: readonly (readonly [input: object, code: string | undefined])[] = [
    [{ RoleArn: undefined }, 'ValidationError'],
    [{ RoleSessionName: '' }, 'ValidationError'],
    [{ RoleArn: 'arn:aws:iam::123456789012:user/deployer' }, 'ValidationError'],
    [{ RoleArn: 'arn:aws:iam::12345678901:role/deployer' }, 'ValidationError'],
    [{ RoleArn: 'arn:aws-cn:iam::123456789012:role/deployer' }, 'ValidationError'],
    [{ RoleArn: 'arn:aws:iam::123456789012:role/' }, 'ValidationError'],
    [{ RoleArn: 'arn:aws:iam::123456789012:role/d' }, undefined],
    [{ RoleArn: 'arn:aws:iam::999999999999:role/deployer' }, 'AccessDenied'],
    [{ RoleSessionName: 'a' }, 'ValidationError'],
    [{ RoleSessionName: 'ab' }, undefined],
    [{ RoleSessionName: 'x'.repeat(64) }, undefined],
    [{ RoleSessionName: 'x'.repeat(65) }, 'ValidationError'],
    [{ RoleSessionName: 'a b' }, 'ValidationError'],
    [{ DurationSeconds: 899 }, 'ValidationError'],
    [{ DurationSeconds: 900 }, undefined],
    [{ DurationSeconds: 43_200 }, undefined],
    [{ DurationSeconds: 43_201 }, 'ValidationError'],
    [{ MinimumSessionTokenSize: 4096 }, undefined],
    [{ MinimumSessionTokenSize: 4097 }, 'ValidationError'],
    [{ ExternalId: 'partner:7' }, undefined],
    [{ ExternalId: 'partner 7' }, 'ValidationError'],
    [{ Policy: longPolicy(2048) }, undefined],
    [{ Policy: longPolicy(2049) }, 'ValidationError'],
    [{ Policy: '{' }, 'MalformedPolicyDocument'],
    [{ Policy: policy.replace('"Resource"', '"Principal":"*","Resource"') }, 'MalformedPolicyDocument'],
    [{ PolicyArns: [{ arn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' }] }, 'UnsupportedOperation'],
    [{ SerialNumber: 'arn:aws:iam::123456789012:mfa/erin', TokenCode: '123456' }, 'AccessDenied'],
    [{ TokenCode: '123456' }, 'AccessDenied'],
    [{ SourceIdentity: 'erin' }, undefined],
    [{ SourceIdentity: 'aws:erin' }, 'ValidationError'],
    [{ Tags: tags(50) }, undefined],
    [{ Tags: tags(51) }, 'ValidationError'],
    [{ Tags: [{ Key: 'a{', Value: '' }] }, 'ValidationError'],
    [{ Tags: [{ Key: 'a', Value: 'v'.repeat(257) }] }, 'ValidationError'],
    [{ Tags: [{ Key: 'team' }, { Key: 'Team' }] }, 'ValidationError'],
    [{ Tags: tags(1), TransitiveTagKeys: ['K0'] }, undefined],
    [{ Tags: tags(1), TransitiveTagKeys: ['k1'] }, 'ValidationError'],
    [{ Tags: tags(25).map(({ Key }) => ({ Key, Value: 'v'.repeat(256) })) }, 'PackedPolicyTooLarge'],
  ];
  for (const [input, code] of rows) {
    test(`${JSON.stringify(input).slice(0, 80)}: ${code ?? 'taken'}`, () => {
      const outcome = signedIn().attempt('AssumeRole', { ...good, ...input }, 'sts');
      assert.equal(outcome.kind === 'refused' ? outcome.code : undefined, code, JSON.stringify(outcome));
    });
  }

  test('where no signature is verified, other accounts may be entered', () => {
    const answer = assume(new Account(), { RoleArn: 'arn:aws:iam::999999999999:role/deployer' });
    assert.equal(answer.AssumedRoleUser?.Arn, 'arn:aws:sts::999999999999:assumed-role/deployer/night');
  });
});

test('a token is as long as is asked for', () => {
  for (const size of [0, 1000, 4096]) {
    const { SessionTokenSize = 0 } = assume(signedIn(), { MinimumSessionTokenSize: size });
    assert.ok(SessionTokenSize >= size && SessionTokenSize < Math.max(size, 1000) * 2, `${SessionTokenSize}`);
  }
});

describe('a session that begins another', () => {
  const chained = () => {
    const account = signedIn();
    const first = assume(account, {
      Policy: policy,
      SourceIdentity: 'erin',
      Tags: [
        { Key: 'team', Value: 'network' },
        { Key: 'stage', Value: 'test' },
      ],
      TransitiveTagKeys: ['team'],
    });
    account.caller = {
      principal: first.AssumedRoleUser?.Arn ?? '',
      keyId: 'AKIAERIN',
      session: sessionIn(account, first),
    };
    return account;
  };

  test('passes on its policies, transitive tags, identity and beginning', () => {
    const account = chained();
    const input = { RoleArn: `${RoleArn}2`, Policy: policy, Tags: [{ Key: 'stage', Value: 'prod' }] };
    const session = sessionIn(account, assume(account, input));
    assert.equal(session.assumedBy, 'arn:aws:iam::123456789012:user/erin');
    assert.equal(session.keyId, 'AKIAERIN');
    assert.equal(session.sourceIdentity, 'erin');
    assert.deepEqual(session.tags, { team: 'network', stage: 'prod' });
    assert.deepEqual(session.transitiveTagKeys, ['team']);
    assert.deepEqual(
      session.policies.map(({ role, tags }) => [role.name, tags['stage']]),
      [
        ['team/deployer', 'test'],
        ['team/deployer2', 'prod'],
      ],
    );
  });

  const rows: readonly (readonly [input: object, code: string | undefined])[] = [
    [{ DurationSeconds: 3600 }, undefined],
    [{ DurationSeconds: 3601 }, 'ValidationError'],
    [{ SourceIdentity: 'erin' }, undefined],
    [{ SourceIdentity: 'frank' }, 'AccessDenied'],
    [{ Tags: [{ Key: 'Team', Value: 'web' }] }, 'ValidationError'],
  ];
  for (const [input, code] of rows) {
    test(`${JSON.stringify(input)}: ${code ?? 'taken'}`, () => {
      const outcome = chained().attempt('AssumeRole', { ...good, ...input }, 'sts');
      assert.equal(outcome.kind === 'refused' ? outcome.code : undefined, code, JSON.stringify(outcome));
    });
  }
});
