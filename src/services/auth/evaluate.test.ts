import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { ConditionKey } from './condition-key.ts';
import { type Decision, evaluate } from './evaluate.ts';
import { parsePolicy } from './policy.ts';

const group = 'arn:aws:ec2:us-east-1:123456789012:security-group/sg-1';
const other = 'arn:aws:ec2:us-east-1:123456789012:security-group/sg-2';
const vpc = 'arn:aws:ec2:us-east-1:123456789012:vpc/vpc-1';
const allow = (Action: unknown, Resource: unknown = '*') => ({ Effect: 'Allow', Action, Resource });
const deny = (Action: unknown, Resource: unknown = '*') => ({ Effect: 'Deny', Action, Resource });

/** A request of which nothing is known but its region. */
const facts = (key: ConditionKey) =>
  key.kind === 'request' && key.name === 'aws:requestedregion' ? 'us-east-1' : undefined;
const inRegion = (region: string) => ({ Condition: { StringEquals: { 'aws:RequestedRegion': region } } });

const document = (Statement: unknown, Version = '2012-10-17') => JSON.stringify({ Version, Statement });

describe('evaluation', () => {
  /** Statements, action, resource → decision. */
  const rows: readonly (readonly [statements: unknown, action: string, resource: string, Decision])[] = [
    [allow('*'), 'ec2:CreateVpc', vpc, 'allowed'],
    [allow('ec2:*'), 'ec2:CreateVpc', vpc, 'allowed'],
    [allow('ec2:*'), 'sts:GetSessionToken', '*', 'notAllowed'],
    [allow('ec2:CreateVpc'), 'ec2:CreateVpcs', vpc, 'notAllowed'],
    [allow('ec2:CreateVpc?'), 'ec2:CreateVpc', vpc, 'notAllowed'],
    [allow('ec2:CreateVpc?'), 'ec2:CreateVpcs', vpc, 'allowed'],
    [allow('EC2:createVPC'), 'ec2:CreateVpc', vpc, 'allowed'],
    [allow('ec2:*SecurityGroup*'), 'ec2:AuthorizeSecurityGroupIngress', group, 'allowed'],
    [allow('ec2:*SecurityGroup*'), 'ec2:RunInstances', group, 'notAllowed'],
    [allow(['ec2:A', 'ec2:B']), 'ec2:B', vpc, 'allowed'],
    [{ Effect: 'Allow', NotAction: 'ec2:Delete*', Resource: '*' }, 'ec2:DeleteVpc', vpc, 'notAllowed'],
    [{ Effect: 'Allow', NotAction: 'ec2:Delete*', Resource: '*' }, 'ec2:CreateVpc', vpc, 'allowed'],
    [[allow('*'), deny('ec2:DeleteVpc')], 'ec2:DeleteVpc', vpc, 'deniedByStatement'],
    [[deny('ec2:DeleteVpc'), allow('*')], 'ec2:DeleteVpc', vpc, 'deniedByStatement'],
    [[allow('*'), deny('ec2:DeleteVpc')], 'ec2:CreateVpc', vpc, 'allowed'],
    [deny('*'), 'ec2:CreateVpc', vpc, 'deniedByStatement'],

    [allow('*', group), 'ec2:X', group, 'allowed'],
    [allow('*', group), 'ec2:X', other, 'notAllowed'],
    [allow('*', group), 'ec2:X', '*', 'notAllowed'],
    [allow('*', group), 'ec2:X', group.toUpperCase(), 'notAllowed'],
    [allow('*', 'arn:aws:ec2:*:*:security-group/*'), 'ec2:X', group, 'allowed'],
    [allow('*', 'arn:aws:ec2:*:*:security-group/*'), 'ec2:X', vpc, 'notAllowed'],
    [allow('*', 'arn:aws:ec2:*:*:security-group/sg-?'), 'ec2:X', group, 'allowed'],
    [allow('*', 'arn:aws:ec2:*:999999999999:*'), 'ec2:X', group, 'notAllowed'],
    // A wildcard in one part does not reach into the next.
    [allow('*', 'arn:aws:ec2:us-*:security-group/*:x'), 'ec2:X', group, 'notAllowed'],
    [allow('*', 'arn:aws:*:us-east-1:123456789012:*'), 'ec2:X', group, 'allowed'],
    [allow('*', 'arn:aws:s3:::a:b'), 's3:X', 'arn:aws:s3:::a:b', 'allowed'],
    [allow('*', [vpc, group]), 'ec2:X', group, 'allowed'],
    [{ Effect: 'Allow', Action: '*', NotResource: group }, 'ec2:X', group, 'notAllowed'],
    [{ Effect: 'Allow', Action: '*', NotResource: group }, 'ec2:X', other, 'allowed'],
    [{ Effect: 'Deny', Action: '*', NotResource: group }, 'ec2:X', other, 'deniedByStatement'],
    [[allow('*'), deny('ec2:*', group)], 'ec2:X', group, 'deniedByStatement'],
    [[allow('*'), deny('ec2:*', group)], 'ec2:X', other, 'allowed'],

    [{ ...allow('*'), ...inRegion('us-east-1') }, 'ec2:X', group, 'allowed'],
    [{ ...allow('*'), ...inRegion('us-west-1') }, 'ec2:X', group, 'notAllowed'],
    [[allow('*'), { ...deny('*'), ...inRegion('us-east-1') }], 'ec2:X', group, 'deniedByStatement'],
    [[allow('*'), { ...deny('*'), ...inRegion('us-west-1') }], 'ec2:X', group, 'allowed'],
  ];
  for (const [statements, action, resource, decision] of rows) {
    test(`${JSON.stringify(statements)}: ${action} on ${resource} is ${decision}`, () => {
      const policy = parsePolicy(document(statements));
      assert.equal(policy.kind, 'policy', policy.kind === 'badPolicy' ? policy.why : '');
      if (policy.kind === 'policy') assert.equal(evaluate(policy, { action, resource, facts }), decision);
    });
  }
});

describe('documents', () => {
  const statement = allow('*');
  const good: readonly string[] = [
    document(statement),
    document([statement], '2008-10-17'),
    JSON.stringify({ Version: '2012-10-17', Id: 'x', Statement: [{ Sid: 'all', ...statement }] }),
  ];
  for (const text of good) test(`${text} is taken`, () => assert.equal(parsePolicy(text).kind, 'policy'));

  const bad: readonly (readonly [text: string, why: RegExp])[] = [
    ['{', /not JSON/],
    ['[]', /the document is not an object/],
    [JSON.stringify({ Statement: [statement] }), /Version/],
    [document([statement], '2012-10-18'), /Version/],
    [JSON.stringify({ Version: '2012-10-17' }), /no Statement/],
    [document([]), /no Statement/],
    [document(['x']), /Statement 1 is not an object/],
    [document([statement, { ...statement, Effect: 'allow' }]), /Statement 2: Effect/],
    [document({ ...statement, Condition: {} }), /Statement 1: Condition has no condition/],
    [document({ ...statement, Principal: '*' }), /Principal is not supported/],
    [document({ ...statement, NotAction: 'ec2:*' }), /exactly one of Action and NotAction/],
    [document({ Effect: 'Allow', Action: '*' }), /exactly one of Resource and NotResource/],
    [document(allow([])), /Action is empty/],
    [document(allow(5)), /Action is not text/],
    [document(allow('CreateVpc')), /"CreateVpc" is not/],
    [document(allow('*:CreateVpc')), /is not "\*"/],
    [document(allow('*', 'sg-1')), /"sg-1" is not/],
    [document(allow('*', 'arn:aws:ec2:us-east-1')), /is not "\*"/],
    [document(allow('*', ['arn:aws:iam::1:user/$', '{aws:username}'].join(''))), /variable/],
    [document(Array.from({ length: 200 }, () => statement)), /longer than 6144/],
    // A parser takes the last alone, and a Deny would allow.
    [document(statement).replace('"Effect"', '"Effect":"Deny","Effect"'), /Effect is given twice/],
    [document(statement).replace('"Effect"', '"\\u0045ffect":"Deny","Effect"'), /Effect is given twice/],
    [
      document({ ...statement, Condition: { StringEquals: { 'aws:username': 'x' } } }).replace(
        '{"StringEquals"',
        '{"StringEquals":{"aws:username":["y","{"]},"StringEquals"',
      ),
      /StringEquals is given twice/,
    ],
  ];
  for (const [text, why] of bad) {
    test(`${text.slice(0, 90)} is refused`, () => {
      const read = parsePolicy(text);
      assert.match(read.kind === 'badPolicy' ? read.why : 'taken', why);
    });
  }
});

describe('the documented examples', () => {
  const text = readFileSync(new URL('../../../docs/auth.md', import.meta.url), 'utf8');
  const policies = [...text.matchAll(/```json\n([^`]+)```/g)].map(([, json = '']) => parsePolicy(json));
  /** Asked from an office, of things of one team; what is yet to be made has no tags. */
  const office = (resource: string) => (key: ConditionKey) => {
    if (key.kind === 'resourceTag') return resource.endsWith('*') ? undefined : 'network';
    return key.kind === 'request' && key.name === 'aws:sourceip' ? '10.1.2.3' : undefined;
  };
  const arn = (resource: string) => `arn:aws:ec2:us-east-1:123456789012:${resource}`;

  const rows: readonly (readonly [
    action: string,
    resource: string,
    engineer: Decision,
    reader: Decision,
    team: Decision,
  ])[] = [
    ['DescribeSecurityGroups', '*', 'allowed', 'allowed', 'allowed'],
    ['CreateSecurityGroup', arn('security-group/*'), 'allowed', 'notAllowed', 'notAllowed'],
    ['CreateSecurityGroup', arn('vpc/vpc-1'), 'allowed', 'notAllowed', 'allowed'],
    ['AuthorizeSecurityGroupIngress', arn('security-group/sg-1'), 'allowed', 'notAllowed', 'allowed'],
    [
      'AuthorizeSecurityGroupIngress',
      arn('security-group/sg-0123456789abcdef0'),
      'deniedByStatement',
      'notAllowed',
      'allowed',
    ],
    ['DeleteVpc', arn('vpc/vpc-1'), 'notAllowed', 'notAllowed', 'notAllowed'],
  ];
  for (const [action, resource, ...expected] of rows) {
    test(`${action} on ${resource}`, () => {
      const decisions = policies.map((policy) =>
        policy.kind === 'policy'
          ? evaluate(policy, { action: `ec2:${action}`, resource, facts: office(resource) })
          : policy.why,
      );
      assert.deepEqual(decisions, expected);
    });
  }
});
