/** The time service of a VPC: SNTP version 4 (RFC 4330), with the time of this machine. */
import { createSocket, type Socket } from 'node:dgram';
import { familyOf } from '#net/address.ts';

const messageBytes = 48;
const modeClient = 3;
const modeServer = 4;
/** Seconds from 1900, where NTP begins, to 1970. */
const secondsTo1970 = 2_208_988_800;
/** A modest claim: how good the machine's own clock is, nobody here knows. */
const stratum = 4;
/** Milliseconds, about 2^-10 s. */
const precision = -10;

/** Answers on a bound UDP socket, which it owns from now on. */
export function serveTime(fd: number, address: string, onFault: (error: unknown) => void): Socket {
  const socket = createSocket(familyOf(address) === 'ipv4' ? 'udp4' : 'udp6');
  socket.on('error', onFault);
  socket.on('message', (query, { address: to, port }) => {
    const reply = port === 0 ? undefined : timeReply(query, Date.now());
    if (reply) socket.send(reply, port, to, () => {});
  });
  socket.bind({ fd });
  return socket;
}

/** The answer to a client's message at a time in milliseconds since 1970; undefined where it asks nothing. */
export function timeReply(query: Buffer, nowMs: number): Buffer | undefined {
  const first = query[0];
  if (first === undefined || query.length < messageBytes || (first & 7) !== modeClient) return undefined;
  const version = (first >> 3) & 7;
  if (version < 1 || version > 4) return undefined;
  const reply = Buffer.alloc(messageBytes);
  reply.writeUInt8((version << 3) | modeServer, 0);
  reply.writeUInt8(stratum, 1);
  reply.writeUInt8(query.readUInt8(2), 2);
  reply.writeInt8(precision, 3);
  reply.write('LOCL', 12, 'latin1');
  writeTime(reply, 16, nowMs);
  // What the client sent as its time comes back as the one that it sent at.
  query.copy(reply, 24, 40, 48);
  writeTime(reply, 32, nowMs);
  writeTime(reply, 40, nowMs);
  return reply;
}

/** Seconds since 1900 and a 32-bit fraction. */
function writeTime(into: Buffer, at: number, ms: number): void {
  into.writeUInt32BE((Math.floor(ms / 1000) + secondsTo1970) % 2 ** 32, at);
  into.writeUInt32BE(Math.floor(((ms % 1000) / 1000) * 2 ** 32), at + 4);
}
