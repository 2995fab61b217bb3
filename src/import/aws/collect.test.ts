import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { UnreadableSource } from '../imported.ts';
import { collectedActions } from './collect.ts';
import { balancerActions } from './collect-balancers.ts';
import { accountName } from './name.ts';

test('the documented policy permits what is asked and nothing else', () => {
  const text = readFileSync(new URL('../../../docs/import.md', import.meta.url), 'utf8');
  const permitted = [...text.matchAll(/"ec2:(\w+)"/g)].map(([, action]) => action);
  assert.deepEqual(permitted.toSorted(), [...collectedActions].sort());
  const balancers = [...text.matchAll(/"elasticloadbalancing:(\w+)"/g)].map(([, action]) => action);
  assert.deepEqual(balancers.toSorted(), [...balancerActions].sort());
  assert.ok(
    [...collectedActions, ...balancerActions].every((action) => /^(Describe|Get|Search)[A-Z]/.test(action)),
  );
});

test('names of accounts', () => {
  const rows: readonly (readonly [text: string, expected: object | undefined])[] = [
    ['', { regions: [] }],
    ['prod', { profile: 'prod', regions: [] }],
    ['@eu-west-1', { regions: ['eu-west-1'] }],
    ['prod@eu-west-1,us-gov-west-1', { profile: 'prod', regions: ['eu-west-1', 'us-gov-west-1'] }],
    ['prod@all', { profile: 'prod', regions: 'all' }],
    ['prod@', undefined],
    ['@eu-west', undefined],
    ['@eu-west-1,', undefined],
    ['@eu-west-1,all', undefined],
    ['a@eu-west-1@b', undefined],
  ];
  for (const [text, expected] of rows) {
    if (expected) assert.deepEqual(accountName(text), expected, text);
    else assert.throws(() => accountName(text), UnreadableSource, text);
  }
});
