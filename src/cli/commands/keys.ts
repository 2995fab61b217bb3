/**
 * `rampart keys`: the access keys of a data directory. They are changed in the directory itself, whether or not a server
 * runs on it, so that being able to write there is the proof of being the operator.
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { systemReason } from '#import/system-reason.ts';
import { dataDirectory } from '#server/options.ts';
import { startupOf } from '#server/startup-error.ts';
import { parsePolicy } from '#services/auth/policy.ts';
import { prepareDataDirectory } from '#state/data-directory.ts';
import { type AccessKey, hasKeyStore, KeyStore, type SecretKey } from '#state/keys/key-store.ts';
import { type ExitCode, exitCodes, Failure, usageFailure } from '../failure.ts';
import { print, printJson, tableText } from '../output.ts';
import type { ServerOptions } from '../server-options.ts';

export type CreateOptions = ServerOptions & {
  readonly account: string;
  readonly policy?: string;
  readonly env?: boolean;
  readonly json?: boolean;
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateUser.html; a path of names may stand before it. */
const userPattern = /^([\w+=,.@-]{1,64}\/){0,7}[\w+=,.@-]{1,64}$/;

/** Makes a key and prints it with its secret. */
export async function createKey(user: string, options: CreateOptions): Promise<ExitCode> {
  const { account, env, json } = options;
  if (!userPattern.test(user)) throw usageFailure(`${user} is no user name: use letters, digits and +=,.@_-`);
  if (!/^\d{12}$/.test(account)) throw usageFailure(`--account: ${account} is not 12 digits`);
  const policy = options.policy === undefined ? undefined : policyIn(options.policy);
  const key: SecretKey = {
    id: newKeyId(),
    account,
    user,
    createdAtMs: Date.now(),
    policy,
    // 30 bytes are 40 letters of base64.
    secretAccessKey: randomBytes(30).toString('base64'),
  };
  const directory = dataDirectory(options.data);
  startupOf(() => prepareDataDirectory(directory));
  withKeys(directory, (keys) => keys.add(key));
  if (json) printJson({ ...shown(key), SecretAccessKey: key.secretAccessKey });
  else print(env ? exports(key) : described(key));
  return exitCodes.ok;
}

/** Prints the keys without their secrets. */
export async function listKeys({
  json,
  data,
}: ServerOptions & { readonly json?: boolean }): Promise<ExitCode> {
  const directory = dataDirectory(data);
  const keys = hasKeyStore(directory) ? withKeys(directory, (store) => store.list()) : [];
  if (json) printJson(keys.map(shown));
  else if (keys.length === 0) print('There are no keys.');
  else {
    const rows = keys.map((key) => [key.id, principal(key), access(key), createdAt(key)]);
    print(tableText(['key', 'principal', 'access', 'made'], rows));
  }
  return exitCodes.ok;
}

/** Ends a key; fails where there is none of the id. */
export async function revokeKey(id: string, { data }: ServerOptions): Promise<ExitCode> {
  const directory = dataDirectory(data);
  const removed = hasKeyStore(directory) && withKeys(directory, (keys) => keys.remove(id));
  if (!removed) throw usageFailure(`${directory} has no key ${id}`);
  print(`${id} is revoked.`);
  return exitCodes.ok;
}

function withKeys<T>(directory: string, work: (keys: KeyStore) => T): T {
  return startupOf(() => {
    const keys = KeyStore.open(directory);
    try {
      return work(keys);
    } finally {
      keys.close();
    }
  });
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html: AKIA is for the keys of users. */
function newKeyId(): string {
  return `AKIA${Array.from(randomBytes(16), (byte) => base32.charAt(byte % base32.length)).join('')}`;
}

/** The text of a policy file that holds a document which can be obeyed. */
function policyIn(path: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Failure(`${path} cannot be read: ${systemReason(error)}`);
  }
  const policy = parsePolicy(text);
  if (policy.kind === 'badPolicy') throw usageFailure(`${path} is no policy: ${policy.why}`);
  return text;
}

/** In the partition aws; a request to another one's region names that. */
function principal({ account, user }: AccessKey): string {
  return `arn:aws:iam::${account}:user/${user}`;
}

const access = ({ policy }: AccessKey) => (policy === undefined ? 'full' : 'by its policy');
const createdAt = ({ createdAtMs }: AccessKey) => new Date(createdAtMs).toISOString();

function shown(key: AccessKey) {
  const { id, account, user, policy } = key;
  const document: unknown = policy === undefined ? null : JSON.parse(policy);
  return {
    AccessKeyId: id,
    Account: account,
    User: user,
    Arn: principal(key),
    CreateDate: createdAt(key),
    Policy: document,
  };
}

function described(key: SecretKey): string {
  return [
    `access key  ${key.id}`,
    `secret      ${key.secretAccessKey}`,
    `principal   ${principal(key)}`,
    `access      ${access(key)}`,
    'The secret is not shown again.',
  ].join('\n');
}

/** Lines for a POSIX shell; neither part holds a character that quotes do not keep. */
function exports({ id, secretAccessKey }: SecretKey): string {
  return [
    `export AWS_ACCESS_KEY_ID='${id}'`,
    `export AWS_SECRET_ACCESS_KEY='${secretAccessKey}'`,
    'unset AWS_SESSION_TOKEN AWS_PROFILE',
  ].join('\n');
}
