import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementsOf } from './request-elements.ts';
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

test('members are shown in CloudTrail’s form', () => {
  const given = {
    GroupId: 'sg-1',
    Return: true,
    IpPermissions: [{ FromPort: 22, IpRanges: [] }],
    Names: ['a', 'b'],
  };
  assert.deepEqual(elementsOf(given), {
    groupId: 'sg-1',
    _return: true,
    ipPermissions: { items: [{ fromPort: 22, ipRanges: {} }] },
    names: { items: ['a', 'b'] },
  });
  assert.equal(elementsOf(null), null);
});
