/**
 * What happens to groups and ACLs when a VPC gets its first IPv6 block: those that nobody has touched open to IPv6 as
 * they are open to IPv4; the others stay as their owners made them.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 * https://docs.aws.amazon.com/vpc/latest/userguide/default-network-acl.html
 */
import { hasUntouchedEgress, openEgressRule } from '#vpc/group-rules.ts';
import { newId } from '#vpc/ids.ts';
import type { AclEntry } from '#vpc/network-acl.ts';
import { type Direction, directions } from '#vpc/security-group.ts';
import type { Vpc } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import { defaultAcl, openEntries } from './make-vpc.ts';

/** Opens the VPC's untouched groups and its default ACL; `vpc` is the VPC as it was, without IPv6. */
export function openToIpv6(vpc: Vpc, context: Context): void {
  const { transaction, hex17 } = context;
  for (const group of transaction.network.securityGroup.by('vpc', vpc.id)) {
    if (!hasUntouchedEgress(group)) continue;
    const rules = [...group.rules, openEgressRule('ipv6', newId('rule', hex17))];
    transaction.put('securityGroup', { ...group, rules });
  }
  const acl = defaultAcl(vpc.id, context);
  const of = (direction: Direction, entries: readonly AclEntry[]) =>
    entries.filter((entry) => entry.direction === direction);
  const withIpv6 = openEntries({ ipv6: true });
  const entries = directions.flatMap((direction) => {
    const own = of(direction, acl.entries);
    return isSame(own, of(direction, openEntries({ ipv6: false }))) ? of(direction, withIpv6) : own;
  });
  transaction.put('networkAcl', { ...acl, entries });
}

function isSame(own: readonly AclEntry[], open: readonly AclEntry[]): boolean {
  const text = ({ number, action, service, cidr }: AclEntry) => `${number} ${action} ${service.kind} ${cidr}`;
  return own.map(text).join() === open.map(text).join();
}
