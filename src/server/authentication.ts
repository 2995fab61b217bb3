/**
 * Who makes a request: whoever asks while signatures are not checked, else the user of the key that signed it, or the
 * session that a user began with AssumeRole.
 */
import { createHash, createHmac } from 'node:crypto';
import type { HeldPolicy } from '#services/auth/permission.ts';
import { type Policy, parsePolicy } from '#services/auth/policy.ts';
import { uniqueId } from '#services/auth/unique-id.ts';
import type { Caller } from '#services/operation.ts';
import { roleArn, type Session, sessionArn, sessionId } from '#services/sts/session.ts';
import { type OpenedSession, openSession, type Sealer } from '#services/sts/session-token.ts';
import { DataDirectoryError } from '#state/data-directory.ts';
import { readKeyFile } from '#state/keys/key-file.ts';
import { KeyStore, type SecretKey } from '#state/keys/key-store.ts';
import { partitionOf } from '#vpc/scope.ts';
import { isWireError, problem } from '#wire/errors.ts';
import { type Hashes, verifySignature } from '#wire/signature.ts';
import type { Call, RawRequest, WireError } from '#wire/wire.ts';

export type AuthMode = 'on' | 'off';

export type Authenticated = {
  readonly kind: 'authenticated';
  readonly caller: Caller;
  /** All of them must allow what is asked; none: everything is allowed. */
  readonly policies: readonly HeldPolicy[];
};

/** The caller of a well-formed call, or why there is none. */
export type Authenticate = (request: RawRequest, call: Call) => Authenticated | WireError;

export type Authentication = {
  readonly authenticate: Authenticate;
  readonly sealer: Sealer;
  readonly close: () => void;
};

/**
 * Opens the keys of the directory, at once where signatures are checked, else with the first session. Throws
 * `DataDirectoryError`.
 */
export function openAuthentication(mode: AuthMode, directory: string, nowMs: () => number): Authentication {
  let opened: KeyStore | undefined;
  const keys = () => {
    opened ??= KeyStore.open(directory);
    return opened;
  };
  const sealer: Sealer = {
    seal: (text, owner) => keys().seal(text, owner),
    // Where nothing was ever sealed, nothing is made for the tokens of other programs.
    unseal: (sealed, owner) =>
      (opened ?? readKeyFile(directory)) ? keys().unseal(sealed, owner) : undefined,
  };
  const parts = { sealer, nowMs, policyOf: policies() };
  if (mode === 'on') keys();
  return {
    authenticate: mode === 'on' ? verifying(keys(), parts) : trusting(parts),
    sealer,
    close: () => opened?.close(),
  };
}

type Parts = {
  readonly sealer: Sealer;
  readonly nowMs: () => number;
  readonly policyOf: (text: string) => Policy;
};

function verifying(keys: KeyStore, { sealer, nowMs, policyOf }: Parts): Authenticate {
  return (request, call) => {
    const opened = openedBy(call, sealer);
    // Looked up with every request: a key that was revoked a moment ago is no key, and its sessions end with it.
    const key = keys.find(opened ? (opened.session.keyId ?? '') : call.credential.accessKeyId);
    const refused = verifySignature({
      request,
      call,
      key: key && {
        secretAccessKey: (opened ?? key).secretAccessKey,
        // A token that could be opened is the right one.
        sessionToken: opened && call.credential.sessionToken,
      },
      nowMs: nowMs(),
      hashes,
      unsignedPayload: 'refuse',
    });
    if (refused) return refused;
    if (!key) throw new Error('a signature of no key was accepted');
    if (opened && isOver(opened, nowMs())) return expired(call);
    const { region } = call;
    const user = userOf(key, region);
    const session = opened && sessionCaller(opened.session, region);
    const ofUser =
      key.policy === undefined ? [] : [{ policy: policyOf(key.policy), holder: userHolder(key, user) }];
    return {
      kind: 'authenticated',
      caller: { ...(session ?? user), keyId: key.id },
      policies: [...ofUser, ...(opened ? sessionPolicies(opened.session, region, policyOf) : [])],
    };
  };
}

function userOf({ account, user }: SecretKey, region: string): Caller {
  return {
    scope: { account, region },
    principal: `arn:${partitionOf(region)}:iam::${account}:user/${user}`,
    userId: uniqueId('AIDA', `${account}/${user}`),
  };
}

function userHolder({ user }: SecretKey, { principal }: Caller): HeldPolicy['holder'] {
  return { principalArn: principal, userName: user.slice(user.lastIndexOf('/') + 1), tags: {} };
}

function sessionCaller(session: Session, region: string): Caller {
  return {
    scope: { account: session.role.account, region },
    principal: sessionArn(session, region),
    userId: sessionId(session),
    session,
  };
}

function sessionPolicies(
  { policies }: Session,
  region: string,
  policyOf: (text: string) => Policy,
): readonly HeldPolicy[] {
  return policies.map(({ text, role, tags }) => ({
    policy: policyOf(text),
    // "For IAM roles, the request context returns the ARN of the role":
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    holder: { principalArn: roleArn(role, region), tags },
  }));
}

/** The session whose token came with a call; undefined where none did that this server made. */
function openedBy({ credential }: Call, sealer: Sealer): OpenedSession | undefined {
  const { accessKeyId, sessionToken } = credential;
  // Temporary keys alone begin so; other programs' tokens cost no opening.
  if (sessionToken === undefined || !accessKeyId.startsWith('ASIA')) return undefined;
  return openSession(sessionToken, credential, sealer);
}

/** The same where the key of the directory is looked for with the request: no token is passed over unread. */
function openedWhereReadable(call: Call, sealer: Sealer): OpenedSession | WireError | undefined {
  try {
    return openedBy(call, sealer);
  } catch (error) {
    if (!(error instanceof DataDirectoryError)) throw error;
    const message = `The session token cannot be read: ${error.message}`;
    return problem(call.operation.protocol, 'unknownKey', message);
  }
}

function isOver({ session }: OpenedSession, nowMs: number): boolean {
  return nowMs >= session.expiresAtMs;
}

function expired({ operation }: Call): WireError {
  return problem(operation.protocol, 'expiredToken', 'The session token of the request has expired');
}

const hashes: Hashes = {
  sha256: (data) => createHash('sha256').update(data).digest('hex'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

/**
 * The account's root user, whatever the signature, or the session whose token came along. It must stand in a header,
 * which no form or image of a web page can send without the browser asking first.
 */
function trusting({ sealer, nowMs, policyOf }: Parts): Authenticate {
  return (_request, call) => {
    const { account, region, credential, operation } = call;
    if (credential.carrier !== 'header') {
      return problem(
        operation.protocol,
        'missingToken',
        'The request must be signed in an Authorization header',
      );
    }
    const opened = openedWhereReadable(call, sealer);
    if (isWireError(opened)) return opened;
    if (opened && isOver(opened, nowMs())) return expired(call);
    if (opened) {
      const caller = sessionCaller(opened.session, region);
      return { kind: 'authenticated', caller, policies: sessionPolicies(opened.session, region, policyOf) };
    }
    const principal = `arn:${partitionOf(region)}:iam::${account}:root`;
    return {
      kind: 'authenticated',
      caller: { scope: { account, region }, principal, userId: account },
      policies: [],
    };
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
