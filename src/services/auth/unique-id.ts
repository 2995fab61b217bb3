/**
 * Unique ids of users (`AIDA…`) and roles (`AROA…`): made from the name, so that all keys of a user and all sessions of a
 * role have the same.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
import { createHash } from 'node:crypto';

const base32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const letterCount = 17;

/** The id of what a text names. */
export function uniqueId(prefix: 'AIDA' | 'AROA', name: string): string {
  const digest = createHash('sha256').update(name).digest();
  const letters = Array.from(digest.subarray(0, letterCount), (byte) => base32.charAt(byte % base32.length));
  return `${prefix}${letters.join('')}`;
}
