/** Key pairs. */
import { type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const missing = 'MissingParameter';

const publicKey = new TextEncoder().encode(
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBnpSWwxjAd65zXmLrUCyFnFVcXh4aLNVd0kMBv7PpJj me',
);

const rsaKey = [
  'AAAAB3NzaC1yc2EAAAADAQABAAABAQCZI4N2E40FzI+zUz5EG5WxYieLVdEakuJKRFk1aMYzgTl3nqQOVC3BsahQqd',
  'cJgpS/+pY6slnJzJzNGdtTE6VuZDbPLIvU0Zut/8xmuHghy6G369SZTB7pMXGxse3heXrJ19CMPOAKApo2gVmMFA96',
  '5gVskfgD7a4E3lmQs1R6SL5qLmHUnl0s+K+DpPPWH/MXyh77KLcNJ9rDkyaEadBYEMeN4eE3vTsZifVsmU3twNuFP1',
  'ESlUqEvlgxiFILmK7ECrtwMh4HSqnQDFnyl7AsbQ/QIGs14zH2EtnOK0uHr4sCB/WBFxsziBxtC2Vd54m18i9HWd5x',
  'e/aHxZI6sE6L',
].join('');
const bytes = (text: string) => new TextEncoder().encode(text);

export const keyPairRows: readonly Row[] = [
  step(
    'CreateKeyPair',
    { KeyName: 'ops', KeyType: 'ed25519' },
    {
      required: ['KeyName'],
      tags: 'key-pair',
      refuses: [
        [{ KeyType: 'x' }, value],
        [{ KeyFormat: 'x' }, value],
        [{ KeyName: 'ü' }, value],
      ],
      shows: { KeyPairId: /^key-[0-9a-f]{17}$/, KeyMaterial: /^-----BEGIN/ },
      remembers: { key: 'KeyPairId' },
      after: [[{}, 'InvalidKeyPair.Duplicate']],
    },
  ),
  step(
    'CreateKeyPair',
    { KeyName: 'windows', KeyFormat: 'ppk' },
    { shows: { KeyMaterial: /^PuTTY-User-Key-File-2: ssh-rsa/ } },
  ),
  step('DeleteKeyPair', { KeyName: 'windows' }),
  step('CreateKeyPair', { KeyName: 'rsa' }, { shows: { KeyFingerprint: /^([0-9a-f]{2}:){19}[0-9a-f]{2}$/ } }),
  step(
    'ImportKeyPair',
    { KeyName: 'mine', PublicKeyMaterial: publicKey },
    {
      tags: 'key-pair',
      required: ['KeyName', 'PublicKeyMaterial'],
      refuses: [
        [{ PublicKeyMaterial: new TextEncoder().encode('x') }, 'InvalidKey.Format'],
        [{ KeyName: 'ops' }, 'InvalidKeyPair.Duplicate'],
      ],
      shows: { KeyName: 'mine' },
    },
  ),
  step('ImportKeyPair', { KeyName: 'theirs', PublicKeyMaterial: bytes(`ssh-rsa ${rsaKey} me`) }),
  step('ImportKeyPair', {
    KeyName: 'other',
    PublicKeyMaterial: bytes(
      `---- BEGIN SSH2 PUBLIC KEY ----\nComment: "me"\n${rsaKey}\n---- END SSH2 PUBLIC KEY ----\n`,
    ),
  }),
  {
    lists: 'DescribeKeyPairs',
    items: 'KeyPairs',
    by: 'KeyPairId',
    item: '$key',
    tagged: true,
    filters: { fingerprint: 'KeyFingerprint', 'key-name': 'KeyName', 'key-pair-id': 'KeyPairId' },
  },
  step(
    'DescribeKeyPairs',
    { KeyNames: ['ops'], IncludePublicKey: true },
    { shows: { 'KeyPairs.0.PublicKey': /^ssh-ed25519 / } },
  ),
  step('DescribeKeyPairs', { KeyPairIds: ['$key'] }, { ids: { KeyPairIds: 'keyPair' } }),
  step('DescribeKeyPairs', { KeyNames: ['nobody'] }, { code: 'InvalidKeyPair.NotFound' }),
  step(
    'DeleteKeyPair',
    { KeyName: 'mine' },
    { refuses: [[{ KeyName: undefined }, missing]], shows: { Return: true } },
  ),
  step('DeleteKeyPair', { KeyName: 'nobody' }, { shows: { Return: true } }),
];
