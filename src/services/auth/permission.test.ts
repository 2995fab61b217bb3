import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CreateSecurityGroupResult } from '@aws-sdk/client-ec2';
import { Account } from '../../../tests/support/account.ts';
import { requestResources } from '../ec2/request-resources.ts';
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

/** Short forms of the ARNs: `TYPE/ID`. */
function named(action: string, input: object): readonly string[] {
  let found: readonly string[] = [];
  account.change((context) => {
    found = requestResources(action, input, context);
  });
  return found.map((arn) => arn.replace('arn:aws:ec2:us-east-1:123456789012:', '')).sort();
}

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
    ['ModifyVpcAttribute', {}, ['*']],
    ['CreateVpcPeeringConnection', { VpcId: vpc }, [`vpc/${vpc}`, 'vpc-peering-connection/*']],
    ['CreateNatGateway', {}, ['natgateway/*']],
    ['CreateKeyPair', { KeyName: 'mine' }, ['key-pair/mine']],
    ['CreateRoute', { RouteTableId: table?.id }, [`route-table/${table?.id}`]],
    ['AllocateAddress', {}, ['elastic-ip/*']],
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
      denial = denialOf(policy, { service, action, input, sourceAddress: '203.0.113.77' }, context);
    });
    return denial;
  };
  const where = (Condition: object) => [{ ...allow('ec2:*', '*'), Condition }];
  const ofTeam = where({ StringEquals: { 'aws:ResourceTag/team': 'network' } });
  const fromOffice = where({ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } });
  const fromHome = where({ IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } });
  const asRoot = where({ StringEquals: { 'aws:username': 'root', 'aws:PrincipalAccount': '123456789012' } });
  const here = where({
    StringEquals: { 'ec2:Region': 'us-east-1' },
    StringLike: { 'aws:PrincipalArn': '*' },
  });
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
  ];
  for (const [statements, service, action, input, expected] of rows) {
    test(`${JSON.stringify(statements)}: ${action} ${JSON.stringify(input)}`, () => {
      const denial = denied(statements, service, action, input);
      if (expected === undefined) assert.equal(denial, undefined);
      else assert.match(denial ?? 'allowed', expected);
    });
  }
});
