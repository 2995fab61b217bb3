/** Reverse names: the domains in-addr.arpa (RFC 1035, 3.5) and ip6.arpa (RFC 3596, 2.5). */
import { type Ip, ipNumber, parseIp } from '#net/address.ts';
import { type Cidr, contains } from '#net/cidr.ts';

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
const privateSpaces = [
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.168.0.0/16',
  'fc00::/7',
  'fe80::/10',
] as readonly string[] as readonly Cidr[];

/** Whether an address is of a space that is nobody's on the internet. */
export function isPrivateSpace(ip: Ip): boolean {
  const number = ipNumber(ip);
  return privateSpaces.some((space) => contains(space, number));
}
