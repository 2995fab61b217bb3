import assert from 'node:assert/strict';
import { test } from 'node:test';
import { operationOf } from './operation.ts';
import { encodeError, encodeOutput } from './output.ts';

const head = '<?xml version="1.0" encoding="UTF-8"?>\n';

function encoded(service: string, action: string, output: unknown): string {
  const operation = operationOf(service, action);
  assert.ok(operation);
  return encodeOutput(operation, output, 'rid').body;
}

function ec2(action: string, inside: string): string {
  const xmlns = 'http://ec2.amazonaws.com/doc/2016-11-15/';
  return `${head}<${action}Response xmlns="${xmlns}"><requestId>rid</requestId>${inside}</${action}Response>`;
}

const rows: readonly (readonly [string, unknown, string])[] = [
  ['DeleteTags', undefined, '<return>true</return>'],
  ['DescribeVpcs', {}, ''],
  ['DescribeVpcs', { Vpcs: [], NextToken: undefined }, '<vpcSet/>'],
  [
    'DescribeVpcs',
    { Vpcs: [{ VpcId: 'a', IsDefault: false, Tags: [] }, {}], NextToken: '' },
    '<vpcSet><item><vpcId>a</vpcId><isDefault>false</isDefault><tagSet/></item><item/></vpcSet><nextToken/>',
  ],
  [
    'DescribeSecurityGroups',
    { SecurityGroups: [{ Description: 'a & <b>', IpPermissions: [{ FromPort: -1, ToPort: 0 }] }] },
    '<securityGroupInfo><item><groupDescription>a &amp; &lt;b&gt;</groupDescription><ipPermissions><item>' +
      '<fromPort>-1</fromPort><toPort>0</toPort></item></ipPermissions></item></securityGroupInfo>',
  ],
  [
    'AttachVolume',
    { AttachTime: new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 6)) },
    '<attachTime>2024-01-02T03:04:05.006Z</attachTime>',
  ],
];

for (const [action, output, inside] of rows) {
  test(`EC2 ${action} ${JSON.stringify(output)}`, () =>
    assert.equal(encoded('ec2', action, output), ec2(action, inside)));
}

test('awsQuery wraps the result and tells the request id', () => {
  assert.equal(
    encoded('sts', 'GetCallerIdentity', { Account: '1' }),
    `${head}<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">` +
      '<GetCallerIdentityResult><Account>1</Account></GetCallerIdentityResult>' +
      '<ResponseMetadata><RequestId>rid</RequestId></ResponseMetadata></GetCallerIdentityResponse>',
  );
});

test('JSON has times as seconds', () => {
  const output = { Events: [{ EventTime: new Date(1500), EventName: '"' }], NextToken: undefined };
  assert.equal(
    encoded('cloudtrail', 'LookupEvents', output),
    '{"Events":[{"EventTime":1.5,"EventName":"\\""}]}',
  );
});

const misfits: readonly (readonly [string, unknown])[] = [
  ['an unknown member', { Vpc: [] }],
  ['an object for a list', { Vpcs: {} }],
  ['a number for text', { Vpcs: [{ VpcId: 1 }] }],
  ['text for a truth value', { Vpcs: [{ IsDefault: 'true' }] }],
  ['text for a structure', { Vpcs: ['a'] }],
];

for (const [name, output] of misfits) {
  test(`${name} is a bug of the operation`, () =>
    assert.throws(() => encoded('ec2', 'DescribeVpcs', output), TypeError));
}

test('errors in each protocol', () => {
  const error = { code: 'A', message: '<b>', status: 403 };
  const inside = '<Code>A</Code><Message>&lt;b&gt;</Message>';
  const ec2Error = encodeError('ec2Query', error, 'rid');
  assert.equal(ec2Error.status, 403);
  assert.deepEqual(ec2Error.headers, { 'content-type': 'text/xml;charset=UTF-8', 'x-amzn-requestid': 'rid' });
  assert.equal(
    ec2Error.body,
    `${head}<Response><Errors><Error>${inside}</Error></Errors><RequestID>rid</RequestID></Response>`,
  );
  assert.equal(
    encodeError('awsQuery', error, 'rid').body,
    `${head}<ErrorResponse><Error><Type>Sender</Type>${inside}</Error><RequestId>rid</RequestId></ErrorResponse>`,
  );
  assert.match(encodeError('awsQuery', { ...error, status: 500 }, 'rid').body, /<Type>Receiver</);
  const json = encodeError('awsJson1_1', error, 'rid');
  assert.equal(json.body, '{"__type":"A","message":"<b>"}');
  assert.deepEqual(json.headers, {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': 'rid',
    'x-amzn-errortype': 'A',
  });
  assert.equal(encodeError('awsJson1_0', error, 'r').headers['content-type'], 'application/x-amz-json-1.0');
});
