/**
 * The addresses of an interface: the ones asked for, or the next free ones of its subnet.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html
 */
import type { InstanceIpv6Address, PrivateIpAddressSpecification } from '@aws-sdk/client-ec2';
import { type Family, familyOf, type Ip, parseIp, readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { blocksOfSubnet, isReservedIp, isTakenIp, nextFreeIp } from '#vpc/subnet-space.ts';
import type { Subnet } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';

/** The members that CreateNetworkInterface, RunInstances and its interface specifications share. */
export type AddressRequest = {
  readonly PrivateIpAddress?: string | undefined;
  readonly PrivateIpAddresses?: readonly PrivateIpAddressSpecification[] | undefined;
  readonly SecondaryPrivateIpAddressCount?: number | undefined;
  readonly Ipv6Addresses?: readonly InstanceIpv6Address[] | undefined;
  readonly Ipv6AddressCount?: number | undefined;
};

export type Chosen = {
  /** The primary address first. */
  readonly privateIps: readonly Ip[];
  readonly ipv6Addresses: readonly Ip[];
};

/** No instance type takes more on one interface. */
const addressesMax = 50;

/** The addresses that a new interface of the subnet gets. */
export function chooseAddresses(request: AddressRequest, subnet: Subnet, context: Context): Chosen {
  const { primary, secondary } = namedIpv4(request);
  const count = request.SecondaryPrivateIpAddressCount ?? 0;
  if (count > 0 && secondary.length > 0) {
    refuse('invalidCombination', {
      reason: 'Secondary private addresses may be named or counted, not both.',
    });
  }
  const wanted = { named: primary === undefined ? [] : [primary], count: primary === undefined ? 1 : 0 };
  const first = takeAddresses(wanted, 'ipv4', subnet, context);
  const more = takeAddresses({ named: secondary, count }, 'ipv4', subnet, context, first);
  return {
    privateIps: checkedCount([...first, ...more], 'The interface'),
    ipv6Addresses: chooseIpv6(request, subnet, context),
  };
}

/** Refuses more addresses than an interface can have. */
export function checkedCount(ips: readonly Ip[], what: string): readonly Ip[] {
  if (ips.length > addressesMax)
    refuse('tooManyPrivateIps', { what, count: ips.length, limit: addressesMax });
  return ips;
}

function chooseIpv6(request: AddressRequest, subnet: Subnet, context: Context): readonly Ip[] {
  const named = (request.Ipv6Addresses ?? []).flatMap(({ Ipv6Address: text }) => (text ? [text] : []));
  if (named.length > 0 && request.Ipv6AddressCount !== undefined) {
    refuse('invalidCombination', { reason: 'IPv6 addresses may be named or counted, not both.' });
  }
  // A subnet that assigns IPv6 addresses does so unless the request says how many, be it none.
  const unasked = named.length === 0 && subnet.assignIpv6OnCreation ? 1 : 0;
  const count = request.Ipv6AddressCount ?? unasked;
  return checkedCount(takeAddresses({ named, count }, 'ipv6', subnet, context), 'The interface');
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

type Wanted = { readonly named: readonly string[]; readonly count: number };

/** The named addresses after checking each, and as many free ones as are counted. */
export function takeAddresses(
  { named, count }: Wanted,
  family: Family,
  subnet: Subnet,
  context: Context,
  alsoTaken: readonly Ip[] = [],
): readonly Ip[] {
  const parameter = family === 'ipv4' ? 'PrivateIpAddress' : 'Ipv6Address';
  if (!Number.isInteger(count) || count < 0 || count > addressesMax) {
    refuse('invalidValue', { parameter: `${parameter}Count`, value: count, expected: 'use 0 to 50' });
  }
  if (family === 'ipv6' && subnet.ipv6Blocks.length === 0 && named.length + count > 0) {
    refuse('invalidValue', {
      parameter: 'SubnetId',
      value: subnet.id,
      expected: 'the subnet has no IPv6 CIDR block',
    });
  }
  const taken = new Set(alsoTaken);
  for (const text of named) {
    const ip = usableIp(text, family, subnet, parameter);
    if (taken.has(ip) || isTakenIp(context.transaction.network, subnet, ip)) refuse('privateIpInUse', { ip });
    taken.add(ip);
  }
  for (let left = count; left > 0; left--) {
    const ip = nextFreeIp(context.transaction.network, subnet, family, taken);
    taken.add(ip ?? refuse('noFreeAddress', { subnetId: subnet.id }));
  }
  return [...taken].slice(alsoTaken.length);
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
