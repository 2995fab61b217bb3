/** Secondary private addresses, IPv6 addresses and delegated prefixes of interfaces that exist. */
import type {
  AssignIpv6AddressesRequest,
  AssignIpv6AddressesResult,
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult,
  UnassignIpv6AddressesRequest,
  UnassignIpv6AddressesResult,
  UnassignPrivateIpAddressesRequest,
} from '@aws-sdk/client-ec2';
import { type Family, families, type Ip } from '#net/address.ts';
import { type Cidr, parseCidr } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { prefixesOf } from '#vpc/eni-addresses.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { requiredList } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { resourceOf } from '../resources.ts';
import { checkedCount, takeAddresses, usableIp } from './addresses.ts';
import { checkAddressableInterface } from './fabric.ts';
import { changeableInterface } from './modify.ts';
import { checkRoom, freePrefixes, namedPrefixes } from './prefixes.ts';

/** What a request names and counts of addresses or of prefixes, which exclude each other. */
type Wanted = { readonly named: readonly string[]; readonly count: number };

type Asked = { readonly names: readonly string[] | undefined; readonly count: number | undefined };

/** The addresses and the prefixes that are asked for; refuses a request for nothing. */
function wantedIn(
  asked: readonly [Asked, Asked],
  parameters: readonly [readonly [string, string], readonly [string, string]],
): readonly [addresses: Wanted, prefixes: Wanted] {
  const [addresses, prefixes] = asked.map(({ names, count }, index) => {
    if (names?.length && count) {
      refuse('invalidCombination', { reason: `${parameters[index]?.join(' and ')} exclude each other.` });
    }
    return { named: names ?? [], count: count ?? 0 };
  }) as [Wanted, Wanted];
  const isNothing = [addresses, prefixes].every(({ named, count }) => named.length === 0 && count === 0);
  if (isNothing) refuse('missingParameter', { parameter: parameters.flat().join(' or ') });
  return [addresses, prefixes];
}

type Added = { readonly ips: readonly Ip[]; readonly prefixes: readonly Cidr[] };

/** The addresses and prefixes of a family that an interface gets besides those it has. */
function added(
  [addresses, prefixes]: readonly [Wanted, Wanted],
  family: Family,
  subnet: Subnet,
  context: Context,
): Added {
  const named = namedPrefixes(prefixes.named, family, subnet, context);
  const ips = takeAddresses(addresses, family, subnet, context, { prefixes: named });
  const free = freePrefixes(prefixes.count, family, subnet, { context, alsoTaken: ips });
  return { ips, prefixes: [...named, ...free] };
}

/** Puts the interface, with these prefixes besides its own, if it may have as much where it stands. */
function putWith(eni: Eni, prefixes: readonly Cidr[], { transaction }: Context): void {
  checkAddressableInterface(eni);
  const all = [...(eni.prefixes ?? []), ...prefixes];
  const grown: Eni = all.length > 0 ? { ...eni, prefixes: all } : eni;
  for (const family of families) {
    const single = family === 'ipv4' ? eni.privateIps.map(({ address }) => address) : eni.ipv6Addresses;
    checkedCount([...single, ...prefixesOf(grown, family)], eni.id);
  }
  const instance = eni.attachment && transaction.network.instance.get(eni.attachment.instanceId);
  if (instance) checkRoom(grown, { what: eni.id, instanceType: instance.instanceType });
  transaction.put('eni', grown);
}

export const assignPrivateIpAddresses: Operation<
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult
> = (input, context) => {
  const wanted = wantedIn(
    [
      { names: input.PrivateIpAddresses, count: input.SecondaryPrivateIpAddressCount },
      { names: input.Ipv4Prefixes, count: input.Ipv4PrefixCount },
    ],
    [
      ['PrivateIpAddress', 'SecondaryPrivateIpAddressCount'],
      ['Ipv4Prefix', 'Ipv4PrefixCount'],
    ],
  );
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const subnet = resourceOf('subnet', eni.subnetId, context);
  if (input.AllowReassignment) reassign(wanted[0].named, eni, subnet, context);
  const { ips, prefixes } = added(wanted, 'ipv4', subnet, context);
  const privateIps = [...eni.privateIps, ...ips.map((address) => ({ address, isPrimary: false }))];
  putWith({ ...eni, privateIps }, prefixes, context);
  return {
    NetworkInterfaceId: eni.id,
    AssignedPrivateIpAddresses: ips.map((PrivateIpAddress) => ({ PrivateIpAddress })),
    AssignedIpv4Prefixes: prefixes.map((Ipv4Prefix) => ({ Ipv4Prefix })),
  };
};

/** Takes secondary addresses away from the subnet's other interfaces, with the elastic addresses that led to them. */
function reassign(texts: readonly string[], eni: Eni, subnet: Subnet, context: Context): void {
  const { transaction } = context;
  for (const text of texts) {
    const ip = usableIp(text, 'ipv4', subnet, 'PrivateIpAddress');
    for (const holder of transaction.network.eni.by('ip', ip)) {
      if (holder.vpcId !== eni.vpcId || holder.id === eni.id || holder.requesterManaged) continue;
      if (holder.privateIps[0]?.address === ip) continue;
      dropAddress(holder, ip, context);
    }
  }
}

function dropAddress(eni: Eni, ip: Ip, { transaction }: Context): void {
  for (const { association, ...address } of transaction.network.address.by('eni', eni.id)) {
    if (association?.privateIp === ip) transaction.put('address', address);
  }
  const current = transaction.network.eni.get(eni.id) ?? eni;
  transaction.put('eni', {
    ...current,
    privateIps: current.privateIps.filter(({ address }) => address !== ip),
    ipv6Addresses: current.ipv6Addresses.filter((address) => address !== ip),
  });
}

export const unassignPrivateIpAddresses: Operation<
  UnassignPrivateIpAddressesRequest,
  Record<string, never>
> = (input, context) => {
  const { PrivateIpAddresses: texts = [], Ipv4Prefixes: prefixTexts = [] } = input;
  requiredList([...texts, ...prefixTexts], 'PrivateIpAddress or Ipv4Prefix');
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const ips = heldBy(eni, texts, 'ipv4');
  const primary = eni.privateIps[0]?.address;
  if (primary !== undefined && ips.includes(primary)) refusePrimary('PrivateIpAddress', primary);
  const prefixes = heldPrefixes(eni, prefixTexts, 'ipv4');
  for (const ip of ips) dropAddress(eni, ip, context);
  dropPrefixes(eni, prefixes, context);
  return {};
};

function refusePrimary(parameter: string, value: Ip): never {
  return refuse('invalidValue', {
    parameter,
    value,
    expected: 'the primary address of an interface stays',
  });
}

/** The prefixes, each of which the interface must have. */
function heldPrefixes(eni: Eni, texts: readonly string[], family: Family): readonly Cidr[] {
  const parameter = family === 'ipv4' ? 'Ipv4Prefix' : 'Ipv6Prefix';
  return texts.map(
    (text) =>
      prefixesOf(eni, family).find((prefix) => prefix === parseCidr(text)) ??
      refuse('invalidValue', { parameter, value: text, expected: `'${eni.id}' does not have the prefix` }),
  );
}

function dropPrefixes({ id }: Eni, gone: readonly Cidr[], { transaction }: Context): void {
  const current = transaction.network.eni.get(id);
  if (gone.length === 0 || !current) return;
  const { prefixes = [], ...rest } = current;
  const left = prefixes.filter((prefix) => !gone.includes(prefix));
  transaction.put('eni', left.length > 0 ? { ...rest, prefixes: left } : rest);
}

/** The addresses, each of which the interface must have. */
function heldBy(eni: Eni, texts: readonly string[], family: Family): readonly Ip[] {
  const held = family === 'ipv4' ? eni.privateIps.map(({ address }) => address) : eni.ipv6Addresses;
  const parameter = family === 'ipv4' ? 'PrivateIpAddress' : 'Ipv6Addresses';
  return texts.map(
    (text) =>
      held.find((ip) => ip === text) ??
      refuse('invalidValue', { parameter, value: text, expected: `'${eni.id}' does not have the address` }),
  );
}

export const assignIpv6Addresses: Operation<AssignIpv6AddressesRequest, AssignIpv6AddressesResult> = (
  input,
  context,
) => {
  const wanted = wantedIn(
    [
      { names: input.Ipv6Addresses, count: input.Ipv6AddressCount },
      { names: input.Ipv6Prefixes, count: input.Ipv6PrefixCount },
    ],
    [
      ['Ipv6Addresses', 'Ipv6AddressCount'],
      ['Ipv6Prefix', 'Ipv6PrefixCount'],
    ],
  );
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const subnet = resourceOf('subnet', eni.subnetId, context);
  const { ips, prefixes } = added(wanted, 'ipv6', subnet, context);
  putWith({ ...eni, ipv6Addresses: [...eni.ipv6Addresses, ...ips] }, prefixes, context);
  return {
    NetworkInterfaceId: eni.id,
    AssignedIpv6Addresses: [...ips],
    AssignedIpv6Prefixes: [...prefixes],
  };
};

export const unassignIpv6Addresses: Operation<UnassignIpv6AddressesRequest, UnassignIpv6AddressesResult> = (
  input,
  context,
) => {
  const { Ipv6Addresses: texts = [], Ipv6Prefixes: prefixTexts = [] } = input;
  requiredList([...texts, ...prefixTexts], 'Ipv6Addresses or Ipv6Prefix');
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const ips = heldBy(eni, texts, 'ipv6');
  const primary = eni.hasPrimaryIpv6 ? eni.ipv6Addresses[0] : undefined;
  if (primary !== undefined && ips.includes(primary)) refusePrimary('Ipv6Addresses', primary);
  const prefixes = heldPrefixes(eni, prefixTexts, 'ipv6');
  for (const ip of ips) dropAddress(eni, ip, context);
  dropPrefixes(eni, prefixes, context);
  return {
    NetworkInterfaceId: eni.id,
    UnassignedIpv6Addresses: [...ips],
    UnassignedIpv6Prefixes: [...prefixes],
  };
};
