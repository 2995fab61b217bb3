/** Reverse names: the domains in-addr.arpa (RFC 1035, 3.5) and ip6.arpa (RFC 3596, 2.5). */
import { type Ip, ipNumber, parseIp } from '#net/address.ts';
import { type Cidr, contains } from '#net/cidr.ts';
import { carrierNat, linkLocal, loopback4, privateUse, uniqueLocal } from '#net/special-blocks.ts';

/** The address that a whole reverse name stands for, or undefined. The name is in lower case, without a last dot. */
export function addressOfReverse(name: string): Ip | undefined {
  const ipv4 = /^((?:\d{1,3}\.){4})in-addr\.arpa$/.exec(name)?.[1];
  if (ipv4 !== undefined) return parseIp(ipv4.split('.').slice(0, 4).reverse().join('.'));
  const ipv6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name)?.[1];
  if (ipv6 === undefined) return undefined;
  const digits = ipv6.replaceAll('.', '').split('').reverse().join('');
  return parseIp((digits.match(/.{4}/g) ?? []).join(':'));
}

/** Spaces whose reverse names nobody on the internet has (RFC 6303). */
const privateSpaces: readonly Cidr[] = [
  ...privateUse,
  carrierNat,
  loopback4,
  linkLocal.ipv4,
  uniqueLocal,
  linkLocal.ipv6,
];

/** Whether an address is of a space that is nobody's on the internet. */
export function isPrivateSpace(ip: Ip): boolean {
  const number = ipNumber(ip);
  return privateSpaces.some((space) => contains(space, number));
}
