/** The sets and maps of a VPC's table that are there whatever the VPC holds. */
import type { Element, SetSpec } from '../nft/statement.ts';

const exact = (name: string, key: SetSpec['key'], data?: SetSpec['data']): SetSpec =>
  data ? { name, key, data, interval: false } : { name, key, interval: false };

export const vpcSets = {
  /** Port and own address → route table (bits 20–31) and identity (bits 0–19). */
  id4: exact('id4', ['ifname', 'ipv4_addr'], 'mark'),
  id6: exact('id6', ['ifname', 'ipv6_addr'], 'mark'),
  /** Ports that lead out of the VPC. */
  outside: exact('outside', ['ifname']),
  /** Route table of a port whose sources are not known one by one. */
  tableOfPort: exact('rtm', ['ifname'], 'mark'),
  vpc4: { name: 'vpc4', key: ['ipv4_addr'], interval: true } satisfies SetSpec,
  vpc6: { name: 'vpc6', key: ['ipv6_addr'], interval: true } satisfies SetSpec,
  /** Sources of neighbour discovery before an address is configured: unspecified and link-local. */
  linkScope: { name: 'link6', key: ['ipv6_addr'], interval: true } satisfies SetSpec,
  sgOut: exact('sg_out', ['ifname'], 'verdict'),
  sgIn: exact('sg_in', ['ifname'], 'verdict'),
  aclOut: exact('acl_out', ['ifname'], 'verdict'),
  aclIn: exact('acl_in', ['ifname'], 'verdict'),
  /** Who holds an entry (conntrack mark bits 0 and 1) → what is left to decide, per direction. */
  heldOriginal: exact('held_o', ['mark'], 'verdict'),
  heldReply: exact('held_r', ['mark'], 'verdict'),
} as const;

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
