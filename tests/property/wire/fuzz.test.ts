/**
 * Whatever is sent: a call with an input, or an error document of AWS with a client's status; nothing throws. Runs a
 * fixed number of cases, or with RAMPART_FUZZ_SECONDS for as long as that.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeInput } from '#wire/input.ts';
import { membersOf } from '#wire/model.ts';
import { operationNames } from '#wire/operation.ts';
import { encodeError } from '#wire/output.ts';
import { readRequest } from '#wire/request.ts';
import type { Protocol, RawRequest, WireError } from '#wire/wire.ts';
import { type ServiceName, serviceNames } from '#wire/wire.ts';
import { arbitraryOf } from './arbitrary.ts';
import { modelFile, sdkSender } from './sdk.ts';

const seconds = Number(process.env['RAMPART_FUZZ_SECONDS'] ?? 0);
const parameters =
  seconds > 0
    ? { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: seconds * 200 }
    : { numRuns: 2000 };

/** Of the requests that are changed; fast-check prints the seed of the changes itself. */
const seed = Number(process.env['RAMPART_SEED'] ?? Date.now() % 2 ** 31);

const form = 'application/x-www-form-urlencoded; charset=utf-8';

function rawOf(service: string, body: string | Uint8Array, more: Partial<RawRequest> = {}): RawRequest {
  const credential = `AKID/20150830/us-east-1/${service}/aws4_request`;
  const signature = `Credential=${credential}, SignedHeaders=host, Signature=${'0'.repeat(64)}`;
  const { headers, ...rest } = more;
  return {
    method: 'POST',
    path: '/',
    query: '',
    body: typeof body === 'string' ? new TextEncoder().encode(body) : body,
    headers: { authorization: [`AWS4-HMAC-SHA256 ${signature}`], 'content-type': [form], ...headers },
    ...rest,
  };
}

/** Reads a request to the end; the outcome's name. */
function take(request: RawRequest): string {
  const read = readRequest(request);
  if (read.kind === 'refusedRequest') return refused(read.protocol, read.error);
  const input = decodeInput(read);
  if (input.kind === 'wireError') return refused(read.operation.protocol, input);
  assert.equal(typeof input.input, 'object');
  return 'input';
}

function refused(protocol: Protocol, error: WireError): string {
  assert.match(error.code, /^[A-Z][A-Za-z.]+$/);
  assert.ok(error.status >= 400 && error.status < 500, `${error.code} ${error.status}`);
  assert.ok(error.message.length < 2000, error.message);
  const { body } = encodeError(protocol, error, 'rid');
  if (protocol.startsWith('awsJson')) assert.equal(JSON.parse(body).__type, error.code);
  else assert.ok(body.includes(`<Code>${error.code}</Code><Message>`), body);
  return error.code;
}

test('bytes of any kind under any headers', () => {
  const header = fc.oneof(fc.string(), fc.constantFrom(form, 'application/x-amz-json-1.1'));
  const headers = fc.record(
    {
      authorization: fc.array(fc.oneof(fc.string(), fc.constant('AWS4-HMAC-SHA256 Credential=a')), {
        maxLength: 2,
      }),
      'content-type': header.map((value) => [value]),
      'x-amz-target': fc
        .oneof(fc.string(), fc.constant('CloudTrail_20131101.LookupEvents'))
        .map((value) => [value]),
      host: header.map((value) => [value]),
    },
    { requiredKeys: [], noNullPrototype: true },
  );
  const property = fc.property(
    fc.constantFrom('GET', 'POST', 'PUT', ''),
    fc.oneof(fc.string(), fc.constant('X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=%')),
    fc.uint8Array({ maxLength: 200 }),
    headers,
    (method, query, body, given) => {
      take(rawOf('ec2', body, { method, query, headers: given }));
    },
  );
  fc.assert(property, parameters);
});

for (const service of ['ec2', 'sts'] as const) {
  test(`${service}: trees of the service's own names`, () => {
    const model = modelFile(service);
    const names = Object.values(model.shapes).flatMap((shape) =>
      shape.kind === 'struct' ? membersOf(shape, model.protocol).map(({ queryName }) => queryName) : [],
    );
    const junk = fc.constantFrom('', '0', '-1', '01', '1e3', 'member', '__proto__', 'toString', '%', '😀');
    const segment = fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...new Set(names)) },
      { weight: 5, arbitrary: fc.integer({ min: 1, max: 3 }).map(String) },
      { weight: 1, arbitrary: junk },
    );
    const value = fc.oneof(
      fc.string(),
      fc.constantFrom('true', '1', '', '-0', '1e400', '2020-02-30T00:00:00Z'),
    );
    const pair = fc
      .tuple(fc.array(segment, { minLength: 1, maxLength: 6 }), value)
      .map(([segments, text]) => `${segments.map(encodeURIComponent).join('.')}=${encodeURIComponent(text)}`);
    const property = fc.property(
      fc.constantFrom(...operationNames(service)),
      fc.array(pair, { maxLength: 6 }),
      (action, pairs) => {
        take(rawOf(service, [`Action=${action}&Version=${model.version}`, ...pairs].join('&')));
      },
    );
    fc.assert(property, parameters);
  });
}

/** A text with a few pieces cut, doubled, swapped for others or flipped. */
function mutated(text: string, edits: readonly (readonly [number, number, string])[]): string {
  return edits.reduce((now, [where, length, put]) => {
    const at = Math.floor(where * now.length);
    return (
      now.slice(0, at) + (put === 'again' ? now.slice(at, at + 2 * length) : put) + now.slice(at + length)
    );
  }, text);
}

const edit = fc.tuple(
  fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  fc.integer({ min: 0, max: 12 }),
  fc.oneof(
    fc.constantFrom('', '&', '=', '.', '%', '%ff', '+', '1', '{', '"', 'null', '\0', 'again'),
    fc.string(),
  ),
);

for (const service of serviceNames) {
  test(`${service}: real requests with pieces changed (RAMPART_SEED=${seed})`, async () => {
    const samples = await sampleRequests(service);
    const property = fc.property(
      fc.constantFrom(...samples),
      fc.array(edit, { minLength: 1, maxLength: 4 }),
      (request, edits) => {
        const body = new TextEncoder().encode(mutated(new TextDecoder().decode(request.body), edits));
        take({ ...request, body });
      },
    );
    fc.assert(property, parameters);
  });
}

/** What the SDK sends for one generated input of each operation. */
async function sampleRequests(service: ServiceName): Promise<readonly RawRequest[]> {
  const model = modelFile(service);
  const requests: RawRequest[] = [];
  const send = sdkSender(service, (request) => {
    requests.push(request);
    return { status: 200, headers: {}, body: '' };
  });
  for (const operation of operationNames(service)) {
    const [input = {}] = fc.sample(
      arbitraryOf(model, model.operations[operation]?.[0] ?? null, 'request'),
      1,
    );
    await send(operation, input);
  }
  return requests;
}

const mebibyte = 2 ** 20;
const describe = 'Action=DescribeVpcs&Version=2016-11-15';
const jsonHeaders = {
  'content-type': ['application/x-amz-json-1.1'],
  'x-amz-target': ['CloudTrail_20131101.LookupEvents'],
};

const huge: readonly (readonly [string, string, string])[] = [
  ['separators', `${describe}&${'&'.repeat(mebibyte)}`, 'input'],
  ['a value', `${describe}&VpcId.1=${'a'.repeat(mebibyte)}`, 'input'],
  ['a name', `${describe}&${'a'.repeat(mebibyte)}=1`, 'InvalidQueryParameter'],
  ['dots', `${describe}&${'.'.repeat(mebibyte)}=1`, 'InvalidQueryParameter'],
  [
    'a bad number',
    `Action=DescribeVpcs&Version=2016-11-15&MaxResults=${'9'.repeat(mebibyte)}`,
    'InvalidParameterValue',
  ],
  ['a list', `${describe}&${many(50_000, (n) => `VpcId.${n}=v`)}`, 'input'],
  ['a list of too many', `${describe}&${many(100_001, (n) => `VpcId.${n}=v`)}`, 'InvalidQueryParameter'],
  ['chains', `${describe}&${many(10_000, (n) => `${n}${'.1'.repeat(31)}=`)}`, 'InvalidQueryParameter'],
  ['an action', `Action=${'A'.repeat(mebibyte)}&Version=2016-11-15`, 'InvalidAction'],
  ['a version', `Action=DescribeVpcs&Version=${'1'.repeat(mebibyte)}`, 'NoSuchVersion'],
];

function many(count: number, pair: (n: number) => string): string {
  return Array.from({ length: count }, (_, index) => pair(index + 1)).join('&');
}

for (const [name, body, expected] of huge) {
  test(`huge: ${name}`, () => assert.equal(take(rawOf('ec2', body)), expected));
}

test('huge: JSON nested without end', () => {
  const open = '{"LookupAttributes":['.repeat(mebibyte / 20);
  assert.equal(take(rawOf('cloudtrail', open, { headers: jsonHeaders })), 'SerializationException');
  const list = `{"LookupAttributes":${'['.repeat(mebibyte / 2)}${']'.repeat(mebibyte / 2)}}`;
  assert.equal(take(rawOf('cloudtrail', list, { headers: jsonHeaders })), 'SerializationException');
});
