import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeOutput } from './output.ts';
import { readRequest } from './request.ts';
import type { RawRequest } from './wire.ts';

const form = 'application/x-www-form-urlencoded; charset=utf-8';
const ec2 = 'Version=2016-11-15';
const sts = 'Version=2011-06-15';
const cloudtrailTarget = 'com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101.LookupEvents';

type Given = {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly body?: string | Uint8Array;
  readonly authorization?: string | readonly string[] | undefined;
  readonly headers?: Readonly<Record<string, string>>;
};

function authorization(service: string, { key = 'AKIDEXAMPLE', region = 'us-east-1' } = {}): string {
  const scope = `${key}/20150830/${region}/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
}

function raw({
  method = 'POST',
  path = '/',
  query = '',
  body = '',
  headers = {},
  ...rest
}: Given): RawRequest {
  const signed = 'authorization' in rest ? rest.authorization : authorization('ec2');
  const all = { host: '127.0.0.1:4566', 'content-type': form, ...headers };
  return {
    method,
    path,
    query,
    headers: {
      ...Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
      ...(signed === undefined ? {} : { authorization: [signed].flat() }),
    },
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
  };
}

/** `service.Action`, or `protocol code status`. */
function outcome(given: Given): string {
  const read = readRequest(raw(given));
  if (read.kind === 'call') return `${read.operation.service}.${read.operation.name}`;
  return `${read.protocol} ${read.error.code} ${read.error.status}`;
}

const describe = `Action=DescribeVpcs&${ec2}`;
const identity = `Action=GetCallerIdentity&${sts}`;
const scope = (service: string) => ({ authorization: authorization(service) });
const json = (target: string, contentType = 'application/x-amz-json-1.1') => ({
  'x-amz-target': target,
  'content-type': contentType,
});

const rows: readonly (readonly [string, Given, string])[] = [
  ['EC2 by scope', { body: describe }, 'ec2.DescribeVpcs'],
  ['STS by scope', { body: identity, ...scope('sts') }, 'sts.GetCallerIdentity'],
  ['GET with the query', { method: 'GET', query: describe }, 'ec2.DescribeVpcs'],
  ['POST with the action in the query', { query: describe, body: 'VpcId.1=a' }, 'ec2.DescribeVpcs'],
  ['POST with the query alone', { query: describe }, 'ec2.DescribeVpcs'],
  ['a parameter in both', { query: describe, body: ec2 }, 'ec2Query InvalidQueryParameter 400'],
  ['JSON by target', { headers: json('CloudTrail_20131101.LookupEvents') }, 'cloudtrail.LookupEvents'],
  ['JSON by botocore target', { headers: json(cloudtrailTarget) }, 'cloudtrail.LookupEvents'],
  [
    'target of another service',
    { headers: json('xCloudTrail_20131101.LookupEvents') },
    unknown('awsJson1_1'),
  ],
  ['JSON for a service of queries', { headers: json('AmazonEC2.DescribeVpcs') }, unknown('awsJson1_1')],
  ['target without a dot', { headers: json('LookupEvents') }, unknown('awsJson1_1')],
  ['unknown JSON action', { headers: json('CloudTrail_20131101.PutX') }, unknown('awsJson1_1')],
  [
    'unknown JSON 1.0',
    { headers: json('Nothing.PutX', 'application/x-amz-json-1.0') },
    unknown('awsJson1_0'),
  ],
  [
    'JSON by GET',
    { method: 'GET', headers: json('CloudTrail_20131101.LookupEvents') },
    'awsJson1_1 InvalidRequest 400',
  ],
  [
    'JSON that is not UTF-8',
    { headers: json('CloudTrail_20131101.LookupEvents'), body: Uint8Array.of(0x22, 0xff, 0x22) },
    'awsJson1_1 SerializationException 400',
  ],
  ['a query of a JSON service', { body: describe, ...scope('cloudtrail') }, unknown('awsJson1_1')],
  ['a service not served', { body: describe, ...scope('s3') }, 'awsQuery InvalidAction 400'],
  [
    'the action of another service',
    { body: `Action=GetCallerIdentity&${ec2}` },
    'ec2Query InvalidAction 400',
  ],
  ['an inherited name as action', { body: `Action=constructor&${ec2}` }, 'ec2Query InvalidAction 400'],
  ['no action', { body: ec2 }, 'ec2Query MissingAction 400'],
  ['an empty action', { body: `Action=&${ec2}` }, 'ec2Query MissingAction 400'],
  ['nothing at all', {}, 'ec2Query MissingAction 400'],
  ['no version', { body: 'Action=DescribeVpcs' }, 'ec2Query MissingParameter 400'],
  ['another version', { body: 'Action=DescribeVpcs&Version=2011-06-15' }, 'ec2Query NoSuchVersion 400'],
  ['an older version', { body: 'Action=DescribeVpcs&Version=2014-10-01' }, 'ec2.DescribeVpcs'],
  [
    'an older version of another service',
    { body: 'Action=GetCallerIdentity&Version=2014-10-01', ...scope('sts') },
    'awsQuery NoSuchVersion 400',
  ],
  ['PUT', { method: 'PUT', body: describe }, 'ec2Query InvalidRequest 400'],
  ['a broken escape', { body: `${describe}&VpcId.1=%G0` }, 'ec2Query MalformedQueryString 404'],
  ['bytes that are not UTF-8', { body: Uint8Array.of(0x41, 0xc3) }, 'ec2Query MalformedQueryString 404'],
  [
    'another charset',
    { body: describe, headers: { 'content-type': 'application/x-www-form-urlencoded; charset=iso-8859-1' } },
    'ec2Query MalformedQueryString 404',
  ],
  [
    'text/plain, which a browser form can send',
    { body: describe, headers: { 'content-type': 'text/plain' } },
    'ec2Query MalformedQueryString 404',
  ],
  [
    'a quoted charset',
    { body: describe, headers: { 'content-type': 'application/x-www-form-urlencoded;charset="UTF8"' } },
    'ec2.DescribeVpcs',
  ],
  ['unsigned EC2', { body: describe, authorization: undefined }, 'ec2Query MissingAuthenticationToken 403'],
  ['unsigned STS', { body: identity, authorization: undefined }, 'awsQuery MissingAuthenticationToken 403'],
  [
    'unsigned EC2 by host',
    { body: identity, authorization: undefined, headers: { host: 'ec2.localhost:4566' } },
    'ec2Query MissingAuthenticationToken 403',
  ],
  [
    'unsigned JSON',
    { authorization: undefined, headers: json('CloudTrail_20131101.LookupEvents') },
    'awsJson1_1 MissingAuthenticationTokenException 400',
  ],
  ['Basic', { body: describe, authorization: 'Basic YTpi' }, 'ec2Query IncompleteSignature 400'],
  ['an empty header', { body: describe, authorization: '' }, 'ec2Query IncompleteSignature 400'],
  ['the scheme alone', { body: describe, authorization: 'AWS4-HMAC-SHA256' }, incompleteEc2()],
  [
    'Signature Version 4A',
    { body: describe, authorization: authorization('ec2').replace('HMAC-SHA256', 'ECDSA-P256-SHA256') },
    incompleteEc2(),
  ],
  [
    'no signature',
    { body: describe, authorization: authorization('ec2').replace(/, Signature=.*/, '') },
    incompleteEc2(),
  ],
  [
    'no signed headers',
    { body: describe, authorization: authorization('ec2').replace('SignedHeaders=host, ', '') },
    incompleteEc2(),
  ],
  [
    'a scope of four parts',
    { body: describe, authorization: authorization('ec2').replace('/us-east-1', '') },
    incompleteEc2(),
  ],
  [
    'a region that is none',
    { body: describe, authorization: authorization('ec2', { region: '..' }) },
    incompleteEc2(),
  ],
  [
    'two headers',
    { body: describe, authorization: [authorization('ec2'), authorization('ec2')] },
    incompleteEc2(),
  ],
];

function unknown(protocol: string): string {
  return `${protocol} UnknownOperationException 400`;
}

function incompleteEc2(): string {
  return 'ec2Query IncompleteSignature 400';
}

for (const [name, given, expected] of rows) {
  test(name, () => assert.equal(outcome(given), expected));
}

const presigned = [
  describe,
  'X-Amz-Algorithm=AWS4-HMAC-SHA256',
  `X-Amz-Credential=${encodeURIComponent('210987654321/20150830/cn-north-1/ec2/aws4_request')}`,
  'X-Amz-Date=20150830T123600Z',
  'X-Amz-Expires=60',
  'X-Amz-SignedHeaders=host',
  'X-Amz-Security-Token=a%2Fb',
  `X-Amz-Signature=${'0'.repeat(64)}`,
].join('&');

test('a presigned query carries the scope', () => {
  const call = readRequest(raw({ method: 'GET', query: presigned, authorization: undefined }));
  assert.ok(call.kind === 'call');
  assert.deepEqual([call.account, call.region, call.method], ['210987654321', 'cn-north-1', 'GET']);
  assert.equal(call.credential.carrier, 'query');
  assert.equal(call.credential.sessionToken, 'a/b');
});

test('a presigned query with an Authorization header beside it is refused', () => {
  assert.equal(outcome({ query: presigned, authorization: authorization('ec2') }), incompleteEc2());
});

const accounts: readonly (readonly [string, string])[] = [
  ['111122223333', '111122223333'],
  ['11112222333', '123456789012'],
  ['1111222233334', '123456789012'],
  ['AKIAIOSFODNN7EXAMPLE', '123456789012'],
  ['test', '123456789012'],
];

for (const [key, account] of accounts) {
  test(`access key id ${key} is of account ${account}`, () => {
    const call = readRequest(raw({ body: describe, authorization: authorization('ec2', { key }) }));
    assert.equal(call.kind === 'call' && call.account, account);
  });
}

test('the answer is in the namespace of the version that the request names', () => {
  for (const version of ['2013-06-15', '2014-10-01', '2016-09-15', '2016-11-15']) {
    const call = readRequest(raw({ body: `Action=DescribeVpcs&Version=${version}` }));
    assert.ok(call.kind === 'call');
    const { body } = encodeOutput(call.operation, {}, 'rid');
    assert.match(body, new RegExp(`xmlns="http://ec2.amazonaws.com/doc/${version}/"`));
  }
});

test('who signs with an older version is told so', () => {
  const older = 'AWSAccessKeyId=AKID&Signature=x&SignatureMethod=HmacSHA256&SignatureVersion=2';
  const rows: readonly (readonly [given: Given, message: RegExp])[] = [
    [{ method: 'GET', query: `${describe}&${older}` }, /older Signature Version than 4/],
    [{ body: `${describe}&${older}&Timestamp=x` }, /older Signature Version than 4/],
    [{ body: describe }, /not signed/],
    [{ body: `${describe}&SignatureVersion=4` }, /not signed/],
  ];
  for (const [given, message] of rows) {
    const read = readRequest(raw({ ...given, authorization: undefined }));
    assert.ok(read.kind === 'refusedRequest');
    assert.equal(read.error.code, 'MissingAuthenticationToken');
    assert.match(read.error.message, message);
  }
});
