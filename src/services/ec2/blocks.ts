/** Blocks in parameters. */
import { type Family, familyOf } from '#net/address.ts';
import { type Cidr, parseCidr, prefixLength } from '#net/cidr.ts';
import { refuse } from '../refusal.ts';

/** The canonical block of a parameter; host bits are cleared, as AWS does. Refuses what is no block of the family. */
export function blockIn(text: string, family: Family, parameter: string): Cidr {
  const block = parseCidr(text);
  if (block && familyOf(block) === family) return block;
  const expected = `this is not an ${family === 'ipv4' ? 'IPv4' : 'IPv6'} CIDR block`;
  return refuse('invalidValue', { parameter, value: text, expected });
}

/** Block sizes of VPCs and subnets: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html */
const ipv4Lengths = { min: 16, max: 28 } as const;

/** Whether AWS takes an IPv4 block of this size for a VPC or subnet. */
export function isVpcSize(block: Cidr): boolean {
  const length = prefixLength(block);
  return length >= ipv4Lengths.min && length <= ipv4Lengths.max;
}
