/**
 * Verification of Signature Version 4.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
import { canonicalRequest } from './canonical.ts';
import { brokenLink } from './chunk-signatures.ts';
import { algorithm, queryFields } from './credential.ts';
import { type Problem, problem } from './errors.ts';
import type { Chunks, Credential, Protocol, RawRequest, WireError } from './wire.ts';

/** The hashes that a pure room is given. */
export type Hashes = {
  /** Lower-case hex of SHA-256. */
  readonly sha256: (data: string | Uint8Array) => string;
  readonly hmacSha256: (key: string | Uint8Array, data: string) => Uint8Array;
};

/** What the server keeps for an access key id. */
export type SigningKey = {
  readonly secretAccessKey: string;
  /** Temporary credentials work only together with their token. */
  readonly sessionToken: string | undefined;
};

export type Verification = {
  readonly request: RawRequest;
  /** The call that `readRequest` made of the request. */
  readonly call: {
    readonly credential: Credential;
    readonly operation: { readonly service: string; readonly protocol: Protocol };
    readonly chunks?: Chunks;
  };
  /** The key of `call.credential.accessKeyId`; undefined where there is none. */
  readonly key: SigningKey | undefined;
  readonly nowMs: number;
  readonly hashes: Hashes;
  /** Whether a client may leave the body out of the signature; over plain HTTP it should not. */
  readonly unsignedPayload: 'accept' | 'refuse';
};

/** "within 15 minutes of the time stamp": the same page. */
export const clockSkewMaxMs = 15 * 60 * 1000;
/** Seven days. */
const expiresMaxSeconds = 604_800;

type Finding = readonly [Problem, string];

/**
 * Undefined where the signature is the key's, over this request, now and for this service. Otherwise the refusal:
 * incomplete, unknown key, expired, or not matching.
 */
export function verifySignature(verification: Verification): WireError | undefined {
  const finding =
    findBadForm(verification) ??
    findBadTime(verification) ??
    findBadKey(verification) ??
    findMismatch(verification);
  return finding && problem(verification.call.operation.protocol, ...finding);
}

function findBadForm({ request, call }: Verification): Finding | undefined {
  const { signedHeaders, signature, service } = call.credential;
  if (signedHeaders.some((name, index) => name <= (signedHeaders[index - 1] ?? ''))) {
    return ['incompleteSignature', 'SignedHeaders are not in ascending order'];
  }
  if (!signedHeaders.includes('host')) return ['incompleteSignature', 'The host header is not signed'];
  const unsigned = Object.keys(request.headers).find(
    (name) => name.startsWith('x-amz-') && !signedHeaders.includes(name),
  );
  if (unsigned !== undefined) return ['incompleteSignature', `The header ${unsigned} is not signed`];
  if (!/^[0-9a-f]{64}$/.test(signature)) return ['incompleteSignature', 'Signature is not 64 hex digits'];
  if (service !== call.operation.service) {
    const message = `The credential is scoped to the service ${service}, not ${call.operation.service}`;
    return ['signatureMismatch', message];
  }
  return undefined;
}

function findBadTime({ request, call: { credential }, nowMs }: Verification): Finding | undefined {
  const signedAt = timeOf(request, credential);
  if (signedAt === undefined) return ['incompleteSignature', 'The request has no valid X-Amz-Date'];
  if (signedAt.text.slice(0, 8) !== credential.date) {
    return ['signatureMismatch', 'The date of the credential scope is not that of X-Amz-Date'];
  }
  if (signedAt.ms > nowMs + clockSkewMaxMs) {
    return ['expired', `The request is dated ${signedAt.text}, in the future`];
  }
  const lifetimeMs = credential.carrier === 'header' ? clockSkewMaxMs : presignedLifetimeMs(request);
  if (lifetimeMs === undefined) {
    return ['incompleteSignature', `X-Amz-Expires is not a number of seconds from 1 to ${expiresMaxSeconds}`];
  }
  if (nowMs > signedAt.ms + lifetimeMs) return ['expired', `The request dated ${signedAt.text} has expired`];
  return undefined;
}

function findBadKey({ call: { credential }, key }: Verification): Finding | undefined {
  const message = `The access key id ${credential.accessKeyId} is not known, or its session token is wrong`;
  if (!key || !equal(credential.sessionToken ?? '', key.sessionToken ?? '')) return ['unknownKey', message];
  return undefined;
}

function findMismatch(verification: Verification): Finding | undefined {
  const { request, call, key, hashes } = verification;
  const mismatch: Finding = [
    'signatureMismatch',
    'The signature is not the one made with the secret key over this request',
  ];
  const payloadHash = payloadHashOf(verification);
  if (typeof payloadHash !== 'string') return payloadHash;
  const canonical = canonicalRequest(request, call.credential, payloadHash);
  const time = timeOf(request, call.credential);
  if (canonical === undefined || time === undefined || key === undefined) return mismatch;
  const { date, region, service, signature } = call.credential;
  const scope = `${date}/${region}/${service}/aws4_request`;
  let signingKey: string | Uint8Array = `AWS4${key.secretAccessKey}`;
  for (const part of [date, region, service, 'aws4_request'])
    signingKey = hashes.hmacSha256(signingKey, part);
  const sign = (text: string) => hex(hashes.hmacSha256(signingKey, text));
  const expected = sign([algorithm, time.text, scope, hashes.sha256(canonical)].join('\n'));
  if (!equal(expected, signature)) return mismatch;
  if (!call.chunks || call.chunks.form === unsignedChunks) return undefined;
  const broken = brokenLink(call.chunks, {
    seed: signature,
    context: [time.text, scope],
    sign,
    sha256: hashes.sha256,
    equal,
  });
  return broken === undefined
    ? undefined
    : ['signatureMismatch', `${broken} is not the one made with the key`];
}

const unsignedChunks = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

/** The payload's part of the canonical request. */
function payloadHashOf({ request, call, hashes, unsignedPayload }: Verification): string | Finding {
  const declared =
    request.headers['x-amz-content-sha256']?.[0] ?? queryFields(request.query).get('x-amz-content-sha256');
  if (declared === 'UNSIGNED-PAYLOAD' || declared === unsignedChunks) {
    if (unsignedPayload === 'accept') return declared;
    return ['incompleteSignature', 'The body must be signed'];
  }
  if (call.chunks) return call.chunks.form;
  // A declared hash that is not the body's was signed over another body: the signature will not match.
  return hashes.sha256(request.body);
}

/** When a request says it was signed: `X-Amz-Date`, else the `Date` header, where that is signed. */
function timeOf(request: RawRequest, credential: Credential): { text: string; ms: number } | undefined {
  const basic =
    credential.carrier === 'query'
      ? queryFields(request.query).get('x-amz-date')
      : request.headers['x-amz-date']?.[0];
  if (basic !== undefined) return basicTime(basic);
  const date = credential.signedHeaders.includes('date') ? request.headers['date']?.[0] : undefined;
  const ms = date === undefined ? Number.NaN : new Date(date).getTime();
  if (Number.isNaN(ms)) return undefined;
  return basicTime(new Date(ms).toISOString().replaceAll(/[-:]|\.\d+/g, ''));
}

/** ISO 8601 basic format: `20150830T123600Z`. */
function basicTime(text: string): { text: string; ms: number } | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second] = match;
  const ms = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`).getTime();
  return Number.isNaN(ms) ? undefined : { text, ms };
}

function presignedLifetimeMs(request: RawRequest): number | undefined {
  const text = queryFields(request.query).get('x-amz-expires') ?? '';
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  return seconds >= 1 && seconds <= expiresMaxSeconds ? seconds * 1000 : undefined;
}

/** Compares without telling by its duration where two texts differ. */
function equal(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at++) difference |= a.charCodeAt(at) ^ b.charCodeAt(at);
  return difference === 0;
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
