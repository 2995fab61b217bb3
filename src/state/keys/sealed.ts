/** Secrets at rest: AES-256-GCM, bound to the text that says whose they are. */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
/** NIST SP 800-38D, 8.2: 96 bits are what the mode is made for. */
const nonceBytes = 12;
const tagBytes = 16;

/** Nonce, tag and cipher text of a secret. `owner` is not in it, and opening needs the same. */
export function seal(secret: string, owner: string, key: Uint8Array): Uint8Array {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes }).setAAD(
    Buffer.from(owner),
  );
  const text = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]);
}

/** The secret, or undefined where it was sealed under another key, for another owner, or was changed. */
export function open(sealed: Uint8Array, owner: string, key: Uint8Array): string | undefined {
  const bytes = Buffer.from(sealed);
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const nonce = bytes.subarray(0, nonceBytes);
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagBytes })
    .setAAD(Buffer.from(owner))
    .setAuthTag(bytes.subarray(nonceBytes, nonceBytes + tagBytes));
  const text = decipher.update(bytes.subarray(nonceBytes + tagBytes));
  try {
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch {
    // The one thing that `final` throws: the tag does not fit.
    return undefined;
  }
}
