import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { conditionIn } from './condition.ts';
import type { ConditionKey } from './condition-key.ts';

/** What a tagging launch from a branch office says, and the tags of everything. */
const request: Readonly<Record<string, string | readonly string[]>> = {
  'aws:principalaccount': '123456789012',
  'aws:principalarn': 'arn:aws:iam::123456789012:user/network/erin',
  'aws:requestedregion': 'eu-central-1',
  'aws:sourceip': '203.0.113.77',
  'aws:username': 'erin',
  'aws:tagkeys': ['team', 'stage'],
  'ec2:createaction': 'RunInstances',
  'ec2:region': 'eu-central-1',
  'ec2:vpc': 'arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1',
};
const tags = {
  resourceTag: { team: 'network', Stage: 'test' },
  requestTag: { team: 'web' },
  principalTag: { team: 'security' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;
const facts = (key: ConditionKey) => {
  if (key.kind === 'request') return request[key.name];
  const held: Readonly<Record<string, string>> = tags[key.kind];
  return held[key.tag];
};

const team = 'aws:ResourceTag/team';

describe('conditions that hold and do not', () => {
  const rows: readonly (readonly [condition: unknown, holds: boolean])[] = [
    [{ StringEquals: { [team]: 'network' } }, true],
    [{ StringEquals: { [team]: 'Network' } }, false],
    [{ StringEquals: { [team]: 'net*' } }, false],
    [{ StringEquals: { [team]: ['web', 'network'] } }, true],
    [{ StringEquals: { [team]: ['web', 'db'] } }, false],
    [{ StringNotEquals: { [team]: ['web', 'network'] } }, false],
    [{ StringNotEquals: { [team]: ['web', 'db'] } }, true],
    [{ StringEqualsIgnoreCase: { [team]: 'NETWORK' } }, true],
    [{ StringNotEqualsIgnoreCase: { [team]: 'NETWORK' } }, false],
    [{ StringLike: { [team]: 'net*' } }, true],
    [{ StringLike: { [team]: 'net?' } }, false],
    [{ StringNotLike: { [team]: 'net?' } }, true],
    // A tag that is not there matches nothing, and so everything that asks for a difference.
    [{ StringEquals: { 'ec2:ResourceTag/owner': 'x' } }, false],
    [{ StringLike: { 'ec2:ResourceTag/owner': '*' } }, false],
    [{ StringNotEquals: { 'ec2:ResourceTag/owner': 'x' } }, true],
    [{ StringEqualsIfExists: { 'ec2:ResourceTag/owner': 'x' } }, true],
    [{ StringEqualsIfExists: { [team]: 'web' } }, false],
    // All keys of all operators.
    [{ StringEquals: { [team]: 'network', 'AWS:RequestedRegion': 'eu-central-1' } }, true],
    [{ StringEquals: { [team]: 'network', 'aws:RequestedRegion': 'us-east-1' } }, false],
    [{ StringEquals: { [team]: 'network' }, StringLike: { 'aws:PrincipalArn': '*:user/network/*' } }, true],
    [{ StringEquals: { [team]: 'network' }, StringLike: { 'aws:PrincipalArn': '*:user/web/*' } }, false],
    [{ StringEquals: { 'aws:username': 'erin', 'aws:PrincipalAccount': '123456789012' } }, true],
    [{ StringEquals: { 'ec2:Region': 'eu-central-1' } }, true],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/24' } }, true],
    [{ IpAddress: { 'aws:SourceIp': '203.0.113.0/26' } }, false],
    [{ IpAddress: { 'aws:SourceIp': ['10.0.0.0/8', '203.0.113.77'] } }, true],
    [{ IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, false],
    [{ NotIpAddress: { 'aws:SourceIp': ['203.0.113.0/24', '10.0.0.0/8'] } }, false],
    [{ NotIpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, true],
    // Tags of the resource, of the request and of the session are three things.
    [{ StringEquals: { 'aws:RequestTag/team': 'web' } }, true],
    [{ StringEquals: { 'aws:RequestTag/team': 'network' } }, false],
    [{ StringEquals: { 'aws:PrincipalTag/team': 'security' } }, true],
    [{ StringEquals: { 'aws:PrincipalTag/team': 'web' } }, false],
    [{ StringEquals: { 'ec2:CreateAction': 'RunInstances' } }, true],
    [{ StringEquals: { 'ec2:CreateAction': 'CreateVolume' } }, false],
    // Whether a key stands for anything.
    [{ Null: { 'aws:RequestTag/team': 'false' } }, true],
    [{ Null: { 'aws:RequestTag/team': true } }, false],
    [{ Null: { 'aws:RequestTag/owner': 'true' } }, true],
    [{ Null: { 'aws:RequestTag/owner': 'false' } }, false],
    // Keys of several values.
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team', 'stage', 'owner'] } }, true],
    [{ 'ForAllValues:StringEquals': { 'aws:TagKeys': ['team'] } }, false],
    [{ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['owner'] } }, true],
    [{ 'ForAllValues:StringNotEquals': { 'aws:TagKeys': ['owner', 'team'] } }, false],
    [{ 'ForAllValues:StringEquals': { 'aws:RequestTag/owner': 'x' } }, true],
    [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['team', 'owner'] } }, true],
    [{ 'ForAnyValue:StringEquals': { 'aws:TagKeys': ['owner'] } }, false],
    [{ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['team'] } }, true],
    [{ 'ForAnyValue:StringNotEquals': { 'aws:TagKeys': ['team', 'stage'] } }, false],
    [{ 'ForAnyValue:StringNotEquals': { 'aws:RequestTag/owner': 'x' } }, false],
    [{ 'ForAllValues:StringLikeIfExists': { 'aws:RequestTag/owner': 'x' } }, true],
    // ARNs, part by part.
    [{ ArnEquals: { 'ec2:Vpc': 'arn:aws:ec2:*:123456789012:vpc/vpc-1' } }, true],
    [{ ArnLike: { 'ec2:Vpc': 'arn:aws:ec2:*:vpc/vpc-1:*' } }, false],
    [{ ArnNotLike: { 'ec2:Vpc': 'arn:aws:ec2:*:123456789012:vpc/vpc-?' } }, false],
    [{ ArnNotEquals: { 'ec2:Vpc': 'arn:aws:ec2:*:123456789012:vpc/vpc-2' } }, true],
    [{ StringEquals: { 'ec2:Vpc': 'arn:aws:ec2:eu-central-1:123456789012:vpc/vpc-1' } }, true],
    [{ ArnLike: { 'aws:PrincipalArn': 'arn:aws:iam::*:user/network/*' } }, true],
  ];
  for (const [value, holds] of rows) {
    test(JSON.stringify(value), () => {
      const condition = conditionIn(value);
      assert.equal(typeof condition === 'string' ? condition : condition(facts), holds);
    });
  }
});

describe('conditions that would not be obeyed', () => {
  const variable = ['network-$', '{aws:username}'].join('');
  const rows: readonly (readonly [condition: unknown, why: RegExp])[] = [
    [{}, /no condition/],
    ['x', /no condition/],
    [{ StringEquals: 'x' }, /no condition/],
    [{ StringEquals: {} }, /no condition/],
    [{ Bool: { 'aws:SecureTransport': 'false' } }, /operator Bool is not supported/],
    [{ StringEquals: 'x', StringLike: { [team]: 'x' } }, /StringEquals has no condition/],
    [{ 'ForSomeValues:StringEquals': { [team]: 'x' } }, /operator ForSomeValues:StringEquals/],
    [{ 'constructor:StringNotEquals': { 'aws:TagKeys': 'x' } }, /operator constructor:StringNotEquals/],
    [{ '__proto__:StringEquals': { [team]: 'x' } }, /operator __proto__:StringEquals/],
    [{ 'ForAnyValue:StringLikeIfExists': { 'aws:TagKeys': 'x' } }, /operator ForAnyValue:StringLikeIfExists/],
    [{ 'ForAllValues:Null': { [team]: 'x' } }, /operator ForAllValues:Null/],
    [{ NullIfExists: { [team]: 'true' } }, /operator NullIfExists/],
    [{ Null: { [team]: 'maybe' } }, /"true" or "false"/],
    [{ StringEquals: { 'aws:TagKeys': 'x' } }, /ForAllValues or ForAnyValue/],
    [{ ArnEquals: { [team]: 'arn:aws:ec2:*:*:vpc/*' } }, /not an ARN/],
    [{ ArnEquals: { 'ec2:Vpc': 'vpc-1' } }, /"vpc-1" is not/],
    [{ IfExists: { [team]: 'x' } }, /operator IfExists/],
    [{ toString: { [team]: 'x' } }, /operator toString/],
    [{ StringEquals: { 'ec2:Tenancy': 'x' } }, /the key is not supported/],
    [{ StringEquals: { 'aws:SourceTag/team': 'x' } }, /the key is not supported/],
    [{ StringEquals: { '/team': 'x' } }, /the key is not supported/],
    [{ StringEquals: { 'aws:ResourceTag/': 'x' } }, /the key is not supported/],
    [{ StringEquals: { [team]: 5 } }, /not text/],
    [{ StringEquals: { [team]: [] } }, /no value/],
    [{ StringLike: { [team]: variable } }, /variable/],
    [{ StringEquals: { 'aws:SourceIp': '203.0.113.77' } }, /IpAddress/],
    [{ IpAddress: { [team]: '10.0.0.0/8' } }, /not an address/],
    [{ IpAddress: { 'aws:SourceIp': '10.0.0.0/33' } }, /"10.0.0.0\/33" is not/],
  ];
  for (const [value, why] of rows) {
    test(JSON.stringify(value), () => {
      const condition = conditionIn(value);
      assert.match(typeof condition === 'string' ? condition : 'taken', why);
    });
  }
});
