/** Secondary private addresses and IPv6 addresses of interfaces that exist. */
import type {
  AssignIpv6AddressesRequest,
  AssignIpv6AddressesResult,
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult,
  UnassignIpv6AddressesRequest,
  UnassignIpv6AddressesResult,
  UnassignPrivateIpAddressesRequest,
} from '@aws-sdk/client-ec2';
import type { Family, Ip } from '#net/address.ts';
import type { Eni } from '#vpc/eni.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { requiredList } from '../../input.ts';
import type { Context, Operation } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { refuseUnsupported } from '../../unsupported.ts';
import { interfaceLimitsOf } from '../instance-types/catalogue.ts';
import { resourceOf } from '../resources.ts';
import { checkedCount, takeAddresses, usableIp } from './addresses.ts';
import { changeableInterface } from './modify.ts';

type Wanted = { readonly named: readonly string[]; readonly count: number };

function wantedIn(
  named: readonly string[] | undefined,
  count: number | undefined,
  parameters: readonly [string, string],
): Wanted {
  if (named?.length && count) {
    refuse('invalidCombination', { reason: `${parameters[0]} and ${parameters[1]} exclude each other.` });
  }
  if (!named?.length && !count) refuse('missingParameter', { parameter: parameters.join(' or ') });
  return { named: named ?? [], count: count ?? 0 };
}

export const assignPrivateIpAddresses: Operation<
  AssignPrivateIpAddressesRequest,
  AssignPrivateIpAddressesResult
> = (input, context) => {
  refuseUnsupported(input, ['Ipv4Prefixes', 'Ipv4PrefixCount']);
  const wanted = wantedIn(input.PrivateIpAddresses, input.SecondaryPrivateIpAddressCount, [
    'PrivateIpAddress',
    'SecondaryPrivateIpAddressCount',
  ]);
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const subnet = resourceOf('subnet', eni.subnetId, context);
  if (input.AllowReassignment) reassign(wanted.named, eni, subnet, context);
  const added = takeAddresses(wanted, 'ipv4', subnet, context);
  const privateIps = [...eni.privateIps, ...added.map((address) => ({ address, isPrimary: false }))];
  checkLimit(
    eni,
    privateIps.map(({ address }) => address),
    context,
  );
  context.transaction.put('eni', { ...eni, privateIps });
  return {
    NetworkInterfaceId: eni.id,
    AssignedPrivateIpAddresses: added.map((PrivateIpAddress) => ({ PrivateIpAddress })),
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

/** Refuses more addresses of a family than the interface may have where it stands. */
function checkLimit(eni: Eni, ips: readonly Ip[], { transaction }: Context): void {
  checkedCount(ips, eni.id);
  const instance = eni.attachment && transaction.network.instance.get(eni.attachment.instanceId);
  if (!instance) return;
  const limit = interfaceLimitsOf(instance.instanceType).addressesPerInterface;
  if (ips.length > limit) refuse('tooManyPrivateIps', { what: eni.id, count: ips.length, limit });
}

export const unassignPrivateIpAddresses: Operation<
  UnassignPrivateIpAddressesRequest,
  Record<string, never>
> = (input, context) => {
  refuseUnsupported(input, ['Ipv4Prefixes']);
  const texts = requiredList(input.PrivateIpAddresses, 'PrivateIpAddress');
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const ips = heldBy(eni, texts, 'ipv4');
  if (ips.some((ip) => ip === eni.privateIps[0]?.address)) {
    refuse('invalidValue', {
      parameter: 'PrivateIpAddress',
      value: eni.privateIps[0]?.address ?? '',
      expected: 'the primary address of an interface stays',
    });
  }
  for (const ip of ips) dropAddress(eni, ip, context);
  return {};
};

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
  refuseUnsupported(input, ['Ipv6Prefixes', 'Ipv6PrefixCount']);
  const wanted = wantedIn(input.Ipv6Addresses, input.Ipv6AddressCount, ['Ipv6Addresses', 'Ipv6AddressCount']);
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const added = takeAddresses(wanted, 'ipv6', resourceOf('subnet', eni.subnetId, context), context);
  const ipv6Addresses = [...eni.ipv6Addresses, ...added];
  checkLimit(eni, ipv6Addresses, context);
  context.transaction.put('eni', { ...eni, ipv6Addresses });
  return { NetworkInterfaceId: eni.id, AssignedIpv6Addresses: [...added] };
};

export const unassignIpv6Addresses: Operation<UnassignIpv6AddressesRequest, UnassignIpv6AddressesResult> = (
  input,
  context,
) => {
  refuseUnsupported(input, ['Ipv6Prefixes']);
  const texts = requiredList(input.Ipv6Addresses, 'Ipv6Addresses');
  const eni = changeableInterface(input.NetworkInterfaceId, context);
  const ips = heldBy(eni, texts, 'ipv6');
  for (const ip of ips) dropAddress(eni, ip, context);
  return { NetworkInterfaceId: eni.id, UnassignedIpv6Addresses: [...ips] };
};
