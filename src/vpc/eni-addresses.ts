/**
 * The addresses that an interface answers for: its own ones, and all of the prefixes that are delegated to it.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html
 */
import { type Family, familyOf, type Ip, readIp } from '#net/address.ts';
import { type Cidr, cidrOf, contains, hostCidr } from '#net/cidr.ts';
import type { Eni } from './eni.ts';
import type { Network } from './network.ts';

/** Length in bits of every delegated prefix of a family. */
export const delegatedLength: Readonly<Record<Family, number>> = { ipv4: 28, ipv6: 80 };

type Holder = Pick<Eni, 'privateIps' | 'ipv6Addresses' | 'prefixes'>;

/** The addresses that were given out one by one: private IPv4 ones, then IPv6 ones. */
export function singleAddresses({ privateIps, ipv6Addresses }: Holder): readonly Ip[] {
  return [...privateIps.map(({ address }) => address), ...ipv6Addresses];
}

/** The prefixes of a family. */
export function prefixesOf({ prefixes = [] }: Holder, family: Family): readonly Cidr[] {
  return prefixes.filter((prefix) => familyOf(prefix) === family);
}

/** Everything that the interface answers for, as blocks that share no address. */
export function addressBlocks(eni: Holder): readonly Cidr[] {
  return [...singleAddresses(eni).map(hostCidr), ...(eni.prefixes ?? [])];
}

/** Whether the address is one of the interface's: private IPv4, IPv6, or inside a prefix. */
export function holdsAddress(eni: Holder, ip: string): boolean {
  if (eni.privateIps.some(({ address }) => address === ip)) return true;
  if (eni.ipv6Addresses.some((own) => own === ip)) return true;
  const number = eni.prefixes?.length ? readIp(ip) : undefined;
  return number !== undefined && eni.prefixes?.some((prefix) => contains(prefix, number)) === true;
}

/** The interfaces that answer for an address; several VPCs may have equal ones. */
export function* enisAt({ eni }: Network, ip: Ip): Iterable<Eni> {
  yield* eni.by('ip', ip);
  const number = readIp(ip);
  if (number) yield* eni.by('prefix', cidrOf(number, delegatedLength[number.family]));
}
