/** The trust boundary of a running server: one test for each rule, each with its other side. */
import { deepEqual, equal, match, ok } from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ec2Call, send, withServer } from '../../tests/support/server.ts';
import { createHttpServer, type HttpPorts } from './http-server.ts';
import { bodyBytesMax } from './request-body.ts';

const describeCall = ec2Call('DescribeSecurityGroups');
const createCall = ec2Call('CreateSecurityGroup', { GroupName: 'web', GroupDescription: 'web' });

test('a rebound name is refused, for reads and for changes', () =>
  withServer(async ({ endpoint, health }) => {
    equal((await send(endpoint, describeCall)).status, 200);
    const { sequence } = health();
    for (const call of [
      describeCall,
      createCall,
      { path: '/_rampart/health' },
      { path: '/_rampart/metrics' },
    ]) {
      const headers = { ...('headers' in call ? call.headers : {}), host: 'evil.example:4566' };
      equal((await send(endpoint, { ...call, headers })).status, 403);
    }
    equal(health().sequence, sequence);
  }));

test('a foreign origin is refused and no answer invites one', () =>
  withServer(async ({ endpoint, health }) => {
    const { host } = new URL(endpoint);
    const own = { ...describeCall.headers, origin: `http://${host}` };
    const answers = [await send(endpoint, { ...describeCall, headers: own })];
    equal(answers[0]?.status, 200);
    const { sequence } = health();
    for (const origin of ['http://evil.example', 'http://localhost:3000', 'null']) {
      const refused = await send(endpoint, { ...createCall, headers: { ...createCall.headers, origin } });
      equal(refused.status, 403);
      const headers = { origin, 'access-control-request-method': 'POST' };
      answers.push(refused, await send(endpoint, { method: 'OPTIONS', headers }));
    }
    equal(health().sequence, sequence);
    for (const { headers } of answers) {
      deepEqual(
        Object.keys(headers).filter((name) => name.startsWith('access-control-')),
        [],
      );
    }
  }));

test('a cross-site request is refused', () =>
  withServer(async ({ endpoint, health }) => {
    for (const site of ['cross-site', 'same-site']) {
      const headers = { ...createCall.headers, 'sec-fetch-site': site };
      equal((await send(endpoint, { ...createCall, headers })).status, 403);
      equal(
        (await send(endpoint, { path: '/_rampart/health', headers: { 'sec-fetch-site': site } })).status,
        403,
      );
    }
    equal(health().sequence, 0);
  }));

test('changes come by POST only', () =>
  withServer(async ({ endpoint, health }) => {
    const { authorization } = createCall.headers;
    for (const method of ['GET', 'PUT', 'DELETE', 'HEAD']) {
      const { status } = await send(endpoint, {
        method,
        path: `/?${createCall.body}`,
        headers: { authorization },
      });
      ok(status >= 400 && status < 500, `${method}: ${status}`);
    }
    equal(health().sequence, 0);
    equal((await send(endpoint, createCall)).status, 200);
    ok(health().sequence > 0);
  }));

test('an Authorization header is required, with AWS’s error where it is missing', () =>
  withServer(async ({ endpoint, health }) => {
    const { authorization, ...headers } = createCall.headers;
    const bare = await send(endpoint, { ...createCall, headers });
    ok(bare.status >= 400 && bare.status < 500);
    match(bare.body, /<Code>\w+<\/Code>/);
    const [, credential] = /Credential=([^,]+)/.exec(authorization) ?? [];
    const presigned = new URLSearchParams({
      'X-Amz-Algorithm': 'AWS4-HMAC-SHA256',
      'X-Amz-Credential': credential ?? '',
      'X-Amz-Date': '20260101T000000Z',
      'X-Amz-SignedHeaders': 'host',
      'X-Amz-Signature': '0'.repeat(64),
    });
    const signed = await send(endpoint, { ...createCall, headers, path: `/?${presigned}` });
    equal(signed.status, 403);
    equal(health().sequence, 0);
  }));

test('of our own addresses only health and metrics answer without one', () =>
  withServer(
    async ({ endpoint }) => {
      const rows = [
        ['GET', '/_rampart/health', 200, 200],
        ['GET', '/_rampart/metrics', 200, 200],
        ['GET', '/_rampart/snapshot', 401, 200],
        ['GET', '/_rampart/lab/namespace?instance=i-0123456789abcdef0', 401, 409],
        ['POST', '/_rampart/lab/internet-host', 401, 409],
        ['POST', '/_rampart/reset', 401, 200],
        ['GET', '/_rampart/reset', 405, 405],
        ['POST', '/_rampart/health', 405, 405],
        ['GET', '/_rampart/run', 404, 404],
      ] as const;
      for (const [method, path, without, withHeader] of rows) {
        equal((await send(endpoint, { method, path })).status, without, `${method} ${path}`);
        const headers = { authorization: 'Rampart' };
        equal((await send(endpoint, { method, path, headers })).status, withHeader, `${method} ${path}`);
      }
    },
    { allowReset: true },
  ));

test('a body of 1 MiB is read and one byte more is not', () =>
  withServer(async ({ endpoint }) => {
    const filled = (bytes: number) => `${describeCall.body}&Filler=`.padEnd(bytes, 'x');
    const fits = await send(endpoint, { ...describeCall, body: filled(bodyBytesMax) });
    match(fits.body, /<Code>UnknownParameter<\/Code>/);
    const large = await send(endpoint, { ...describeCall, body: filled(bodyBytesMax + 1) });
    equal(large.status, 413);
    match(large.body, /<Code>RequestEntityTooLarge<\/Code>/);
    equal(large.headers['connection'], 'close');
    const chunked = { ...describeCall.headers, 'transfer-encoding': 'chunked' };
    const unknown = await send(endpoint, {
      ...describeCall,
      headers: chunked,
      body: filled(bodyBytesMax + 1),
    });
    equal(unknown.status, 413);
  }));

test('every answer carries its own request id, in the header and in the document', () =>
  withServer(async ({ endpoint }) => {
    const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
    const answers = [
      await send(endpoint, describeCall),
      await send(endpoint, ec2Call('NoSuchAction')),
      await send(endpoint, { path: '/_rampart/health' }),
    ];
    const ids = answers.map(({ headers }) => String(headers['x-amzn-requestid']));
    for (const id of ids) match(id, uuid);
    equal(new Set(ids).size, ids.length);
    ok(answers[0]?.body.includes(`<requestId>${ids[0]}</requestId>`));
    ok(answers[1]?.body.includes(`<RequestID>${ids[1]}</RequestID>`));
  }));

/** What a server answers to these bytes before it closes the connection. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
    });
    socket.on('error', reject).on('close', () => resolve(text));
  });
}

test('who sends headers or a body too slowly is cut off', async () => {
  // No request becomes complete, so nobody is asked.
  const nobody = { allowedHosts: new Set() } as unknown as HttpPorts;
  const server = createHttpServer(nobody, { headersMs: 50, requestMs: 100, checkMs: 20 });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const head = 'POST / HTTP/1.1\r\nHost: localhost\r\n';
    for (const bytes of [head, `${head}Content-Length: 100\r\n\r\nAction=`]) {
      match(await exchange(port, bytes), /^HTTP\/1\.1 408 /);
    }
  } finally {
    server.close();
  }
});

test('what fails is told without the query, which may be signed', async () => {
  const told: unknown[] = [];
  const failing = {
    allowedHosts: new Set(),
    mayControl: () => false,
    aws: { answer: () => Promise.reject(new Error('broken')) },
    onFault: (_error: unknown, { action }: { readonly action: string }) => told.push(action),
  } as unknown as HttpPorts;
  const server = createHttpServer(failing);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    const answer = await exchange(
      port,
      'GET /a?X-Amz-Security-Token=t HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n',
    );
    match(answer, /^HTTP\/1\.1 500 /);
    deepEqual(told, ['/a']);
  } finally {
    server.close();
  }
});

test('a client that goes away in the middle of an answer is no fault', async () => {
  const told: unknown[] = [];
  const ended = Promise.withResolvers<void>();
  function* endless() {
    try {
      for (;;) yield 'x'.repeat(1000);
    } finally {
      ended.resolve();
    }
  }
  const scraped = async () => ({ contentType: 'text/plain', body: Readable.from(endless()) });
  const server = createHttpServer({
    allowedHosts: new Set(),
    mayControl: () => false,
    control: { metrics: { scraped } },
    onFault: (error: unknown) => told.push(error),
  } as unknown as HttpPorts);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /_rampart/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n');
  await once(socket, 'data');
  socket.destroy();
  await ended.promise;
  server.close();
  await once(server, 'close');
  // The server hears of it in the same turn, after the connection does.
  await setImmediate();
  deepEqual(told, []);
});

test('long answers are whole, counted in bytes and not in characters', () =>
  withServer(async ({ endpoint }) => {
    const value = 'ä'.repeat(255);
    const tags = Array.from({ length: 50 }, (_, index) => [
      [`TagSpecification.1.Tag.${index + 1}.Key`, `key-${index}`],
      [`TagSpecification.1.Tag.${index + 1}.Value`, value],
    ]);
    const given = { 'TagSpecification.1.ResourceType': 'security-group', ...Object.fromEntries(tags.flat()) };
    for (let count = 1; count <= 6; count++) {
      const call = { GroupName: `group-${count}`, GroupDescription: 'tagged', ...given };
      equal((await send(endpoint, ec2Call('CreateSecurityGroup', call))).status, 200);
      const { headers, body } = await send(endpoint, describeCall);
      equal(Number(headers['content-length']), Buffer.byteLength(body));
      equal(body.split(value).length - 1, count * tags.length);
      match(body, /<\/DescribeSecurityGroupsResponse>$/);
    }
  }));

test('bytes that are no HTTP are answered with an error and leave the server as it was', () =>
  withServer(async ({ endpoint, health }) => {
    const { port } = new URL(endpoint);
    for (const bytes of [
      '\u0016\u0003\u0001\r\n\r\n',
      `GET / HTTP/1.1\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`,
    ]) {
      const answer = await exchange(Number(port), bytes);
      match(answer, /^HTTP\/1\.1 4\d\d /);
    }
    equal(health().status, 'ok');
  }));
