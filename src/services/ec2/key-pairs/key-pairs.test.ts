import assert from 'node:assert/strict';
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { test } from 'node:test';
import type { DescribeKeyPairsResult, ImportKeyPairResult, KeyPair } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';
import { readSshStrings, sshInteger, sshString } from './ssh-format.ts';

async function create(account: Account, input: object): Promise<KeyPair> {
  const outcome = await account.attemptPrepared('CreateKeyPair', input);
  return outcome.kind === 'ok' ? (outcome.output as KeyPair) : assert.fail(outcome.message);
}

const publicKeyOf = (account: Account, KeyName: string): string =>
  account.call<DescribeKeyPairsResult>('DescribeKeyPairs', { KeyNames: [KeyName], IncludePublicKey: true })
    .KeyPairs?.[0]?.PublicKey ?? assert.fail();

const blobOf = (text: string) => Buffer.from(text.split(' ')[1] ?? '', 'base64');

test('an RSA key is real: its halves belong together, and the private one is not kept', async () => {
  const account = new Account();
  const { KeyMaterial = '', KeyFingerprint, KeyPairId } = await create(account, { KeyName: 'web' });
  assert.match(KeyMaterial, /^-----BEGIN RSA PRIVATE KEY-----\n/);
  assert.match(KeyFingerprint ?? '', /^([0-9a-f]{2}:){19}[0-9a-f]{2}$/);
  assert.match(KeyPairId ?? '', /^key-[0-9a-f]{17}$/);
  const [type, e, n] = readSshStrings(blobOf(publicKeyOf(account, 'web'))) ?? [];
  assert.equal(type?.toString(), 'ssh-rsa');
  const jwk = {
    kty: 'RSA',
    e: e?.toString('base64url') ?? '',
    n: n?.subarray(1).toString('base64url') ?? '',
  };
  const signature = sign('sha256', Buffer.from('x'), createPrivateKey(KeyMaterial));
  assert.ok(verify('sha256', Buffer.from('x'), createPublicKey({ key: jwk, format: 'jwk' }), signature));
  assert.ok(!JSON.stringify([...account.network.keyPair.values()]).includes('PRIVATE'));
});

test('an ED25519 key is an OpenSSH file that holds both halves', async () => {
  const account = new Account();
  const { KeyMaterial = '', KeyFingerprint = '' } = await create(account, {
    KeyName: 'ed',
    KeyType: 'ed25519',
  });
  const body = KeyMaterial.split('\n').slice(1, -2).join('');
  const file = Buffer.from(body, 'base64');
  assert.equal(file.subarray(0, 15).toString('latin1'), 'openssh-key-v1\0');
  const cipherEnd = 15 + 8 + 8 + 4;
  assert.equal(file.readUInt32BE(cipherEnd), 1);
  const [publicBlob, secret] = readSshStrings(file.subarray(cipherEnd + 4)) ?? [];
  assert.deepEqual(publicBlob, blobOf(publicKeyOf(account, 'ed')));
  assert.equal((secret?.length ?? 1) % 8, 0);
  const seed = secret?.subarray(8 + 15 + 36 + 4, 8 + 15 + 36 + 36) ?? assert.fail();
  const prefix = Buffer.from('302e020100300506032b657004220420', 'hex');
  const key = createPrivateKey({ key: Buffer.concat([prefix, seed]), format: 'der', type: 'pkcs8' });
  const x = createPublicKey(key).export({ format: 'jwk' }).x ?? '';
  assert.deepEqual(readSshStrings(publicBlob ?? Buffer.alloc(0))?.[1], Buffer.from(x, 'base64url'));
  assert.equal(Buffer.from(KeyFingerprint, 'base64').length, 32);
});

const rsaText = (bits: number): string => {
  const { e, n } = generateKeyPairSync('rsa', { modulusLength: bits }).publicKey.export({ format: 'jwk' });
  const integer = (text = '') => sshInteger(Buffer.from(text, 'base64url'));
  return Buffer.concat([sshString('ssh-rsa'), integer(e), integer(n)]).toString('base64');
};

test('public keys are imported in AWS’s formats and sizes', () => {
  const account = new Account();
  const ed = Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(32, 7))]).toString('base64');
  const rsa = rsaText(2048);
  const short = Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.alloc(31, 7))]).toString('base64');
  const rows: readonly (readonly [material: string, code: string])[] = [
    [`ssh-ed25519 ${ed} me@here`, 'ok'],
    [`ssh-ed25519 ${ed}\n`, 'ok'],
    [`ssh-rsa ${rsa}`, 'ok'],
    [rsa, 'ok'],
    [`---- BEGIN SSH2 PUBLIC KEY ----\nComment: "me"\n${rsa}\n---- END SSH2 PUBLIC KEY ----`, 'ok'],
    [`ssh-rsa ${rsaText(1024)}`, 'ok'],
    [`ssh-rsa ${rsaText(1536)}`, 'InvalidKey.Format'],
    [`ssh-ed25519 ${short}`, 'InvalidKey.Format'],
    [`ssh-dss ${rsa}`, 'InvalidKey.Format'],
    [rsa.slice(0, 40), 'InvalidKey.Format'],
    ['nonsense', 'InvalidKey.Format'],
    ['', 'InvalidKey.Format'],
  ];
  for (const [index, [material, code]] of rows.entries()) {
    const outcome = account.attempt('ImportKeyPair', {
      KeyName: `k${index}`,
      PublicKeyMaterial: Buffer.from(material),
    });
    assert.equal(outcome.kind === 'ok' ? 'ok' : outcome.code, code, `${index}: ${material.slice(0, 60)}`);
  }
  const { KeyFingerprint } = account.call<ImportKeyPairResult>('ImportKeyPair', {
    KeyName: 'md5',
    PublicKeyMaterial: Buffer.from(rsa),
  });
  assert.match(KeyFingerprint ?? '', /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/);
});

test('names are unique, and launches take only names that are there', async () => {
  const account = new Account();
  await create(account, {
    KeyName: 'web',
    KeyType: 'ed25519',
    TagSpecifications: [{ ResourceType: 'key-pair', Tags: [{ Key: 'a', Value: '1' }] }],
  });
  const launch = { ImageId: 'ami-0123456789abcdef0', MinCount: 1, MaxCount: 1 };
  const rows: readonly (readonly [action: string, input: object, code: string])[] = [
    ['DescribeKeyPairs', { KeyNames: ['nope'] }, 'InvalidKeyPair.NotFound'],
    ['DescribeKeyPairs', { KeyPairIds: ['key-0123456789abcdef0'] }, 'InvalidKeyPair.NotFound'],
    ['DeleteKeyPair', {}, 'MissingParameter'],
    ['RunInstances', { ...launch, KeyName: 'nope' }, 'InvalidKeyPair.NotFound'],
  ];
  for (const [action, input, code] of rows) assert.equal(account.refusal(action, input), code, action);
  const refused: readonly (readonly [input: object, code: string])[] = [
    [{ KeyName: 'web' }, 'InvalidKeyPair.Duplicate'],
    [{}, 'MissingParameter'],
    [{ KeyName: 'ö' }, 'InvalidParameterValue'],
    [{ KeyName: 'x', KeyType: 'dsa' }, 'InvalidParameterValue'],

    [{ KeyName: 'x', DryRun: true }, 'DryRunOperation'],
  ];
  for (const [input, code] of refused) {
    const outcome = await account.attemptPrepared('CreateKeyPair', input);
    assert.equal(outcome.kind === 'refused' && outcome.code, code);
  }
  account.call('RunInstances', { ...launch, KeyName: 'web' });
  const found = account.call<DescribeKeyPairsResult>('DescribeKeyPairs', {
    Filters: [{ Name: 'tag:a', Values: ['1'] }],
  });
  assert.deepEqual(
    found.KeyPairs?.map(({ KeyName, PublicKey }) => [KeyName, PublicKey]),
    [['web', undefined]],
  );
  account.call('DeleteKeyPair', { KeyName: 'web' });
  account.call('DeleteKeyPair', { KeyName: 'web' });
  assert.equal(account.network.keyPair.size, 0);
});
