import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  AuthorizeSecurityGroupIngressResult,
  CreateSecurityGroupResult,
  DescribeSecurityGroupsResult,
  IpPermission,
} from '@aws-sdk/client-ec2';
import type { PrefixListId } from '#vpc/ids.ts';
import { Account } from '../../../../tests/support/account.ts';

const create = (account: Account, GroupName: string): string =>
  account.call<CreateSecurityGroupResult>('CreateSecurityGroup', { GroupName, Description: 'd' }).GroupId ??
  '';
const tcp = (port: number, CidrIp = '10.0.0.0/8'): IpPermission => ({
  IpProtocol: 'tcp',
  FromPort: port,
  ToPort: port,
  IpRanges: [{ CidrIp }],
});
const shown = (account: Account, GroupId: string): readonly IpPermission[] =>
  account.call<DescribeSecurityGroupsResult>('DescribeSecurityGroups', { GroupIds: [GroupId] })
    .SecurityGroups?.[0]?.IpPermissions ?? [];

test('the answer holds the new rules', () => {
  const account = new Account();
  const GroupId = create(account, 'web');
  const output = account.call<AuthorizeSecurityGroupIngressResult>('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ ...tcp(22), IpRanges: [{ CidrIp: '100.68.0.18/18', Description: 'office' }] }],
    TagSpecifications: [{ ResourceType: 'security-group-rule', Tags: [{ Key: 'k', Value: 'v' }] }],
  });
  const [rule] = output.SecurityGroupRules ?? [];
  assert.match(rule?.SecurityGroupRuleId ?? '', /^sgr-[0-9a-f]{17}$/);
  assert.deepEqual(output, {
    Return: true,
    SecurityGroupRules: [
      {
        SecurityGroupRuleId: rule?.SecurityGroupRuleId,
        GroupId,
        GroupOwnerId: '123456789012',
        IsEgress: false,
        IpProtocol: 'tcp',
        FromPort: 22,
        ToPort: 22,
        CidrIpv4: '100.68.0.0/18',
        Description: 'office',
        Tags: [{ Key: 'k', Value: 'v' }],
        SecurityGroupRuleArn: `arn:aws:ec2:us-east-1:123456789012:security-group-rule/${rule?.SecurityGroupRuleId}`,
      },
    ],
  });
});

test('protocols, ports and ICMP types: both sides of each edge', () => {
  const rows: readonly (readonly [permission: IpPermission, shown: string])[] = [
    [{ IpProtocol: 'tcp', FromPort: 0, ToPort: 65535 }, 'tcp 0 65535'],
    [{ IpProtocol: 'TCP', FromPort: 1, ToPort: 1 }, 'tcp 1 1'],
    [{ IpProtocol: '6', FromPort: 1, ToPort: 2 }, 'tcp 1 2'],
    [{ IpProtocol: '17', FromPort: 1, ToPort: 2 }, 'udp 1 2'],
    [{ IpProtocol: 'tcp', FromPort: -1, ToPort: 1 }, 'InvalidParameterValue'],
    [{ IpProtocol: 'tcp', FromPort: -1, ToPort: -1 }, 'InvalidParameterValue'],
    [{ IpProtocol: 'tcp', FromPort: 1, ToPort: 65536 }, 'InvalidParameterValue'],
    [{ IpProtocol: 'tcp', FromPort: 2, ToPort: 1 }, 'InvalidParameterValue'],
    [{ IpProtocol: 'tcp', FromPort: 2 }, 'InvalidParameterValue'],
    [{ IpProtocol: 'udp' }, 'InvalidParameterValue'],
    [{ IpProtocol: 'icmp', FromPort: -1, ToPort: -1 }, 'icmp -1 -1'],
    [{ IpProtocol: 'icmp', FromPort: 8, ToPort: -1 }, 'icmp 8 -1'],
    [{ IpProtocol: '1', FromPort: 3, ToPort: 4 }, 'icmp 3 4'],
    [{ IpProtocol: 'icmp', FromPort: 255, ToPort: 255 }, 'icmp 255 255'],
    [{ IpProtocol: 'icmp', FromPort: 256, ToPort: 0 }, 'InvalidParameterValue'],
    [{ IpProtocol: 'icmp', FromPort: -1, ToPort: 0 }, 'InvalidParameterValue'],
    [{ IpProtocol: 'icmp', FromPort: -2, ToPort: -1 }, 'InvalidParameterValue'],
    [{ IpProtocol: 'icmp' }, 'InvalidParameterValue'],
    [{ IpProtocol: 'icmpv6' }, 'icmpv6 -1 -1'],
    [{ IpProtocol: '58', FromPort: 128, ToPort: 0 }, 'icmpv6 128 0'],
    [{ IpProtocol: 'icmpv6', FromPort: 128 }, 'InvalidParameterValue'],
    [{ IpProtocol: '-1' }, '-1 undefined undefined'],
    [{ IpProtocol: '-1', FromPort: 22, ToPort: 22 }, '-1 undefined undefined'],
    [{ IpProtocol: '50', FromPort: 22, ToPort: 22 }, '50 undefined undefined'],
    [{ IpProtocol: '0' }, '0 undefined undefined'],
    [{ IpProtocol: '255' }, '255 undefined undefined'],
    [{ IpProtocol: '256' }, 'InvalidParameterValue'],
    [{ IpProtocol: '-2' }, 'InvalidParameterValue'],
    [{ IpProtocol: 'toString' }, 'InvalidParameterValue'],
    [{ IpProtocol: 'sctp' }, 'InvalidParameterValue'],
    [{}, 'InvalidParameterValue'],
  ];
  for (const [permission, expected] of rows) {
    const account = new Account();
    const GroupId = create(account, 'web');
    const outcome = account.attempt('AuthorizeSecurityGroupIngress', {
      GroupId,
      IpPermissions: [{ ...permission, IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    });
    const [held] = shown(account, GroupId);
    const found =
      outcome.kind === 'refused' ? outcome.code : `${held?.IpProtocol} ${held?.FromPort} ${held?.ToPort}`;
    assert.equal(found, expected, JSON.stringify(permission));
  }
});

test('peers that are not right are refused', () => {
  const account = new Account();
  const GroupId = create(account, 'web');
  const rows: readonly (readonly [peer: IpPermission, code: string])[] = [
    [{}, 'MissingParameter'],
    [{ IpRanges: [] }, 'MissingParameter'],
    [{ IpRanges: [{ CidrIp: '10.0.0.1' }] }, 'InvalidParameterValue'],
    [{ IpRanges: [{ CidrIp: '10.0.0.0/33' }] }, 'InvalidParameterValue'],
    [{ IpRanges: [{ CidrIp: '010.0.0.0/8' }] }, 'InvalidParameterValue'],
    [{ IpRanges: [{ CidrIp: ' 10.0.0.0/8' }] }, 'InvalidParameterValue'],
    [{ IpRanges: [{ CidrIp: '::/0' }] }, 'InvalidParameterValue'],
    [{ IpRanges: [{}] }, 'MissingParameter'],
    [{ Ipv6Ranges: [{ CidrIpv6: '10.0.0.0/8' }] }, 'InvalidParameterValue'],
    [{ Ipv6Ranges: [{ CidrIpv6: '2001:db8::/129' }] }, 'InvalidParameterValue'],
    [{ PrefixListIds: [{ PrefixListId: 'pl-x' }] }, 'InvalidPrefixListId.Malformed'],
    [{ PrefixListIds: [{ PrefixListId: 'pl-0123456789abcdef0' }] }, 'InvalidPrefixListID.NotFound'],
    [{ UserIdGroupPairs: [{ GroupId: 'sg-x' }] }, 'InvalidGroupId.Malformed'],
    [{ UserIdGroupPairs: [{ GroupId: 'sg-0123456789abcdef0' }] }, 'InvalidGroup.NotFound'],
    [{ UserIdGroupPairs: [{ GroupId, UserId: '999999999999' }] }, 'InvalidGroup.NotFound'],
    [{ UserIdGroupPairs: [{ GroupName: 'nobody' }] }, 'InvalidGroup.NotFound'],
    [{ UserIdGroupPairs: [{}] }, 'MissingParameter'],
    [{ IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a'.repeat(256) }] }, 'InvalidParameterValue'],
    [{ IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a|b' }] }, 'InvalidParameterValue'],
  ];
  for (const [peer, code] of rows) {
    const IpPermissions = [tcp(1), { IpProtocol: '-1', ...peer }];
    assert.equal(
      account.refusal('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions }),
      code,
      JSON.stringify(peer),
    );
  }
  account.call('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'a'.repeat(255) }] }],
  });
});

test('a rule stands once in a group and once in a request', () => {
  const account = new Account();
  const GroupId = create(account, 'web');
  const authorize = (IpPermissions: readonly IpPermission[], action = 'AuthorizeSecurityGroupIngress') => {
    const outcome = account.attempt(action, { GroupId, IpPermissions });
    return outcome.kind === 'ok' ? 'ok' : outcome.code;
  };
  assert.equal(authorize([tcp(22)]), 'ok');
  assert.equal(authorize([tcp(22)]), 'InvalidPermission.Duplicate');
  assert.equal(authorize([tcp(22, '10.1.2.3/8')]), 'InvalidPermission.Duplicate', 'canonical form');
  assert.equal(authorize([tcp(80), tcp(22)]), 'InvalidPermission.Duplicate');
  assert.equal(shown(account, GroupId).length, 1, 'nothing of a refused request');
  assert.equal(authorize([tcp(80), tcp(80)]), 'InvalidParameterValue');
  assert.equal(
    authorize([{ ...tcp(80), IpRanges: [{ CidrIp: '1.0.0.0/8' }, { CidrIp: '1.1.0.0/8' }] }]),
    'InvalidParameterValue',
  );
  assert.equal(authorize([tcp(22)], 'AuthorizeSecurityGroupEgress'), 'ok', 'the other direction');
  assert.equal(
    authorize([{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }], 'AuthorizeSecurityGroupEgress'),
    'InvalidPermission.Duplicate',
  );
});

test('permissions of one protocol and port range are shown together', () => {
  const account = new Account();
  const [GroupId, other] = [create(account, 'web'), create(account, 'app')];
  const list = {
    id: 'pl-0123456789abcdef0' as PrefixListId,
    name: 'offices',
    family: 'ipv4',
    maxEntries: 3,
    version: 1,
    entries: [],
    history: [],
    ownerId: '123456789012',
    tags: {},
  } as const;
  account.change(({ transaction }) => transaction.put('prefixList', list));
  const peers: IpPermission = {
    IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '11.0.0.0/8', Description: 'b' }],
    Ipv6Ranges: [{ CidrIpv6: '2001:DB8:0:0::1/32' }],
    PrefixListIds: [{ PrefixListId: list.id }],
    UserIdGroupPairs: [{ GroupName: 'app', Description: 'a' }],
  };
  account.call('AuthorizeSecurityGroupIngress', {
    GroupId,
    IpPermissions: [{ IpProtocol: 'tcp', FromPort: 443, ToPort: 443, ...peers }, tcp(80)],
  });
  assert.deepEqual(shown(account, GroupId), [
    {
      IpProtocol: 'tcp',
      FromPort: 443,
      ToPort: 443,
      IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '11.0.0.0/8', Description: 'b' }],
      Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
      PrefixListIds: [{ PrefixListId: list.id }],
      UserIdGroupPairs: [{ GroupId: other, UserId: '123456789012', Description: 'a' }],
    },
    { ...tcp(80), Ipv6Ranges: [], PrefixListIds: [], UserIdGroupPairs: [] },
  ]);
});

test('the flat parameters', () => {
  const account = new Account();
  const [GroupId, other] = [create(account, 'web'), create(account, 'app')];
  account.call('AuthorizeSecurityGroupIngress', {
    GroupName: 'web',
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIp: '10.0.0.0/8',
  });
  account.call('AuthorizeSecurityGroupIngress', { GroupId, SourceSecurityGroupName: 'app' });
  assert.deepEqual(
    shown(account, GroupId).map(({ IpProtocol, FromPort, ToPort, UserIdGroupPairs }) => [
      `${IpProtocol} ${FromPort} ${ToPort}`,
      UserIdGroupPairs?.[0]?.GroupId,
    ]),
    [
      ['tcp 22 22', undefined],
      ['tcp 0 65535', other],
      ['udp 0 65535', other],
      ['icmp -1 -1', other],
    ],
  );
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ GroupId }, 'MissingParameter'],
    [{ IpPermissions: [tcp(1)] }, 'MissingParameter'],
    [{ GroupId, IpProtocol: 'tcp', FromPort: 1, ToPort: 1 }, 'MissingParameter'],
    [{ GroupId, CidrIp: '10.0.0.0/8' }, 'InvalidParameterValue'],
    [{ GroupId, CidrIp: '::/0', IpProtocol: '-1' }, 'InvalidParameterValue'],
    [{ GroupId, IpPermissions: [tcp(1)], CidrIp: '10.0.0.0/8' }, 'InvalidParameterCombination'],
    [{ GroupId, SourceSecurityGroupName: 'app', IpProtocol: 'tcp' }, 'InvalidParameterCombination'],
    [{ GroupId, SourceSecurityGroupName: 'nobody' }, 'InvalidGroup.NotFound'],
  ];
  for (const [input, code] of rows) {
    assert.equal(account.refusal('AuthorizeSecurityGroupIngress', input), code, JSON.stringify(input));
  }
  const flat = { GroupId, IpProtocol: 'tcp', FromPort: 1, ToPort: 1, CidrIp: '10.0.0.0/8' };
  assert.equal(account.refusal('AuthorizeSecurityGroupEgress', flat), 'UnsupportedOperation');
});

test('the quota of rules, counted per family', () => {
  const account = new Account({ quotas: { rulesPerSecurityGroup: 3 } });
  const GroupId = create(account, 'web');
  const authorize = (...IpPermissions: readonly IpPermission[]) => {
    const outcome = account.attempt('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
    return outcome.kind === 'ok' ? 'ok' : outcome.code;
  };
  assert.equal(authorize(tcp(1), tcp(2), tcp(3), tcp(4)), 'RulesPerSecurityGroupLimitExceeded');
  assert.equal(shown(account, GroupId).length, 0);
  assert.equal(authorize(tcp(1), tcp(2)), 'ok');
  assert.equal(authorize({ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId }] }), 'ok');
  assert.equal(authorize(tcp(3)), 'RulesPerSecurityGroupLimitExceeded');
  const v6 = (CidrIpv6: string): IpPermission => ({ IpProtocol: '-1', Ipv6Ranges: [{ CidrIpv6 }] });
  assert.equal(authorize(v6('2001:db8::/32'), v6('2001:db9::/32')), 'ok');
  assert.equal(authorize(v6('2001:dba::/32')), 'RulesPerSecurityGroupLimitExceeded');
});

test('a group of another VPC is a peer only where a peering leads there', () => {
  const [mine, theirs] = [new Account(), new Account({ account: '999999999999' })];
  const GroupId = create(mine, 'web');
  const [other] = theirs.network.securityGroup.values();
  assert.ok(other);
  const pair = { GroupId: other.id, UserId: '999999999999' };
  const input = { GroupId, IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [pair] }] };
  const peer = (status: 'active' | 'pending-acceptance') =>
    mine.change(({ transaction }) => {
      transaction.at(theirs.scope).put('securityGroup', other);
      transaction.put('peering', {
        id: 'pcx-0123456789abcdef0' as never,
        requester: { ...mine.scope, vpcId: mine.defaultVpcId as never },
        accepter: { ...theirs.scope, vpcId: other.vpcId },
        status,
        createdAtMs: 0,
        statusAtMs: 0,
        tags: {},
      });
    });
  peer('pending-acceptance');
  assert.equal(mine.refusal('AuthorizeSecurityGroupIngress', input), 'InvalidGroup.NotFound');
  peer('active');
  mine.call('AuthorizeSecurityGroupIngress', input);
  assert.deepEqual(shown(mine, GroupId)[0]?.UserIdGroupPairs, [
    {
      GroupId: other.id,
      UserId: '999999999999',
      VpcId: other.vpcId,
      VpcPeeringConnectionId: 'pcx-0123456789abcdef0',
      PeeringStatus: 'active',
    },
  ]);
});
