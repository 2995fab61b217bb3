/**
 * OpenSSH's formats of keys: the binary public key (RFC 4253, section 6.6; RFC 8709) and the unencrypted private key
 * file (PROTOCOL.key of OpenSSH).
 */

/** A string of the SSH protocol: its length in four bytes, then its bytes (RFC 4251, section 5). */
export function sshString(bytes: Uint8Array | string): Buffer {
  const content = Buffer.from(bytes as Uint8Array);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/** A positive integer: no leading zeros, but one where the first bit would be a sign. */
export function sshInteger(bytes: Uint8Array): Buffer {
  const start = bytes.findIndex((byte) => byte !== 0);
  const digits = Buffer.from(start < 0 ? [] : bytes.subarray(start));
  const isNegative = ((digits[0] ?? 0) & 0x80) !== 0;
  return sshString(isNegative ? Buffer.concat([Buffer.from([0]), digits]) : digits);
}

/** The strings of a binary key, or undefined where the lengths do not add up. */
export function readSshStrings(bytes: Buffer): readonly Buffer[] | undefined {
  const strings: Buffer[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + 4 > bytes.length) return undefined;
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) return undefined;
    strings.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

type Ed25519 = { readonly publicKey: Buffer; readonly seed: Buffer };

/**
 * A private key file without a passphrase.
 * @param check any 32 bits; OpenSSH compares them to see whether a passphrase was right.
 */
export function opensshPrivateKey({ publicKey, seed }: Ed25519, check: number): string {
  const type = sshString('ssh-ed25519');
  const publicBlob = Buffer.concat([type, sshString(publicKey)]);
  const checkBytes = Buffer.alloc(4);
  checkBytes.writeUInt32BE(check);
  const secret = Buffer.concat([
    checkBytes,
    checkBytes,
    publicBlob,
    sshString(Buffer.concat([seed, publicKey])),
    sshString(''),
  ]);
  // Padded with 1, 2, 3, … to the block size of the cipher `none`.
  const padding = Buffer.from(Array.from({ length: (8 - (secret.length % 8)) % 8 }, (_, index) => index + 1));
  const one = Buffer.from([0, 0, 0, 1]);
  const file = Buffer.concat([
    Buffer.from('openssh-key-v1\0'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    one,
    sshString(publicBlob),
    sshString(Buffer.concat([secret, padding])),
  ]);
  const lines = file.toString('base64').match(/.{1,70}/g) ?? [];
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${lines.join('\n')}\n-----END OPENSSH PRIVATE KEY-----\n`;
}
