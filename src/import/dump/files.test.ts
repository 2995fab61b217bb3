/** Which files of a folder belong to a dump. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withFiles } from '../../../tests/support/import.ts';
import { readDump } from './read-dump.ts';

const vpc = { VpcId: 'vpc-0123456789abcdef0', CidrBlock: '10.0.0.0/16', OwnerId: '111122223333' };
const dropped = { ...vpc, VpcId: 'vpc-0123456789abcdef1' };

test('what an export that was killed has left is named, and no part of the dump', async () => {
  const files = {
    '111122223333/us-east-1/describe-vpcs.json': { Vpcs: [vpc] },
    '.unfinished-4711-abc123/111122223333/us-east-1/describe-vpcs.json': { Vpcs: [dropped] },
  };
  await withFiles(files, (folder) => {
    const { world, problems } = readDump(folder);
    const vpcs = [...world.values()].flatMap((network) => [...network.vpc.values()].map(({ id }) => id));
    assert.deepEqual(vpcs, [vpc.VpcId]);
    assert.deepEqual(
      problems.map(({ file, reason }) => `${file}: ${reason}`),
      ['.unfinished-4711-abc123: an export or collection that was never finished; it is left out'],
    );
  });
});

test('a folder of that alone is no dump, and why is said', async () => {
  const files = { '.unfinished-4711-abc123/describe-vpcs.json': { Vpcs: [dropped] } };
  await withFiles(files, (folder) => {
    assert.throws(
      () => readDump(folder),
      /holds no output.*\.unfinished-4711-abc123: an export or collection/,
    );
  });
});
