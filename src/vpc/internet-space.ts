/** Which addresses a host on the lab's internet may have. */
import { type Ip, ipNumber } from '#net/address.ts';
import { type Cidr, contains } from '#net/cidr.ts';
import { publicPool } from './public-addresses.ts';
import { internetHosts, ipv6Pool } from './vpc-space.ts';

/**
 * Addresses that no host anywhere has, and that a kernel refuses to give or to route: this network, loopback,
 * link-local, multicast, reserved and broadcast (RFC 6890), and for IPv6 all that stands for something else
 * (RFC 4291, 2.5), link-local and multicast.
 */
const nobodys = [
  '0.0.0.0/8',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/8',
  'fe80::/10',
  'ff00::/8',
] as Cidr[];

/** Addresses that are private to those who use them (RFC 1918, RFC 6598, RFC 4193): nobody routes them between strangers. */
const privateSpaces = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  'fc00::/7',
] as Cidr[];

/**
 * Why the lab makes no internet host of the address; undefined where it does. A question may be about a private
 * address that no VPC has, since somebody may have it behind a gateway; a host on the internet has none.
 */
export function whyNoHost(address: Ip): string | undefined {
  const number = ipNumber(address);
  return privateSpaces.some((block) => contains(block, number))
    ? `${address} is a private address, which no host on the internet has`
    : whyNotOnTheInternet(address);
}

/** Why no host on the internet has the address; undefined where one may. */
export function whyNotOnTheInternet(address: Ip): string | undefined {
  const number = ipNumber(address);
  if (nobodys.some((block) => contains(block, number))) return `${address} is no address of a host`;
  const isKept = [publicPool, ipv6Pool].some((pool) => contains(pool, number));
  if (isKept && !contains(internetHosts, number)) {
    return `${address} is kept for interfaces of VPCs, now or later`;
  }
  return undefined;
}
