import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CreateSecurityGroupResult, CreateSubnetResult, CreateVpcResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../tests/support/account.ts';
import { requestResources, wholeRequest } from '../ec2/request-resources.ts';
import type { Context } from '../operation.ts';
import { denialOf } from './permission.ts';
import { parsePolicy } from './policy.ts';

const account = new Account();
const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8Yy3p5m0mZ0m0f2i0Q4x9c8w7v6u5t4s3r2q1p0oNm x';
const vpc = account.defaultVpcId;
const makeGroup = (name: string) => {
  const input = { GroupName: name, Description: name };
  return account.call<CreateSecurityGroupResult>('CreateSecurityGroup', input).GroupId ?? assert.fail();
};
const web = makeGroup('web');
const db = makeGroup('db');
account.call('CreateTags', { Resources: [web, vpc], Tags: [{ Key: 'Team', Value: 'network' }] });
const taggedTwice = makeGroup('tagged twice');
account.call('CreateTags', {
  Resources: [taggedTwice],
  Tags: [
    { Key: 'Team', Value: 'network' },
    { Key: 'team', Value: 'web' },
  ],
});
account.call('ImportKeyPair', {
  KeyName: 'tagged',
  PublicKeyMaterial: Buffer.from(ed25519),
  TagSpecifications: [{ ResourceType: 'key-pair', Tags: [{ Key: 'Team', Value: 'network' }] }],
});
const { SecurityGroupRules: [rule] = [] } = account.call<{
  SecurityGroupRules?: { SecurityGroupRuleId: string }[];
}>('AuthorizeSecurityGroupIngress', { GroupId: web, CidrIp: '10.0.0.0/8', IpProtocol: '-1' });
const ruleId = rule?.SecurityGroupRuleId ?? assert.fail();
account.call('CreateLaunchTemplate', {
  LaunchTemplateName: 'servers',
  LaunchTemplateData: { ImageId: 'ami-0123456789abcdef0', SecurityGroupIds: [db] },
});
const [template] = account.network.launchTemplate.by('name', 'servers');
account.call('AllocateAddress', {});
const [address] = account.network.address.values();
const [table] = account.network.routeTable.by('mainOf', vpc);
const association = table?.associations[0]?.id;

const [subnet = assert.fail()] = [...account.network.subnet.by('vpc', vpc)].map(({ id }) => id);
const [acl = assert.fail()] = [...account.network.networkAcl.by('vpc', vpc)].map(({ id }) => id);
const { Vpc: other } = account.call<CreateVpcResult>('CreateVpc', { CidrBlock: '10.9.0.0/16' });
const elsewhere =
  account.call<CreateSubnetResult>('CreateSubnet', { VpcId: other?.VpcId, CidrBlock: '10.9.0.0/24' }).Subnet
    ?.SubnetId ?? assert.fail();

account.call('CreateNetworkInterface', { SubnetId: elsewhere });
const [eniElsewhere] = [...account.network.eni.by('subnet', elsewhere)].map(({ id }) => id);

/** Short forms of the ARNs: `TYPE/ID`. */
function named(action: string, input: object): readonly string[] {
  let found: readonly string[] = [];
  account.change((context) => {
    found = requestResources(action, wholeRequest(action, input, context), context);
  });
  return found.map((arn) => arn.replace('arn:aws:ec2:us-east-1:123456789012:', '')).sort();
}

account.call('CreateVpcPeeringConnection', { VpcId: other?.VpcId, PeerVpcId: vpc });
const [peering] = account.network.peering.values();
const image = 'ami-0123456789abcdef0';
const imageArn = `arn:aws:ec2:us-east-1::image/${image}`;
const launched = ['instance/*', 'network-interface/*', 'volume/*'];

describe('the resources of a request', () => {
  const rows: readonly (readonly [action: string, input: object, expected: readonly string[]])[] = [
    ['DescribeSecurityGroups', { GroupIds: [web] }, ['*']],
    ['CreateSecurityGroup', { GroupName: 'web', Description: `for ${db}` }, ['security-group/*']],
    ['CreateSecurityGroup', { GroupName: 'x', VpcId: vpc }, ['security-group/*', `vpc/${vpc}`]],
    ['DeleteSecurityGroup', { GroupId: web }, [`security-group/${web}`]],
    ['DeleteSecurityGroup', { GroupName: 'web' }, [`security-group/${web}`]],
    ['DeleteSecurityGroup', { GroupName: 'none' }, ['security-group/*']],
    [
      'AuthorizeSecurityGroupIngress',
      { GroupId: web, IpPermissions: [{ UserIdGroupPairs: [{ GroupId: db }] }], Description: db },
      [`security-group/${web}`],
    ],
    [
      'ModifySecurityGroupRules',
      {
        GroupId: web,
        SecurityGroupRules: [{ SecurityGroupRuleId: ruleId, SecurityGroupRule: { ReferencedGroupId: db } }],
      },
      [`security-group/${web}`],
    ],
    ['RevokeSecurityGroupIngress', { SecurityGroupRuleIds: [ruleId] }, [`security-group/${web}`]],
    ['CreateTags', { Resources: [web, vpc], Tags: [{ Key: db }] }, [`security-group/${web}`, `vpc/${vpc}`]],
    ['CreateTags', { Resources: [ruleId] }, [`security-group-rule/${ruleId}`]],
    ['ReleaseAddress', { PublicIp: address?.publicIp }, [`elastic-ip/${address?.id}`]],
    ['DisassociateRouteTable', { AssociationId: association }, [`route-table/${table?.id}`]],
    ['DisassociateRouteTable', { AssociationId: 'rtbassoc-00000000' }, ['route-table/*']],
    ['ImportKeyPair', { KeyName: 'mine' }, ['key-pair/mine']],
    ['DeleteKeyPair', { KeyPairId: 'key-00000000' }, ['key-pair/*']],
    [
      'RunInstances',
      { ImageId: image, SecurityGroups: ['web'] },
      [imageArn, ...launched, `security-group/${web}`],
    ],
    [
      'RunInstances',
      { ImageId: image, NetworkInterfaces: [{ Groups: [db], SubnetId: 'subnet-00000000' }] },
      [imageArn, ...launched, `security-group/${db}`, 'subnet/subnet-00000000'],
    ],
    [
      'RunInstances',
      { LaunchTemplate: { LaunchTemplateName: 'servers' } },
      [imageArn, ...launched, `launch-template/${template?.id}`, `security-group/${db}`],
    ],
    [
      'RunInstances',
      { ImageId: image, InstanceMarketOptions: { MarketType: 'spot' } },
      [imageArn, ...launched, 'spot-instances-request/*'],
    ],
    ['ModifyVpcAttribute', {}, ['*']],
    ['CreateVpcPeeringConnection', { VpcId: vpc }, [`vpc/${vpc}`, 'vpc-peering-connection/*']],
    ['CreateNatGateway', {}, ['natgateway/*']],
    ['CreateKeyPair', { KeyName: 'mine' }, ['key-pair/mine']],
    ['CreateRoute', { RouteTableId: table?.id }, [`route-table/${table?.id}`]],
    ['AllocateAddress', {}, ['elastic-ip/*']],
    [
      'AcceptVpcPeeringConnection',
      { VpcPeeringConnectionId: peering?.id },
      [`vpc-peering-connection/${peering?.id}`, `vpc/${vpc}`],
    ],
    [
      'CreateSnapshot',
      { VolumeId: 'vol-00000000' },
      ['arn:aws:ec2:us-east-1::snapshot/*', 'volume/vol-00000000'],
    ],
    [
      'CreateNetworkInsightsPath',
      {
        Source: `arn:aws:ec2:us-east-1:123456789012:network-interface/${eniElsewhere}`,
        Destination: 'igw-00000000',
      },
      ['internet-gateway/igw-00000000', 'network-insights-path/*', `network-interface/${eniElsewhere}`],
    ],
    // A name is a name, even one that looks like an id.
    ['CreateKeyPair', { KeyName: vpc }, [`key-pair/${vpc}`]],
    ['DeleteSecurityGroup', { GroupName: vpc }, ['security-group/*']],
    ['DeleteLaunchTemplate', { LaunchTemplateName: vpc }, ['launch-template/*']],
  ];
  for (const [action, input, expected] of rows) {
    test(`${action} ${JSON.stringify(input)}`, () =>
      assert.deepEqual(named(action, input), [...expected].sort()));
  }
});

describe('permission', () => {
  const arn = (id: string) => `arn:aws:ec2:us-east-1:123456789012:security-group/${id}`;
  const allow = (Action: string | string[], Resource: string) => ({ Effect: 'Allow', Action, Resource });
  const denied = (statements: object[], service: string, action: string, input: object) => {
    const policy = parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statements }));
    if (policy.kind !== 'policy') return assert.fail(policy.why);
    let denial: string | undefined;
    account.change((context: Context) => {
      denial = 'refused';
      denial = denialOf(
        [{ policy, holder }],
        { service, action, input, sourceAddress: '203.0.113.77' },
        context,
      );
    });
    return denial;
  };
  const holder = { principalArn: 'arn:aws:iam::123456789012:root', tags: {} };
  const where = (Condition: object) => [{ ...allow('ec2:*', '*'), Condition }];
  const ofTeam = where({ StringEquals: { 'aws:ResourceTag/team': 'network' } });
  const ofSpelled = where({ StringEquals: { 'aws:ResourceTag/Team': 'network' } });
  const fromOffice = where({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } });
  const fromHome = where({ IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } });
  const asRoot = where({ StringEquals: { 'aws:username': 'root', 'aws:PrincipalAccount': '123456789012' } });
  const here = where({
    StringEquals: { 'ec2:Region': 'us-east-1' },
    StringLike: { 'aws:PrincipalArn': '*' },
  });
  const pair = { Key: 'Team', Value: 'web' };
  const specified = (ResourceType: string, Value = 'web') => ({
    TagSpecifications: [{ ResourceType, Tags: [{ Key: 'Team', Value }] }],
  });
  const ofGroup = (Key: string, Value: string) => ({
    ResourceType: 'security-group',
    Tags: [{ Key, Value }],
  });
  const twice = { TagSpecifications: [ofGroup('Team', 'web'), ofGroup('Stage', 'test')] };
  const taggedGroup = (team: string) =>
    ['ec2', 'CreateSecurityGroup', specified('security-group', team)] as const;
  const untagged = { TagSpecifications: [{ ResourceType: 'security-group', Tags: [] }] };
  const tagging = (action: string) => [
    allow(`ec2:${action}`, '*'),
    { ...allow('ec2:CreateTags', '*'), Condition: { StringEquals: { 'ec2:CreateAction': action } } },
  ];
  const requested = (team: string) => where({ StringEquals: { 'aws:RequestTag/team': team } });
  const onlyKeys = (...keys: string[]) => where({ 'ForAllValues:StringEquals': { 'aws:TagKeys': keys } });
  const vpcIs = (id: string) => ({
    ArnEquals: { 'ec2:Vpc': `arn:aws:ec2:us-east-1:123456789012:vpc/${id}` },
  });
  const inVpc = (id: string) => where(vpcIs(id));
  const launchIn = (id: string) => [
    { Effect: 'Allow', Action: 'ec2:*', NotResource: 'arn:aws:ec2:*:*:network-interface/*' },
    { ...allow('ec2:*', 'arn:aws:ec2:*:*:network-interface/*'), Condition: vpcIs(id) },
  ];
  const unknownTemplate = { LaunchTemplate: { LaunchTemplateName: 'none' } };
  const notIn = (id: string) => [
    allow('ec2:*', '*'),
    { ...allow('ec2:*', 'arn:aws:ec2:*:*:network-interface/*'), Effect: 'Deny', Condition: vpcIs(id) },
  ];
  const launch = (...NetworkInterfaces: object[]) =>
    ['ec2', 'RunInstances', { ImageId: image, NetworkInterfaces }] as const;
  const roleOf = 'arn:aws:iam::123456789012:role';
  const role = `${roleOf}/deployer`;
  const anything = [allow('*', '*')];
  const ofTeamAnywhere = ofTeam.map((statement) => ({ ...statement, Action: '*' }));
  const instances = (count: number) =>
    Array.from({ length: count }, (_, index) => `i-${String(index).padStart(8, '0')}`);
  const guarded = [allow('ec2:*', '*'), { Effect: 'Deny', Action: 'ec2:*', Resource: arn(db) }];

  const rows: readonly (readonly [
    statements: object[],
    service: string,
    action: string,
    input: object,
    RegExp | undefined,
  ])[] = [
    [[allow('ec2:Describe*', '*')], 'ec2', 'DescribeVpcs', {}, undefined],
    [[allow('ec2:Describe*', '*')], 'ec2', 'CreateVpc', {}, /ec2:CreateVpc on .*vpc\/\*: no statement/],
    [[allow('ec2:Describe*', arn('*'))], 'ec2', 'DescribeSecurityGroups', {}, /on \*: no statement/],
    [[allow('ec2:Delete*', arn(web))], 'ec2', 'DeleteSecurityGroup', { GroupId: web }, undefined],
    [[allow('ec2:Delete*', arn(web))], 'ec2', 'DeleteSecurityGroup', { GroupId: db }, /no statement/],
    [[allow('ec2:CreateTags', arn('*'))], 'ec2', 'CreateTags', { Resources: [web] }, undefined],
    [[allow('ec2:CreateTags', arn('*'))], 'ec2', 'CreateTags', { Resources: [web, vpc] }, /vpc\/vpc-/],
    [guarded, 'ec2', 'DeleteSecurityGroup', { GroupName: 'web' }, undefined],
    [guarded, 'ec2', 'DeleteSecurityGroup', { GroupName: 'db' }, /a statement of its policy denies it/],
    [guarded, 'ec2', 'RunInstances', { LaunchTemplate: { LaunchTemplateName: 'servers' } }, /denies it/],
    [guarded, 'cloudtrail', 'LookupEvents', {}, /cloudtrail:LookupEvents on \*: no statement/],
    [ofTeam, 'ec2', 'DeleteSecurityGroup', { GroupId: web }, undefined],
    [ofTeam, 'ec2', 'RevokeSecurityGroupIngress', { SecurityGroupRuleIds: [ruleId] }, undefined],
    [ofTeam, 'ec2', 'DeleteSecurityGroup', { GroupId: db }, /no statement/],
    [ofTeam, 'ec2', 'CreateTags', { Resources: [web, db] }, /no statement/],
    // Of tags that differ in case only the one that is spelled as in the policy counts.
    [ofTeam, 'ec2', 'DeleteSecurityGroup', { GroupId: taggedTwice }, /no statement/],
    [ofSpelled, 'ec2', 'DeleteSecurityGroup', { GroupId: taggedTwice }, undefined],
    [ofTeam, 'ec2', 'DeleteKeyPair', { KeyName: 'tagged' }, undefined],
    [ofTeam, 'ec2', 'DeleteKeyPair', { KeyName: 'other' }, /no statement/],
    // What is yet to be made has no tags, and neither has nothing in particular.
    [ofTeam, 'ec2', 'CreateSecurityGroup', { VpcId: vpc }, /security-group\/\*: no statement/],
    [ofTeam, 'ec2', 'DescribeVpcs', {}, /no statement/],
    [fromOffice, 'ec2', 'CreateVpc', {}, undefined],
    [fromHome, 'ec2', 'CreateVpc', {}, /no statement/],
    [here, 'ec2', 'CreateVpc', {}, undefined],
    [asRoot, 'ec2', 'CreateVpc', {}, /no statement/],
    [[{ Effect: 'Deny', Action: '*', Resource: '*' }], 'sts', 'GetCallerIdentity', {}, undefined],
    // What a request tags asks for ec2:CreateTags besides, on what it makes and there alone.
    [[allow('ec2:CreateSecurityGroup', '*')], 'ec2', 'CreateSecurityGroup', { VpcId: vpc }, undefined],
    [[allow('ec2:CreateSecurityGroup', '*')], ...taggedGroup('web'), /ec2:CreateTags on .*group\/\*: no/],
    [tagging('CreateSecurityGroup'), ...taggedGroup('web'), undefined],
    [
      [allow('ec2:CreateSecurityGroup', '*'), ...tagging('CreateVpc')],
      ...taggedGroup('web'),
      /ec2:CreateTags on/,
    ],
    [tagging('CreateSecurityGroup'), 'ec2', 'CreateTags', { Resources: [web], Tags: [pair] }, /no statement/],
    [tagging('ImportKeyPair'), 'ec2', 'ImportKeyPair', { KeyName: 'k', ...specified('key-pair') }, undefined],
    [
      [allow('ec2:*', arn('*')), allow('ec2:Authorize*', '*')],
      'ec2',
      'AuthorizeSecurityGroupIngress',
      { GroupId: web, ...specified('security-group-rule') },
      /ec2:CreateTags on .*security-group-rule\/\*/,
    ],
    [[allow('ec2:CreateSecurityGroup', '*')], 'ec2', 'CreateSecurityGroup', untagged, undefined],
    // Tags of the request are those of the kind of resource that is asked about.
    [requested('web'), ...taggedGroup('web'), undefined],
    [requested('web'), ...taggedGroup('db'), /CreateSecurityGroup on .*group\/\*: no/],
    [requested('web'), 'ec2', 'CreateSecurityGroup', { VpcId: vpc }, /no statement/],
    [requested('web'), 'ec2', 'CreateTags', { Resources: [db], Tags: [pair] }, undefined],
    [requested('db'), 'ec2', 'DeleteTags', { Resources: [db], Tags: [pair] }, /no statement/],
    [onlyKeys('Team'), ...taggedGroup('web'), undefined],
    [onlyKeys('Stage'), ...taggedGroup('web'), /no statement/],
    [onlyKeys('Stage'), 'ec2', 'CreateSecurityGroup', {}, undefined],
    [onlyKeys('Stage'), 'ec2', 'CreateSecurityGroup', twice, /no statement/],
    [onlyKeys('Stage', 'Team'), 'ec2', 'CreateSecurityGroup', twice, undefined],
    // Names of key pairs and roles that contain the id of a group of the team, or its whole ARN's end.
    [ofTeam, 'ec2', 'DeleteKeyPair', { KeyName: web }, /key-pair\/sg-.*: no statement/],
    [ofTeam, 'ec2', 'DeleteKeyPair', { KeyName: `x:security-group/${web}` }, /no statement/],
    [ofTeam, 'ec2', 'DeleteKeyPair', { KeyName: 'tagged/other' }, /no statement/],
    [ofTeamAnywhere, 'sts', 'AssumeRole', { RoleArn: `${roleOf}/${web}` }, /no statement/],
    [ofTeamAnywhere, 'sts', 'AssumeRole', { RoleArn: `${roleOf}/x:security-group/${web}` }, /no statement/],
    [inVpc(vpc), 'ec2', 'DeleteKeyPair', { KeyName: 'x:network-interface/*' }, /no statement/],
    // What would be compared for seconds.
    [anything, 'ec2', 'TerminateInstances', { InstanceIds: instances(1000) }, undefined],
    [anything, 'ec2', 'TerminateInstances', { InstanceIds: instances(1001) }, /1000 resources/],
    [anything, 'ec2', 'DeleteKeyPair', { KeyName: 'x'.repeat(1025) }, /of 1024 characters/],
    [anything, 'sts', 'AssumeRole', { RoleArn: `${roleOf}/${'x'.repeat(1024)}` }, /of 1024 characters/],
    [anything, ...taggedGroup('x'.repeat(1025)), /of 1024 characters/],
    // The VPC of a thing, and of the interface that a launch makes.
    [inVpc(vpc), 'ec2', 'DeleteSecurityGroup', { GroupId: web }, undefined],
    [inVpc('vpc-00000000'), 'ec2', 'DeleteSecurityGroup', { GroupId: web }, /no statement/],
    [inVpc(vpc), 'ec2', 'DeleteSubnet', { SubnetId: subnet }, undefined],
    [inVpc(vpc), 'ec2', 'CreateNetworkInterface', { SubnetId: subnet }, undefined],
    [inVpc(vpc), 'ec2', 'CreateNetworkInterface', { SubnetId: elsewhere }, /no statement/],
    [inVpc(vpc), 'ec2', 'ReplaceNetworkAclAssociation', { NetworkAclId: acl }, undefined],
    [inVpc(vpc), 'ec2', 'CreateRoute', { RouteTableId: table?.id }, undefined],
    [inVpc(vpc), 'ec2', 'DeleteVpc', { VpcId: vpc }, /no statement/],
    [[...launchIn(vpc)], 'ec2', 'RunInstances', { ImageId: image }, undefined],
    [[...launchIn(vpc)], 'ec2', 'RunInstances', { ImageId: image, SubnetId: elsewhere }, /network-interface/],
    // Who may not launch does not learn whether there is such a template.
    [[allow('ec2:Describe*', '*')], 'ec2', 'RunInstances', unknownTemplate, /instance\/\*: no statement/],
    [anything, 'ec2', 'RunInstances', unknownTemplate, undefined],
    // In each VPC in which it makes one.
    [launchIn(vpc), ...launch({ SubnetId: subnet }, { SubnetId: elsewhere }), /network-interface/],
    [launchIn(vpc), ...launch({ SubnetId: elsewhere }, { SubnetId: subnet }), /network-interface/],
    [launchIn(vpc), ...launch({}, { SubnetId: subnet }), undefined],
    [launchIn(vpc), ...launch({ NetworkInterfaceId: eniElsewhere }), /network-interface\/eni-/],
    [launchIn(other?.VpcId ?? ''), ...launch({}, { SubnetId: elsewhere }), /network-interface\/\*/],
    [launchIn(other?.VpcId ?? ''), ...launch({ NetworkInterfaceId: eniElsewhere }), undefined],
    [notIn(other?.VpcId ?? ''), ...launch({ SubnetId: subnet }, { SubnetId: elsewhere }), /denies it/],
    [notIn(other?.VpcId ?? ''), ...launch({ SubnetId: subnet }), undefined],
    // Sessions of roles.
    [[allow('sts:AssumeRole', role)], 'sts', 'AssumeRole', { RoleArn: role }, undefined],
    [[allow('sts:AssumeRole', role)], 'sts', 'AssumeRole', { RoleArn: `${role}s` }, /AssumeRole on .*rs: no/],
    [[allow('sts:AssumeRole', role)], 'sts', 'AssumeRole', { RoleArn: role, Tags: [pair] }, /sts:TagSession/],
    [
      [allow('sts:AssumeRole', role)],
      'sts',
      'AssumeRole',
      { RoleArn: role, SourceIdentity: 'erin' },
      /sts:SetSourceIdentity on/,
    ],
    [[allow('sts:*', role)], 'sts', 'AssumeRole', { RoleArn: role, Tags: [pair] }, undefined],
    [[allow('sts:*', role)], 'sts', 'AssumeRole', {}, /on \*: no/],
  ];
  for (const [statements, service, action, input, expected] of rows) {
    test(`${JSON.stringify(statements)}: ${action} ${JSON.stringify(input).slice(0, 200)}`, () => {
      const denial = denied(statements, service, action, input);
      if (expected === undefined) assert.equal(denial, undefined);
      else assert.match(denial ?? 'allowed', expected);
    });
  }
});
