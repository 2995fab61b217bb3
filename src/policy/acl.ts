/** Network ACLs: stateless, ordered by number, the first matching entry decides, what none matches is denied. */
import { readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import type { SubnetId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import type { AclEntry, NetworkAcl } from '#vpc/network-acl.ts';
import type { Direction } from '#vpc/security-group.ts';
import { type Packet, serviceCovers } from './packet.ts';

export type AclVerdict =
  | { readonly kind: 'allow'; readonly acl: NetworkAcl; readonly entry: AclEntry }
  | { readonly kind: 'deny'; readonly acl: NetworkAcl; readonly entry: AclEntry }
  /** The final `*` entry, or a subnet without an ACL. */
  | { readonly kind: 'unmatched'; readonly acl: NetworkAcl | undefined };

/** What the subnet's ACL says of a packet that leaves (egress) or enters (ingress) the subnet. */
export function judgeAcl(
  network: Network,
  subnetId: SubnetId,
  direction: Direction,
  packet: Packet,
): AclVerdict {
  const [acl] = network.networkAcl.by('subnet', subnetId);
  const remote = readIp(direction === 'egress' ? packet.destination : packet.source);
  const entry = acl?.entries
    .filter((each) => each.direction === direction)
    .sort((a, b) => a.number - b.number)
    .find((each) => remote && contains(each.cidr, remote) && serviceCovers(each.service, packet));
  if (!acl || !entry) return { kind: 'unmatched', acl };
  return { kind: entry.action, acl, entry };
}
