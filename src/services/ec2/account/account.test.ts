import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DescribeAccountAttributesResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

test('attributes of an account', () => {
  const account = new Account({ quotas: { elasticIpsPerRegion: 7 } });
  const values = (input: object = {}) =>
    account
      .call<DescribeAccountAttributesResult>('DescribeAccountAttributes', input)
      .AccountAttributes?.map(({ AttributeName, AttributeValues }) => [
        AttributeName,
        AttributeValues?.[0]?.AttributeValue,
      ]);
  assert.deepEqual(values(), [
    ['supported-platforms', 'VPC'],
    ['default-vpc', account.defaultVpcId],
    ['max-instances', '20'],
    ['vpc-max-security-groups-per-interface', '5'],
    ['max-elastic-ips', '7'],
    ['vpc-max-elastic-ips', '7'],
  ]);
  assert.deepEqual(values({ AttributeNames: ['supported-platforms'] }), [['supported-platforms', 'VPC']]);
  assert.equal(
    account.refusal('DescribeAccountAttributes', { AttributeNames: ['x'] }),
    'InvalidParameterValue',
  );
});
