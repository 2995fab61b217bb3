import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateVpcEncryptionControlResult,
  CreateVpcResult,
  DeleteVpcEncryptionControlResult,
  DescribeVpcEncryptionControlsResult,
  DescribeVpcsResult,
  ModifyVpcEncryptionControlResult,
  VpcEncryptionControl,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

const controls = (account: Account, input: object = {}): readonly VpcEncryptionControl[] =>
  account.call<DescribeVpcEncryptionControlsResult>('DescribeVpcEncryptionControls', input)
    .VpcEncryptionControls ?? [];

function create(account: Account, VpcId = account.defaultVpcId): VpcEncryptionControl {
  const made = account.call<CreateVpcEncryptionControlResult>('CreateVpcEncryptionControl', { VpcId });
  return made.VpcEncryptionControl ?? assert.fail();
}

const enabled = ({ ResourceExclusions = {} }: VpcEncryptionControl = {}) =>
  Object.entries(ResourceExclusions).flatMap(([name, { State }]) => (State === 'enabled' ? [name] : []));

test('a control watches its VPC, which shows it, and is there after a second', () => {
  const account = new Account();
  const made = create(account);
  assert.deepEqual([made.Mode, made.State, enabled(made)], ['monitor', 'creating', []]);
  assert.equal(Object.keys(made.ResourceExclusions ?? {}).length, 10);
  account.nowMs += 999;
  assert.equal(controls(account)[0]?.State, 'creating');
  account.nowMs += 1;
  assert.equal(controls(account, { VpcIds: [account.defaultVpcId] })[0]?.State, 'available');
  const { Vpcs } = account.call<DescribeVpcsResult>('DescribeVpcs');
  assert.equal(Vpcs?.[0]?.EncryptionControl?.VpcEncryptionControlId, made.VpcEncryptionControlId);
  const again = { VpcId: account.defaultVpcId };
  assert.equal(account.refusal('CreateVpcEncryptionControl', again), 'InvalidParameterValue');
});

test('exclusions are switched one by one', () => {
  const account = new Account();
  const { VpcEncryptionControlId } = create(account);
  const modify = (change: object) =>
    account.call<ModifyVpcEncryptionControlResult>('ModifyVpcEncryptionControl', {
      VpcEncryptionControlId,
      ...change,
    }).VpcEncryptionControl;
  const both = modify({ InternetGatewayExclusion: 'enable', VpcPeeringExclusion: 'enable' });
  assert.deepEqual(enabled(both), ['InternetGateway', 'VpcPeering']);
  const one = modify({ Mode: 'monitor', InternetGatewayExclusion: 'disable' });
  assert.deepEqual(enabled(one), ['VpcPeering']);
  for (const change of [{ InternetGatewayExclusion: 'x' }, { Mode: 'x' }]) {
    const input = { VpcEncryptionControlId, ...change };
    assert.equal(account.refusal('ModifyVpcEncryptionControl', input), 'InvalidParameterValue');
  }
});

test('nothing enforces where nothing is encrypted', () => {
  const account = new Account();
  const { VpcEncryptionControlId } = create(account);
  const enforce = { VpcEncryptionControlId, Mode: 'enforce' };
  assert.equal(account.refusal('ModifyVpcEncryptionControl', enforce), 'UnsupportedOperation');
  const vpc = (VpcEncryptionControl: object) => ({ CidrBlock: '10.0.0.0/16', VpcEncryptionControl });
  assert.equal(account.refusal('CreateVpc', vpc({ Mode: 'enforce' })), 'UnsupportedOperation');
  assert.equal(account.refusal('CreateVpc', vpc({ Mode: 'x' })), 'InvalidParameterValue');
  assert.equal(account.refusal('CreateVpc', vpc({ LambdaExclusion: 'enable' })), 'MissingParameter');
});

test('a VPC is made with its control, and they go together or the control alone', () => {
  const account = new Account();
  const { Vpc } = account.call<CreateVpcResult>('CreateVpc', {
    CidrBlock: '10.0.0.0/16',
    VpcEncryptionControl: { Mode: 'monitor', NatGatewayExclusion: 'enable' },
  });
  assert.deepEqual(enabled(Vpc?.EncryptionControl), ['NatGateway']);
  account.call('DeleteVpc', { VpcId: Vpc?.VpcId });
  assert.deepEqual(controls(account), []);
  const { VpcEncryptionControlId } = create(account);
  const { VpcEncryptionControl } = account.call<DeleteVpcEncryptionControlResult>(
    'DeleteVpcEncryptionControl',
    { VpcEncryptionControlId },
  );
  assert.equal(VpcEncryptionControl?.State, 'deleting');
  const named = { VpcEncryptionControlIds: [VpcEncryptionControlId] };
  const gone = 'InvalidVpcEncryptionControlId.NotFound';
  assert.equal(account.refusal('DescribeVpcEncryptionControls', named), gone);
  create(account);
});
