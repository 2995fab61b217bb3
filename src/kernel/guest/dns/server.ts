/** The resolver of one VPC on sockets of its router: UDP, and TCP with messages behind their length (RFC 7766). */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import { familyOf } from '#net/address.ts';
import type { ConnectionLimit } from '../connection-limit.ts';
import { type Names, respond, respondFailure, type Transport } from './message.ts';

const idleMs = 10_000;
const unreadBytesMax = 256 * 1024;

export type ResolverOptions = {
  readonly names: Names;
  readonly limit: ConnectionLimit;
  /** Told of bugs; the asker gets SERVFAIL. */
  readonly onFault: (error: unknown) => void;
};

/** Answers on a bound UDP socket, which it owns from now on. */
export function serveUdp(fd: number, address: string, options: ResolverOptions): UdpSocket {
  const socket = createSocket(familyOf(address) === 'ipv4' ? 'udp4' : 'udp6');
  socket.on('error', options.onFault);
  socket.on('message', (query, { address: to, port }) => {
    const reply = port === 0 ? undefined : answer(query, 'udp', options);
    // An asker that has gone meanwhile has no route any more; whoever asks again is answered again.
    if (reply) socket.send(reply, port, to, () => {});
  });
  socket.bind({ fd });
  return socket;
}

/** Answers on a listening TCP socket, which it owns from now on. */
export function serveTcp(fd: number, options: ResolverOptions): Server {
  const server = createServer((socket) => {
    if (options.limit.takes(socket)) converse(socket, options);
  });
  server.on('error', options.onFault);
  server.listen({ fd });
  return server;
}

/** Answers message after message until the client ends or is silent. */
function converse(socket: Socket, options: ResolverOptions): void {
  let waiting = Buffer.alloc(0);
  // A client that goes away in the middle of something is its own affair.
  socket.on('error', () => socket.destroy());
  socket.setTimeout(idleMs, () => socket.destroy());
  socket.on('data', (chunk) => {
    waiting = Buffer.concat([waiting, chunk]);
    for (;;) {
      const length = waiting.length < 2 ? undefined : waiting.readUInt16BE(0);
      if (length === undefined || waiting.length < 2 + length) return;
      const reply = answer(waiting.subarray(2, 2 + length), 'tcp', options);
      waiting = waiting.subarray(2 + length);
      // A client that sends and does not read gets nothing more.
      if (!reply || socket.writableLength > unreadBytesMax) {
        socket.destroy();
        return;
      }
      socket.write(framed(reply));
    }
  });
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(2);
  head.writeUInt16BE(message.length);
  return Buffer.concat([head, message]);
}

/** No packet of a guest may end the server: a bug is reported, and its asker told that there is one. */
function answer(
  query: Buffer,
  transport: Transport,
  { names, onFault }: ResolverOptions,
): Buffer | undefined {
  try {
    return respond(query, transport, names);
  } catch (error) {
    onFault(error);
    return respondFailure(query);
  }
}
