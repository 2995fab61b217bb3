import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { contradictions, documentOf, type ServiceFacts, supportOf } from './document.ts';
import { root, serviceFacts, unexplainedParameters } from './facts.ts';
import { unreadMembers } from './unread.ts';

test('docs/operations.md says what the code does: make it again with node tools/operations-doc/main.ts', () => {
  assert.equal(readFileSync(`${root}docs/operations.md`, 'utf8'), documentOf(serviceFacts()));
});

test('the known gaps are those of operations that are there', () => {
  assert.deepEqual(serviceFacts().flatMap(contradictions), []);
});

test('no operation takes a parameter that it never reads', () => {
  assert.deepEqual(unexplainedParameters(), []);
});

const facts: ServiceFacts = {
  service: 'ec2',
  modelled: ['A', 'B', 'C'],
  answered: new Set(['A', 'B']),
  gaps: { B: 'half of it' },
  inTheLab: {},
  withoutEffect: {},
};

test('an operation is complete, partial or unsupported', () => {
  assert.deepEqual(supportOf(facts, 'A'), { kind: 'complete' });
  assert.deepEqual(supportOf(facts, 'B'), { kind: 'partial', missing: 'half of it' });
  const noted = { ...facts, inTheLab: { A: 'empty' } };
  assert.deepEqual(supportOf(noted, 'A'), { kind: 'complete', inTheLab: 'empty' });
  assert.match(documentOf([noted]), /\| A \| complete \| in the lab: empty \|/);
  assert.deepEqual(supportOf(facts, 'C'), { kind: 'unsupported' });
  assert.match(
    documentOf([facts]),
    /1 complete, 1 partial, 1 unsupported[\s\S]*\| B \| partial \| half of it \|/,
  );
});

test('gaps and answers that fit nothing are found', () => {
  assert.deepEqual(contradictions(facts), []);
  assert.equal(contradictions({ ...facts, gaps: { C: 'x' } }).length, 1);
  assert.equal(contradictions({ ...facts, inTheLab: { B: 'x' } }).length, 1);
  assert.equal(contradictions({ ...facts, inTheLab: { C: 'x' } }).length, 1);
  assert.equal(contradictions({ ...facts, withoutEffect: { C: { Force: 'x' } } }).length, 1);
  assert.equal(contradictions({ ...facts, answered: new Set(['A', 'B', 'D']) }).length, 1);
});

test('a member is read where its whole name stands in the source', () => {
  const rows: readonly (readonly [text: string, unread: readonly string[]])[] = [
    ['input.Force', []],
    ['input.Forced', ['Force']],
    ["['Force']", []],
    ['', ['Force']],
  ];
  for (const [text, unread] of rows) assert.deepEqual(unreadMembers(['Force', 'DryRun'], text), unread, text);
});

test('what a list reads of the request is read where a list is asked', () => {
  assert.deepEqual(unreadMembers(['Filters', 'Force'], 'list(listing, input, context)'), ['Force']);
  assert.deepEqual(unreadMembers(['Filters', 'Force'], 'checklist(input)'), ['Filters', 'Force']);
});
