import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CreateSecurityGroupResult } from '@aws-sdk/client-ec2';
import { parseCidr } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { Account } from '../../../../tests/support/account.ts';
import { makeVpc } from '../vpcs/make-vpc.ts';

function vpcIn(account: Account, ipv6?: string): string {
  let id = '';
  account.change((context) => {
    const cidr = parseCidr('10.0.0.0/16') ?? assert.fail();
    const v6 = ipv6 === undefined ? undefined : (parseCidr(ipv6) ?? assert.fail());
    const block = v6 ? { ipv6Cidr: v6 } : {};
    id = makeVpc({ cidr, ...block, isDefault: false, tenancy: 'default', tags: {} }, context).id;
  });
  return id;
}

const create = (account: Account, input: object): string =>
  account.call<CreateSecurityGroupResult>('CreateSecurityGroup', { Description: 'd', ...input }).GroupId ??
  '';

test('a new group lets everything out and nothing in', () => {
  const account = new Account();
  const rows = [
    [vpcIn(account), ['0.0.0.0/0']],
    [vpcIn(account, '2600:1f18::/56'), ['0.0.0.0/0', '::/0']],
  ] as const;
  for (const [VpcId, expected] of rows) {
    const id = create(account, { GroupName: 'web', VpcId });
    const group = account.network.securityGroup.get(id);
    const shown = group?.rules.map(({ direction, service, peer }) => [
      direction,
      service.kind,
      peer.kind === 'cidr' ? peer.cidr : peer,
    ]);
    assert.deepEqual(
      shown,
      expected.map((cidr) => ['egress', 'all', cidr]),
    );
  }
});

test('the answer names the group, its ARN and its tags', () => {
  const account = new Account({ region: 'cn-north-1' });
  const output = account.call<CreateSecurityGroupResult>('CreateSecurityGroup', {
    GroupName: 'web  ',
    Description: 'd',
    TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'k', Value: 'v' }] }],
  });
  assert.match(output.GroupId ?? '', /^sg-[0-9a-f]{17}$/);
  assert.equal(
    output.SecurityGroupArn,
    `arn:aws-cn:ec2:cn-north-1:123456789012:security-group/${output.GroupId}`,
  );
  assert.deepEqual(output.Tags, [{ Key: 'k', Value: 'v' }]);
  const group = account.network.securityGroup.get(output.GroupId ?? '');
  assert.equal(group?.name, 'web', 'spaces at the end go');
  assert.equal(group?.vpcId, account.defaultVpcId);
});

test('what may not be created', () => {
  const account = new Account();
  const VpcId = vpcIn(account);
  create(account, { GroupName: 'taken', VpcId });
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ GroupName: undefined }, 'MissingParameter'],
    [{ GroupName: '' }, 'MissingParameter'],
    [{ GroupName: '  ' }, 'MissingParameter'],
    [{ Description: undefined }, 'MissingParameter'],
    [{ GroupName: 'a'.repeat(256) }, 'InvalidParameterValue'],
    [{ GroupName: 'é' }, 'InvalidParameterValue'],
    [{ GroupName: 'sg-x' }, 'InvalidParameterValue'],
    [{ GroupName: 'default' }, 'InvalidGroup.Reserved'],
    [{ GroupName: 'default  ' }, 'InvalidGroup.Reserved'],
    [{ GroupName: 'DEFAULT' }, 'InvalidGroup.Duplicate'],
    [{ GroupName: 'taken' }, 'InvalidGroup.Duplicate'],
    [{ GroupName: 'Taken ' }, 'InvalidGroup.Duplicate'],
    [{ Description: 'a'.repeat(256) }, 'InvalidParameterValue'],
    [{ Description: 'a|b' }, 'InvalidParameterValue'],
    [{ VpcId: 'vpc-x' }, 'InvalidVpcID.Malformed'],
    [{ VpcId: 'vpc-0123456789abcdef0' }, 'InvalidVpcID.NotFound'],
    [{ TagSpecifications: [{ ResourceType: 'vpc', Tags: [] }] }, 'InvalidParameterValue'],
    [{ TagSpecifications: [{ Tags: [] }] }, 'MissingParameter'],
  ];
  for (const [input, code] of rows) {
    const whole = { GroupName: 'new', Description: 'd', VpcId, ...input };
    assert.equal(account.refusal('CreateSecurityGroup', whole), code, JSON.stringify(input));
  }
  create(account, { GroupName: 'taken' });
  create(account, { GroupName: 'a'.repeat(255), Description: 'a'.repeat(255), VpcId });
});

test('without a default VPC a group needs a VPC', () => {
  const account = new Account();
  account.change(({ transaction }) => transaction.remove('vpc', account.defaultVpcId));
  assert.equal(
    account.refusal('CreateSecurityGroup', { GroupName: 'a', Description: 'd' }),
    'VPCIdNotSpecified',
  );
  assert.equal(account.refusal('DeleteSecurityGroup', { GroupName: 'a' }), 'VPCIdNotSpecified');
});

test('a region holds as many groups as the quota says', () => {
  const account = new Account({ quotas: { securityGroupsPerRegion: 2 } });
  create(account, { GroupName: 'second' });
  const third = { GroupName: 'third', Description: 'd' };
  assert.equal(account.refusal('CreateSecurityGroup', third), 'SecurityGroupLimitExceeded');
  account.call('DeleteSecurityGroup', { GroupName: 'second' });
  account.call('CreateSecurityGroup', third);
});

test('groups are deleted by id, and by name in the default VPC', () => {
  const account = new Account();
  const byId = create(account, { GroupName: 'a', VpcId: vpcIn(account) });
  const byName = create(account, { GroupName: 'b' });
  assert.equal(account.refusal('DeleteSecurityGroup', { GroupName: 'a' }), 'InvalidGroup.NotFound');
  assert.deepEqual(account.call('DeleteSecurityGroup', { GroupId: byId }), { Return: true, GroupId: byId });
  assert.deepEqual(account.call('DeleteSecurityGroup', { GroupName: 'b' }), {
    Return: true,
    GroupId: byName,
  });
  assert.equal(account.refusal('DeleteSecurityGroup', { GroupId: byId }), 'InvalidGroup.NotFound');
  assert.equal(account.refusal('DeleteSecurityGroup', { GroupId: 'sg-x' }), 'InvalidGroupId.Malformed');
  assert.equal(account.refusal('DeleteSecurityGroup', {}), 'MissingParameter');
  assert.equal(
    account.refusal('DeleteSecurityGroup', { GroupId: byId, GroupName: 'b' }),
    'InvalidParameterCombination',
  );
  assert.equal(account.refusal('DeleteSecurityGroup', { GroupName: 'default' }), 'CannotDelete');
});

test('what uses a group holds it', () => {
  const account = new Account();
  const [a, b] = [create(account, { GroupName: 'a' }), create(account, { GroupName: 'b' })];
  const from = (GroupId: string) => ({
    IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }],
  });
  account.call('AuthorizeSecurityGroupIngress', { GroupId: a, ...from(a) });
  account.call('AuthorizeSecurityGroupEgress', { GroupId: b, ...from(a) });
  assert.equal(account.refusal('DeleteSecurityGroup', { GroupId: a }), 'DependencyViolation');
  account.call('RevokeSecurityGroupEgress', { GroupId: b, ...from(a) });
  const nothing = { macAddress: '02:00:00:00:00:01', privateIps: [], ipv6Addresses: [], tags: {} };
  const eni = {
    id: 'eni-1',
    vpcId: 'vpc-1',
    subnetId: 'subnet-1',
    groupIds: [a],
    ...nothing,
  } as unknown as Eni;
  account.change(({ transaction }) => transaction.put('eni', eni));
  assert.equal(account.refusal('DeleteSecurityGroup', { GroupId: a }), 'DependencyViolation');
  account.change(({ transaction }) => transaction.remove('eni', 'eni-1'));
  account.call('DeleteSecurityGroup', { GroupId: a });
});
