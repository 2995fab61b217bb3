/** Sockets by descriptor: the families and options that Node's own sockets do not have. */
import { constants } from 'node:os';
import { SystemError } from './error.ts';
import { call, callAside, tryCall } from './libc.ts';

/** Numbers of linux/socket.h; they differ between kernels' architectures nowhere that Node runs. */
export const AF = { inet: 2, inet6: 10, netlink: 16, packet: 17 } as const;
export const SOCK = { stream: 1, dgram: 2, raw: 3, cloexec: 0o2000000, nonblock: 0o4000 } as const;
const SOL_SOCKET = 1;
const SO_REUSEADDR = 2;
const SO_SNDBUFFORCE = 32;
const SO_RCVBUFFORCE = 33;
const MSG_DONTWAIT = 0x40;
const MSG_TRUNC = 0x20;

/** A new socket in the calling thread's network namespace, closed on exec. */
export function openSocket(family: number, type: number, protocol: number): number {
  return call('socket', family, type | SOCK.cloexec, protocol);
}

/** Gives the socket an address: the bytes of a `sockaddr`. */
export function bindSocket(fd: number, address: Uint8Array): void {
  call('bind', fd, address, address.length);
}

/** The socket's own address: the bytes of a `sockaddr`. */
export function socketAddressOf(fd: number): Buffer {
  const address = Buffer.alloc(128);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(address.length);
  call('getsockname', fd, address, length);
  return address.subarray(0, length.readUInt32LE());
}

/** Sets an integer option. */
export function setOption(fd: number, level: number, option: number, value: number): void {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  call('setsockopt', fd, level, option, bytes, 4);
}

/** Sets an option that is a structure. */
export function setOptionBytes(fd: number, level: number, option: number, value: Uint8Array): void {
  call('setsockopt', fd, level, option, value, value.length);
}

/** Lets an address be bound again at once after its last user went away. */
export function reuseAddress(fd: number): void {
  setOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
}

/** Sets both buffers past the system's limits; needs CAP_NET_ADMIN. */
export function setBuffers(fd: number, sizes: { readonly sendBytes: number; readonly receiveBytes: number }) {
  setOption(fd, SOL_SOCKET, SO_SNDBUFFORCE, sizes.sendBytes);
  setOption(fd, SOL_SOCKET, SO_RCVBUFFORCE, sizes.receiveBytes);
}

/** Starts listening with a queue of this many connections. */
export function listen(fd: number, backlog: number): void {
  call('listen', fd, backlog);
}

/** Sends one datagram, to `address` where the socket is not connected. */
export function send(fd: number, data: Uint8Array, address?: Uint8Array): void {
  if (address) call('sendto', fd, data, data.length, 0, address, address.length);
  else call('send', fd, data, data.length, 0);
}

/** Sends one datagram through a connected socket, on another thread: some receivers work on it before `send` returns. */
export async function sendAside(fd: number, data: Uint8Array): Promise<void> {
  await callAside('send', fd, data, data.length, 0);
}

export type Received =
  | { readonly kind: 'data'; readonly length: number }
  /** Nothing is waiting (`wait: false` only). */
  | { readonly kind: 'empty' }
  /** The kernel dropped messages because the receive buffer was full. */
  | { readonly kind: 'overrun' };

/** Receives one datagram into `buffer`; one that does not fit throws, for its rest would be lost silently. */
export function receive(fd: number, buffer: Uint8Array, options: { readonly wait: boolean }): Received {
  const { EAGAIN, EINTR, ENOBUFS } = constants.errno;
  const flags = MSG_TRUNC | (options.wait ? 0 : MSG_DONTWAIT);
  for (;;) {
    const length = tryCall('recv', fd, buffer, buffer.length, flags);
    if (length > buffer.length) throw new Error(`datagram of ${length} bytes exceeds ${buffer.length}`);
    if (length >= 0) return { kind: 'data', length };
    if (length === -EAGAIN) return { kind: 'empty' };
    if (length === -ENOBUFS) return { kind: 'overrun' };
    if (length !== -EINTR) throw new SystemError('recv', -length);
  }
}

/**
 * Receives one datagram without waiting, and the `sockaddr` that it came from; undefined where nothing waits. What does
 * not fit into `buffer` is cut off.
 */
export function receiveFrom(
  fd: number,
  buffer: Uint8Array,
): { readonly length: number; readonly from: Buffer } | undefined {
  const from = Buffer.alloc(128);
  const fromLength = Buffer.alloc(4);
  const { EAGAIN, EINTR } = constants.errno;
  for (;;) {
    fromLength.writeUInt32LE(from.length);
    const length = tryCall('recvfrom', fd, buffer, buffer.length, MSG_DONTWAIT, from, fromLength);
    if (length >= 0) return { length, from: from.subarray(0, fromLength.readUInt32LE()) };
    if (length === -EAGAIN) return undefined;
    if (length !== -EINTR) throw new SystemError('recvfrom', -length);
  }
}

/** Sends one datagram; false where the network has no way to the address, as when a device is down or gone. */
export function sendIfPossible(fd: number, data: Uint8Array, address: Uint8Array): boolean {
  const { EADDRNOTAVAIL, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENOBUFS, ENODEV, EAGAIN } = constants.errno;
  const result = tryCall('sendto', fd, data, data.length, MSG_DONTWAIT, address, address.length);
  if (result >= 0) return true;
  if ([EADDRNOTAVAIL, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENOBUFS, ENODEV, EAGAIN].includes(-result))
    return false;
  throw new SystemError('sendto', -result);
}

const SIOCGIFNAME = 0x8910;
const SIOCGIFINDEX = 0x8933;
/** `struct ifreq`: a name of 16 octets, then what is asked. */
const ifreqBytes = 40;
const ifreqAt = 16;

/** The name of a device in the socket's namespace; undefined where there is none. */
export function deviceName(fd: number, index: number): string | undefined {
  const request = Buffer.alloc(ifreqBytes);
  request.writeInt32LE(index, ifreqAt);
  return askDevice(fd, SIOCGIFNAME, request) ? request.toString('latin1', 0, request.indexOf(0)) : undefined;
}

/** The index of a device in the socket's namespace; undefined where there is none. */
export function deviceIndex(fd: number, name: string): number | undefined {
  const request = Buffer.alloc(ifreqBytes);
  request.write(name, 'latin1');
  return askDevice(fd, SIOCGIFINDEX, request) ? request.readInt32LE(ifreqAt) : undefined;
}

/** Fills in what is asked of a device; false where there is none. */
function askDevice(fd: number, question: number, request: Buffer): boolean {
  const result = tryCall('ioctl', fd, question, request);
  if (result >= 0) return true;
  if (result === -constants.errno.ENODEV) return false;
  throw new SystemError('ioctl', -result);
}

/** Closes a descriptor made by this room. */
export function closeDescriptor(fd: number): void {
  call('close', fd);
}
