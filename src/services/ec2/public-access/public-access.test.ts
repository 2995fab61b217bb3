import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateVpcBlockPublicAccessExclusionResult,
  DescribeVpcBlockPublicAccessExclusionsResult,
  DescribeVpcBlockPublicAccessOptionsResult,
  VpcBlockPublicAccessExclusion,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

test('the mode: in force at once, shown as under way for a moment', () => {
  const account = new Account();
  const shown = () => {
    const answer = account.call<DescribeVpcBlockPublicAccessOptionsResult>(
      'DescribeVpcBlockPublicAccessOptions',
    );
    const { InternetGatewayBlockMode, State } = answer.VpcBlockPublicAccessOptions ?? {};
    return [InternetGatewayBlockMode, State];
  };
  assert.deepEqual(shown(), ['off', 'default-state']);
  for (const mode of ['block-bidirectional', 'block-ingress', 'off']) {
    account.call('ModifyVpcBlockPublicAccessOptions', { InternetGatewayBlockMode: mode });
    account.nowMs += 999;
    assert.deepEqual(shown(), [mode, 'update-in-progress']);
    account.nowMs += 1;
    assert.deepEqual(shown(), [mode, 'update-complete']);
  }
  assert.equal(
    account.refusal('ModifyVpcBlockPublicAccessOptions', { InternetGatewayBlockMode: 'x' }),
    'InvalidParameterValue',
  );
  assert.equal(account.refusal('ModifyVpcBlockPublicAccessOptions'), 'MissingParameter');
});

const both = { InternetGatewayExclusionMode: 'allow-bidirectional' };
const egress = { InternetGatewayExclusionMode: 'allow-egress' };

const create = (account: Account, input: object): VpcBlockPublicAccessExclusion =>
  account.call<CreateVpcBlockPublicAccessExclusionResult>('CreateVpcBlockPublicAccessExclusion', input)
    .VpcBlockPublicAccessExclusion ?? {};

const describe = (account: Account, input: object = {}): readonly VpcBlockPublicAccessExclusion[] =>
  account.call<DescribeVpcBlockPublicAccessExclusionsResult>('DescribeVpcBlockPublicAccessExclusions', input)
    .VpcBlockPublicAccessExclusions ?? [];

const subnetOf = (account: Account): string => [...account.network.subnet.values()][0]?.id ?? '';

test('an exclusion from making to oblivion', () => {
  const account = new Account();
  const made = create(account, { VpcId: account.defaultVpcId, ...both });
  const id = made.ExclusionId ?? '';
  assert.match(id, /^vpcbpa-exclude-[0-9a-f]{17}$/);
  assert.equal(made.ResourceArn, `arn:aws:ec2:us-east-1:123456789012:vpc/${account.defaultVpcId}`);
  assert.equal(made.State, 'create-in-progress');
  const state = () => describe(account, { ExclusionIds: [id] }).map(({ State }) => State);
  account.nowMs += 1000;
  assert.deepEqual(state(), ['create-complete']);
  account.call('ModifyVpcBlockPublicAccessExclusion', { ExclusionId: id, ...egress });
  assert.deepEqual(state(), ['update-in-progress']);
  account.nowMs += 1000;
  assert.deepEqual(state(), ['update-complete']);
  assert.equal(account.network.publicAccessExclusion.get(id)?.mode, 'allow-egress');
  account.call('DeleteVpcBlockPublicAccessExclusion', { ExclusionId: id });
  assert.deepEqual(state(), ['delete-in-progress']);
  account.nowMs += 1000;
  assert.deepEqual(state(), ['delete-complete']);
  // Another may take its place at once; a deleted one can neither change nor be deleted again.
  create(account, { VpcId: account.defaultVpcId, ...both });
  for (const action of ['DeleteVpcBlockPublicAccessExclusion', 'ModifyVpcBlockPublicAccessExclusion']) {
    assert.equal(account.refusal(action, { ExclusionId: id, ...egress }), 'InvalidParameterValue');
  }
  account.nowMs += 3_599_000;
  const gone = 'InvalidVpcBlockPublicAccessExclusionId.NotFound';
  assert.equal(account.refusal('DescribeVpcBlockPublicAccessExclusions', { ExclusionIds: [id] }), gone);
  assert.equal(describe(account).length, 1);
});

test('what is refused', () => {
  const account = new Account({ quotas: { publicAccessExclusionsPerAccount: 1 } });
  const [vpc, subnet] = [{ VpcId: account.defaultVpcId }, { SubnetId: subnetOf(account) }];
  const rows: readonly (readonly [object, string])[] = [
    [{ ...vpc }, 'MissingParameter'],
    [{ ...both }, 'MissingParameter'],
    [{ ...vpc, InternetGatewayExclusionMode: 'off' }, 'InvalidParameterValue'],
    [{ ...vpc, ...subnet, ...both }, 'InvalidParameterCombination'],
    [{ VpcId: 'vpc-00000000', ...both }, 'InvalidVpcID.NotFound'],
    [{ SubnetId: 'subnet-00000000', ...both }, 'InvalidSubnetID.NotFound'],
  ];
  for (const [input, code] of rows)
    assert.equal(account.refusal('CreateVpcBlockPublicAccessExclusion', input), code, JSON.stringify(input));
  create(account, { ...subnet, ...both });
  assert.equal(
    account.refusal('CreateVpcBlockPublicAccessExclusion', { ...subnet, ...both }),
    'InvalidParameterValue',
  );
  assert.equal(
    account.refusal('CreateVpcBlockPublicAccessExclusion', { ...vpc, ...both }),
    'VpcBlockPublicAccessExclusionLimitExceeded',
  );
});

test('filters, and what goes with its subnet', () => {
  const account = new Account();
  const subnetId = subnetOf(account);
  create(account, { SubnetId: subnetId, ...egress });
  create(account, { VpcId: account.defaultVpcId, ...both });
  const count = (Name: string, value: string) =>
    describe(account, { Filters: [{ Name, Values: [value] }] }).length;
  assert.equal(count('internet-gateway-exclusion-mode', 'allow-egress'), 1);
  assert.equal(count('resource-arn', `*:subnet/${subnetId}`), 1);
  assert.equal(count('state', 'create-in-progress'), 2);
  account.call('DeleteSubnet', { SubnetId: subnetId });
  assert.equal(count('state', 'delete-in-progress'), 1);
});
