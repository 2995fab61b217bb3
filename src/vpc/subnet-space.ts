/**
 * Addresses of a subnet: which AWS keeps, which are taken, which comes next.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
import { addressBits, type Family, familyOf, formatIp, type Ip, ipNumber, readIp } from '#net/address.ts';
import { type Cidr, cidrOf, contains, covers, overlaps, prefixLength, rangeOf } from '#net/cidr.ts';
import { delegatedLength, enisAt, prefixesOf, singleAddresses } from './eni-addresses.ts';
import type { Network } from './network.ts';
import type { Subnet } from './vpc.ts';

/** AWS keeps the first four addresses of a subnet's block (network, router, DNS, future use) and the last. */
const reservedAtStart = 4n;
const reservedAtEnd = 1n;

/** Whether AWS keeps the address: nobody can have it. */
export function isReservedIp(block: Cidr, ip: Ip): boolean {
  const { first, last } = rangeOf(block);
  const value = readIp(ip)?.value ?? -1n;
  const inside = first <= value && value <= last;
  return inside && (value < first + reservedAtStart || value > last - reservedAtEnd);
}

/** The router's address in a subnet: its IPv4 block's base plus one. */
export function routerAddress({ cidr }: Pick<Subnet, 'cidr'>): Ip | undefined {
  if (cidr === undefined) return undefined;
  const { family, first } = rangeOf(cidr);
  return formatIp({ family, value: first + 1n });
}

/** The subnet's blocks of a family. */
export function blocksOfSubnet(subnet: Subnet, family: Family): readonly Cidr[] {
  if (family === 'ipv4') return subnet.cidr === undefined ? [] : [subnet.cidr];
  return subnet.ipv6Blocks.map(({ cidr }) => cidr);
}

/** The subnet's blocks of both families. */
export function allBlocksOfSubnet(subnet: Subnet): readonly Cidr[] {
  return [...blocksOfSubnet(subnet, 'ipv4'), ...blocksOfSubnet(subnet, 'ipv6')];
}

/** Whether an interface of the subnet's VPC has the address. */
export function isTakenIp(network: Network, subnet: Subnet, ip: Ip): boolean {
  for (const { vpcId } of enisAt(network, ip)) if (vpcId === subnet.vpcId) return true;
  return false;
}

/** How many IPv4 addresses are left: AWS's AvailableIpAddressCount; none in a subnet of IPv6 alone. */
export function freeIpv4Count(network: Network, subnet: Subnet): number {
  if (subnet.cidr === undefined) return 0;
  const { first, last } = rangeOf(subnet.cidr);
  const perPrefix = 2 ** (addressBits.ipv4 - delegatedLength.ipv4);
  let free = Number(last - first + 1n - reservedAtStart - reservedAtEnd);
  for (const eni of network.eni.by('subnet', subnet.id)) {
    free -= eni.privateIps.length + perPrefix * prefixesOf(eni, 'ipv4').length;
  }
  return free;
}

/** What a request gives out and the network does not show yet. */
export type GivenOut = { readonly ips?: ReadonlySet<Ip>; readonly prefixes?: readonly Cidr[] };

/**
 * An address that nobody in the subnet has and no reservation keeps, undefined where there is none. The search begins
 * behind as many addresses as the subnet has interfaces, so that a subnet that only grew is numbered in order and
 * without a scan.
 */
export function nextFreeIp(
  network: Network,
  subnet: Subnet,
  family: Family,
  { ips, prefixes = [] }: GivenOut = {},
): Ip | undefined {
  const start = BigInt(network.eni.countBy('subnet', subnet.id));
  const reservations = [...network.subnetReservation.by('subnet', subnet.id)].map(({ cidr }) => cidr);
  const reserved = [...reservations, ...prefixes];
  for (const block of blocksOfSubnet(subnet, family)) {
    const { first, last } = rangeOf(block);
    const base = first + reservedAtStart;
    const size = last - reservedAtEnd - base + 1n;
    for (let step = 0n; step < size; step++) {
      const number = { family: familyOf(block), value: base + ((start + step) % size) };
      if (reserved.some((cidr) => contains(cidr, number))) continue;
      const ip = formatIp(number);
      if (ips?.has(ip) !== true && !isTakenIp(network, subnet, ip)) return ip;
    }
  }
  return undefined;
}

/** Whether a prefix has addresses that AWS keeps, or that an interface of the subnet has. */
export function isTakenPrefix(network: Network, subnet: Subnet, prefix: Cidr): boolean {
  return keepsReserved(subnet, prefix) || takenPrefixes(network, subnet, familyOf(prefix)).has(prefix);
}

/**
 * Prefixes that can be delegated: of the ranges reserved for prefixes where the subnet has such, then of what no
 * reservation keeps; as many as are asked for, or fewer where there are no more.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-cidr-reservation.html
 * @param alsoTaken addresses given out by the same request, which the network does not show yet.
 */
export function nextFreePrefixes(
  network: Network,
  subnet: Subnet,
  { family, count, alsoTaken }: { family: Family; count: number; alsoTaken: Iterable<Ip> },
): readonly Cidr[] {
  const length = delegatedLength[family];
  const taken = takenPrefixes(network, subnet, family);
  for (const ip of alsoTaken) taken.add(cidrOf(ipNumber(ip), length));
  const reservations = [...network.subnetReservation.by('subnet', subnet.id)];
  const meant = reservations.filter(({ type, cidr }) => type === 'prefix' && familyOf(cidr) === family);
  const found: Cidr[] = [];
  const seek = (block: Cidr, isAllowed: (prefix: Cidr) => boolean) => {
    for (const prefix of prefixesIn(block, length)) {
      if (found.length >= count) return;
      if (taken.has(prefix) || keepsReserved(subnet, prefix) || !isAllowed(prefix)) continue;
      found.push(prefix);
      taken.add(prefix);
    }
  };
  for (const { cidr } of meant) seek(cidr, () => true);
  for (const block of blocksOfSubnet(subnet, family)) {
    seek(block, (prefix) => !reservations.some(({ cidr }) => overlaps(cidr, prefix)));
  }
  return found;
}

function* prefixesIn(block: Cidr, length: number): Iterable<Cidr> {
  if (prefixLength(block) > length) return;
  const { family, first, last } = rangeOf(block);
  const size = 1n << BigInt(addressBits[family] - length);
  for (let value = first; value <= last; value += size) yield cidrOf({ family, value }, length);
}

/** Blocks of a prefix's size in which an interface of the subnet has something. */
function takenPrefixes(network: Network, subnet: Subnet, family: Family): Set<Cidr> {
  const taken = new Set<Cidr>();
  for (const eni of network.eni.by('subnet', subnet.id)) {
    for (const prefix of prefixesOf(eni, family)) taken.add(prefix);
    for (const ip of singleAddresses(eni)) {
      if (familyOf(ip) === family) taken.add(cidrOf(ipNumber(ip), delegatedLength[family]));
    }
  }
  return taken;
}

/** Whether the first or last addresses of the subnet's block, which AWS keeps, are in the prefix. */
function keepsReserved(subnet: Subnet, prefix: Cidr): boolean {
  const { first, last } = rangeOf(prefix);
  return blocksOfSubnet(subnet, familyOf(prefix)).some((block) => {
    const whole = rangeOf(block);
    return covers(block, prefix) && (first === whole.first || last === whole.last);
  });
}
