import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { withFiles } from '../../tests/support/import.ts';
import { fileText } from './file-text.ts';

test('a packed file may hold so much and no more, however small it is', () =>
  withFiles({ 'a.gz': gzipSync('x'.repeat(2000)) }, (folder) => {
    const path = `${folder}/a.gz`;
    assert.deepEqual(fileText(path, 2000), { text: 'x'.repeat(2000) });
    assert.deepEqual(fileText(path, 1999), { reason: 'it holds more than 512 MB; split it' });
  }));
