/**
 * Addresses of a subnet: which AWS keeps, which are taken, which comes next.
 * https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html
 */
import { type Family, familyOf, formatIp, type Ip, readIp } from '#net/address.ts';
import { type Cidr, contains, rangeOf } from '#net/cidr.ts';
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

/** The subnet's blocks of a family. */
export function blocksOfSubnet(subnet: Subnet, family: Family): readonly Cidr[] {
  return family === 'ipv4' ? [subnet.cidr] : subnet.ipv6Blocks.map(({ cidr }) => cidr);
}

/** Whether an interface of the subnet's VPC has the address. */
export function isTakenIp(network: Network, subnet: Subnet, ip: Ip): boolean {
  for (const { vpcId } of network.eni.by('ip', ip)) if (vpcId === subnet.vpcId) return true;
  return false;
}

/** How many IPv4 addresses are left: AWS's AvailableIpAddressCount. */
export function freeIpv4Count(network: Network, subnet: Subnet): number {
  const { first, last } = rangeOf(subnet.cidr);
  let free = Number(last - first + 1n - reservedAtStart - reservedAtEnd);
  for (const { privateIps } of network.eni.by('subnet', subnet.id)) free -= privateIps.length;
  return free;
}

/**
 * An address that nobody in the subnet has and no reservation keeps, undefined where there is none. The search begins behind as many addresses
 * as the subnet has interfaces, so that a subnet that only grew is numbered in order and without a scan.
 * @param alsoTaken addresses given out by the same request, which the network does not show yet.
 */
export function nextFreeIp(
  network: Network,
  subnet: Subnet,
  family: Family,
  alsoTaken: ReadonlySet<Ip> = new Set(),
): Ip | undefined {
  const start = BigInt(network.eni.countBy('subnet', subnet.id));
  const reserved = [...network.subnetReservation.by('subnet', subnet.id)].map(({ cidr }) => cidr);
  for (const block of blocksOfSubnet(subnet, family)) {
    const { first, last } = rangeOf(block);
    const base = first + reservedAtStart;
    const size = last - reservedAtEnd - base + 1n;
    for (let step = 0n; step < size; step++) {
      const number = { family: familyOf(block), value: base + ((start + step) % size) };
      if (reserved.some((cidr) => contains(cidr, number))) continue;
      const ip = formatIp(number);
      if (!alsoTaken.has(ip) && !isTakenIp(network, subnet, ip)) return ip;
    }
  }
  return undefined;
}
