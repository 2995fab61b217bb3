import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { ppkFile } from './ppk-format.ts';
import { readSshStrings } from './ssh-format.ts';

/** Keys of no use, and the files that PuTTY's own puttygen 0.78 makes of them. */
const rsaPem = [
  '-----BEGIN RSA PRIVATE KEY-----',
  'MIIBOwIBAAJBANMaIFhbyZJrTv9XYr9+lNmZ2Dq129NWXnnE2NUL4O40akhRgYkW',
  'y0PqyXrt2v6QQ6YO2D2C8RqevSoAwlWT8FcCAwEAAQJBAJDPwlJ6nJsZi7ZznqTY',
  'U4m2FHOp3yNpgyOrGkeDf4hHI11PwdtbUvZOK1k3XwIuNh2UCk0Ef/nUbyhpd/2x',
  'QoECIQDxIgwYSSf9gQ1EmyvEFWmgAkJzTs3ZqOCclC9IMXaOwQIhAOAeFP3Ew3CK',
  'msWmiwqHM5Yg3ifThhcylC7T3xtnUV0XAiBTpWnoqsfyimfd2q4N8ReY5+/BLB8A',
  'WDLCXi0gr/fegQIhAIY2nZ2HSv9Hkf5RiSyp4OPEFSZGjyOvP3x3l0Gi8t/LAiAb',
  'M0ZXW2QjxFfVOOiuwsCTbdODDitpuK9oLUl2ndYJxg==',
  '-----END RSA PRIVATE KEY-----',
].join('\n');
const rsaFile = [
  'PuTTY-User-Key-File-2: ssh-rsa',
  'Encryption: none',
  'Comment: ops',
  'Public-Lines: 2',
  'AAAAB3NzaC1yc2EAAAADAQABAAAAQQDTGiBYW8mSa07/V2K/fpTZmdg6tdvTVl55',
  'xNjVC+DuNGpIUYGJFstD6sl67dr+kEOmDtg9gvEanr0qAMJVk/BX',
  'Private-Lines: 4',
  'AAAAQQCQz8JSepybGYu2c56k2FOJthRzqd8jaYMjqxpHg3+IRyNdT8HbW1L2TitZ',
  'N18CLjYdlApNBH/51G8oaXf9sUKBAAAAIQDxIgwYSSf9gQ1EmyvEFWmgAkJzTs3Z',
  'qOCclC9IMXaOwQAAACEA4B4U/cTDcIqaxaaLCoczliDeJ9OGFzKULtPfG2dRXRcA',
  'AAAgGzNGV1tkI8RX1TjorsLAk23Tgw4rabivaC1Jdp3WCcY=',
  'Private-MAC: f0478ba96d73aa760b93a6a66adf4a8bb915f978',
];
const ed25519File = [
  'PuTTY-User-Key-File-2: ssh-ed25519',
  'Encryption: none',
  'Comment: ops',
  'Public-Lines: 2',
  'AAAAC3NzaC1lZDI1NTE5AAAAII9l8wlcKrbCDXHX1hGhwrjERm27BZZr/rClcLMV',
  'cRbq',
  'Private-Lines: 1',
  'AAAAIKQoNPuqOKyEsz50upOBW7OVFkId2Va+EG4W+veED8R4',
  'Private-MAC: e6b8f296ab2de28df03c47b46094292923333274',
];

const blob = (lines: readonly string[], name: string): Buffer => {
  const start = lines.findIndex((line) => line.startsWith(`${name}-Lines: `));
  const count = Number(lines[start]?.split(': ')[1]);
  return Buffer.from(lines.slice(start + 1, start + 1 + count).join(''), 'base64');
};

test('the files are those that PuTTY makes', () => {
  const rsa = createPrivateKey(rsaPem);
  const publicBlob = blob(rsaFile, 'Public');
  assert.deepEqual(ppkFile({ type: 'ssh-rsa', publicBlob, privateKey: rsa }, 'ops').split('\r\n'), [
    ...rsaFile,
    '',
  ]);
  const edBlob = blob(ed25519File, 'Public');
  const [, point = Buffer.alloc(0)] = readSshStrings(edBlob) ?? [];
  const [seed = Buffer.alloc(0)] = readSshStrings(blob(ed25519File, 'Private')) ?? [];
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: point.toString('base64url'), d: seed.toString('base64url') };
  const privateKey = createPrivateKey({ key: jwk, format: 'jwk' });
  const made = ppkFile({ type: 'ssh-ed25519', publicBlob: edBlob, privateKey }, 'ops');
  assert.deepEqual(made.split('\r\n'), [...ed25519File, '']);
});
