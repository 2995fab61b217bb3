/**
 * Blocks that have a meaning of their own (RFC 6890 and IANA's registries of special-purpose addresses), each
 * named once.
 */
import type { Cidr } from './cidr.ts';

/** Of networks that do not speak to each other (RFC 1918). */
export const privateUse = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
] as readonly string[] as readonly Cidr[];
/** Between a carrier and those behind its NAT (RFC 6598). */
export const carrierNat = '100.64.0.0/10' as Cidr;
/** The same for IPv6 (RFC 4193). */
export const uniqueLocal = 'fc00::/7' as Cidr;

/** "This network" (RFC 791). */
const thisNetwork = '0.0.0.0/8' as Cidr;
export const loopback4 = '127.0.0.0/8' as Cidr;
/** Of a link alone (RFC 3927, RFC 4291). */
export const linkLocal = { ipv4: '169.254.0.0/16' as Cidr, ipv6: 'fe80::/10' as Cidr } as const;
/** RFC 5771, RFC 4291. */
export const multicast = { ipv4: '224.0.0.0/4' as Cidr, ipv6: 'ff00::/8' as Cidr } as const;
/** Given to nobody, with the broadcast address at its end (RFC 1112). */
const reserved4 = '240.0.0.0/4' as Cidr;

/** IPv4 addresses that no host has for others than itself and its link. */
export const nobodys4: readonly Cidr[] = [thisNetwork, loopback4, linkLocal.ipv4, multicast.ipv4, reserved4];
