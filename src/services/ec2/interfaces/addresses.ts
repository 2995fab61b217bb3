/**
 * The addresses of an interface: the ones asked for, or the next free ones of its subnet.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
 */
import type {
  InstanceIpv6Address,
  Ipv4PrefixSpecificationRequest,
  Ipv6PrefixSpecificationRequest,
  PrivateIpAddressSpecification,
} from '@aws-sdk/client-ec2';
import { type Family, familyOf, type Ip, ipNumber, parseIp, readIp } from '#net/address.ts';
import { type Cidr, contains } from '#net/cidr.ts';
import { blocksOfSubnet, isReservedIp, isTakenIp, nextFreeIp } from '#vpc/subnet-space.ts';
import type { Subnet } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { freePrefixes, namedPrefixes } from './prefixes.ts';

/** The members that CreateNetworkInterface, RunInstances and its interface specifications share. */
export type AddressRequest = {
  readonly PrivateIpAddress?: string | undefined;
  readonly PrivateIpAddresses?: readonly PrivateIpAddressSpecification[] | undefined;
  readonly SecondaryPrivateIpAddressCount?: number | undefined;
  readonly Ipv6Addresses?: readonly InstanceIpv6Address[] | undefined;
  readonly Ipv6AddressCount?: number | undefined;
  readonly Ipv4Prefixes?: readonly Ipv4PrefixSpecificationRequest[] | undefined;
  readonly Ipv4PrefixCount?: number | undefined;
  readonly Ipv6Prefixes?: readonly Ipv6PrefixSpecificationRequest[] | undefined;
  readonly Ipv6PrefixCount?: number | undefined;
  /** Whether the first IPv6 address is to be the primary one. */
  readonly EnablePrimaryIpv6?: boolean | undefined;
};

export type Chosen = {
  /** The primary address first. */
  readonly privateIps: readonly Ip[];
  readonly ipv6Addresses: readonly Ip[];
  readonly prefixes?: readonly Cidr[];
  readonly hasPrimaryIpv6?: boolean;
};

/** No instance type takes more on one interface. */
const addressesMax = 50;

/** The addresses that a new interface of the subnet gets. */
export function chooseAddresses(request: AddressRequest, subnet: Subnet, context: Context): Chosen {
  checkExclusions(request);
  const ipv4 = chooseIpv4(request, subnet, context);
  const ipv6 = chooseIpv6(request, subnet, context);
  const prefixes = [...ipv4.prefixes, ...ipv6.prefixes];
  const hasPrimaryIpv6 = request.EnablePrimaryIpv6 === true;
  if (hasPrimaryIpv6) refuseNoPrimary(ipv6.ips);
  checkedCount([...ipv4.ips, ...ipv4.prefixes], 'The interface');
  checkedCount([...ipv6.ips, ...ipv6.prefixes], 'The interface');
  return {
    privateIps: ipv4.ips,
    ipv6Addresses: ipv6.ips,
    ...(prefixes.length > 0 ? { prefixes } : {}),
    ...(hasPrimaryIpv6 ? { hasPrimaryIpv6 } : {}),
  };
}

/** An interface's first IPv6 address becomes its primary one; refuses where it has none. */
export function refuseNoPrimary(ipv6Addresses: readonly Ip[]): void {
  if (ipv6Addresses.length > 0) return;
  refuse('invalidCombination', {
    reason: 'An interface without an IPv6 address cannot have a primary one; ask for an IPv6 address too.',
  });
}

/** Of these parameters a request may use one a family (API_CreateNetworkInterface). */
function checkExclusions(request: AddressRequest): void {
  const exclusive = [
    ['PrivateIpAddresses', 'SecondaryPrivateIpAddressCount', 'Ipv4Prefixes', 'Ipv4PrefixCount'],
    ['Ipv6Addresses', 'Ipv6AddressCount', 'Ipv6Prefixes', 'Ipv6PrefixCount'],
  ] as const;
  // The list may name the primary address, which stands beside anything.
  const ofBoth = 'PrivateIpAddresses';
  const hasSecondary = namedIpv4(request).secondary.length > 0;
  for (const names of exclusive) {
    const used = names.filter((name) => isUsed(request[name]) && (name !== ofBoth || hasSecondary));
    if (used.length > 1) {
      refuse('invalidCombination', { reason: `The parameters ${used.join(' and ')} exclude each other.` });
    }
  }
}

const isUsed = (value: number | readonly unknown[] | undefined): boolean =>
  typeof value === 'number' ? value !== 0 : (value?.length ?? 0) > 0;

/** Refuses more addresses and prefixes of a family than an interface can have. */
export function checkedCount(held: readonly (Ip | Cidr)[], what: string): void {
  if (held.length <= addressesMax) return;
  refuse('tooManyPrivateIps', { what, count: held.length, limit: addressesMax });
}

type OfFamily = { readonly ips: readonly Ip[]; readonly prefixes: readonly Cidr[] };

function chooseIpv4(request: AddressRequest, subnet: Subnet, context: Context): OfFamily {
  const { primary, secondary } = namedIpv4(request);
  const texts = (request.Ipv4Prefixes ?? []).map(({ Ipv4Prefix: text }) => text ?? '');
  const named = namedPrefixes(texts, 'ipv4', subnet, context);
  // In a subnet of IPv6 alone an interface has no private address.
  const isUnasked = primary === undefined && subnet.cidr !== undefined;
  const wanted = { named: primary === undefined ? [] : [primary], count: isUnasked ? 1 : 0 };
  const first = takeAddresses(wanted, 'ipv4', subnet, context, { prefixes: named });
  const more = { named: secondary, count: request.SecondaryPrivateIpAddressCount ?? 0 };
  const rest = takeAddresses(more, 'ipv4', subnet, context, { ips: first, prefixes: named });
  const ips = [...first, ...rest];
  const count = request.Ipv4PrefixCount ?? 0;
  return { ips, prefixes: [...named, ...freePrefixes(count, 'ipv4', subnet, { context, alsoTaken: ips })] };
}

function chooseIpv6(request: AddressRequest, subnet: Subnet, context: Context): OfFamily {
  const named = (request.Ipv6Addresses ?? []).flatMap(({ Ipv6Address: text }) => (text ? [text] : []));
  const texts = (request.Ipv6Prefixes ?? []).map(({ Ipv6Prefix: text }) => text ?? '');
  const prefixes = namedPrefixes(texts, 'ipv6', subnet, context);
  // A subnet that assigns IPv6 addresses does so unless the request says how many, be it none.
  const unasked = named.length === 0 && subnet.assignIpv6OnCreation ? 1 : 0;
  const count = request.Ipv6AddressCount ?? unasked;
  const ips = takeAddresses({ named, count }, 'ipv6', subnet, context, { prefixes });
  const more = freePrefixes(request.Ipv6PrefixCount ?? 0, 'ipv6', subnet, { context, alsoTaken: ips });
  return { ips, prefixes: [...prefixes, ...more] };
}

type NamedIpv4 = { readonly primary: string | undefined; readonly secondary: readonly string[] };

/** Which of the named addresses is the primary one: the marked one, else the first. */
function namedIpv4({ PrivateIpAddress: single, PrivateIpAddresses: list = [] }: AddressRequest): NamedIpv4 {
  const marked = list.filter(({ Primary: isPrimary }) => isPrimary === true);
  if (marked.length > 1 || (marked.length === 1 && single)) {
    refuse('invalidCombination', { reason: 'Only one private address can be the primary one.' });
  }
  const texts = list.map(({ PrivateIpAddress: text }) => text ?? '');
  const primary = single || marked[0]?.PrivateIpAddress || texts[0];
  return { primary, secondary: texts.filter((text) => text !== primary) };
}

/** What the same request gives out besides. */
type Also = { readonly ips?: readonly Ip[]; readonly prefixes?: readonly Cidr[] };

type Wanted = { readonly named: readonly string[]; readonly count: number };

/** The named addresses after checking each, and as many free ones as are counted. */
export function takeAddresses(
  { named, count }: Wanted,
  family: Family,
  subnet: Subnet,
  context: Context,
  also: Also = {},
): readonly Ip[] {
  const { network } = context.transaction;
  const parameter = family === 'ipv4' ? 'PrivateIpAddress' : 'Ipv6Address';
  if (!Number.isInteger(count) || count < 0 || count > addressesMax) {
    refuse('invalidValue', { parameter: `${parameter}Count`, value: count, expected: 'use 0 to 50' });
  }
  if (blocksOfSubnet(subnet, family).length === 0 && named.length + count > 0) {
    const expected = `the subnet has no ${family === 'ipv4' ? 'IPv4' : 'IPv6'} CIDR block`;
    refuse('invalidValue', { parameter: 'SubnetId', value: subnet.id, expected });
  }
  const { ips = [], prefixes = [] } = also;
  const taken = new Set(ips);
  for (const text of named) {
    const ip = usableIp(text, family, subnet, parameter);
    const isKept = prefixes.some((prefix) => contains(prefix, ipNumber(ip)));
    if (taken.has(ip) || isKept || isTakenIp(network, subnet, ip)) refuse('privateIpInUse', { ip });
    taken.add(ip);
  }
  for (let left = count; left > 0; left--) {
    const ip = nextFreeIp(network, subnet, family, { ips: taken, prefixes });
    taken.add(ip ?? refuse('noFreeAddress', { subnetId: subnet.id }));
  }
  return [...taken].slice(ips.length);
}

/** The address of a text, if it is one that the subnet can give; refuses otherwise. */
export function usableIp(text: string, family: Family, subnet: Subnet, parameter: string): Ip {
  const ip = parseIp(text);
  const number = readIp(text);
  if (!ip || !number || familyOf(ip) !== family) {
    return refuse('invalidValue', { parameter, value: text, expected: `this is not an ${family} address` });
  }
  const block = blocksOfSubnet(subnet, family).find((each) => contains(each, number));
  if (!block) {
    const expected = `the address is not in the subnet '${subnet.id}'`;
    return refuse('invalidValue', { parameter, value: text, expected });
  }
  if (isReservedIp(block, ip)) {
    const expected = `AWS keeps this address of the subnet '${subnet.id}' for itself`;
    return refuse('invalidValue', { parameter, value: text, expected });
  }
  return ip;
}
