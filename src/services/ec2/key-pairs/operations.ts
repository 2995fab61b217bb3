/** CreateKeyPair, ImportKeyPair, DescribeKeyPairs, DeleteKeyPair. */
import type {
  CreateKeyPairRequest,
  DeleteKeyPairRequest,
  DeleteKeyPairResult,
  DescribeKeyPairsRequest,
  DescribeKeyPairsResult,
  ImportKeyPairRequest,
  ImportKeyPairResult,
  KeyPair as KeyPairOutput,
  TagSpecification,
} from '@aws-sdk/client-ec2';
import { newId } from '#vpc/ids.ts';
import type { KeyPair } from '#vpc/key-pair.ts';
import { oneOf } from '../../input.ts';
import { checkQuota } from '../../limits.ts';
import { list, listingOf } from '../../listing.ts';
import type { Checked, Context, Operation, OperationTable, Prepared } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { tagList, tagsOnCreate } from '../tags/tags.ts';
import { generateKey, keyFormats, type NewKey, type PublicHalf, readPublicKey } from './keys.ts';

const nameLengthMax = 255;

/** The name and type of the pair that a request wants. */
function newPairOf(input: Checked<CreateKeyPairRequest>, context: Context) {
  const name = freeName(input.KeyName, context);
  const type = oneOf(input.KeyType ?? 'rsa', ['rsa', 'ed25519'], 'KeyType');
  const format = oneOf(input.KeyFormat ?? 'pem', keyFormats, 'KeyFormat');
  return { name, type, format };
}

const createKeyPair: Prepared<CreateKeyPairRequest, KeyPairOutput, NewKey> = {
  prepare: async (input, context) => await generateKey(newPairOf(input, context)),
  runWith:
    ({ privateKey, ...half }) =>
    (input, context) => {
      const { name } = newPairOf(input, context);
      const pair = putPair(name, half, input.TagSpecifications, context);
      return {
        KeyPairId: pair.id,
        KeyName: pair.name,
        KeyFingerprint: pair.fingerprint,
        KeyMaterial: privateKey,
        Tags: tagList(pair.tags),
      };
    },
};

const importKeyPair: Operation<ImportKeyPairRequest, ImportKeyPairResult> = (input, context) => {
  const name = freeName(input.KeyName, context);
  const half = readPublicKey(input.PublicKeyMaterial);
  if (!half) {
    return refuse('keyFormat', {
      reason: 'The key is not an OpenSSH public key of type ED25519, or RSA of 1024, 2048 or 4096 bits.',
    });
  }
  const pair = putPair(name, half, input.TagSpecifications, context);
  return {
    KeyPairId: pair.id,
    KeyName: pair.name,
    KeyFingerprint: pair.fingerprint,
    Tags: tagList(pair.tags),
  };
};

/** The name of a new pair: ASCII, not taken. */
function freeName(name: string, { transaction }: Context): string {
  if (name.length > nameLengthMax || !/^[\x20-\x7e]+$/.test(name)) {
    const expected = `use at most ${nameLengthMax} ASCII characters`;
    refuse('invalidValue', { parameter: 'KeyName', value: name, expected });
  }
  if (transaction.network.keyPair.countBy('name', name) > 0) refuse('duplicateKeyPair', { name });
  return name;
}

function putPair(
  name: string,
  half: PublicHalf,
  specifications: readonly TagSpecification[] | undefined,
  context: Context,
): KeyPair {
  const { transaction, hex17, nowMs } = context;
  const count = transaction.network.keyPair.size;
  const what = 'key pairs in a region';
  checkQuota('keyPairsPerRegion', { count, code: 'KeyPairLimitExceeded', what }, context);
  const tags = tagsOnCreate('keyPair', specifications, context);
  const pair = { id: newId('keyPair', hex17), name, ...half, createdAtMs: nowMs, tags };
  transaction.put('keyPair', pair);
  return pair;
}

/** The pair of a name; refuses an unknown one. */
export function keyPairNamed(name: string, { transaction }: Context): KeyPair {
  const [pair] = transaction.network.keyPair.by('name', name);
  return pair ?? refuse('notFound', { code: 'InvalidKeyPair.NotFound', noun: 'key pair', id: name });
}

const keyPairs = listingOf({
  action: 'DescribeKeyPairs',
  kind: 'keyPair',
  fields: {
    fingerprint: ({ fingerprint }) => fingerprint,
    'key-name': ({ name }) => name,
    'key-pair-id': ({ id }) => id,
  },
  indexes: { 'key-name': 'name', 'key-pair-id': 'id' },
  byId: (id, context) => resourceOf('keyPair', id, context),
});

const describeKeyPairs: Operation<DescribeKeyPairsRequest, DescribeKeyPairsResult> = (input, context) => {
  const named = (input.KeyNames ?? []).map((name) => keyPairNamed(name, context).id);
  const ids = [...(input.KeyPairIds ?? []), ...named];
  const { items } = list(keyPairs, { ...input, ids }, context);
  return {
    KeyPairs: items.map((pair) => ({
      KeyPairId: pair.id,
      KeyName: pair.name,
      KeyType: pair.type,
      KeyFingerprint: pair.fingerprint,
      CreateTime: new Date(pair.createdAtMs),
      PublicKey: input.IncludePublicKey ? `${pair.publicKey} ${pair.name}\n` : undefined,
      Tags: tagList(pair.tags),
    })),
  };
};

/** Deleting what is not there succeeds, as AWS answers it. */
const deleteKeyPair: Operation<DeleteKeyPairRequest, DeleteKeyPairResult> = (
  { KeyName: name, KeyPairId: id },
  { transaction },
) => {
  if (!name && !id) refuse('missingParameter', { parameter: 'KeyName or KeyPairId' });
  const { keyPair } = transaction.network;
  const [pair] = id ? [keyPair.get(id)] : keyPair.by('name', name ?? '');
  if (pair) transaction.remove('keyPair', pair.id);
  return { Return: true, KeyPairId: pair?.id };
};

export const keyPairOperations = {
  CreateKeyPair: { changes: true, ...createKeyPair },
  DeleteKeyPair: { changes: true, run: deleteKeyPair },
  DescribeKeyPairs: { changes: false, run: describeKeyPairs },
  ImportKeyPair: { changes: true, run: importKeyPair },
} satisfies OperationTable;
