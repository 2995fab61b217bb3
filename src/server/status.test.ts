import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { statusOf } from './status.ts';

test('another program at the endpoint is told from nobody', async () => {
  const server = createServer((request, response) => {
    response.end(request.url === '/_rampart/health' ? '<html>' : '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const why = async () => {
    const status = await statusOf(endpoint);
    return status.kind === 'silent' ? status.why : assert.fail('it answers');
  };
  assert.equal(await why(), 'what answers there is not this version of Rampart');
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  assert.equal(await why(), 'nothing answers there');
});
