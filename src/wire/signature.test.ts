import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { readCredential } from './credential.ts';
import { clockSkewMaxMs, type Hashes, type Verification, verifySignature } from './signature.ts';
import type { RawRequest } from './wire.ts';

const hashes: Hashes = {
  sha256: (data) => createHash('sha256').update(data).digest('hex'),
  hmacSha256: (key, data) => createHmac('sha256', key).update(data).digest(),
};

/** The platform's SHA-256 as the SDK's signer wants it. */
class Sha256 {
  readonly #hash: ReturnType<typeof createHash>;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' ? secret : secret && Buffer.from(bytesOf(secret));
    // A keyed hash has the two methods used here in common with a plain one.
    this.#hash = key === undefined ? createHash('sha256') : (createHmac('sha256', key) as never);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }
  reset(): void {}
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}

type Plain = {
  readonly method?: string;
  readonly path?: string;
  readonly query?: Readonly<Record<string, string | string[]>>;
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
};

const secretAccessKey = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
const signedAt = Date.UTC(2026, 1, 3, 4, 5, 6);

type Signing = { readonly sessionToken?: string; readonly presign?: boolean; readonly expiresIn?: number };

/** The request signed by the SDK's own signer, as a server receives it. */
async function signed(plain: Plain, { sessionToken, presign = false, expiresIn = 60 }: Signing = {}) {
  const { method = 'POST', path = '/', query = {}, headers = {}, body = '' } = plain;
  const signer = new SignatureV4({
    service: 'ec2',
    region: 'eu-north-1',
    sha256: Sha256 as never,
    applyChecksum: false,
    credentials: {
      accessKeyId: 'AKIDEXAMPLE',
      secretAccessKey,
      ...(sessionToken === undefined ? {} : { sessionToken }),
    },
  });
  const all = { host: '127.0.0.1:4566', ...headers };
  const joined = Object.entries(all).map(([name, value]) => [name, [value].flat().join(',')]);
  const request = {
    method,
    protocol: 'http:',
    hostname: '127.0.0.1',
    path,
    query: { ...query },
    headers: Object.fromEntries(joined),
    body,
  };
  const signingDate = new Date(signedAt);
  const result = presign
    ? await signer.presign(request as never, { signingDate, expiresIn })
    : await signer.sign(request as never, { signingDate });
  return rawOf(result as never, all, body);
}

function rawOf(
  result: { method: string; path: string; query: Plain['query']; headers: Record<string, string> },
  repeated: Plain['headers'],
  body: string,
): RawRequest {
  const headers = Object.entries(result.headers).map(([name, value]) => [
    name.toLowerCase(),
    [repeated?.[name] ?? value].flat(),
  ]);
  const query = Object.entries(result.query ?? {}).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encodeURIComponent(name)}=${encodeURIComponent(one)}`),
  );
  return {
    method: result.method,
    path: result.path,
    query: query.join('&'),
    headers: Object.fromEntries(headers),
    body: new TextEncoder().encode(body),
  };
}

type Checking = Partial<Pick<Verification, 'key' | 'nowMs' | 'unsignedPayload'>> & {
  readonly service?: string;
};

/** The code of the refusal, or `ok`. */
function check(request: RawRequest, { service = 'ec2', ...given }: Checking = {}): string {
  const credential = readCredential(request);
  if (credential.kind !== 'credential') return credential.problem;
  const error = verifySignature({
    request,
    call: { credential, operation: { service, protocol: 'ec2Query' } },
    key: { secretAccessKey, sessionToken: undefined },
    nowMs: signedAt,
    hashes,
    unsignedPayload: 'refuse',
    ...given,
  });
  return error?.code ?? 'ok';
}

const good: readonly (readonly [string, Plain])[] = [
  [
    'a form',
    { headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'Action=X&Version=1' },
  ],
  ['nothing', { method: 'GET' }],
  ['a path', { path: '/a/b' }],
  ['a path that ends in a slash', { path: '/a/b/' }],
  ['dots and empty segments', { path: '//a/./b/../c//' }],
  ['dots above the root', { path: '/../..' }],
  ['an encoded path', { path: '/a%20b/%E2%82%AC/%2F/~-_.!*()' }],
  ['query order', { query: { b: '1', a: '2', B: '3', 'a b': '4' } }],
  ['query values repeated', { query: { a: ['z', 'b', 'B', ''] } }],
  ['query of odd characters', { query: { 'ü€😀': "a+b &=%/?'()*!~", '': 'x', e: '' } }],
  ['spaces in headers', { headers: { 'my-header': '  a   b \t c  ' } }],
  ['repeated headers', { headers: { 'my-header': ['b', 'a', 'b'] } }],
  ['an empty header', { headers: { 'my-header': '' } }],
  ['a UTF-8 body', { body: 'ü€😀' }],
  ['a hash header', { headers: { 'x-amz-content-sha256': hashes.sha256('abc') }, body: 'abc' }],
  ['a target', { headers: { 'x-amz-target': 'A.B' } }],
];

for (const [name, plain] of good) {
  test(`signed header: ${name}`, async () => assert.equal(check(await signed(plain)), 'ok'));
  test(`signed query: ${name}`, async () =>
    assert.equal(check(await signed({ ...plain }, { presign: true })), 'ok'));
}

const base: Plain = { path: '/p', query: { a: 'b' }, headers: { 'x-amz-target': 't' }, body: 'abc' };

/** Changes to a signed request, and what they lead to. */
const changed: readonly (readonly [string, (request: RawRequest) => RawRequest, string])[] = [
  ['nothing', (r) => r, 'ok'],
  ['method', (r) => ({ ...r, method: 'GET' }), 'AuthFailure'],
  ['path', (r) => ({ ...r, path: '/q' }), 'AuthFailure'],
  ['an equal path', (r) => ({ ...r, path: '//p' }), 'ok'],
  ['query value', (r) => ({ ...r, query: r.query.replace('a=b', 'a=c') }), 'AuthFailure'],
  ['one more query field', (r) => ({ ...r, query: `${r.query}&c=` }), 'AuthFailure'],
  ['an equal query', (r) => ({ ...r, query: `&${r.query.replace('a=b', '%61=%62')}` }), 'ok'],
  ['a broken query', (r) => ({ ...r, query: `${r.query}&%` }), 'AuthFailure'],
  ['body', (r) => ({ ...r, body: new TextEncoder().encode('abd') }), 'AuthFailure'],
  ['host', (r) => withHeader(r, 'host', 'example.com'), 'AuthFailure'],
  ['target', (r) => withHeader(r, 'x-amz-target', 'u'), 'AuthFailure'],
  ['an unsigned header', (r) => withHeader(r, 'x-other', 'u'), 'ok'],
  ['one more x-amz- header', (r) => withHeader(r, 'x-amz-more', 'u'), 'IncompleteSignature'],
  ['a date before', (r) => withHeader(r, 'x-amz-date', '20260203T040505Z'), 'AuthFailure'],
  ['a date of another day', (r) => withHeader(r, 'x-amz-date', '20260204T040506Z'), 'AuthFailure'],
  ['a date that is none', (r) => withHeader(r, 'x-amz-date', 'Tue, 3 Feb 2026'), 'IncompleteSignature'],
  ['region', edit('eu-north-1', 'eu-north-2'), 'AuthFailure'],
  ['date of the scope', edit('20260203/', '20260204/'), 'AuthFailure'],
  ['service of the scope', edit('/ec2/', '/sts/'), 'AuthFailure'],
  ['host not signed', edit('SignedHeaders=host;', 'SignedHeaders='), 'IncompleteSignature'],
  ['a header fewer', edit(';x-amz-target', ''), 'IncompleteSignature'],
  ['a header that is not there', edit('x-amz-target', 'x-amz-target;x-b'), 'AuthFailure'],
  ['an inherited header', edit('host;', 'constructor;host;'), 'AuthFailure'],
  ['order of headers', edit('host;x-amz-date', 'x-amz-date;host'), 'IncompleteSignature'],
  ['a header twice', edit('host;', 'host;host;'), 'IncompleteSignature'],
  ['a short signature', edit(/[0-9a-f]$/, ''), 'IncompleteSignature'],
  ['an upper-case signature', edit(/(?<=Signature=).*/, () => 'A'.repeat(64)), 'IncompleteSignature'],
  ['last digit', edit(/[0-9a-f]$/, (digit) => (digit === '0' ? '1' : '0')), 'AuthFailure'],
  ['first digit', edit(/(?<=Signature=)./, (digit) => (digit === '0' ? '1' : '0')), 'AuthFailure'],
];

function withHeader(request: RawRequest, name: string, value: string): RawRequest {
  return { ...request, headers: { ...request.headers, [name]: [value] } };
}

function edit(from: string | RegExp, to: string | ((match: string) => string)) {
  return (request: RawRequest) => {
    const before = request.headers['authorization']?.[0] ?? '';
    const after = before.replace(from, to as string);
    assert.notEqual(after, before);
    return withHeader(request, 'authorization', after);
  };
}

for (const [name, change, expected] of changed) {
  test(`changed: ${name}`, async () => assert.equal(check(change(await signed(base))), expected));
}

const skews: readonly (readonly [number, string])[] = [
  [-clockSkewMaxMs - 1, 'RequestExpired'],
  [-clockSkewMaxMs, 'ok'],
  [clockSkewMaxMs, 'ok'],
  [clockSkewMaxMs + 1, 'RequestExpired'],
];

for (const [skewMs, expected] of skews) {
  test(`received ${skewMs} ms after it was signed`, async () =>
    assert.equal(check(await signed(base), { nowMs: signedAt + skewMs }), expected));
}

const lifetimes: readonly (readonly [number, number, string])[] = [
  [60, -clockSkewMaxMs - 1, 'RequestExpired'],
  [60, -clockSkewMaxMs, 'ok'],
  [60, 60_000, 'ok'],
  [60, 60_001, 'RequestExpired'],
  [604_800, 604_800_000, 'ok'],
  [0, 0, 'IncompleteSignature'],
];

for (const [expiresIn, skewMs, expected] of lifetimes) {
  test(`presigned for ${expiresIn} s, received after ${skewMs} ms`, async () => {
    const request = await signed(base, { presign: true, expiresIn });
    assert.equal(check(request, { nowMs: signedAt + skewMs }), expected);
  });
}

test('a presigned request may not live longer than a week', async () => {
  const request = await signed(base, { presign: true });
  const query = request.query.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801');
  assert.equal(check({ ...request, query }), 'IncompleteSignature');
});

const key = (sessionToken: string | undefined) => ({ secretAccessKey, sessionToken });

for (const presign of [false, true]) {
  test(`keys and tokens, presigned ${presign}`, async () => {
    const plain = await signed(base, { presign });
    const withToken = await signed(base, { presign, sessionToken: 'to/ken+=' });
    assert.equal(check(plain, { key: undefined }), 'AuthFailure');
    assert.equal(check(plain, { key: { ...key(undefined), secretAccessKey: 'other' } }), 'AuthFailure');
    assert.equal(check(plain, { key: key('to/ken+=') }), 'AuthFailure');
    assert.equal(check(withToken, { key: key('to/ken+=') }), 'ok');
    assert.equal(check(withToken, { key: key('to/ken+') }), 'AuthFailure');
    assert.equal(check(withToken, { key: key(undefined) }), 'AuthFailure');
  });
}

test('payloads left out', async () => {
  const of = (hash: string) => signed({ ...base, headers: { 'x-amz-content-sha256': hash } });
  const unsigned = await of('UNSIGNED-PAYLOAD');
  assert.equal(check(unsigned), 'IncompleteSignature');
  assert.equal(check(unsigned, { unsignedPayload: 'accept' }), 'ok');
  assert.equal(check(await of(hashes.sha256('other'))), 'AuthFailure');
});

test('a signature for another service', async () => {
  assert.equal(check(await signed(base), { service: 'sts' }), 'AuthFailure');
});

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html and AWS's test suite. */
const published: readonly (readonly [string, string, string, Readonly<Record<string, string>>, string])[] = [
  [
    'get-vanilla',
    'service',
    '',
    { host: 'example.amazonaws.com' },
    '5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31',
  ],
  [
    'ListUsers',
    'iam',
    'Action=ListUsers&Version=2010-05-08',
    { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8', host: 'iam.amazonaws.com' },
    '5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7',
  ],
];

for (const [name, service, query, given, signature] of published) {
  test(`published example ${name}`, () => {
    const headers = { ...given, 'x-amz-date': '20150830T123600Z' };
    const names = Object.keys(headers).sort().join(';');
    const credential = `AKIDEXAMPLE/20150830/us-east-1/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
    const all = Object.entries({ ...headers, authorization }).map(([key, value]) => [key, [value]]);
    const body = new Uint8Array();
    const request = { method: 'GET', path: '/', query, headers: Object.fromEntries(all), body };
    assert.equal(check(request, { service, nowMs: Date.UTC(2015, 7, 30, 12, 36) }), 'ok');
  });
}

test('the Date header dates a request that has no X-Amz-Date', () => {
  const day = ['20260203', 'eu-north-1', 'ec2', 'aws4_request'];
  const date = 'Tue, 03 Feb 2026 04:05:06 GMT';
  const canonical = `GET\n/\n\ndate:${date}\nhost:h\n\ndate;host\n${hashes.sha256('')}`;
  const text = `AWS4-HMAC-SHA256\n20260203T040506Z\n${day.join('/')}\n${hashes.sha256(canonical)}`;
  const signingKey = day.reduce<string | Uint8Array>(hashes.hmacSha256, `AWS4${secretAccessKey}`);
  const signature = Buffer.from(hashes.hmacSha256(signingKey, text)).toString('hex');
  const fields = `Credential=AKID/${day.join('/')}, SignedHeaders=date;host, Signature=${signature}`;
  const headers = { authorization: [`AWS4-HMAC-SHA256 ${fields}`], date: [date], host: ['h'] };
  const request = { method: 'GET', path: '/', query: '', headers, body: new Uint8Array() };
  assert.equal(check(request), 'ok');
  const unsigned = { ...headers, authorization: [headers.authorization[0]?.replace('date;', '') ?? ''] };
  assert.equal(check({ ...request, headers: unsigned }), 'IncompleteSignature');
});

test('whatever the SDK signs verifies, and not with another signature', async () => {
  const text = fc.oneof(fc.string(), fc.string({ unit: 'grapheme' }));
  const segment = fc.oneof(text.map(encodeURIComponent), fc.constantFrom('', '.', '..', '%2F', '%2e'));
  const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/).map((name) => `h-${name}`);
  const plain = fc.record({
    method: fc.constantFrom('GET', 'POST'),
    path: fc.array(segment).map((segments) => `/${segments.join('/')}`),
    // The signer keeps its query in a plain object, where this name is lost.
    query: fc.dictionary(
      text.filter((name) => name !== '__proto__'),
      fc.oneof(text, fc.array(text, { minLength: 1, maxLength: 3 })),
    ),
    headers: fc.dictionary(token, fc.stringMatching(/^[ -~\t]*$/)),
    body: text,
  });
  await fc.assert(
    fc.asyncProperty(plain, fc.boolean(), async (given, presign) => {
      const request = await signed(given, { presign });
      assert.equal(check(request), 'ok');
      assert.equal(check({ ...request, path: `${request.path}/x` }), 'AuthFailure');
    }),
  );
});
