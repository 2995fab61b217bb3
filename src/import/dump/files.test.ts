/** Which files of a folder belong to a dump. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
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

const text = JSON.stringify({ Vpcs: [vpc] });
const swapped = (bytes: Buffer): Buffer => Buffer.from(bytes).swap16();

/** What a file of this name may hold, and what its reading finds: the VPC, or why not. */
const contents: readonly (readonly [what: string, name: string, bytes: Buffer, fault: RegExp | undefined])[] =
  [
    ['UTF-8', 'a.json', Buffer.from(text), undefined],
    ['UTF-16, little end first', 'a.json', Buffer.from(`\ufeff${text}`, 'utf16le'), undefined],
    ['UTF-16, big end first', 'a.json', swapped(Buffer.from(`\ufeff${text}`, 'utf16le')), undefined],
    ['what gzip packed', 'a.json.gz', gzipSync(text), undefined],
    ['what gzip packed, under another name', 'a', gzipSync(text), undefined],
    [
      'what gzip packed, cut off',
      'a.json.gz',
      gzipSync(text).subarray(0, 40),
      /a\.json\.gz: what gzip packed is damaged/,
    ],
    ['what gzip packed, empty', 'a.json.gz', gzipSync(''), /a\.json\.gz: the file is empty/],
  ];

for (const [what, name, bytes, fault] of contents) {
  test(`a file may hold ${what}`, async () => {
    await withFiles({ [name]: bytes }, (folder) => {
      if (fault) assert.throws(() => readDump(folder), fault);
      else {
        const { world, problems } = readDump(folder);
        assert.deepEqual(
          [[...world.values()].flatMap((network) => [...network.vpc.values()].map(({ id }) => id)), problems],
          [[vpc.VpcId], []],
        );
      }
    });
  });
}
