/** Security groups and their rules. */
import { type Members, type Refused, type Row, step } from '../step.ts';

const value = 'InvalidParameterValue';
const combination = 'InvalidParameterCombination';
const missing = 'MissingParameter';
const unknown = '0123456789abcdef0';
const web = {
  IpProtocol: 'tcp',
  FromPort: 80,
  ToPort: 80,
  IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'all of us' }],
};
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

const changed = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443, CidrIpv4: '10.0.0.0/8' };
const modify = (
  SecurityGroupRule: Members | undefined,
  SecurityGroupRuleId: string | undefined = '$rule',
) => ({
  SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
});

const changing: readonly Row[] = [
  step(
    'ModifySecurityGroupRules',
    { GroupId: '$group', ...modify(changed) },
    {
      required: ['GroupId', 'SecurityGroupRules'],
      ids: { GroupId: 'securityGroup' },
      refuses: [
        [{ SecurityGroupRules: [{ SecurityGroupRule: changed }] }, missing],
        [{ SecurityGroupRules: [{ SecurityGroupRuleId: '$rule' }] }, missing],
        [
          {
            SecurityGroupRules: [
              ...modify(changed).SecurityGroupRules,
              ...modify(changed).SecurityGroupRules,
            ],
          },
          value,
        ],
        [modify(changed, 'x'), 'InvalidSecurityGroupRuleId.Malformed'],
        [modify(changed, `sgr-${unknown}`), 'InvalidSecurityGroupRuleId.NotFound'],
        [modify({ ...changed, CidrIpv6: '::/0' }), combination],
        [modify({ ...changed, CidrIpv4: undefined }), missing],
        [modify({ ...changed, CidrIpv4: 'x' }), value],
        [modify({ ...changed, CidrIpv4: undefined, CidrIpv6: '::/0' }), value],
        [modify({ ...changed, CidrIpv4: undefined, PrefixListId: '$list' }), value],
        [modify({ ...changed, CidrIpv4: undefined, ReferencedGroupId: '$app' }), value],
        [modify({ IpProtocol: '50', CidrIpv4: '0.0.0.0/0' }), 'InvalidPermission.Duplicate'],
      ],
      shows: { Return: true },
    },
  ),
  ...(['Ingress', 'Egress'] as const).map((direction): Row => {
    const id = direction === 'Ingress' ? '$rule' : '$egressRule';
    return step(
      `UpdateSecurityGroupRuleDescriptions${direction}`,
      {
        GroupId: '$group',
        SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: id, Description: 'new words' }],
      },
      {
        required: ['GroupId', 'SecurityGroupRuleDescriptions'],
        ids: { GroupId: 'securityGroup' },
        refuses: [
          [{ IpPermissions: [web] }, combination],
          [
            { SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: `sgr-${unknown}` }] },
            'InvalidSecurityGroupRuleId.NotFound',
          ],
          [
            { SecurityGroupRuleDescriptions: [{ SecurityGroupRuleId: 'x' }] },
            'InvalidSecurityGroupRuleId.Malformed',
          ],
          [{ SecurityGroupRuleDescriptions: [{ Description: 'x' }] }, missing],
          [
            { SecurityGroupRuleDescriptions: undefined, IpPermissions: [{ ...web, FromPort: 1, ToPort: 1 }] },
            'InvalidPermission.NotFound',
          ],
        ],
        shows: { Return: true },
      },
    );
  }),
  step('UpdateSecurityGroupRuleDescriptionsEgress', {
    GroupId: '$group',
    IpPermissions: [{ ...web, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'by values' }] }],
  }),
  ...(['Ingress', 'Egress'] as const).map((direction): Row => {
    const id = direction === 'Ingress' ? '$rule' : '$egressRule';
    return step(
      `RevokeSecurityGroup${direction}`,
      { GroupId: '$group', SecurityGroupRuleIds: [id] },
      {
        required: ['GroupId', 'SecurityGroupRuleIds'],
        ids: { GroupId: 'securityGroup', SecurityGroupRuleIds: 'rule' },
        refuses: [
          [{ IpPermissions: [web] }, combination],
          [
            { SecurityGroupRuleIds: undefined, IpPermissions: [{ ...web, FromPort: 1, ToPort: 1 }] },
            'InvalidPermission.NotFound',
          ],
        ],
        shows: { Return: true, 'RevokedSecurityGroupRules.0.SecurityGroupRuleId': id },
      },
    );
  }),
  // In a default VPC a rule that is not there is told and not refused.
  step(
    'RevokeSecurityGroupIngress',
    { GroupId: '$plain', IpPermissions: [web] },
    { shows: { Return: true, 'UnknownIpPermissions.0.FromPort': 80 } },
  ),
];

const sharing: readonly Row[] = [
  step(
    'AssociateSecurityGroupVpc',
    { GroupId: '$group', VpcId: '$otherVpc' },
    {
      required: ['GroupId', 'VpcId'],
      ids: { GroupId: 'securityGroup', VpcId: 'vpc' },
      refuses: [
        [{ VpcId: '$vpc' }, 'Resource.AlreadyAssociated'],
        [{ VpcId: '$defaultVpc' }, 'OperationNotPermitted'],
        [{ GroupId: '$defaultGroup' }, 'OperationNotPermitted'],
      ],
      shows: { State: 'associating' },
      after: [[{}, 'Resource.AlreadyAssociated']],
    },
  ),
  step('CreateSecurityGroup', { GroupName: 'app', Description: 'the same name', VpcId: '$otherVpc' }),
  step(
    'AssociateSecurityGroupVpc',
    { GroupId: '$app', VpcId: '$otherVpc' },
    { code: 'InvalidGroup.Duplicate' },
  ),
  {
    lists: 'DescribeSecurityGroupVpcAssociations',
    items: 'SecurityGroupVpcAssociations',
    by: 'GroupId',
    item: '$group',
    bounds: [5, 1000],
    filters: {
      'group-id': 'GroupId',
      'group-owner-id': 'GroupOwnerId',
      state: 'State',
      'vpc-id': 'VpcId',
      'vpc-owner-id': 'VpcOwnerId',
    },
  },
  step(
    'CreateNetworkInterface',
    { SubnetId: '$otherSubnet', Groups: ['$group'] },
    { remembers: { sharedEni: 'NetworkInterface.NetworkInterfaceId' } },
  ),
  step(
    'DisassociateSecurityGroupVpc',
    { GroupId: '$group', VpcId: '$otherVpc' },
    {
      code: 'DependencyViolation',
      required: ['GroupId', 'VpcId'],
      ids: { GroupId: 'securityGroup', VpcId: 'vpc' },
      refuses: [[{ VpcId: '$vpc' }, 'InvalidAssociationID.NotFound']],
    },
  ),
  step('DeleteNetworkInterface', { NetworkInterfaceId: '$sharedEni' }),
  step('DeleteSecurityGroup', { GroupId: '$group' }, { code: 'DependencyViolation' }),
  step(
    'DisassociateSecurityGroupVpc',
    { GroupId: '$group', VpcId: '$otherVpc' },
    { shows: { State: 'disassociating' } },
  ),
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
  ...changing,
  ...sharing,
  ...ending,
];
