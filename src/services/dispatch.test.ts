import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Account } from '../../tests/support/account.ts';
import { operationOf } from './dispatch.ts';

test('an action that is not there is refused', () => {
  const account = new Account();
  for (const [action, service] of [
    ['Nonsense', 'ec2'],
    ['toString', 'ec2'],
    ['CreateTags', 'sts'],
    ['CreateTags', 'nonsense'],
  ] as const) {
    assert.equal(account.refusal(action, {}, service), 'UnsupportedOperation');
    assert.equal(operationOf(service, action), undefined);
  }
  assert.equal(operationOf('ec2', 'CreateTags')?.changes, true);
});

test('a dry run validates everything and changes nothing', () => {
  const account = new Account();
  const input = { DryRun: true, Resources: [account.defaultVpcId], Tags: [{ Key: 'a', Value: 'b' }] };
  assert.equal(account.refusal('CreateTags', input), 'DryRunOperation');
  assert.equal(account.refusal('CreateTags', { ...input, Tags: [] }), 'MissingParameter');
  const outcome = account.attempt('CreateTags', input);
  assert.equal(outcome.kind === 'refused' && outcome.status, 412);
  assert.equal(account.attempt('CreateTags', { ...input, DryRun: false }).kind, 'ok');
});

test('the caller is told who it is', () => {
  assert.deepEqual(new Account().call('GetCallerIdentity', {}, 'sts'), {
    UserId: '123456789012',
    Account: '123456789012',
    Arn: 'arn:aws:iam::123456789012:root',
  });
});
