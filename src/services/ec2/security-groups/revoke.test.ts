import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AuthorizeSecurityGroupIngressResult,
  CreateSecurityGroupResult,
  IpPermission,
  RevokeSecurityGroupIngressResult,
} from '@aws-sdk/client-ec2';
import { parseCidr } from '#net/cidr.ts';
import { Account } from '../../../../tests/support/account.ts';
import { makeVpc } from '../vpcs/make-vpc.ts';

const tcp = (port: number, CidrIp = '10.0.0.0/8'): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp }],
});

type Setup = { readonly account: Account; readonly GroupId: string; readonly ruleIds: readonly string[] };

/** A group with inbound rules for ports 22, 80 and 443, in the default VPC or another. */
function groupIn(vpc: 'default' | 'other'): Setup {
  const account = new Account();
  let VpcId = account.defaultVpcId;
  if (vpc === 'other') {
    account.change((context) => {
      const cidr = parseCidr('10.0.0.0/16') ?? assert.fail();
      VpcId = makeVpc({ cidr, isDefault: false, tenancy: 'default', tags: {} }, context).id;
    });
  }
  const made = account.call<CreateSecurityGroupResult>('CreateSecurityGroup', {
    GroupName: 'web',
    Description: 'd',
    VpcId,
  });
  const GroupId = made.GroupId ?? '';
  const IpPermissions = [22, 80, 443].map((port) => tcp(port));
  const { SecurityGroupRules = [] } = account.call<AuthorizeSecurityGroupIngressResult>(
    'AuthorizeSecurityGroupIngress',
    { GroupId, IpPermissions },
  );
  return { account, GroupId, ruleIds: SecurityGroupRules.map((rule) => rule.SecurityGroupRuleId ?? '') };
}

const inbound = ({ account, GroupId }: Setup): readonly unknown[] =>
  account.network.securityGroup
    .get(GroupId)
    ?.rules.flatMap(({ direction, service }) =>
      direction === 'ingress' && service.kind === 'ports' ? [service.from] : [],
    ) ?? [];

test('rules go by their values, whatever their form and description', () => {
  const setup = groupIn('other');
  const { account, GroupId, ruleIds } = setup;
  const described = { ...tcp(22), IpRanges: [{ CidrIp: '10.1.1.1/8', Description: 'other' }] };
  const output = account.call<RevokeSecurityGroupIngressResult>('RevokeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [described, tcp(22)],
  });
  assert.deepEqual(output, {
    Return: true,
    RevokedSecurityGroupRules: [
      {
        SecurityGroupRuleId: ruleIds[0],
        GroupId,
        IsEgress: false,
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        CidrIpv4: '10.0.0.0/8',
      },
    ],
  });
  assert.deepEqual(inbound(setup), [80, 443]);
  account.call('RevokeSecurityGroupIngress', {
    GroupId,
    IpProtocol: 'tcp',
    FromPort: 80,
    ToPort: 80,
    CidrIp: '10.0.0.0/8',
  });
  assert.deepEqual(inbound(setup), [443]);
});

test('an absent rule: an error outside the default VPC, a note inside it', () => {
  const input = ({ GroupId }: Setup) => ({ GroupId, IpPermissions: [tcp(22), tcp(23)] });
  const other = groupIn('other');
  assert.equal(
    other.account.refusal('RevokeSecurityGroupIngress', input(other)),
    'InvalidPermission.NotFound',
  );
  assert.deepEqual(inbound(other), [22, 80, 443]);
  const inDefault = groupIn('default');
  const output = inDefault.account.call<RevokeSecurityGroupIngressResult>(
    'RevokeSecurityGroupIngress',
    input(inDefault),
  );
  assert.deepEqual(output.UnknownIpPermissions, [tcp(23)]);
  assert.equal(output.RevokedSecurityGroupRules?.length, 1);
  assert.deepEqual(inbound(inDefault), [80, 443]);
});

test('a rule of the other direction is absent', () => {
  const { account, GroupId, ruleIds } = groupIn('other');
  const permission = { GroupId, IpPermissions: [tcp(22)] };
  assert.equal(account.refusal('RevokeSecurityGroupEgress', permission), 'InvalidPermission.NotFound');
  const byId = { GroupId, SecurityGroupRuleIds: [ruleIds[0]] };
  assert.equal(account.refusal('RevokeSecurityGroupEgress', byId), 'InvalidSecurityGroupRuleId.NotFound');
});

test('rules go by their ids, all or none', () => {
  const setup = groupIn('default');
  const { account, GroupId, ruleIds } = setup;
  const rows: readonly (readonly [ids: readonly (string | undefined)[], code: string])[] = [
    [[ruleIds[0], 'sgr-x'], 'InvalidSecurityGroupRuleId.Malformed'],
    [[ruleIds[0], 'sgr-0123456789abcdef0'], 'InvalidSecurityGroupRuleId.NotFound'],
  ];
  for (const [SecurityGroupRuleIds, code] of rows) {
    assert.equal(account.refusal('RevokeSecurityGroupIngress', { GroupId, SecurityGroupRuleIds }), code);
  }
  const both = { GroupId, SecurityGroupRuleIds: ruleIds, IpPermissions: [tcp(22)] };
  assert.equal(account.refusal('RevokeSecurityGroupIngress', both), 'InvalidParameterCombination');
  assert.equal(account.refusal('RevokeSecurityGroupIngress', { GroupId }), 'MissingParameter');
  account.call('RevokeSecurityGroupIngress', { GroupId, SecurityGroupRuleIds: [ruleIds[0], ruleIds[2]] });
  assert.deepEqual(inbound(setup), [80]);
});

test('a rule whose peer is gone can be revoked', () => {
  const { account, GroupId } = groupIn('other');
  const pair = { UserIdGroupPairs: [{ GroupId: 'sg-0123456789abcdef0', UserId: '999999999999' }] };
  account.change(({ transaction }) => {
    const group = transaction.network.securityGroup.get(GroupId) ?? assert.fail();
    const [rule] = group.rules;
    const peer = { kind: 'group', groupId: 'sg-0123456789abcdef0' as never } as const;
    if (rule)
      transaction.put('securityGroup', {
        ...group,
        rules: [{ ...rule, direction: 'ingress', service: { kind: 'all' }, peer }],
      });
  });
  account.call('RevokeSecurityGroupIngress', { GroupId, IpPermissions: [{ IpProtocol: '-1', ...pair }] });
  assert.equal(account.network.securityGroup.get(GroupId)?.rules.length, 0);
});
