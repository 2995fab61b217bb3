/**
 * Temporary credentials: everything that is known of a session is sealed in its token, so that nothing is stored. Only
 * this server can read one or make one, and one bit changed makes it nobody's.
 */
import { randomBytes } from 'node:crypto';
import { partitionOf } from '#vpc/scope.ts';
import type { Session } from './session.ts';

/** Seals texts that leave the server and come back; what it declares of the keys of a data directory. */
export type Sealer = {
  readonly seal: (text: string, owner: string) => Uint8Array;
  /** Undefined for what was not sealed here for that owner. */
  readonly unseal: (sealed: Uint8Array, owner: string) => string | undefined;
};

export type SessionCredentials = {
  /** `ASIA…`, which is for temporary ones: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
};

export type OpenedSession = { readonly session: Session; readonly secretAccessKey: string };

/** Beside other headers it must fit in the 16 KB that node:http takes. */
export const tokenBytesMax = 8192;

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** New credentials of a session, for the partition of a region; their token has at least so many bytes. */
export function sessionCredentials(
  session: Session,
  region: string,
  sealer: Sealer,
  bytesMin = 0,
): SessionCredentials {
  const letters = Array.from(randomBytes(16), (byte) => base32.charAt(byte % base32.length));
  const accessKeyId = `ASIA${letters.join('')}`;
  // 30 bytes are 40 letters of base64.
  const secretAccessKey = randomBytes(30).toString('base64');
  const tokenOf = (padding: string) => {
    const text = JSON.stringify({ session, secretAccessKey, padding });
    return Buffer.from(sealer.seal(text, ownerOf({ accessKeyId, region }))).toString('base64');
  };
  const token = tokenOf('');
  const lacking = bytesMin - token.length;
  return { accessKeyId, secretAccessKey, sessionToken: lacking > 0 ? tokenOf('='.repeat(lacking)) : token };
}

/** What a token stands for with who brings it, expired or not; undefined where they are not of this server. */
export function openSession(token: string, bearer: Bearer, sealer: Sealer): OpenedSession | undefined {
  const sealed = Buffer.from(token, 'base64');
  // The decoder passes over what is no base64: a token is only the very text that was given out.
  if (sealed.toString('base64') !== token) return undefined;
  const text = sealer.unseal(sealed, ownerOf(bearer));
  return text === undefined ? undefined : (JSON.parse(text) as OpenedSession);
}

/** What a request says of itself besides the token. */
export type Bearer = { readonly accessKeyId: string; readonly region: string };

/**
 * The number is that of the form of the text: tokens of another form are nobody's. Neither are those of another
 * partition, where the role has another ARN, which a policy may not speak of.
 */
function ownerOf({ accessKeyId, region }: Bearer): string {
  return `session 2 ${partitionOf(region)} ${accessKeyId}`;
}
