import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Reservation } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';
import { bucketOf, vcpusOf } from './vcpus.ts';

test('the vCPUs and the bucket of a type', () => {
  const rows: readonly (readonly [type: string, vcpus: number, bucket: string])[] = [
    ['t3.micro', 2, 'standard'],
    ['t2.micro', 1, 'standard'],
    ['m5.4xlarge', 16, 'standard'],
    ['z1d.medium', 2, 'standard'],
    ['i4i.xlarge', 4, 'standard'],
    ['c7a.32xlarge', 128, 'standard'],
    ['m7i.metal-24xl', 96, 'standard'],
    ['c5n.metal', 96, 'standard'],
    ['g5.2xlarge', 8, 'g'],
    ['vt1.3xlarge', 12, 'g'],
    ['f1.2xlarge', 8, 'f'],
    ['p4d.24xlarge', 96, 'p'],
    ['x2idn.16xlarge', 64, 'x'],
    ['inf1.xlarge', 4, 'inf'],
    ['dl1.24xlarge', 96, 'special'],
    ['d3.xlarge', 4, 'standard'],
    ['h1.2xlarge', 8, 'standard'],
    ['hpc6a.48xlarge', 192, 'special'],
    ['t4g.small', 2, 'standard'],
    ['trn1.2xlarge', 8, 'special'],
    ['u-6tb1.metal', 96, 'special'],
  ];
  for (const [type, vcpus, bucket] of rows) {
    assert.deepEqual([vcpusOf(type), bucketOf(type)], [vcpus, `${bucket}VcpusPerRegion`], type);
  }
});

const image = { ImageId: 'ami-0123456789abcdef0', InstanceType: 't3.micro' };
const run = (account: Account, MinCount: number, MaxCount: number, more = {}) =>
  account.call<Reservation>('RunInstances', { ...image, MinCount, MaxCount, ...more }).Instances?.length;

test('running instances count, and no more are launched than the account may run', () => {
  const account = new Account({ quotas: { standardVcpusPerRegion: 9 } });
  assert.equal(account.refusal('RunInstances', { ...image, MinCount: 5, MaxCount: 5 }), 'VcpuLimitExceeded');
  assert.equal(run(account, 1, 1), 1);
  assert.equal(run(account, 1, 2_000_000_000), 3);
  const one = { ...image, MinCount: 1, MaxCount: 1 };
  assert.equal(account.refusal('RunInstances', one), 'VcpuLimitExceeded');
  assert.equal(run(account, 1, 1, { InstanceType: 't2.micro' }), 1);
  assert.equal(run(account, 1, 1, { InstanceType: 'g5.xlarge' }), 1);
});

test('stopped and terminated instances do not count, and starting asks again', () => {
  const account = new Account({ quotas: { standardVcpusPerRegion: 4 } });
  assert.equal(run(account, 2, 2), 2);
  const [first, second] = [...account.network.instance.values()].map(({ id }) => id);
  account.call('StopInstances', { InstanceIds: [first] });
  account.call('TerminateInstances', { InstanceIds: [second] });
  assert.equal(run(account, 1, 5), 2);
  account.nowMs += 60_000;
  assert.equal(account.refusal('StartInstances', { InstanceIds: [first] }), 'VcpuLimitExceeded');
  account.quotas = { standardVcpusPerRegion: 6 };
  account.call('StartInstances', { InstanceIds: [first] });
  account.call('StartInstances', { InstanceIds: [first] });
});

test('counts that make no sense are refused in plain words', () => {
  const rows: readonly (readonly [min: number, max: number, message: string])[] = [
    [0, 0, 'Value (0) for parameter MinCount is invalid: use 1 or more.'],
    [-1, 1, 'Value (-1) for parameter MinCount is invalid: use 1 or more.'],
    [1, 0, 'Value (0) for parameter MaxCount is invalid: use MinCount, which is 1, or more.'],
    [3, 2, 'Value (2) for parameter MaxCount is invalid: use MinCount, which is 3, or more.'],
  ];
  for (const [MinCount, MaxCount, message] of rows) {
    const outcome = new Account().attempt('RunInstances', { ...image, MinCount, MaxCount });
    assert.ok(outcome.kind === 'refused');
    assert.deepEqual([outcome.code, outcome.message], ['InvalidParameterValue', message]);
  }
});
