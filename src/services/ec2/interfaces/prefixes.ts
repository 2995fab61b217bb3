/**
 * Prefixes of addresses that are delegated to an interface: the ones asked for, or free ones of its subnet.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-prefix-eni.html
 */
import { type Family, familyOf, type Ip } from '#net/address.ts';
import { type Cidr, covers, parseCidr, prefixLength } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { delegatedLength } from '#vpc/eni-addresses.ts';
import type { Instance } from '#vpc/instance.ts';
import { blocksOfSubnet, isTakenPrefix, nextFreePrefixes } from '#vpc/subnet-space.ts';
import type { Subnet } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { factsOf, interfaceLimitsOf } from '../instance-types/catalogue.ts';

/** No interface has more of anything. */
const prefixesMax = 50;

/** The named prefixes, each of which the subnet must be able to delegate. */
export function namedPrefixes(
  texts: readonly string[],
  family: Family,
  subnet: Subnet,
  { transaction }: Context,
): readonly Cidr[] {
  const prefixes = texts.map((text) => usablePrefix(text, family, subnet));
  for (const [index, prefix] of prefixes.entries()) {
    const isTwice = prefixes.indexOf(prefix) !== index;
    if (isTwice || isTakenPrefix(transaction.network, subnet, prefix)) refuse('prefixInUse', { prefix });
  }
  return prefixes;
}

function usablePrefix(text: string, family: Family, subnet: Subnet): Cidr {
  const parameter = prefixParameter(family);
  const length = delegatedLength[family];
  const prefix = parseCidr(text);
  if (!prefix || familyOf(prefix) !== family || prefixLength(prefix) !== length) {
    return refuse('invalidValue', {
      parameter,
      value: text,
      expected: `this is not an ${family} /${length}`,
    });
  }
  if (blocksOfSubnet(subnet, family).some((block) => covers(block, prefix))) return prefix;
  const expected = `the prefix is not in the subnet '${subnet.id}'`;
  return refuse('invalidValue', { parameter, value: text, expected });
}

const prefixParameter = (family: Family): string => (family === 'ipv4' ? 'Ipv4Prefix' : 'Ipv6Prefix');

/** As many free prefixes as are counted; refuses where the subnet has fewer. */
export function freePrefixes(
  count: number,
  family: Family,
  subnet: Subnet,
  { context, alsoTaken }: { readonly context: Context; readonly alsoTaken: readonly Ip[] },
): readonly Cidr[] {
  if (!Number.isInteger(count) || count < 0 || count > prefixesMax) {
    const expected = `use 0 to ${prefixesMax}`;
    refuse('invalidValue', { parameter: `${prefixParameter(family)}Count`, value: count, expected });
  }
  if (count === 0) return [];
  const found = nextFreePrefixes(context.transaction.network, subnet, { family, count, alsoTaken });
  if (found.length < count) refuse('noFreePrefix', { subnetId: subnet.id });
  return found;
}

/**
 * Refuses more addresses and prefixes of a family than the instance's type has room for, and prefixes where its kind has
 * none: only Nitro types have them. A prefix takes the room of one address.
 */
export function checkRoom(
  { privateIps, ipv6Addresses, prefixes = [] }: Pick<Eni, 'privateIps' | 'ipv6Addresses' | 'prefixes'>,
  { what, instanceType }: { readonly what: string; readonly instanceType: string },
): void {
  if (prefixes.length > 0) refuseOldType(instanceType, 'delegated prefixes');
  const limit = interfaceLimitsOf(instanceType).addressesPerInterface;
  for (const [family, single] of [
    ['ipv4', privateIps.length],
    ['ipv6', ipv6Addresses.length],
  ] as const) {
    const count = single + prefixes.filter((prefix) => familyOf(prefix) === family).length;
    if (count > limit) refuse('tooManyPrivateIps', { what, count, limit });
  }
}

/** Refuses what only Nitro types have. */
export function refuseOldType(instanceType: Instance['instanceType'], feature: string): void {
  if (factsOf(instanceType)?.hypervisor !== 'xen') return;
  refuse('unsupported', {
    reason: `The instance type '${instanceType}' has no ${feature}; use a Nitro type.`,
  });
}
