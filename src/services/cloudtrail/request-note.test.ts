import assert from 'node:assert/strict';
import { test } from 'node:test';
import { requestElements, responseElements } from './request-elements.ts';
import { readRequestNote, requestNoteText } from './request-note.ts';

const came = { accessKeyId: 'AKID', principalId: 'AIDA', sourceAddress: '::1' };

/** What is left of parameters and an answer. */
function kept(parameters: unknown, response: unknown = {}) {
  const { parameters: asked, response: got } = readRequestNote(
    requestNoteText({ ...came, parameters, response }),
  );
  return [asked, got];
}

test('how a request came is kept, a user agent only as far as it is one', () => {
  const rows = [
    [{}, undefined],
    [{ userAgent: 'aws-cli/2.9 "x"\\' }, 'aws-cli/2.9 "x"\\'],
    [{ userAgent: 'x'.repeat(1000) }, 'x'.repeat(1000)],
    [{ userAgent: 'x'.repeat(1001) }, 'x'.repeat(1000)],
  ] as const;
  for (const [more, userAgent] of rows) {
    const text = requestNoteText({ ...came, ...more, parameters: null, response: null });
    const expected = {
      ...came,
      ...(userAgent !== undefined && { userAgent }),
      parameters: null,
      response: null,
    };
    assert.deepEqual(readRequestNote(text), expected);
  }
});

test('parameters are kept but for secrets', () => {
  const removed = '<sensitiveDataRemoved>';
  const rows: readonly (readonly [given: unknown, kept: unknown])[] = [
    [
      { GroupId: 'sg-1', IpPermissions: [{ FromPort: 22 }] },
      { GroupId: 'sg-1', IpPermissions: [{ FromPort: 22 }] },
    ],
    [
      { UserData: 'cGFzcw==', MinCount: 1 },
      { UserData: removed, MinCount: 1 },
    ],
    [{ LaunchTemplateData: { UserData: 'cGFzcw==' } }, { LaunchTemplateData: { UserData: removed } }],
    [{ UserData: { Value: Buffer.from('pass') } }, { UserData: removed }],
    [
      { InstanceId: 'i-1', Attribute: 'userData', Value: 'cGFzcw==' },
      { InstanceId: 'i-1', Attribute: 'userData', Value: removed },
    ],
    [
      { InstanceId: 'i-1', Attribute: 'instanceType', Value: 't3.nano' },
      { InstanceId: 'i-1', Attribute: 'instanceType', Value: 't3.nano' },
    ],
    [{ PublicKeyMaterial: new Uint8Array([104, 105]) }, { PublicKeyMaterial: 'aGk=' }],
    [{ Description: '"UserData":"x"' }, { Description: '"UserData":"x"' }],
    [undefined, null],
  ];
  for (const [given, expected] of rows) assert.deepEqual(kept(given)[0], expected);
});

test('of answers the ids are kept, and what leads to them', () => {
  const rows: readonly (readonly [given: unknown, kept: unknown])[] = [
    [{ GroupId: 'sg-1', Tags: [{ Key: 'a', Value: 'b' }] }, { GroupId: 'sg-1' }],
    [{ Return: true }, { Return: true }],
    [
      { Return: true, SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1', FromPort: 22 }] },
      { Return: true, SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1' }] },
    ],
    [{ KeyPairId: 'key-1', KeyMaterial: 'secret' }, { KeyPairId: 'key-1' }],
    [{ Unsuccessful: [] }, null],
    [{}, null],
    [undefined, null],
  ];
  for (const [given, expected] of rows) assert.deepEqual(kept({}, given)[1], expected);
});

test('parameters are shown in CloudTrail’s form', () => {
  const rows: readonly (readonly [action: string, parameters: unknown, shown: unknown])[] = [
    [
      'AuthorizeSecurityGroupIngress',
      {
        GroupId: 'sg-1',
        IpPermissions: [{ FromPort: 22, IpRanges: [], UserIdGroupPairs: [{ GroupId: 'sg-2' }] }],
        Names: ['a', 'b'],
      },
      {
        groupId: 'sg-1',
        ipPermissions: { items: [{ fromPort: 22, ipRanges: {}, groups: { items: [{ groupId: 'sg-2' }] } }] },
        names: { items: ['a', 'b'] },
      },
    ],
    [
      'StopInstances',
      { InstanceIds: ['i-1', 'i-2'], Force: true },
      { instancesSet: { items: [{ instanceId: 'i-1' }, { instanceId: 'i-2' }] }, force: true },
    ],
    ['MonitorInstances', { InstanceIds: ['i-1'] }, { instanceIds: { items: ['i-1'] } }],
    ['TerminateInstances', null, null],
  ];
  for (const [action, given, shown] of rows) assert.deepEqual(requestElements(action, given), shown, action);
});

test('answers are shown under their names in XML', () => {
  const rows: readonly (readonly [action: string, answer: unknown, shown: unknown])[] = [
    [
      'AuthorizeSecurityGroupIngress',
      { Return: true, SecurityGroupRules: [{ SecurityGroupRuleId: 'sgr-1' }] },
      { _return: true, securityGroupRuleSet: { items: [{ securityGroupRuleId: 'sgr-1' }] } },
    ],
    [
      'RunInstances',
      { ReservationId: 'r-1', Instances: [{ InstanceId: 'i-1', NetworkInterfaces: [{ VpcId: 'vpc-1' }] }] },
      {
        reservationId: 'r-1',
        instancesSet: {
          items: [{ instanceId: 'i-1', networkInterfaceSet: { items: [{ vpcId: 'vpc-1' }] } }],
        },
      },
    ],
    [
      'StartInstances',
      { StartingInstances: [{ InstanceId: 'i-1' }] },
      { instancesSet: { items: [{ instanceId: 'i-1' }] } },
    ],
    ['AnActionOfAnOlderVersion', { ThingId: 'x' }, { thingId: 'x' }],
    ['CreateVpc', null, null],
  ];
  for (const [action, given, shown] of rows) assert.deepEqual(responseElements(action, given), shown, action);
});
