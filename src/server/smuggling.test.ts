/**
 * Requests that two programs could read differently: each is answered with 400 and the connection ends there, so that
 * nothing behind it is taken for a request. RFC 9112, sections 3.2, 5, 6 and 7.
 */
import { equal, match } from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { ec2Call, withServer } from '../../tests/support/server.ts';

const { headers, body } = ec2Call('CreateSecurityGroup', { GroupName: 'web', GroupDescription: 'web' });
const fields = `Authorization: ${headers.authorization}\r\nContent-Type: ${headers['content-type']}\r\n`;
const length = `Content-Length: ${body.length}\r\n`;
const hex = body.length.toString(16);
/** A whole request that would change something, hidden behind another one. */
const hidden = `POST / HTTP/1.1\r\nHost: localhost\r\n${fields}${length}\r\n${body}`;
const post = (head: string, rest = '') => `POST / HTTP/1.1\r\n${head}${fields}${rest}`;
const host = 'Host: localhost\r\n';
const chunked = 'Transfer-Encoding: chunked\r\n';

/** What is sent, and the status of each answer before the connection ends. */
const rows: readonly (readonly [name: string, bytes: string, statuses: readonly number[]])[] = [
  ['one request', `${post(host, `Connection: close\r\n${length}`)}\r\n${body}`, [200]],
  ['in chunks', `${post(host, `Connection: close\r\n${chunked}`)}\r\n${hex}\r\n${body}\r\n0\r\n\r\n`, [200]],
  ['no Host', `${post('', length)}\r\n${body}`, [400]],
  ['two Hosts, the good one first', `${post(`${host}Host: evil.example\r\n`, length)}\r\n${body}`, [400]],
  ['two equal Hosts', `${post(`${host}${host}`, length)}\r\n${body}`, [400]],
  ['a Host of two names', `${post('Host: localhost, evil.example\r\n', length)}\r\n${body}`, [403]],
  ['two lengths', `${post(host, `${length}Content-Length: 0\r\n`)}\r\n${body}${hidden}`, [400]],
  ['a list of lengths', `${post(host, `Content-Length: ${body.length}, 0\r\n`)}\r\n${body}${hidden}`, [400]],
  ['a length with a sign', `${post(host, `Content-Length: +${body.length}\r\n`)}\r\n${body}${hidden}`, [400]],
  ['a length in hexadecimal', `${post(host, `Content-Length: 0x${hex}\r\n`)}\r\n${body}${hidden}`, [400]],
  ['length and chunks', `${post(host, `${length}${chunked}`)}\r\n0\r\n\r\n${hidden}`, [400]],
  ['chunks and length', `${post(host, `${chunked}${length}`)}\r\n0\r\n\r\n${hidden}`, [400]],
  [
    'a coding behind chunked',
    `${post(host, 'Transfer-Encoding: chunked, identity\r\n')}\r\n0\r\n\r\n${hidden}`,
    [400],
  ],
  ['chunked twice', `${post(host, chunked + chunked)}\r\n0\r\n\r\n${hidden}`, [400]],
  ['an unknown coding', `${post(host, 'Transfer-Encoding: xchunked\r\n')}\r\n0\r\n\r\n${hidden}`, [400]],
  ['space before the colon', `${post(host, 'Transfer-Encoding : chunked\r\n')}\r\n0\r\n\r\n${hidden}`, [400]],
  ['a chunk size with a sign', `${post(host, chunked)}\r\n+0\r\n\r\n${hidden}`, [400]],
  ['a chunk size in 0x', `${post(host, chunked)}\r\n0x0\r\n\r\n${hidden}`, [400]],
  ['a chunk size beyond 64 bits', `${post(host, chunked)}\r\n${'f'.repeat(17)}\r\n\r\n${hidden}`, [400]],
  ['a chunk longer than its size', `${post(host, chunked)}\r\n1\r\n${body}\r\n0\r\n\r\n${hidden}`, [400]],
  ['a chunk line ended by a line feed', `${post(host, chunked)}\r\n0\n\r\n${hidden}`, [400]],
  ['a header line ended by a line feed', `${post(host, 'X: y\nZ: z\r\n')}\r\n${hidden}`, [400]],
  ['a carriage return in a header', `${post(host, 'X: y\rZ: z\r\n')}\r\n${hidden}`, [400]],
  ['a zero byte in a header', `${post(host, 'X: \0\r\n')}\r\n${hidden}`, [400]],
  ['a folded header', `${post(host, 'X: y\r\n z\r\n')}\r\n${hidden}`, [400]],
  ['an absolute target', `${post(host, length)}\r\n${body}`.replace(' / ', ' http://localhost/ '), [400]],
  [
    'an absolute target elsewhere',
    `${post(host, length)}\r\n${body}`.replace(' / ', ' http://evil.example/ '),
    [400],
  ],
  ['an authority', `${post(host, length)}\r\n${body}`.replace('POST /', 'POST localhost:80'), [400]],
  ['an asterisk', `${post(host, length)}\r\n${body}`.replace('POST /', 'POST *'), [400]],
  ['a space in the target', `${post(host, length)}\r\n${body}`.replace(' / ', ' /a b '), [400]],
  ['an unknown version', `${post(host, length)}\r\n${body}`.replace('HTTP/1.1', 'HTTP/3.7'), [400]],
  ['no version', 'GET /\r\n\r\n', [400]],
  ['a method that nobody knows', `${post(host, length)}\r\n${body}`.replace('POST', 'PSOT'), [400]],
  ['headers of 17 KiB', `${post(host, `X: ${'y'.repeat(17 * 1024)}\r\n`)}\r\n${hidden}`, [431]],
  ['3000 headers, none left out in silence', `${post(host, 'X: y\r\n'.repeat(3000))}\r\n${hidden}`, [431]],
];

/** Sends bytes and gives everything that comes back until the server closes. */
function exchange(endpoint: string, bytes: string): Promise<string> {
  const { port } = new URL(endpoint);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.setEncoding('latin1').on('data', (part: string) => {
      text += part;
    });
    socket.on('close', () => resolve(text));
    // A refusal may close while bytes are still on their way.
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)));
    socket.setTimeout(5000, () => {
      text += '(still open)';
      socket.destroy();
    });
  });
}

for (const [name, bytes, statuses] of rows) {
  test(name, () =>
    withServer(async ({ endpoint, health }) => {
      const answer = await exchange(endpoint, bytes);
      const seen = [...answer.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status));
      equal(JSON.stringify(seen), JSON.stringify(statuses), answer.slice(0, 400));
      equal(answer.includes('still open'), false);
      equal(health().sequence > 0, statuses[0] === 200);
      if (statuses[0] === 200) match(answer, /<groupId>sg-/);
    }),
  );
}
