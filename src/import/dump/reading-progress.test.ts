import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Watch } from '#proof/progress.ts';
import { fixture } from '../../../tests/support/import.ts';
import { readDump } from './read-dump.ts';

test('reading tells how far it is, by megabytes and then by resources, and never more than all', () => {
  const heard: string[] = [];
  const watch: Watch = (what, work) => {
    let last = -1;
    const result = work((done, of) => {
      assert.ok(last <= done && done <= of, `${what} ${done} of ${of}`);
      last = done;
    });
    heard.push(last < 0 ? `nothing of ${what}` : what);
    return result;
  };
  const watched = readDump(fixture('dumps/every-construct'), watch);
  assert.deepEqual(heard, ['megabytes read:', 'resources:']);
  assert.deepEqual(watched, readDump(fixture('dumps/every-construct')));
});
