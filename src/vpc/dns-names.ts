/**
 * The names that Amazon's DNS gives to addresses.
 * https://docs.aws.amazon.com/vpc/latest/userguide/vpc-dns.html
 */
import type { Ip } from '#net/address.ts';
import type { Instance } from './instance.ts';
import type { Network } from './network.ts';
import { partitionOf } from './scope.ts';

const dashed = (ip: Ip): string => ip.replaceAll('.', '-');

/** `ip-10-0-0-5.eu-west-1.compute.internal`; the oldest region has a domain of its own. */
export function privateDnsName(ip: Ip, region: string): string {
  return `ip-${dashed(ip)}.${privateDomain(region)}`;
}

const privateDomain = (region: string): string =>
  region === 'us-east-1' ? 'ec2.internal' : `${region}.compute.internal`;

/** `ec2-198-18-0-1.eu-west-1.compute.amazonaws.com`; the oldest region has a domain of its own. */
export function publicDnsName(ip: Ip, region: string): string {
  const suffix = partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  const domain = region === 'us-east-1' ? 'compute-1' : `${region}.compute`;
  return `ec2-${dashed(ip)}.${domain}.${suffix}`;
}

/** Whether the VPC gives its public addresses names, and its interfaces private ones. */
export function hasHostnames({ vpc }: Network, vpcId: string): boolean {
  const found = vpc.get(vpcId);
  return found?.dnsHostnames === true && found.dnsSupport;
}

/** The private name of an instance: of its address, or of itself, as its host name type says, or without IPv4. */
export function instanceDnsName({ id, options }: Instance, ip: Ip | undefined, region: string): string {
  const isByAddress = ip !== undefined && options.dns?.hostnameType !== 'resource-name';
  return isByAddress ? privateDnsName(ip, region) : `${id}.${privateDomain(region)}`;
}
