import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AuthorizeSecurityGroupIngressResult,
  CreateSecurityGroupResult,
  DescribeSecurityGroupRulesResult,
  SecurityGroupRule,
  SecurityGroupRuleRequest,
} from '@aws-sdk/client-ec2';
import { Account } from '../../../../tests/support/account.ts';

/** A group with rules for tcp/22 and tcp/80 from 10.0.0.0/8, one for ::/0 and one for itself. */
function setUp() {
  const account = new Account({ quotas: { rulesPerSecurityGroup: 4 } });
  const made = account.call<CreateSecurityGroupResult>('CreateSecurityGroup', {
    GroupName: 'web',
    Description: 'd',
  });
  const GroupId = made.GroupId ?? '';
  const range = { IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'old' }] };
  const authorized = account.call<AuthorizeSecurityGroupIngressResult>('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 22, ToPort: 22, ...range },
      { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, ...range },
      { IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] },
    ],
    TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'k', Value: 'v' }] }],
  });
  const ids = (authorized.SecurityGroupRules ?? []).map(
    ({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? '',
  );
  const [ssh = '', web = '', ipv6 = '', self = ''] = ids;
  return { account, GroupId, ssh, web, ipv6, self };
}

const port = (number: number, CidrIpv4 = '10.0.0.0/8'): SecurityGroupRuleRequest => ({
  IpProtocol: 'tcp',
  FromPort: number,
  ToPort: number,
  CidrIpv4,
});
const update = (SecurityGroupRuleId: string, SecurityGroupRule: SecurityGroupRuleRequest) => ({
  SecurityGroupRuleId,
  SecurityGroupRule,
});

function ruleOf(account: Account, id: string): SecurityGroupRule | undefined {
  const { SecurityGroupRules } = account.call<DescribeSecurityGroupRulesResult>(
    'DescribeSecurityGroupRules',
    {
      SecurityGroupRuleIds: [id],
    },
  );
  return SecurityGroupRules?.[0];
}

test('a rule gets new values and keeps its id, direction and tags', () => {
  const { account, GroupId, ssh } = setUp();
  const before = ruleOf(account, ssh);
  const request = { ...port(2222, '172.16.1.1/12'), Description: 'new' };
  account.call('ModifySecurityGroupRules', { GroupId, SecurityGroupRules: [update(ssh, request)] });
  assert.deepEqual(ruleOf(account, ssh), {
    ...before,
    FromPort: 2222,
    ToPort: 2222,
    CidrIpv4: '172.16.0.0/12',
    Description: 'new',
  });
});

test('two rules may change places', () => {
  const { account, GroupId, ssh, web } = setUp();
  account.call('ModifySecurityGroupRules', {
    GroupId,
    SecurityGroupRules: [update(ssh, port(80)), update(web, port(22))],
  });
  assert.deepEqual([ruleOf(account, ssh)?.FromPort, ruleOf(account, web)?.FromPort], [80, 22]);
});

test('what may not be modified', () => {
  const { account, GroupId, ssh, ipv6, self } = setUp();
  const absent = 'sgr-0123456789abcdef0';
  const ok = port(1);
  const all = { IpProtocol: '-1' };
  const rows: readonly (readonly [updates: readonly object[], code: string])[] = [
    [[], 'MissingParameter'],
    [[{ SecurityGroupRule: ok }], 'MissingParameter'],
    [[{ SecurityGroupRuleId: ssh }], 'MissingParameter'],
    [[update('sgr-x', ok)], 'InvalidSecurityGroupRuleId.Malformed'],
    [[update(absent, ok)], 'InvalidSecurityGroupRuleId.NotFound'],
    [[update(ssh, ok), update(absent, ok)], 'InvalidSecurityGroupRuleId.NotFound'],
    [[update(ssh, port(1)), update(ssh, port(2))], 'InvalidParameterValue'],
    [[update(ssh, port(80))], 'InvalidPermission.Duplicate'],
    [[update(ssh, { IpProtocol: 'tcp', CidrIpv4: '10.0.0.0/8' })], 'InvalidParameterValue'],
    [[update(ssh, { ...all })], 'MissingParameter'],
    [[update(ssh, { ...all, CidrIpv4: '10.0.0.0/8', CidrIpv6: '::/0' })], 'InvalidParameterCombination'],
    [[update(ssh, { ...all, CidrIpv6: '::/0' })], 'InvalidParameterValue'],
    [[update(ipv6, { ...all, CidrIpv4: '0.0.0.0/0' })], 'InvalidParameterValue'],
    [[update(ssh, { ...all, ReferencedGroupId: GroupId })], 'InvalidParameterValue'],
    [[update(self, { ...all, ReferencedGroupId: 'sg-0123456789abcdef0' })], 'InvalidGroup.NotFound'],
    [[update(ssh, { ...ok, Description: 'a|b' })], 'InvalidParameterValue'],
  ];
  for (const [SecurityGroupRules, code] of rows) {
    const input = { GroupId, SecurityGroupRules };
    assert.equal(
      account.refusal('ModifySecurityGroupRules', input),
      code,
      JSON.stringify(SecurityGroupRules),
    );
  }
  const named = { SecurityGroupRules: [update(ssh, ok)] };
  assert.equal(account.refusal('ModifySecurityGroupRules', named), 'MissingParameter');
});

const descriptionOf = (account: Account, id: string) => ruleOf(account, id)?.Description;

test('descriptions change by id and by value, and an absent one removes', () => {
  const { account, GroupId, ssh, web, self } = setUp();
  account.call('UpdateSecurityGroupRuleDescriptionsIngress', {
    GroupName: 'web',
    SecurityGroupRuleDescriptions: [
      { SecurityGroupRuleId: ssh, Description: 'first' },
      { SecurityGroupRuleId: self, Description: 'itself' },
    ],
  });
  assert.equal(descriptionOf(account, ssh), 'first');
  assert.equal(descriptionOf(account, self), 'itself');
  const permission = { IpProtocol: 'tcp', FromPort: 80, ToPort: 80, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
  account.call('UpdateSecurityGroupRuleDescriptionsIngress', { GroupId, IpPermissions: [permission] });
  assert.equal(descriptionOf(account, web), undefined);
});

test('descriptions that may not change', () => {
  const { account, GroupId, ssh } = setUp();
  const egress = account.network.securityGroup
    .get(GroupId)
    ?.rules.find((rule) => rule.direction === 'egress');
  const byId = (SecurityGroupRuleId: string | undefined, Description = 'x') => ({
    SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId, Description }],
  });
  const absent = { IpProtocol: 'tcp', FromPort: 81, ToPort: 81, IpRanges: [{ CidrIp: '10.0.0.0/8' }] };
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{}, 'MissingParameter'],
    [byId(undefined), 'MissingParameter'],
    [byId('sgr-0123456789abcdef0'), 'InvalidSecurityGroupRuleId.NotFound'],
    [byId(egress?.id), 'InvalidSecurityGroupRuleId.NotFound'],
    [byId(ssh, 'a'.repeat(256)), 'InvalidParameterValue'],
    [{ ...byId(ssh), IpPermissions: [absent] }, 'InvalidParameterCombination'],
    [{ IpPermissions: [absent] }, 'InvalidPermission.NotFound'],
  ];
  for (const [input, code] of rows) {
    const found = account.refusal('UpdateSecurityGroupRuleDescriptionsIngress', { GroupId, ...input });
    assert.equal(found, code, JSON.stringify(input));
  }
  account.call('UpdateSecurityGroupRuleDescriptionsEgress', { GroupId, ...byId(egress?.id) });
});
