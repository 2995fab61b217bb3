import { deepEqual, equal } from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { BodyRoom, readBody } from './request-body.ts';

const short = 64 * 1024;

/** What is left of each body when it was read, one after the other, with room for this much. */
async function lengths(room: BodyRoom, bodies: readonly number[]): Promise<readonly (number | string)[]> {
  const read: (number | string)[] = [];
  const server = createServer((asked, response) => {
    void readBody(asked, room).then((body) => {
      read.push(typeof body === 'string' ? body : body.length);
      response.writeHead(200, { connection: 'close' }).end();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const size of bodies) {
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', agent: false });
    // The rest of a body that is not read is not taken either.
    outgoing.on('error', () => {});
    outgoing.end(Buffer.alloc(size));
    const [response] = await Promise.race([once(outgoing, 'response'), once(outgoing, 'close')]);
    response?.resume();
  }
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
  return read;
}

test('what is long of bodies needs room, which is free again behind each', async () => {
  const bodies = [short, short + 1000, short + 1000, short + 1001, short, short + 1000];
  deepEqual(await lengths(new BodyRoom(1000), bodies), [
    ...[short, short + 1000, short + 1000, 'noRoom'],
    ...[short, short + 1000],
  ]);
  deepEqual(await lengths(new BodyRoom(0), [short, short + 1]), [short, 'noRoom']);
});

test('room is for all bodies together', () => {
  const room = new BodyRoom(100);
  equal(room.takes(0, short + 60), true);
  equal(room.takes(0, short + 41), false);
  equal(room.takes(0, short), true);
  equal(room.takes(short, short + 40), true);
  equal(room.takes(short + 40, short + 41), false);
});
