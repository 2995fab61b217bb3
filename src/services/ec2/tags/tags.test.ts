import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeTagsResult, Tag } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const tag = (Key: string, Value = ''): Tag => ({ Key, Value });
const tagsOf = (account: Account, id: string) =>
  account
    .call<DescribeTagsResult>('DescribeTags', { Filters: [{ Name: 'resource-id', Values: [id] }] })
    .Tags?.map(({ Key, Value }) => `${Key}=${Value}`);

test('tags are made, replaced, described and deleted', () => {
  const account = new Account();
  const id = account.defaultVpcId;
  account.call('CreateTags', { Resources: [id, id], Tags: [tag('b', '1'), tag('a', '2')] });
  account.call('CreateTags', { Resources: [id], Tags: [tag('b', '3')] });
  assert.deepEqual(tagsOf(account, id), ['a=2', 'b=3']);
  account.call('DeleteTags', { Resources: [id], Tags: [tag('b', '1')] });
  assert.deepEqual(tagsOf(account, id), ['a=2', 'b=3'], 'another value stays');
  account.call('DeleteTags', { Resources: [id], Tags: [{ Key: 'b' }] });
  assert.deepEqual(tagsOf(account, id), ['a=2']);
  account.call('CreateTags', { Resources: [id], Tags: [tag('__proto__', 'x'), tag('toString', 'y')] });
  assert.deepEqual(tagsOf(account, id), ['__proto__=x', 'a=2', 'toString=y']);
  account.call('DeleteTags', { Resources: [id] });
  assert.deepEqual(tagsOf(account, id), []);
});

test('rules carry tags', () => {
  const account = new Account();
  const [group] = account.network.securityGroup.values();
  const ids = group?.rules.map((rule) => rule.id) ?? [];
  account.call('CreateTags', { Resources: ids, Tags: [tag('a', '1')] });
  for (const id of ids) assert.deepEqual(tagsOf(account, id), ['a=1']);
  const found = account.call<DescribeTagsResult>('DescribeTags', {
    Filters: [
      { Name: 'resource-type', Values: ['security-group-rule'] },
      { Name: 'tag:a', Values: ['?'] },
    ],
  });
  assert.equal(found.Tags?.length, ids.length);
});

test('the edges of keys, values and counts', () => {
  const account = new Account({ quotas: { tagsPerResource: 3 } });
  const id = account.defaultVpcId;
  const rows: readonly (readonly [tags: readonly Tag[], code: string])[] = [
    [[tag('k'.repeat(128))], 'ok'],
    [[tag('k'.repeat(129))], 'InvalidTagKey.Malformed'],
    [[tag('a', 'v'.repeat(256))], 'ok'],
    [[tag('a', 'v'.repeat(257))], 'InvalidParameterValue'],
    [[tag('😀'.repeat(128))], 'ok'],
    [[tag('😀'.repeat(129))], 'InvalidTagKey.Malformed'],
    [[tag('a', '😀'.repeat(256))], 'ok'],
    [[tag('a', '😀'.repeat(257))], 'InvalidParameterValue'],
    [[tag('a', 'aws:x')], 'ok'],
    [[tag('+ - = . _ : / @ , <>&"')], 'ok'],
    [[tag('')], 'InvalidTagKey.Malformed'],
    [[tag('aws:x')], 'InvalidTagKey.Malformed'],
    [[tag('AWS:x')], 'InvalidTagKey.Malformed'],
    [[tag('awsx')], 'ok'],
    [[tag('a'), tag('a')], 'InvalidParameterValue'],
    [[tag('a'), tag('b'), tag('c')], 'ok'],
    [[tag('a'), tag('b'), tag('c'), tag('d')], 'TagLimitExceeded'],
    [[], 'MissingParameter'],
  ];
  for (const [tags, expected] of rows) {
    const outcome = account.attempt('CreateTags', { Resources: [id], Tags: tags });
    assert.equal(outcome.kind === 'ok' ? 'ok' : outcome.code, expected, JSON.stringify(tags));
    account.call('DeleteTags', { Resources: [id] });
  }
});

test('no key is named twice, lest a policy sees one of its values alone', () => {
  const account = new Account();
  for (const action of ['CreateTags', 'DeleteTags']) {
    const input = { Resources: [account.defaultVpcId], Tags: [tag('a', '1'), tag('a', '2')] };
    assert.equal(account.refusal(action, input), 'InvalidParameterValue', action);
  }
});

test('a request names at most 1000 resources', () => {
  const account = new Account();
  const ids = (count: number) => Array.from({ length: count }, () => account.defaultVpcId);
  for (const action of ['CreateTags', 'DeleteTags']) {
    account.call(action, { Resources: ids(1000), Tags: [tag('a')] });
    const code = account.refusal(action, { Resources: ids(1001), Tags: [tag('a')] });
    assert.equal(code, 'InvalidParameterValue');
  }
});

test('ids that cannot be tagged are refused, and nothing is tagged', () => {
  const account = new Account();
  const rows: readonly (readonly [id: string, code: string])[] = [
    ['nonsense', 'InvalidID'],
    ['xyz-0123456789abcdef0', 'InvalidID'],
    ['vpc-1', 'InvalidVpcID.Malformed'],
    ['vpc-0123456789abcdef0', 'InvalidVpcID.NotFound'],
    ['sgr-0123456789abcdef0', 'InvalidSecurityGroupRuleId.NotFound'],
  ];
  for (const [id, code] of rows) {
    assert.equal(
      account.refusal('CreateTags', { Resources: [account.defaultVpcId, id], Tags: [tag('a')] }),
      code,
      id,
    );
  }
});
