/**
 * Sockets made in the namespace that the thread is in, for Node to use by descriptor from then on:
 * `server.listen({ fd })` and `socket.bind({ fd })`.
 */
import type { Ip } from '#net/address.ts';
import { familyOf } from '#net/address.ts';
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
import { writeSocketAddress } from '../sys/socket-address.ts';

const SOL_IP = 0;
const IP_FREEBIND = 15;
const SOL_IPV6 = 41;
const IPV6_V6ONLY = 26;
const IPV6_FREEBIND = 78;
const connectionsWaitingMax = 128;

/** A listening TCP socket; the address need not be on a device yet. SystemError EADDRINUSE where the port is taken. */
export function listenTcp(address: Ip, port: number): number {
  return bound(address, port, SOCK.stream, (fd) => listen(fd, connectionsWaitingMax));
}

/** A bound UDP socket. */
export function bindUdp(address: Ip, port: number): number {
  return bound(address, port, SOCK.dgram, () => {});
}

function bound(address: Ip, port: number, type: number, finish: (fd: number) => void): number {
  const family = familyOf(address);
  const fd = openSocket(family === 'ipv4' ? AF.inet : AF.inet6, type | SOCK.nonblock, 0);
  try {
    reuseAddress(fd);
    if (family === 'ipv4') setOption(fd, SOL_IP, IP_FREEBIND, 1);
    else {
      setOption(fd, SOL_IPV6, IPV6_V6ONLY, 1);
      setOption(fd, SOL_IPV6, IPV6_FREEBIND, 1);
    }
    bindSocket(fd, writeSocketAddress({ address, port }));
    finish(fd);
    return fd;
  } catch (error) {
    closeDescriptor(fd);
    throw error;
  }
}
