import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConditionKey, conditionIn } from './condition.ts';

/** What a request from a branch office says, and the tags of the resource in question. */
const request: Readonly<Record<string, string>> = {
  'aws:principalaccount': '123456789012',
  'aws:principalarn': 'arn:aws:iam::123456789012:user/network/erin',
  'aws:requestedregion': 'eu-central-1',
  'aws:sourceip': '203.0.113.77',
  'aws:username': 'erin',
  'ec2:region': 'eu-central-1',
};
const tags: Readonly<Record<string, string>> = { team: 'network', Stage: 'test' };
const facts = (key: ConditionKey) => (key.kind === 'request' ? request[key.name] : tags[key.tag]);

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
    [{ 'ForAllValues:StringEquals': { [team]: 'x' } }, /operator ForAllValues:StringEquals/],
    [{ IfExists: { [team]: 'x' } }, /operator IfExists/],
    [{ toString: { [team]: 'x' } }, /operator toString/],
    [{ StringEquals: { 'aws:RequestTag/team': 'x' } }, /the key is not supported/],
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
