/** Who makes a request: whoever asks while signatures are not checked, else the user of the key that signed it. */
import { createHash, createHmac } from 'node:crypto';
import { type Policy, parsePolicy } from '#services/auth/policy.ts';
import type { Caller } from '#services/operation.ts';
import { KeyStore } from '#state/keys/key-store.ts';
import { partitionOf } from '#vpc/scope.ts';
import { problem } from '#wire/errors.ts';
import { type Hashes, verifySignature } from '#wire/signature.ts';
import type { Call, RawRequest, WireError } from '#wire/wire.ts';

export type AuthMode = 'on' | 'off';

export type Authenticated = {
  readonly kind: 'authenticated';
  readonly caller: Caller;
  /** Undefined: everything is allowed. */
  readonly policy: Policy | undefined;
};

/** The caller of a well-formed call, or why there is none. */
export type Authenticate = (request: RawRequest, call: Call) => Authenticated | WireError;

export type Authentication = { readonly authenticate: Authenticate; readonly close: () => void };

/** Opens the keys of the directory where signatures are checked. Throws `DataDirectoryError`. */
export function openAuthentication(mode: AuthMode, directory: string, nowMs: () => number): Authentication {
  if (mode === 'off') return { authenticate: (_request, call) => trusting(call), close: () => {} };
  const keys = KeyStore.open(directory);
  const policyOf = policies();
  const authenticate: Authenticate = (request, call) => {
    // Looked up with every request: a key that was revoked a moment ago is no key.
    const key = keys.find(call.credential.accessKeyId);
    const refused = verifySignature({
      request,
      call,
      key: key && { secretAccessKey: key.secretAccessKey, sessionToken: undefined },
      nowMs: nowMs(),
      hashes,
      unsignedPayload: 'refuse',
    });
    if (refused) return refused;
    if (!key) throw new Error('a signature of no key was accepted');
    const { account, user, policy } = key;
    const { region } = call;
    const principal = `arn:${partitionOf(region)}:iam::${account}:user/${user}`;
    const caller = { scope: { account, region }, principal, userId: userId(account, user) };
    return { kind: 'authenticated', caller, policy: policy === undefined ? undefined : policyOf(policy) };
  };
  return { authenticate, close: () => keys.close() };
}

const hashes: Hashes = {
  sha256: (data) => createHash('sha256').update(data).digest('hex'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

/**
 * The account's root user, whatever the signature. It must stand in a header, which no form or image of a web page can
 * send without the browser asking first.
 */
function trusting({ account, region, credential, operation }: Call): Authenticated | WireError {
  if (credential.carrier !== 'header') {
    return problem(
      operation.protocol,
      'missingToken',
      'The request must be signed in an Authorization header',
    );
  }
  const principal = `arn:${partitionOf(region)}:iam::${account}:root`;
  return {
    kind: 'authenticated',
    caller: { scope: { account, region }, principal, userId: account },
    policy: undefined,
  };
}

const policiesKept = 1000;

/** Reads each policy text once. */
function policies(): (text: string) => Policy {
  const known = new Map<string, Policy>();
  return (text) => {
    const policy = known.get(text) ?? parsePolicy(text);
    if (policy.kind === 'badPolicy') throw new Error(`a stored policy cannot be read: ${policy.why}`);
    if (known.size >= policiesKept) known.clear();
    known.set(text, policy);
    return policy;
  };
}

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const userIdLetters = 17;

/**
 * The unique id of a user: the same for all keys of one.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
function userId(account: string, user: string): string {
  const digest = createHash('sha256').update(`${account}/${user}`).digest();
  const letters = Array.from(digest.subarray(0, userIdLetters), (byte) =>
    base32.charAt(byte % base32.length),
  );
  return `AIDA${letters.join('')}`;
}
