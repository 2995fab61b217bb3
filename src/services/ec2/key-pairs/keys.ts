/**
 * Making and reading keys. Fingerprints as AWS computes them: of a created RSA key SHA-1 of the private key, of an
 * imported one MD5 of the public key, of ED25519 keys SHA-256 as OpenSSH does.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/verify-keys.html
 */
import {
  createHash,
  createPublicKey,
  generateKeyPair,
  generateKeyPairSync,
  type KeyObject,
  randomInt,
} from 'node:crypto';
import { promisify } from 'node:util';
import type { KeyPair } from '#vpc/key-pair.ts';
import { ppkFile } from './ppk-format.ts';
import { opensshPrivateKey, readSshStrings, sshInteger, sshString } from './ssh-format.ts';

export type PublicHalf = Pick<KeyPair, 'type' | 'fingerprint' | 'publicKey'>;
export type NewKey = PublicHalf & { readonly privateKey: string };

/** AWS's size of the RSA keys that it makes. */
const rsaBits = 2048;

/** AWS imports RSA keys of these sizes. */
const importedBits: ReadonlySet<number> = new Set([1024, 2048, 4096]);

const colons = (hex: string): string => (hex.match(/../g) ?? []).join(':');

const generateLater = promisify(generateKeyPair);

/** The RSA key before: one is made at a time, so that the disk finds a thread too. */
let turn: Promise<unknown> = Promise.resolve();

function generateRsa() {
  const made = turn.then(() => generateLater('rsa', { modulusLength: rsaBits }));
  turn = Promise.allSettled([made]);
  return made;
}

export const keyFormats = ['pem', 'ppk'] as const;
export type KeyFormat = (typeof keyFormats)[number];

type WantedKey = {
  readonly name: string;
  readonly type: KeyPair['type'];
  readonly format: KeyFormat;
};

/** A new key of a type. RSA takes some 100 ms, on a thread of its own. */
export async function generateKey({ name, type, format }: WantedKey): Promise<NewKey> {
  switch (type) {
    case 'rsa': {
      const { publicKey, privateKey } = await generateRsa();
      const der = privateKey.export({ type: 'pkcs8', format: 'der' });
      const blob = rsaBlob(publicKey);
      return {
        type,
        fingerprint: colons(createHash('sha1').update(der).digest('hex')),
        publicKey: publicKeyText('ssh-rsa', blob),
        privateKey:
          format === 'ppk'
            ? ppkFile({ type: 'ssh-rsa', publicBlob: blob, privateKey }, name)
            : String(privateKey.export({ type: 'pkcs1', format: 'pem' })),
      };
    }
    case 'ed25519': {
      const { privateKey } = generateKeyPairSync('ed25519');
      const { x, d } = privateKey.export({ format: 'jwk' });
      const halves = {
        publicKey: Buffer.from(x ?? '', 'base64url'),
        seed: Buffer.from(d ?? '', 'base64url'),
      };
      const blob = Buffer.concat([sshString('ssh-ed25519'), sshString(halves.publicKey)]);
      return {
        type,
        fingerprint: sha256(blob),
        publicKey: publicKeyText('ssh-ed25519', blob),
        privateKey:
          format === 'ppk'
            ? ppkFile({ type: 'ssh-ed25519', publicBlob: blob, privateKey }, name)
            : opensshPrivateKey(halves, randomInt(2 ** 32)),
      };
    }
    default:
      return type satisfies never;
  }
}

/** The public key of an import, in OpenSSH's format, RFC 4716 or base64 alone; undefined where it is none that AWS takes. */
export function readPublicKey(material: Uint8Array): PublicHalf | undefined {
  const blob = blobOf(Buffer.from(material).toString('utf8'));
  const [type, first, second] = (blob && readSshStrings(blob)) ?? [];
  if (!blob || !type || !first) return undefined;
  if (type.toString() === 'ssh-ed25519') {
    if (first.length !== 32) return undefined;
    return { type: 'ed25519', fingerprint: sha256(blob), publicKey: publicKeyText('ssh-ed25519', blob) };
  }
  if (type.toString() !== 'ssh-rsa' || !second) return undefined;
  const key = rsaKey(first, second);
  if (!importedBits.has(key.asymmetricKeyDetails?.modulusLength ?? 0)) return undefined;
  const der = key.export({ type: 'spki', format: 'der' });
  return {
    type: 'rsa',
    fingerprint: colons(createHash('md5').update(der).digest('hex')),
    publicKey: publicKeyText('ssh-rsa', blob),
  };
}

function blobOf(text: string): Buffer | undefined {
  const openssh = /^\s*ssh-(?:rsa|ed25519)\s+([A-Za-z0-9+/]+={0,2})(?:\s|$)/.exec(text)?.[1];
  const rfc4716 = /---- BEGIN SSH2 PUBLIC KEY ----([\s\S]*)---- END SSH2 PUBLIC KEY ----/.exec(text)?.[1];
  const headerless = rfc4716
    ?.replaceAll(/\\\n/g, '')
    .split('\n')
    .filter((line) => !line.includes(':'))
    .join('');
  const base64 = openssh ?? (headerless ?? text).replaceAll(/\s/g, '');
  return /^[A-Za-z0-9+/]+={0,2}$/.test(base64) ? Buffer.from(base64, 'base64') : undefined;
}

function rsaKey(exponent: Buffer, modulus: Buffer): KeyObject {
  const start = modulus.findIndex((byte) => byte !== 0);
  const jwk = {
    kty: 'RSA',
    e: exponent.toString('base64url'),
    n: modulus.subarray(start).toString('base64url'),
  };
  return createPublicKey({ key: jwk, format: 'jwk' });
}

function rsaBlob(key: KeyObject): Buffer {
  const { e, n } = key.export({ format: 'jwk' });
  const integer = (text: string | undefined) => sshInteger(Buffer.from(text ?? '', 'base64url'));
  return Buffer.concat([sshString('ssh-rsa'), integer(e), integer(n)]);
}

const publicKeyText = (type: string, blob: Buffer): string => `${type} ${blob.toString('base64')}`;

const sha256 = (blob: Buffer): string => createHash('sha256').update(blob).digest('base64');
