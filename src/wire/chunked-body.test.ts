import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { readChunks } from './chunked-body.ts';
import { crc32, crc32c } from './crc.ts';
import { readCredential } from './credential.ts';
import { isWireError } from './errors.ts';
import { readRequest } from './request.ts';
import { type Hashes, verifySignature } from './signature.ts';
import type { RawRequest } from './wire.ts';

const hashes: Hashes = {
  sha256: (data) => createHash('sha256').update(data).digest('hex'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};
const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
const signedForm = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD';
const trailerForm = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER';
const unsignedForm = 'STREAMING-UNSIGNED-PAYLOAD-TRAILER';

type Part = readonly [size: number, signature: string];
type Example = {
  readonly form: string;
  readonly seed: string;
  readonly parts: readonly Part[];
  readonly headers?: Readonly<Record<string, string>>;
  /** What stands after the last chunk's head. */
  readonly end: string;
};

/** The example of sigv4-streaming.html, with AWS's own values: 65 KiB of `a` in chunks of 64 KiB. */
const plain: Example = {
  form: signedForm,
  seed: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  parts: [
    [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
    [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
    [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
  ],
  end: '\r\n',
};

/** The example of sigv4-streaming-trailers.html. */
const trailing: Example = {
  form: trailerForm,
  seed: '106e2a8a18243abcf37539882f36619c00e2dfc72633413f02d3b74544bfeb8e',
  parts: [
    [65_536, 'b474d8862b1487a5145d686f57f013e54db672cee1c953b3010fb58501ef5aa2'],
    [1024, '1c1344b170168f8e65b41376b44b20fe354e373826ccbbe2c1d40a8cae51e5c7'],
    [0, '2ca2aba2005185cf7159c6277faf83795951dd77a3a99e6e65d5c9f85863f992'],
  ],
  headers: { 'x-amz-trailer': 'x-amz-checksum-crc32c' },
  end:
    'x-amz-checksum-crc32c:sOO8/Q==\n\r\n' +
    'x-amz-trailer-signature:d81f82fc3505edab99d459891051a732e8730629a2e4a59689829ca17fe2e435\r\n\r\n',
};

function requestOf({ form, seed, parts, headers = {}, end }: Example, byte = 'a'): RawRequest {
  const given = {
    'content-encoding': 'aws-chunked',
    'content-length': form === signedForm ? '66824' : '66946',
    host: 's3.amazonaws.com',
    'x-amz-content-sha256': form,
    'x-amz-date': '20130524T000000Z',
    'x-amz-decoded-content-length': '66560',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
    ...headers,
  };
  const names = Object.keys(given).filter((name) => form === signedForm || name !== 'content-length');
  const fields = `Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders=${names.sort().join(';')},Signature=${seed}`;
  const all = { ...given, authorization: `AWS4-HMAC-SHA256 ${fields}` };
  const text = parts.map(([size, signature]) => {
    const data = size === 0 ? '' : `${byte.repeat(size)}\r\n`;
    return `${size.toString(16)};chunk-signature=${signature}\r\n${data}`;
  });
  return {
    method: 'PUT',
    path: '/examplebucket/chunkObject.txt',
    query: '',
    headers: Object.fromEntries(Object.entries(all).map(([name, value]) => [name, [value]])),
    body: new TextEncoder().encode(text.join('') + end),
  };
}

/** The code of the refusal, or `ok`. */
function check(request: RawRequest): string {
  const credential = readCredential(request);
  const chunks = readChunks(request);
  if (isWireError(chunks)) return chunks.code;
  if (credential.kind !== 'credential' || !chunks) return assert.fail();
  const error = verifySignature({
    request,
    call: { credential, operation: { service: 's3', protocol: 'awsQuery' }, chunks },
    key: { secretAccessKey, sessionToken: undefined },
    nowMs: Date.UTC(2013, 4, 24),
    hashes,
    unsignedPayload: 'refuse',
  });
  return error?.code ?? 'ok';
}

const otherSignature = '0'.repeat(64);
const [first = assert.fail(), second = assert.fail(), last = assert.fail()] = plain.parts;

const signedRows: readonly (readonly [string, Example, string])[] = [
  ['AWS’s example', plain, 'ok'],
  ['AWS’s example with a trailing header', trailing, 'ok'],
  ['another signature of the request', { ...plain, seed: otherSignature }, 'SignatureDoesNotMatch'],
  [
    'another signature of a chunk',
    { ...plain, parts: [first, [1024, otherSignature], last] },
    'SignatureDoesNotMatch',
  ],
  [
    'another signature of the last chunk',
    { ...plain, parts: [first, second, [0, otherSignature]] },
    'SignatureDoesNotMatch',
  ],
  ['chunks exchanged', { ...plain, parts: [second, first, last] }, 'SignatureDoesNotMatch'],
  ['a chunk lost', { ...plain, parts: [first, last] }, 'IncompleteBody'],
  ['no last chunk', { ...plain, parts: [first, second], end: '' }, 'IncompleteBody'],
  ['more after the end', { ...plain, end: '\r\nx' }, 'IncompleteBody'],
  ['a trailing header unannounced by the form', { ...plain, end: 'a:b\r\n\r\n' }, 'IncompleteBody'],
  ['another checksum', { ...trailing, end: trailing.end.replace('sOO8', 'sOO9') }, 'BadDigest'],
  [
    'another signature of the trailer',
    { ...trailing, end: trailing.end.replace('d81f', 'd82f') },
    'SignatureDoesNotMatch',
  ],
  [
    'no signature of the trailer',
    { ...trailing, end: 'x-amz-checksum-crc32c:sOO8/Q==\r\n\r\n' },
    'MalformedTrailerError',
  ],
  [
    'another trailing header',
    { ...trailing, end: trailing.end.replace('crc32c', 'crc32') },
    'MalformedTrailerError',
  ],
];

for (const [name, example, expected] of signedRows) {
  test(`signed chunks: ${name}`, () => assert.equal(check(requestOf(example)), expected));
}

test('signed chunks of other bytes', () => {
  assert.equal(check(requestOf(plain, 'b')), 'SignatureDoesNotMatch');
});

const sum = (crc: number) => Buffer.from(Uint32Array.of(crc).buffer).reverse().toString('base64');
const query = 'Action=DescribeVpcs&Version=2016-11-15';
const checksum = `x-amz-checksum-crc32:${sum(crc32(Buffer.from(query)))}\r\n\r\n`;

/** A request of EC2 whose query comes in chunks, and what reading it gives. */
function read(body: string, headers: Readonly<Record<string, string>> = {}): string {
  const all = {
    authorization: `AWS4-HMAC-SHA256 Credential=AKID/20260101/us-east-1/ec2/aws4_request, SignedHeaders=host, Signature=${otherSignature}`,
    'content-type': 'application/x-www-form-urlencoded',
    'x-amz-content-sha256': unsignedForm,
    'x-amz-decoded-content-length': String(query.length),
    'x-amz-trailer': 'x-amz-checksum-crc32',
    ...headers,
  };
  const given = Object.entries(all).map(([name, value]) => [name, [value]]);
  const call = readRequest({
    ...{ method: 'POST', path: '/', query: '' },
    headers: Object.fromEntries(given),
    body: new TextEncoder().encode(body),
  });
  return call.kind === 'call' ? call.operation.name : `${call.error.code} ${call.protocol}`;
}

const whole = `${query.length.toString(16)}\r\n${query}\r\n0\r\n`;
const halves = `5\r\n${query.slice(0, 5)}\r\n${(query.length - 5).toString(16)}\r\n${query.slice(5)}\r\n0\r\n`;

const unsignedRows: readonly (readonly [string, string, string, Record<string, string>?])[] = [
  ['one chunk', whole + checksum, 'DescribeVpcs'],
  ['two chunks', halves + checksum, 'DescribeVpcs'],
  ['no empty line at the end', whole + checksum.slice(0, -2), 'DescribeVpcs'],
  ['no trailing header', `${whole}\r\n`, 'DescribeVpcs', { 'x-amz-trailer': '' }],
  ['another checksum', whole + checksum.replace(':', ':A'), 'BadDigest ec2Query'],
  [
    'a checksum of another kind',
    `${whole}x-amz-checksum-sha1:x\r\n\r\n`,
    'InvalidRequest ec2Query',
    { 'x-amz-trailer': 'x-amz-checksum-sha1' },
  ],
  ['a size too large', whole.replace(/^../, '2f'), 'IncompleteBody ec2Query'],
  ['a size too small', whole.replace(/^../, '02'), 'IncompleteBody ec2Query'],
  ['a size that is no number', `-1\r\n${whole}${checksum}`, 'IncompleteBody ec2Query'],
  ['a size beyond all bounds', `fffffffff\r\n${whole}`, 'IncompleteBody ec2Query'],
  [
    'a signature where none belongs',
    `0;chunk-signature=${otherSignature}\r\n\r\n`,
    'IncompleteBody ec2Query',
  ],
  [
    'another length announced',
    whole + checksum,
    'IncompleteBody ec2Query',
    { 'x-amz-decoded-content-length': '7' },
  ],
  [
    'no length announced',
    whole + checksum,
    'MissingContentLength ec2Query',
    { 'x-amz-decoded-content-length': '' },
  ],
  ['nothing at all', '', 'IncompleteBody ec2Query'],
  ['a form that nobody knows', whole, 'InvalidRequest ec2Query', { 'x-amz-content-sha256': 'STREAMING-X' }],
];

for (const [name, body, expected, headers] of unsignedRows) {
  test(`unsigned chunks: ${name}`, () => assert.equal(read(body, headers), expected));
}

test('checksums of their RFCs', () => {
  assert.equal(crc32(Buffer.from('123456789')), 0xcbf43926);
  assert.equal(crc32c(Buffer.from('123456789')), 0xe3069283);
  // RFC 3720 B.4: 32 bytes of zeroes, in its byte order aa 36 91 8a.
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
});
