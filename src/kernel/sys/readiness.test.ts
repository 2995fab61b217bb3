/** Sockets of this machine's loopback device, which need no root. */
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import type { Ip } from '#net/address.ts';
import { bindUdp } from '../netns/listen.ts';
import { closeDescriptor, receiveFrom, socketAddressOf } from './descriptor.ts';
import { whenReadable } from './readiness.ts';

const skip = existsSync('/proc/self/ns/net') ? false : 'needs Linux';
const buffer = Buffer.alloc(16);

describe('readiness of sockets', { skip }, () => {
  const sender = createSocket('udp4');
  after(() => sender.close());

  function opened(): { readonly fd: number; readonly send: (text: string) => Promise<void> } {
    const fd = bindUdp('127.0.0.1' as Ip, 0);
    const port = socketAddressOf(fd).readUInt16BE(2);
    const send = (text: string) =>
      new Promise<void>((resolve, reject) => {
        sender.send(text, port, '127.0.0.1', (error) => (error ? reject(error) : resolve()));
      });
    return { fd, send };
  }

  /** Reads one message for each time that it is told. */
  function reader(fd: number) {
    const told: string[] = [];
    const changed = { next: Promise.withResolvers<void>() };
    const stop = whenReadable(fd, () => {
      const received = receiveFrom(fd, buffer);
      told.push(received ? buffer.toString('latin1', 0, received.length) : 'nothing');
      changed.next.resolve();
      changed.next = Promise.withResolvers();
    });
    const until = async (count: number) => {
      while (told.length < count) await changed.next.promise;
    };
    return { told, until, stop };
  }

  test('each of several is told of its own messages', async () => {
    const [one, other] = [opened(), opened()];
    const [first, second] = [reader(one.fd), reader(other.fd)];
    for (const text of ['a', 'b', 'c']) await one.send(text);
    await first.until(3);
    await other.send('d');
    await second.until(1);
    await one.send('e');
    await first.until(4);
    assert.deepEqual([first.told, second.told], [['a', 'b', 'c', 'e'], ['d']]);
    for (const { stop } of [first, second]) stop();
    for (const { fd } of [one, other]) closeDescriptor(fd);
  });

  test('of all that came before it was asked', async () => {
    const { fd, send } = opened();
    for (const text of ['a', 'b', 'c']) await send(text);
    const { told, until, stop } = reader(fd);
    await until(3);
    stop();
    closeDescriptor(fd);
    assert.deepEqual(told, ['a', 'b', 'c']);
  });

  test('of nothing after that, though packets come', async () => {
    const { fd, send } = opened();
    const { told, stop } = reader(fd);
    stop();
    await send('late');
    await pause(50);
    closeDescriptor(fd);
    assert.deepEqual(told, []);
  });
});
