/**
 * Session tokens of IMDSv2: good for one instance until they expire. Nothing is stored; a restarted server does not
 * know the tokens of the one before, and clients fetch another after the 401 that this makes.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
 */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** Longest life of a token: six hours. */
export const tokenSecondsMax = 21_600;

const expiryBytes = 8;
const sealBytes = 32;

/** A token of an instance that ends at a time in milliseconds since 1970. */
export function makeToken(secret: Uint8Array, instanceId: string, expiresAtMs: number): string {
  const expiry = Buffer.alloc(expiryBytes);
  expiry.writeBigUInt64BE(BigInt(expiresAtMs));
  return Buffer.concat([expiry, seal(secret, instanceId, expiry)]).toString('base64url');
}

/** How many seconds a token is still good for this instance, begun ones whole; 0 for one that is over or not its. */
export function tokenSecondsLeft(
  secret: Uint8Array,
  instanceId: string,
  token: string,
  nowMs: number,
): number {
  if (!/^[\w-]{54}$/.test(token)) return 0;
  const bytes = Buffer.from(token, 'base64url');
  if (bytes.length !== expiryBytes + sealBytes) return 0;
  const expiry = bytes.subarray(0, expiryBytes);
  if (!timingSafeEqual(bytes.subarray(expiryBytes), seal(secret, instanceId, expiry))) return 0;
  return Math.max(0, Math.ceil((Number(expiry.readBigUInt64BE()) - nowMs) / 1000));
}

function seal(secret: Uint8Array, instanceId: string, expiry: Uint8Array): Buffer {
  return createHmac('sha256', secret).update(expiry).update(instanceId).digest();
}
