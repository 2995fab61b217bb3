/**
 * PuTTY's file of a private key without a passphrase, in version 2, which every PuTTY reads.
 * https://the.earth.li/~sgtatham/putty/latest/htmldoc/AppendixC.html
 */
import { createHash, createHmac, type KeyObject } from 'node:crypto';
import { sshInteger, sshString } from './ssh-format.ts';

export type PpkKey = {
  /** `ssh-rsa` or `ssh-ed25519`. */
  readonly type: string;
  /** The binary public key of SSH. */
  readonly publicBlob: Buffer;
  readonly privateKey: KeyObject;
};

/** The text of the file; its lines end as on Windows, where PuTTY lives. */
export function ppkFile({ type, publicBlob, privateKey }: PpkKey, comment: string): string {
  const encryption = 'none';
  const privateBlob = privateBlobOf(privateKey);
  const signed = [type, encryption, comment, publicBlob, privateBlob].map(sshString);
  const macKey = createHash('sha1').update('putty-private-key-file-mac-key').digest();
  const lines = [
    `PuTTY-User-Key-File-2: ${type}`,
    `Encryption: ${encryption}`,
    `Comment: ${comment}`,
    ...base64Lines('Public', publicBlob),
    ...base64Lines('Private', privateBlob),
    `Private-MAC: ${createHmac('sha1', macKey).update(Buffer.concat(signed)).digest('hex')}`,
  ];
  return `${lines.join('\r\n')}\r\n`;
}

/** Of RSA the private exponent, both primes and their coefficient; of Ed25519 the seed. */
function privateBlobOf(key: KeyObject): Buffer {
  const { d, p, q, qi } = key.export({ format: 'jwk' });
  const bytes = (text: string | undefined) => Buffer.from(text ?? '', 'base64url');
  if (key.asymmetricKeyType === 'ed25519') return sshString(bytes(d));
  return Buffer.concat([d, p, q, qi].map((text) => sshInteger(bytes(text))));
}

function base64Lines(name: string, blob: Buffer): readonly string[] {
  const lines = blob.toString('base64').match(/.{1,64}/g) ?? [];
  return [`${name}-Lines: ${lines.length}`, ...lines];
}
