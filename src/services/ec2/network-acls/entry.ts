/** Entries of network ACLs as requests spell them. */
import type { CreateNetworkAclEntryRequest } from '@aws-sdk/client-ec2';
import { type Family, familyOf } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import { portMax, protocolNumbers } from '#net/protocol.ts';
import type { AclEntry } from '#vpc/network-acl.ts';
import type { Direction, Service } from '#vpc/security-group.ts';
import { inRange, oneOf, required } from '../../input.ts';
import type { Checked } from '../../operation.ts';
import { refuse } from '../../refusal.ts';
import { blockIn } from '../blocks.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
const numberMax = 32766;
const protocolMax = 255;
const icmpMax = 255;

type EntryInput = Omit<Checked<CreateNetworkAclEntryRequest>, 'NetworkAclId' | 'DryRun'>;
type Key = { readonly direction: Direction; readonly number: number };

/** Which entry a request speaks of. */
export function entryKeyIn(input: Pick<EntryInput, 'Egress' | 'RuleNumber'>): Key {
  const direction = input.Egress ? 'egress' : 'ingress';
  return {
    direction,
    number: inRange(input.RuleNumber, { min: 1, max: numberMax, parameter: 'ruleNumber' }),
  };
}

/** A whole entry; refuses what AWS would. */
export function entryIn(input: EntryInput): AclEntry {
  const key = entryKeyIn(input);
  const action = oneOf(input.RuleAction, ['allow', 'deny'], 'ruleAction');
  const protocol = protocolIn(input.Protocol);
  const cidr = cidrIn(input);
  return { ...key, action, service: serviceIn(protocol, familyOf(cidr), input), cidr };
}

function cidrIn({ CidrBlock: ipv4, Ipv6CidrBlock: ipv6 }: EntryInput): Cidr {
  if (ipv4 && ipv6) refuse('invalidCombination', { reason: 'Give cidrBlock or ipv6CidrBlock, not both.' });
  if (ipv6) return blockIn(ipv6, 'ipv6', 'ipv6CidrBlock');
  return blockIn(required(ipv4, 'cidrBlock'), 'ipv4', 'cidrBlock');
}

function protocolIn(text: string): number | 'all' {
  const name = text.toLowerCase();
  if (name === '-1' || name === 'all') return 'all';
  if (Object.hasOwn(protocolNumbers, name)) return protocolNumbers[name as keyof typeof protocolNumbers];
  if (/^\d{1,3}$/.test(name) && Number(name) <= protocolMax) return Number(name);
  const expected = 'use tcp, udp, icmp, icmpv6, a protocol number, or -1 for all';
  return refuse('invalidValue', { parameter: 'protocol', value: text, expected });
}

function serviceIn(protocol: number | 'all', family: Family, input: EntryInput): Service {
  switch (protocol) {
    case 'all':
      return { kind: 'all' };
    case protocolNumbers.tcp:
    case protocolNumbers.udp:
      return portsIn(protocol, input);
    case protocolNumbers.icmp:
      return icmpIn(protocol, input);
    case protocolNumbers.icmpv6:
      // With an IPv4 block AWS takes every type and code, whatever the request says.
      return family === 'ipv4' ? { kind: 'icmp', protocol, type: -1, code: -1 } : icmpIn(protocol, input);
    default:
      return { kind: 'protocol', protocol };
  }
}

function portsIn(protocol: 6 | 17, { PortRange: range }: EntryInput): Service {
  const bounds = { min: 0, max: portMax };
  const from = inRange(required(range?.From, 'portRange.from'), { ...bounds, parameter: 'portRange.from' });
  const to = inRange(required(range?.To, 'portRange.to'), { ...bounds, parameter: 'portRange.to' });
  if (from > to) {
    const expected = 'the first port is above the last';
    refuse('invalidValue', { parameter: 'portRange', value: `${from}-${to}`, expected });
  }
  return { kind: 'ports', protocol, from, to };
}

function icmpIn(protocol: 1 | 58, { IcmpTypeCode: icmp }: EntryInput): Service {
  const bounds = { min: -1, max: icmpMax };
  const type = inRange(required(icmp?.Type, 'icmpTypeCode.type'), {
    ...bounds,
    parameter: 'icmpTypeCode.type',
  });
  const code = inRange(required(icmp?.Code, 'icmpTypeCode.code'), {
    ...bounds,
    parameter: 'icmpTypeCode.code',
  });
  if (type === -1 && code !== -1) {
    const expected = 'with all types the code must be -1';
    refuse('invalidValue', { parameter: 'icmpTypeCode.code', value: code, expected });
  }
  return { kind: 'icmp', protocol, type, code };
}
