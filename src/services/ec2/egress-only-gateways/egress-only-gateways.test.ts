import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateEgressOnlyInternetGatewayResult,
  DescribeEgressOnlyInternetGatewaysResult,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const make = (account: Account, input: object = {}): string =>
  account.call<CreateEgressOnlyInternetGatewayResult>('CreateEgressOnlyInternetGateway', {
    VpcId: account.defaultVpcId,
    ...input,
  }).EgressOnlyInternetGateway?.EgressOnlyInternetGatewayId ?? '';

test('made once a token, routed to for IPv6 alone, deleted', () => {
  const account = new Account();
  const id = make(account, { ClientToken: 't' });
  assert.equal(make(account, { ClientToken: 't' }), id);
  const [table] = account.network.routeTable.values();
  const route = { RouteTableId: table?.id, EgressOnlyInternetGatewayId: id };
  assert.equal(
    account.refusal('CreateRoute', { ...route, DestinationCidrBlock: '9.0.0.0/8' }),
    'InvalidParameterValue',
  );
  account.call('CreateRoute', { ...route, DestinationIpv6CidrBlock: '::/0' });
  assert.equal(account.refusal('DeleteVpc', { VpcId: account.defaultVpcId }), 'DependencyViolation');
  account.call('DeleteEgressOnlyInternetGateway', { EgressOnlyInternetGatewayId: id });
  assert.equal(
    account.refusal('DeleteEgressOnlyInternetGateway', { EgressOnlyInternetGatewayId: id }),
    'InvalidEgressOnlyInternetGatewayId.NotFound',
  );
});

test('refusals and filters', () => {
  const account = new Account({ quotas: { egressOnlyGatewaysPerRegion: 1 } });
  const rows: readonly (readonly [object, string])[] = [
    [{}, 'MissingParameter'],
    [{ VpcId: 'vpc-00000000' }, 'InvalidVpcID.NotFound'],
    [{ VpcId: 'x' }, 'InvalidVpcID.Malformed'],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('CreateEgressOnlyInternetGateway', input), code);
  const tags = [{ ResourceType: 'egress-only-internet-gateway', Tags: [{ Key: 'Name', Value: 'e' }] }];
  make(account, { TagSpecifications: tags });
  assert.equal(
    account.refusal('CreateEgressOnlyInternetGateway', { VpcId: account.defaultVpcId }),
    'EgressOnlyInternetGatewayLimitExceeded',
  );
  const count = (Name: string, value: string) =>
    account.call<DescribeEgressOnlyInternetGatewaysResult>('DescribeEgressOnlyInternetGateways', {
      Filters: [{ Name, Values: [value] }],
    }).EgressOnlyInternetGateways?.length;
  assert.deepEqual([count('tag:Name', 'e'), count('tag:Name', 'f'), count('tag-key', 'Name')], [1, 0, 1]);
  assert.equal(
    account.refusal('DescribeEgressOnlyInternetGateways', { MaxResults: 256 }),
    'InvalidParameterValue',
  );
});
