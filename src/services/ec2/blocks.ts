/** Blocks and addresses in parameters. */

import type { Family } from '#net/address.ts';
import { familyOf, type Ip, parseIp } from '#net/address.ts';
import { type Cidr, parseCidr, prefixLength } from '#net/cidr.ts';
import { refuse } from '../refusal.ts';

/** The canonical block of a parameter; host bits are cleared, as AWS does. Refuses what is no block of the family. */
export function blockIn(text: string, family: Family, parameter: string): Cidr {
  const block = parseCidr(text);
  if (block && familyOf(block) === family) return block;
  const expected = `this is not an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} CIDR block`;
  return refuse('invalidValue', { parameter, value: text, expected });
}

/** The canonical address of a parameter; refuses what is no address of the family. */
export function addressIn(text: string, family: Family, parameter: string): Ip {
  const ip = parseIp(text);
  if (ip && familyOf(ip) === family) return ip;
  const expected = `this is not an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} address`;
  return refuse('invalidValue', { parameter, value: text, expected });
}

/** Block sizes of VPCs and subnets: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const ipv4Lengths = { min: 16, max: 28 } as const;

/** Whether AWS takes an IPv4 block of this size for a VPC or subnet. */
export function isVpcSize(block: Cidr): boolean {
  const length = prefixLength(block);
  return length >= ipv4Lengths.min && length <= ipv4Lengths.max;
}

/** Refuses parameters that ask for what this world does not have: address pools of one's own, IPAM, Outposts. */
export function refuseForeignPools(input: Readonly<Record<string, unknown>>, names: readonly string[]): void {
  const given = names.find((name) => input[name] !== undefined && input[name] !== '');
  if (given) refuse('unsupported', { reason: `Rampart has no address pools, IPAM or Outposts: ${given}.` });
}
