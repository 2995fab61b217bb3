/** The sets and maps of a VPC's table that are there whatever the VPC holds. */
import type { Element, SetSpec } from '../nft/statement.ts';

const exact = (name: string, key: SetSpec['key'], data?: SetSpec['data']): SetSpec =>
  data ? { name, key, data, interval: false } : { name, key, interval: false };

export const vpcSets = {
  /** Port and own address → route table (bits 20–31) and identity (bits 0–19). */
  id4: exact('id4', ['ifname', 'ipv4_addr'], 'mark'),
  id6: exact('id6', ['ifname', 'ipv6_addr'], 'mark'),
  /** The same for prefixes that are delegated to an interface; asked only where an address is not known by itself. */
  prefix4: { name: 'pre4', key: ['ifname', 'ipv4_addr'], data: 'mark', interval: true } satisfies SetSpec,
  prefix6: { name: 'pre6', key: ['ifname', 'ipv6_addr'], data: 'mark', interval: true } satisfies SetSpec,
  /** Ports that lead out of the VPC. */
  outside: exact('outside', ['ifname']),
  /** Ports that may send from any address: middleboxes and NAT gateways. */
  anySource: exact('any_src', ['ifname']),
  /** Ports of peerings with the blocks of the other VPC, which alone may come through them. */
  peer4: { name: 'peer4', key: ['ifname', 'ipv4_addr'], interval: true } satisfies SetSpec,
  peer6: { name: 'peer6', key: ['ifname', 'ipv6_addr'], interval: true } satisfies SetSpec,
  /** Ports through which every flow is tracked: NAT and egress-only gateways. */
  autotrack: exact('autotrack', ['ifname']),
  /** Ports of NAT gateways, to which a block of ingress does not apply. */
  nats: exact('nats', ['ifname']),
  /** Interfaces that forward for others, and the conntrack zone of each with every other port, both ways round. */
  boxes: exact('boxes', ['ifname']),
  zones: exact('zones', ['ifname', 'ifname'], 'zone'),
  /** Pairs for which no zone was left; nothing passes between them. */
  unzoned: exact('unzoned', ['ifname', 'ifname']),
  /** Route table of a port whose sources are not known one by one. */
  tableOfPort: exact('rtm', ['ifname'], 'mark'),
  /** The router's addresses in the subnets. */
  routers: exact('routers', ['ipv4_addr']),
  vpc4: { name: 'vpc4', key: ['ipv4_addr'], interval: true } satisfies SetSpec,
  vpc6: { name: 'vpc6', key: ['ipv6_addr'], interval: true } satisfies SetSpec,
  /** Sources of neighbour discovery before an address is configured: unspecified and link-local. */
  linkScope: { name: 'link6', key: ['ipv6_addr'], interval: true } satisfies SetSpec,
  /**
   * Port → its subnet's number (bits 20–31) and its class (bits 0–19). Verdicts are looked up by these numbers and not
   * by port: with every change of a verdict map the kernel walks through all of its elements.
   */
  ports: exact('ports', ['ifname'], 'mark'),
  classOut: exact('class_out', ['mark'], 'verdict'),
  classIn: exact('class_in', ['mark'], 'verdict'),
  aclOut: exact('acl_out', ['mark'], 'verdict'),
  aclIn: exact('acl_in', ['mark'], 'verdict'),
  /** Who holds an entry (conntrack mark bits 0 and 1) → what is left to decide, per direction. */
  heldOriginal: exact('held_o', ['mark'], 'verdict'),
  heldReply: exact('held_r', ['mark'], 'verdict'),
} as const;

/** Bits 0–19 of a packet's mark and of a port's number: identity, which is the class. */
export const identityMask = 0xfffff;
/** Bits 20–31 of a port's number: the subnet. */
export const subnetMask = 0xfff00000;
/**
 * The class of no port: of what gateways that remember flows bring in under the addresses of others. Class 0 has no
 * groups: gateways.
 */
export const noClass = 0xfffff;
/** The "subnet" of ports that lead out of the VPC. */
export const outsideSubnet = 0xfff;

/** The number of a port, or the key of a class or subnet in the maps of verdicts. */
export function portNumber(subnetNumber: number, classNumber: number): number {
  return ((subnetNumber << 20) | classNumber) >>> 0;
}

/** Bit 0: the originator's side holds an entry; bit 1: the responder's. S is the sender's side, D the receiver's. */
export const heldElements: Readonly<Record<'original' | 'reply', readonly Element[]>> = {
  original: ['s00', 's10', 's01', 's11'].map(toChain),
  reply: ['s00', 's01', 's10', 's11'].map(toChain),
};

function toChain(chain: string, held: number): Element {
  return { key: [held], data: { kind: 'goto', chain } };
}

/** `::` and fe80::/10. */
export const linkScopeElements: readonly Element[] = [
  { key: [{ first: 0n, last: 0n }] },
  { key: [{ first: 0xfe80n << 112n, last: (0xfec0n << 112n) - 1n }] },
];
