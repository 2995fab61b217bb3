/**
 * Sockets made in the namespace that the thread is in, for Node to use by descriptor from then on:
 * `server.listen({ fd })` and `socket.bind({ fd })`.
 */
import { parseAddress } from '../rtnl/bytes.ts';
import {
  AF,
  bindSocket,
  closeDescriptor,
  listen,
  openSocket,
  reuseAddress,
  SOCK,
  setOption,
} from '../sys/descriptor.ts';

const SOL_IP = 0;
const IP_FREEBIND = 15;
const SOL_IPV6 = 41;
const IPV6_V6ONLY = 26;
const IPV6_FREEBIND = 78;
const connectionsWaitingMax = 128;

/** A listening TCP socket; the address need not be on a device yet. SystemError EADDRINUSE where the port is taken. */
export function listenTcp(address: string, port: number): number {
  return bound(address, port, SOCK.stream, (fd) => listen(fd, connectionsWaitingMax));
}

/** A bound UDP socket. */
export function bindUdp(address: string, port: number): number {
  return bound(address, port, SOCK.dgram, () => {});
}

function bound(address: string, port: number, type: number, finish: (fd: number) => void): number {
  const { family, bytes } = parseAddress(address);
  const fd = openSocket(family === 'ipv4' ? AF.inet : AF.inet6, type | SOCK.nonblock, 0);
  try {
    reuseAddress(fd);
    if (family === 'ipv4') setOption(fd, SOL_IP, IP_FREEBIND, 1);
    else {
      setOption(fd, SOL_IPV6, IPV6_V6ONLY, 1);
      setOption(fd, SOL_IPV6, IPV6_FREEBIND, 1);
    }
    bindSocket(fd, socketAddress(bytes, port));
    finish(fd);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}

/** `struct sockaddr_in` or `sockaddr_in6`. */
function socketAddress(address: Buffer, port: number): Buffer {
  const isIpv4 = address.length === 4;
  const into = Buffer.alloc(isIpv4 ? 16 : 28);
  into.writeUInt16LE(isIpv4 ? AF.inet : AF.inet6);
  into.writeUInt16BE(port, 2);
  into.set(address, isIpv4 ? 4 : 8);
  return into;
}
