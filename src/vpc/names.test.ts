import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explainProblem, nameProblem, storedName, textProblem } from './names.ts';

const rows: readonly (readonly [name: string, problem: string | undefined])[] = [
  ['web', undefined],
  ['a'.repeat(255), undefined],
  ['a'.repeat(256), 'tooLong'],
  ['a-zA-Z0-9 ._-:/()#,@[]+=&;{}!$*', undefined],
  ['a|b', 'character'],
  ['a"b', 'character'],
  ['a<b', 'character'],
  ['a\\b', 'character'],
  ['a^b', 'character'],
  ['tab\t', 'character'],
  ['line\n', 'character'],
  ['café', 'character'],
  ['🚀', 'character'],
  ['sg-web', 'idPrefix'],
  ['sg', undefined],
  ['SG-web', undefined],
  ['my-sg-web', undefined],
  ['default', 'reserved'],
  ['defaults', undefined],
];

test('names of groups', () => {
  for (const [name, expected] of rows) {
    const problem = nameProblem(name);
    assert.equal(problem?.kind, expected, name);
    if (problem) assert.ok(explainProblem(problem).length > 0);
  }
});

test('descriptions may be what names may not', () => {
  assert.equal(textProblem('sg-web'), undefined);
  assert.equal(textProblem('default'), undefined);
  assert.deepEqual(textProblem('a🚀'), { kind: 'character', character: '🚀' });
});

test('spaces at the end go, others stay', () => {
  assert.equal(storedName(' a b  '), ' a b');
  assert.equal(storedName('   '), '');
});
