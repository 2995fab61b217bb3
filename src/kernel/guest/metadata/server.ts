/** The metadata service of one VPC on listening sockets of its router. */
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Family } from '#net/address.ts';
import { setOption } from '../../sys/descriptor.ts';
import type { ConnectionLimit } from '../connection-limit.ts';
import type { Guest } from './guest.ts';
import { failure, type MetadataResponse, respond } from './respond.ts';

// Not imported, for the reason in server/http-server.ts: that loads Node's WebSocket client too.
const { createServer } = process.getBuiltinModule('node:http');

export type MetadataOptions = {
  readonly secret: Uint8Array;
  readonly guestAt: (address: string) => Guest | undefined;
  readonly limit: ConnectionLimit;
  readonly onFault: (error: unknown) => void;
};

const requestMs = 5000;
const headerBytesMax = 8192;

/** Answers on a listening TCP socket, which it owns from now on. */
export function serveMetadata(fd: number, family: Family, options: MetadataOptions): Server {
  const timeouts = {
    headersTimeout: requestMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: 1000,
  };
  const server = createServer({ ...timeouts, maxHeaderSize: headerBytesMax, keepAlive: false });
  server.on('connection', (socket) => options.limit.takes(socket));
  server.on('error', options.onFault);
  server.on('request', ({ method = '', url = '', headers, socket }, response) => {
    const header = (name: string) => [headers[name]].flat()[0];
    const request = { method, target: url, header, family };
    try {
      send(response, socket, family, answer(socket.remoteAddress, request, options));
    } catch (error) {
      options.onFault(error);
      socket.destroy();
    }
  });
  server.listen({ fd });
  return server;
}

/** No request of a guest may end the server: a bug is reported, and the guest told that there is one. */
function answer(
  address: string | undefined,
  request: Parameters<typeof respond>[1],
  { guestAt, secret, onFault }: MetadataOptions,
): MetadataResponse {
  try {
    const guest = address === undefined ? undefined : guestAt(address);
    return guest ? respond(guest, request, { secret, nowMs: Date.now() }) : failure(404);
  } catch (error) {
    onFault(error);
    return failure(500);
  }
}

function send(response: ServerResponse, socket: Socket, family: Family, answer: MetadataResponse): void {
  const { status, type, body, headers, hopLimit } = answer;
  // The connection ends with the response, so that what is sent again has the same hop limit.
  if (hopLimit !== undefined) limitHops(socket, family, hopLimit);
  response.writeHead(status, {
    'Content-Type': type,
    'Content-Length': Buffer.byteLength(body),
    Connection: 'close',
    Server: 'EC2ws',
    ...headers,
  });
  response.end(response.req.method === 'HEAD' ? undefined : body);
}

const SOL_IP = 0;
const IP_TTL = 2;
const SOL_IPV6 = 41;
const IPV6_UNICAST_HOPS = 16;

/** Node has no setting for this; its handle of a connection tells the descriptor. */
function limitHops(socket: Socket, family: Family, hops: number): void {
  // The client has gone.
  if (socket.destroyed) return;
  const handle: unknown = Reflect.get(socket, '_handle');
  const fd: unknown = typeof handle === 'object' && handle !== null ? Reflect.get(handle, 'fd') : undefined;
  if (typeof fd !== 'number' || fd < 0)
    throw new Error('the connection has no descriptor to limit its hops by');
  if (family === 'ipv4') setOption(fd, SOL_IP, IP_TTL, hops);
  else setOption(fd, SOL_IPV6, IPV6_UNICAST_HOPS, hops);
}
