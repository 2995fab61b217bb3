/** Addresses of internet sockets as system calls take and give them: `struct sockaddr_in` and `sockaddr_in6`. */
import { familyOf, type Ip, ipNumber } from '#net/address.ts';
import { ipOfOctets, octetsOf } from '#net/octets.ts';
import { AF } from './descriptor.ts';

export type SocketAddress = {
  readonly address: Ip;
  readonly port: number;
  /** The index of the device on whose link a link-local address is; absent for all others. */
  readonly scope?: number;
};

/** Where the octets of the address stand, and how long the whole structure is. */
const layouts = {
  ipv4: { number: AF.inet, at: 4, octets: 4, length: 16 },
  ipv6: { number: AF.inet6, at: 8, octets: 16, length: 28 },
} as const;
const portAt = 2;
const scopeAt = 24;

export function writeSocketAddress({ address, port, scope }: SocketAddress): Buffer {
  const { number, at, length } = layouts[familyOf(address)];
  const bytes = Buffer.alloc(length);
  bytes.writeUInt16LE(number);
  bytes.writeUInt16BE(port, portAt);
  bytes.set(octetsOf(ipNumber(address)), at);
  if (scope !== undefined) bytes.writeUInt32LE(scope, scopeAt);
  return bytes;
}

/** Reads what the kernel gave for a socket of either family. */
export function readSocketAddress(bytes: Buffer): SocketAddress {
  const family = bytes.readUInt16LE() === AF.inet ? 'ipv4' : 'ipv6';
  const { at, octets } = layouts[family];
  const scope = family === 'ipv4' ? 0 : bytes.readUInt32LE(scopeAt);
  return {
    address: ipOfOctets(bytes.subarray(at, at + octets)),
    port: bytes.readUInt16BE(portAt),
    ...(scope !== 0 && { scope }),
  };
}
