/** Key pairs: the public half; the private one is given out once and kept nowhere. */
import type { Id } from './ids.ts';
import type { Tags } from './tags.ts';

export type KeyPair = {
  readonly id: Id<'keyPair'>;
  readonly name: string;
  readonly type: 'rsa' | 'ed25519';
  readonly fingerprint: string;
  /** As in `authorized_keys`. */
  readonly publicKey: string;
  readonly createdAtMs: number;
  readonly tags: Tags;
};
