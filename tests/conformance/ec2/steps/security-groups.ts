/** Security groups and their rules. */
import { type Members, type Refused, type Row, step } from '../step.ts';
import { groupSharingRows } from './group-sharing.ts';
import { ruleChangeRows, web } from './security-group-changes.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const missing = 'MissingParameter';
const unknown = '0123456789abcdef0';
const of = (change: Members): Members => ({ IpPermissions: [{ ...web, ...change }] });

/** What is wrong with a permission, for new rules of either direction. */
const wrongPermissions: readonly Refused[] = [
  [of({ IpProtocol: 'x' }), value],
  [of({ IpProtocol: '256' }), value],
  [of({ FromPort: 81 }), value],
  [of({ FromPort: undefined }), value],
  [of({ ToPort: 65536 }), value],
  [of({ FromPort: -2 }), value],
  [of({ IpProtocol: 'icmp', FromPort: undefined, ToPort: undefined }), value],
  [of({ IpProtocol: 'icmp', FromPort: 256, ToPort: 0 }), value],
  [of({ IpProtocol: 'icmp', FromPort: -1, ToPort: 0 }), value],
  [of({ IpRanges: [] }), missing],
  [of({ IpRanges: [{ CidrIp: '10.0.0.0/33' }] }), value],
  [of({ IpRanges: [{ CidrIp: '::/0' }] }), value],
  [of({ IpRanges: [{ Description: 'x' }] }), missing],
  [of({ IpRanges: [], Ipv6Ranges: [{ CidrIpv6: 'x' }] }), value],
  [of({ IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'd'.repeat(256) }] }), value],
  [of({ IpRanges: [{ CidrIp: '10.0.0.0/8', Description: '<' }] }), value],
  [of({ PrefixListIds: [{ PrefixListId: 'x' }] }), 'InvalidPrefixListId.Malformed'],
  [of({ PrefixListIds: [{ PrefixListId: `pl-${unknown}` }] }), 'InvalidPrefixListID.NotFound'],
  [of({ PrefixListIds: [{ Description: 'x' }] }), missing],
  [of({ UserIdGroupPairs: [{ GroupId: 'x' }] }), 'InvalidGroupId.Malformed'],
  [of({ UserIdGroupPairs: [{ GroupId: `sg-${unknown}` }] }), 'InvalidGroup.NotFound'],
  [of({ UserIdGroupPairs: [{ GroupId: '$foreignGroup' }] }), 'InvalidGroup.NotFound'],
  [of({ UserIdGroupPairs: [{ GroupId: '$group', UserId: '999999999999' }] }), 'InvalidGroup.NotFound'],
  [of({ UserIdGroupPairs: [{ Description: 'x' }] }), missing],
  [{ IpPermissions: [web, web] }, value],
];

const making: readonly Row[] = [
  step(
    'CreateSecurityGroup',
    { GroupName: 'web', Description: 'web servers', VpcId: '$vpc' },
    {
      required: ['GroupName', 'Description'],
      ids: { VpcId: 'vpc' },
      tags: 'security-group',
      refuses: [
        [{ GroupName: 'default' }, 'InvalidGroup.Reserved'],
        [{ GroupName: 'sg-web' }, value],
        [{ GroupName: '   ' }, missing],
        [{ GroupName: 'n'.repeat(256) }, value],
        [{ GroupName: 'ü' }, value],
        [{ Description: 'd'.repeat(256) }, value],
      ],
      shows: {
        GroupId: /^sg-[0-9a-f]{17}$/,
        SecurityGroupArn: /^arn:aws:ec2:us-east-1:123456789012:security-group\/sg-/,
      },
      remembers: { group: 'GroupId' },
      after: [
        [{}, 'InvalidGroup.Duplicate'],
        [{ GroupName: 'WEB' }, 'InvalidGroup.Duplicate'],
      ],
    },
  ),
  step(
    'CreateSecurityGroup',
    { GroupName: 'app', Description: 'app servers', VpcId: '$vpc' },
    { shows: { Tags: undefined }, remembers: { app: 'GroupId' } },
  ),
  step(
    'CreateSecurityGroup',
    { GroupName: 'foreign', Description: 'elsewhere', VpcId: '$otherVpc' },
    { remembers: { foreignGroup: 'GroupId' } },
  ),
  step(
    'CreateSecurityGroup',
    { GroupName: 'plain', Description: 'in the default VPC' },
    { remembers: { plain: 'GroupId' } },
  ),
  step(
    'DescribeSecurityGroups',
    { GroupNames: ['default'] },
    { remembers: { defaultGroup: 'SecurityGroups.0.GroupId' } },
  ),
  step('DescribeSecurityGroups', { GroupNames: ['nobody'] }, { code: 'InvalidGroup.NotFound' }),
];

const authorizing: readonly Row[] = [
  step(
    'CreateSecurityGroup',
    { GroupName: 'third', Description: 'one more', VpcId: '$vpc' },
    { remembers: { thirdGroup: 'GroupId' } },
  ),
  step(
    'AuthorizeSecurityGroupIngress',
    { GroupId: '$group', IpPermissions: [web] },
    {
      required: ['GroupId', 'IpPermissions'],
      ids: { GroupId: 'securityGroup' },
      tags: 'security-group-rule',
      refuses: [
        ...wrongPermissions,
        [{ GroupName: 'web' }, combination],
        [{ IpProtocol: 'tcp' }, combination],
        [{ IpPermissions: undefined, IpProtocol: 'tcp', FromPort: 1, ToPort: 2 }, missing],
        [{ IpPermissions: undefined, CidrIp: '10.0.0.0/8', SourceSecurityGroupName: 'default' }, combination],
        [
          { IpPermissions: Array.from({ length: 61 }, (_, n) => ({ ...web, FromPort: n, ToPort: n })) },
          'RulesPerSecurityGroupLimitExceeded',
        ],
        [{ GroupId: undefined, GroupName: 'nobody' }, 'InvalidGroup.NotFound'],
      ],
      shows: {
        Return: true,
        'SecurityGroupRules.0.SecurityGroupRuleId': /^sgr-[0-9a-f]{17}$/,
        'SecurityGroupRules.0.IsEgress': false,
        'SecurityGroupRules.0.GroupOwnerId': '123456789012',
        'SecurityGroupRules.0.CidrIpv4': '10.0.0.0/8',
        'SecurityGroupRules.0.Description': 'all of us',
      },
      remembers: { rule: 'SecurityGroupRules.0.SecurityGroupRuleId' },
      after: [[{}, 'InvalidPermission.Duplicate']],
    },
  ),
  step('AuthorizeSecurityGroupIngress', {
    GroupName: 'plain',
    IpProtocol: 'tcp',
    FromPort: 22,
    ToPort: 22,
    CidrIp: '10.0.0.0/8',
  }),
  step(
    'AuthorizeSecurityGroupIngress',
    { GroupName: 'plain', SourceSecurityGroupName: 'default' },
    { shows: { 'SecurityGroupRules.length': 3 } },
  ),
  step('AuthorizeSecurityGroupIngress', {
    GroupId: '$group',
    IpPermissions: [
      { IpProtocol: '-1', UserIdGroupPairs: [{ GroupId: '$app' }] },
      {
        IpProtocol: 'udp',
        FromPort: 53,
        ToPort: 53,
        Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
        PrefixListIds: [{ PrefixListId: '$list' }],
      },
      { IpProtocol: 'icmpv6', Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
      { IpProtocol: 'icmp', FromPort: 8, ToPort: -1, IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
      { IpProtocol: '50', IpRanges: [{ CidrIp: '0.0.0.0/0' }] },
    ],
  }),
  step(
    'AuthorizeSecurityGroupEgress',
    {
      GroupId: '$group',
      IpPermissions: [
        web,
        {
          IpProtocol: 'udp',
          FromPort: 53,
          ToPort: 53,
          Ipv6Ranges: [{ CidrIpv6: '2001:db8::/32' }],
          PrefixListIds: [{ PrefixListId: '$list' }],
          UserIdGroupPairs: [{ GroupId: '$app' }],
        },
      ],
    },
    {
      required: ['GroupId', 'IpPermissions'],
      ids: { GroupId: 'securityGroup' },
      tags: 'security-group-rule',
      refuses: [
        ...wrongPermissions,
        [{ IpPermissions: undefined, IpProtocol: 'tcp' }, 'UnsupportedOperation'],
      ],
      remembers: { egressRule: 'SecurityGroupRules.0.SecurityGroupRuleId' },
      shows: { 'SecurityGroupRules.0.IsEgress': true },
      after: [[{}, 'InvalidPermission.Duplicate']],
    },
  ),
  ...['sg', 'pl'].map(
    (prefix): Row =>
      step(
        'DescribeSecurityGroups',
        {
          Filters: [
            {
              Name: prefix === 'sg' ? 'ip-permission.group-id' : 'ip-permission.prefix-list-id',
              Values: [prefix === 'sg' ? '$app' : '$list'],
            },
          ],
        },
        { shows: { 'SecurityGroups.0.GroupId': '$group' } },
      ),
  ),
  step(
    'GetManagedPrefixListAssociations',
    { PrefixListId: '$list' },
    { shows: { PrefixListAssociations: [{ ResourceId: '$group', ResourceOwner: '123456789012' }] } },
  ),
];

const permission = (prefix: string, path: string) => ({
  [`${prefix}.cidr`]: `${path}.*.IpRanges.*.CidrIp`,
  [`${prefix}.ipv6-cidr`]: `${path}.*.Ipv6Ranges.*.CidrIpv6`,
  [`${prefix}.from-port`]: `=53`,
  [`${prefix}.to-port`]: '=53',
  [`${prefix}.group-id`]: `${path}.*.UserIdGroupPairs.*.GroupId`,
  [`${prefix}.group-name`]: '=app',
  [`${prefix}.prefix-list-id`]: `${path}.*.PrefixListIds.*.PrefixListId`,
  [`${prefix}.protocol`]: `${path}.*.IpProtocol`,
  [`${prefix}.user-id`]: `${path}.*.UserIdGroupPairs.*.UserId`,
});

const describing: readonly Row[] = [
  step('ModifyManagedPrefixList', { PrefixListId: '$list', MaxEntries: 5 }),
  {
    lists: 'DescribeSecurityGroups',
    items: 'SecurityGroups',
    by: 'GroupId',
    item: '$group',
    ids: ['GroupIds', 'securityGroup'],
    tagged: true,
    bounds: [5, 1000],
    filters: {
      description: 'Description',
      'group-id': 'GroupId',
      'group-name': 'GroupName',
      'owner-id': 'OwnerId',
      'vpc-id': 'VpcId',
      ...permission('ip-permission', 'IpPermissions'),
      ...permission('egress.ip-permission', 'IpPermissionsEgress'),
    },
  },
  {
    lists: 'DescribeSecurityGroupRules',
    items: 'SecurityGroupRules',
    by: 'SecurityGroupRuleId',
    item: '$rule',
    ids: ['SecurityGroupRuleIds', 'rule'],
    tagged: true,
    bounds: [5, 1000],
    filters: { 'group-id': 'GroupId', 'security-group-rule-id': 'SecurityGroupRuleId' },
  },
  {
    lists: 'GetSecurityGroupsForVpc',
    input: { VpcId: '$vpc' },
    items: 'SecurityGroupForVpcs',
    by: 'GroupId',
    item: '$group',
    tagged: true,
    bounds: [5, 1000],
    filters: {
      description: 'Description',
      'group-id': 'GroupId',
      'group-name': 'GroupName',
      'owner-id': 'OwnerId',
      'primary-vpc-id': 'PrimaryVpcId',
    },
  },
  step('GetSecurityGroupsForVpc', { VpcId: '$vpc' }, { required: ['VpcId'], ids: { VpcId: 'vpc' } }),
];

const ending: readonly Row[] = [
  step(
    'DeleteSecurityGroup',
    { GroupName: 'plain' },
    {
      refuses: [
        [{ GroupName: undefined }, missing],
        [{ GroupName: undefined, GroupId: '$defaultGroup' }, 'CannotDelete'],
        [{ GroupName: undefined, GroupId: '$app' }, 'DependencyViolation'],
      ],
      shows: { Return: true, GroupId: '$plain' },
    },
  ),
];

export const securityGroupStory: readonly Row[] = [
  ...making,
  ...authorizing,
  ...describing,
  ...ruleChangeRows,
  ...groupSharingRows,
  ...ending,
];
