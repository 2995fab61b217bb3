/**
 * What the router of every VPC itself offers to instances: DNS, instance metadata, time, DHCP. Neither groups nor ACLs
 * judge it, and it never leaves the VPC.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html (traffic that is not evaluated),
 * https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
 */
import { type Ip, ipNumber } from '#net/address.ts';
import { type Cidr, cidrOf, contains, rangeOf } from '#net/cidr.ts';
import { protocolNumbers } from '#net/protocol.ts';
import { linkLocal } from '#net/special-blocks.ts';
import type { Vpc } from './vpc.ts';

export type LinkService = 'dns' | 'metadata' | 'time' | 'dhcp';

/** An address of the router, and what answers there. */
export type ServicePlace = {
  readonly service: LinkService;
  readonly address: Ip;
  readonly protocols: readonly ('tcp' | 'udp')[];
  readonly port: number;
};

const resolver = { service: 'dns', protocols: ['udp', 'tcp'], port: 53 } as const;
const metadata = { service: 'metadata', protocols: ['tcp'], port: 80 } as const;
const time = { service: 'time', protocols: ['udp'], port: 123 } as const;

const metadataAddresses = { ipv4: '169.254.169.254' as Ip, ipv6: 'fd00:ec2::254' as Ip } as const;

/** Blocks of addresses that never leave a VPC, served or not. */
export const linkServiceBlocks: readonly Cidr[] = [linkLocal.ipv4, 'fd00:ec2::/32' as Cidr];

/** The resolver at the base of the VPC's primary block plus two. */
export function resolverAddress({ cidrBlocks }: Pick<Vpc, 'cidrBlocks'>): Ip | undefined {
  const [primary] = cidrBlocks;
  if (!primary) return undefined;
  const base = rangeOf(primary.cidr);
  const host = cidrOf({ family: base.family, value: base.first + 2n }, 32);
  return host.slice(0, host.indexOf('/')) as Ip;
}

/** Where the router of a VPC answers, as the VPC's attributes have it: without DNS support, no resolver does. */
export function servicePlaces(vpc: Vpc): readonly ServicePlace[] {
  const resolvers = [resolverAddress(vpc), '169.254.169.253' as Ip, 'fd00:ec2::253' as Ip];
  return [
    ...(vpc.dnsSupport ? resolvers.flatMap((address) => (address ? [{ ...resolver, address }] : [])) : []),
    ...Object.values(metadataAddresses).map((address) => ({ ...metadata, address })),
    { ...time, address: '169.254.169.123' as Ip },
    { ...time, address: 'fd00:ec2::123' as Ip },
  ];
}

/** Every address that the router of a VPC has for its services, whether or not they answer. */
export function serviceAddresses(vpc: Vpc): readonly Ip[] {
  return [...new Set(servicePlaces({ ...vpc, dnsSupport: true }).map(({ address }) => address))];
}

/** Whether packets to the address stay with the router: no route takes them anywhere. */
export function isLinkAddress(vpc: Vpc, address: Ip): boolean {
  const number = ipNumber(address);
  return address === resolverAddress(vpc) || linkServiceBlocks.some((block) => contains(block, number));
}

/** Ports of DHCP and where a client without an address sends (RFC 2131, 4.1). */
export const dhcp = {
  client: 68,
  server: 67,
  nobody: '0.0.0.0' as Ip,
  everybody: '255.255.255.255' as Ip,
} as const;

/**
 * The same of DHCPv6 (RFC 8415, 7): clients have an address of their link alone, and send to all servers on it. Routers
 * are asked for at `routers` (RFC 4291, 2.7.1).
 */
export const dhcp6 = {
  client: 546,
  server: 547,
  everybody: 'ff02::1:2' as Ip,
  routers: 'ff02::2' as Ip,
} as const;

/** The service of a place that takes a packet of this protocol number to this address and port. */
export function serviceAt(
  vpc: Vpc,
  to: { readonly address: Ip; readonly protocol: number; readonly port: number },
): LinkService | undefined {
  return servicePlaces(vpc).find(
    ({ address, protocols, port }) =>
      address === to.address &&
      port === to.port &&
      protocols.some((protocol) => protocolNumbers[protocol] === to.protocol),
  )?.service;
}
