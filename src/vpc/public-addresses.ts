/** The public IPv4 addresses that this lab gives out. */
import { formatIp, type Ip, ipNumber } from '#net/address.ts';
import { type Cidr, contains, rangeOf } from '#net/cidr.ts';
import type { World } from './network.ts';

/**
 * Elastic and launch-time addresses come from the range set aside for testing networks (RFC 2544, RFC 6890). One of
 * AWS's own ranges is not used on purpose: a packet that escapes from the lab must never reach somebody's server.
 */
export const publicPool = '198.18.0.0/15' as Cidr;

/** Whether an address can be given out: in the pool, and not the first or last of a /24. */
export function isPoolAddress(ip: Ip): boolean {
  const number = ipNumber(ip);
  const lastByte = number.value & 255n;
  return contains(publicPool, number) && lastByte !== 0n && lastByte !== 255n;
}

/** Whether any account in any region holds a public address. */
export function isPublicIpTaken(world: World, ip: Ip): boolean {
  for (const { address, eni } of world.values()) {
    if (address.countBy('publicIp', ip) > 0 || eni.countBy('publicIp', ip) > 0) return true;
  }
  return false;
}

/** A free public address, sought from a random start; undefined where all are taken. */
export function freePublicIp(world: World, start: bigint): Ip | undefined {
  const { family, first, last } = rangeOf(publicPool);
  const size = last - first + 1n;
  for (let step = 0n; step < size; step++) {
    const ip = formatIp({ family, value: first + ((start + step) % size) });
    if (isPoolAddress(ip) && !isPublicIpTaken(world, ip)) return ip;
  }
  return undefined;
}
