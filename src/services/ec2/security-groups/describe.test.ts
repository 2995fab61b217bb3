import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  CreateSecurityGroupResult,
  DescribeSecurityGroupRulesResult,
  DescribeSecurityGroupsResult,
  GetSecurityGroupsForVpcResult,
} from '@aws-sdk/client-ec2';
import { parseCidr } from '#net/cidr.ts';
import { Account } from '../../../../tests/support/account.ts';
import { makeVpc } from '../vpcs/make-vpc.ts';

/** web (443 from everywhere, 22 from 10/8 to tagged), app (8080 from web), and another VPC's default group. */
function setUp() {
  const account = new Account();
  const create = (GroupName: string, Value: string) =>
    account.call<CreateSecurityGroupResult>('CreateSecurityGroup', {
      GroupName,
      Description: `the ${GroupName} tier`,
      TagSpecifications: [{ ResourceType: 'security-group', Tags: [{ Key: 'tier', Value }] }],
    }).GroupId ?? '';
  const [web, app] = [create('web', 'front'), create('app', 'back')];
  account.call('AuthorizeSecurityGroupIngress', {
    GroupId: web,
    IpPermissions: [
      { IpProtocol: 'tcp', FromPort: 443, ToPort: 444, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      { IpProtocol: 'udp', FromPort: 53, ToPort: 53, Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }] },
    ],
  });
  account.call('AuthorizeSecurityGroupIngress', {
    GroupId: app,
    IpPermissions: [{ IpProtocol: '50', UserIdGroupPairs: [{ GroupId: web }] }],
  });
  let vpcId = '';
  account.change((context) => {
    const cidr = parseCidr('10.0.0.0/16') ?? assert.fail();
    vpcId = makeVpc({ cidr, isDefault: false, tenancy: 'default', tags: {} }, context).id;
  });
  return { account, web, app, vpcId };
}

function namesOf(account: Account, input: object): string {
  const output = account.call<DescribeSecurityGroupsResult>('DescribeSecurityGroups', input);
  return (output.SecurityGroups ?? [])
    .map(({ GroupName, VpcId }) => (VpcId === account.defaultVpcId ? GroupName : `other ${GroupName}`))
    .sort()
    .join();
}

test('filters of groups', () => {
  const { account, web, app, vpcId } = setUp();
  const rows: readonly (readonly [filter: string, value: string, found: string])[] = [
    ['description', 'the * tier', 'app,web'],
    ['group-id', web, 'web'],
    ['group-id', 'sg-0123456789abcdef0', ''],
    ['group-id', 'sg-*', 'app,default,other default,web'],
    ['group-name', 'web', 'web'],
    ['group-name', 'Web', ''],
    ['group-name', 'default', 'default,other default'],
    ['owner-id', '123456789012', 'app,default,other default,web'],
    ['owner-id', '1', ''],
    ['vpc-id', vpcId, 'other default'],
    ['vpc-id', account.defaultVpcId, 'app,default,web'],
    ['tag:tier', 'front', 'web'],
    ['tag:tier', '*', 'app,web'],
    ['tag:Tier', 'front', ''],
    ['tag-key', 'tier', 'app,web'],
    ['ip-permission.cidr', '0.0.0.0/0', 'web'],
    ['egress.ip-permission.cidr', '0.0.0.0/0', 'app,default,other default,web'],
    ['ip-permission.ipv6-cidr', '2001:db8::/32', 'web'],
    ['egress.ip-permission.ipv6-cidr', '*', ''],
    ['ip-permission.from-port', '443', 'web'],
    ['ip-permission.from-port', '444', ''],
    ['ip-permission.to-port', '444', 'web'],
    ['ip-permission.protocol', 'tcp', 'web'],
    ['ip-permission.protocol', '17', 'web'],
    ['ip-permission.protocol', '50', 'app'],
    ['ip-permission.protocol', '-1', 'default,other default'],
    ['ip-permission.group-id', web, 'app'],
    ['egress.ip-permission.group-id', web, ''],
    ['ip-permission.group-name', 'web', 'app'],
    ['ip-permission.user-id', '123456789012', 'app,default,other default'],
    ['ip-permission.prefix-list-id', '*', ''],
  ];
  for (const [Name, value, found] of rows) {
    assert.equal(namesOf(account, { Filters: [{ Name, Values: [value] }] }), found, `${Name}=${value}`);
  }
  assert.equal(
    namesOf(account, {
      Filters: [
        { Name: 'ip-permission.protocol', Values: ['udp'] },
        { Name: 'ip-permission.cidr', Values: ['0.0.0.0/0'] },
        { Name: 'group-id', Values: [web, app, web] },
      ],
    }),
    'web',
    'two rules together match two filters',
  );
});

test('groups are described by id and by name', () => {
  const { account, web } = setUp();
  assert.equal(namesOf(account, { GroupIds: [web, web] }), 'web');
  assert.equal(namesOf(account, { GroupNames: ['app'], GroupIds: [web] }), 'app,web');
  assert.equal(namesOf(account, { GroupIds: [web], Filters: [{ Name: 'group-name', Values: ['app'] }] }), '');
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ GroupIds: ['sg-x'] }, 'InvalidGroupId.Malformed'],
    [{ GroupIds: [web, 'sg-0123456789abcdef0'] }, 'InvalidGroup.NotFound'],
    [{ GroupNames: ['nobody'] }, 'InvalidGroup.NotFound'],
    [{ Filters: [{ Name: 'nonsense', Values: ['a'] }] }, 'InvalidParameterValue'],
    [{ MaxResults: 4 }, 'InvalidParameterValue'],
    [{ MaxResults: 1001 }, 'InvalidParameterValue'],
    [{ NextToken: 'nonsense' }, 'InvalidPaginationToken'],
  ];
  for (const [input, code] of rows) {
    assert.equal(account.refusal('DescribeSecurityGroups', input), code, JSON.stringify(input));
  }
});

test('a described group', () => {
  const { account, app, web } = setUp();
  const output = account.call<DescribeSecurityGroupsResult>('DescribeSecurityGroups', { GroupIds: [app] });
  assert.deepEqual(output, {
    SecurityGroups: [
      {
        GroupId: app,
        GroupName: 'app',
        Description: 'the app tier',
        OwnerId: '123456789012',
        VpcId: account.defaultVpcId,
        SecurityGroupArn: `arn:aws:ec2:us-east-1:123456789012:security-group/${app}`,
        IpPermissions: [
          {
            IpProtocol: '50',
            IpRanges: [],
            Ipv6Ranges: [],
            PrefixListIds: [],
            UserIdGroupPairs: [{ GroupId: web, UserId: '123456789012' }],
          },
        ],
        IpPermissionsEgress: [
          {
            IpProtocol: '-1',
            IpRanges: [{ CidrIp: '0.0.0.0/0' }],
            Ipv6Ranges: [],
            PrefixListIds: [],
            UserIdGroupPairs: [],
          },
        ],
        Tags: [{ Key: 'tier', Value: 'back' }],
      },
    ],
    NextToken: undefined,
  });
});

test('pages of groups hold together', () => {
  const { account } = setUp();
  for (let number = 0; number < 9; number++) {
    account.call('CreateSecurityGroup', { GroupName: `g${number}`, Description: 'd' });
  }
  const seen: (string | undefined)[] = [];
  let NextToken: string | undefined;
  do {
    const input = { MaxResults: 5, NextToken, Filters: [{ Name: 'vpc-id', Values: [account.defaultVpcId] }] };
    const page = account.call<DescribeSecurityGroupsResult>('DescribeSecurityGroups', input);
    seen.push(...(page.SecurityGroups ?? []).map(({ GroupId }) => GroupId));
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  assert.equal(seen.length, 12);
  assert.equal(new Set(seen).size, 12);
});

test('rules are described by id and filter', () => {
  const { account, web } = setUp();
  const rulesOf = (input: object) =>
    account.call<DescribeSecurityGroupRulesResult>('DescribeSecurityGroupRules', input).SecurityGroupRules ??
    [];
  const ofWeb = rulesOf({ Filters: [{ Name: 'group-id', Values: [web] }] });
  assert.deepEqual(
    ofWeb
      .map(({ IsEgress, IpProtocol, FromPort, ToPort }) => [IsEgress, IpProtocol, FromPort, ToPort])
      .sort(),
    [
      [false, 'tcp', 443, 444],
      [false, 'udp', 53, 53],
      [true, '-1', -1, -1],
    ],
  );
  const ids = ofWeb.map(({ SecurityGroupRuleId }) => SecurityGroupRuleId ?? '');
  const [first = ''] = ids;
  account.call('CreateTags', { Resources: [first], Tags: [{ Key: 'k', Value: 'v' }] });
  const idsOf = (input: object) => rulesOf(input).map(({ SecurityGroupRuleId }) => SecurityGroupRuleId);
  assert.deepEqual(idsOf({ SecurityGroupRuleIds: [first] }), [first]);
  assert.deepEqual(idsOf({ Filters: [{ Name: 'security-group-rule-id', Values: [first] }] }), [first]);
  assert.deepEqual(idsOf({ Filters: [{ Name: 'tag:k', Values: ['v'] }] }), [first]);
  assert.equal(idsOf({}).length, 3 + 2 + 2 + 2);
  const rows: readonly (readonly [input: object, code: string])[] = [
    [{ SecurityGroupRuleIds: ['sgr-x'] }, 'InvalidSecurityGroupRuleId.Malformed'],
    [{ SecurityGroupRuleIds: ['sgr-0123456789abcdef0'] }, 'InvalidSecurityGroupRuleId.NotFound'],
    [{ Filters: [{ Name: 'group-name', Values: ['web'] }] }, 'InvalidParameterValue'],
  ];
  for (const [input, code] of rows) {
    assert.equal(account.refusal('DescribeSecurityGroupRules', input), code, JSON.stringify(input));
  }
});

test('the groups that a VPC can use', () => {
  const { account, vpcId } = setUp();
  const groups = (input: object) =>
    account.call<GetSecurityGroupsForVpcResult>('GetSecurityGroupsForVpc', input).SecurityGroupForVpcs ?? [];
  const names = (input: object) =>
    groups(input)
      .map(({ GroupName }) => GroupName)
      .sort()
      .join();
  const VpcId = account.defaultVpcId;
  assert.equal(names({ VpcId }), 'app,default,web');
  assert.equal(names({ VpcId: vpcId }), 'default');
  assert.equal(names({ VpcId, Filters: [{ Name: 'group-name', Values: ['w*'] }] }), 'web');
  assert.equal(names({ VpcId, Filters: [{ Name: 'primary-vpc-id', Values: [vpcId] }] }), '');
  assert.equal(groups({ VpcId: vpcId })[0]?.PrimaryVpcId, vpcId);
  assert.equal(account.refusal('GetSecurityGroupsForVpc', {}), 'MissingParameter');
  assert.equal(
    account.refusal('GetSecurityGroupsForVpc', { VpcId: 'vpc-0123456789abcdef0' }),
    'InvalidVpcID.NotFound',
  );
});
