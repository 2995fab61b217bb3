/** Which addresses are routed on the internet, and which a host on the lab's internet may have. */
import { familyOf, type Ip, ipNumber } from '#net/address.ts';
import { type Cidr, contains, hostCidr } from '#net/cidr.ts';
import { carrierNat, linkLocal, multicast, nobodys4, privateUse, uniqueLocal } from '#net/special-blocks.ts';
import { publicPool } from './public-addresses.ts';
import { internetHosts, ipv6Pool } from './vpc-space.ts';

/**
 * Blocks that are not routed on the internet (RFC 6890): this network, private use, carrier NAT, loopback, link-local,
 * multicast and reserved. The documentation and benchmark blocks stay in, since labs use them as their internet.
 */
export const unroutedIpv4: readonly Cidr[] = [...privateUse, carrierNat, ...nobodys4];

/** IPv6 gives out addresses of one block alone (RFC 4291, IANA ipv6-unicast-address-assignments). */
export const routedIpv6 = '2000::/3' as Cidr;

/** Whether packets from and to the address travel on the internet at all. */
export function isRouted(address: Ip): boolean {
  const number = ipNumber(address);
  return familyOf(address) === 'ipv6'
    ? contains(routedIpv6, number)
    : !unroutedIpv4.some((block) => contains(block, number));
}

/** What the lab's own routers on the internet are called by; of the block for measurements (RFC 5180). */
export const transitRouter6 = '2001:2::1' as Ip;

/**
 * Addresses that no host anywhere has, and that a kernel refuses to give or to route; for IPv6 all that stands for
 * something else (RFC 4291, 2.5), link-local and multicast.
 */
const nobodys: readonly Cidr[] = [
  ...nobodys4,
  '::/8' as Cidr,
  linkLocal.ipv6,
  multicast.ipv6,
  hostCidr(transitRouter6),
];

/** Addresses that are private to those who use them: nobody routes them between strangers. */
const privateSpaces: readonly Cidr[] = [...privateUse, carrierNat, uniqueLocal];

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
