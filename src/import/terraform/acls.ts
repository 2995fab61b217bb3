/** Network ACLs: entries in blocks and as resources of their own. */
import { everybody } from '#net/cidr.ts';
import type { Json } from '../json/fields.ts';
import type { Attributes } from './attributes.ts';

export type AclEntryShown = { readonly aclId: string; readonly entry: Json; readonly key: string };

/** What only the apply tells of whom an entry is about: an allow could be for anybody, a deny for nobody. */
function entryOf(from: Attributes, aclId: string, isEgress: boolean): readonly AclEntryShown[] {
  const number = from.number('rule_no') ?? from.number('rule_number');
  const action = from.text('action') ?? from.text('rule_action');
  const protocol = (from.text('protocol') ?? '-1').toLowerCase();
  const block = from.text('cidr_block');
  const block6 = from.text('ipv6_cidr_block');
  if (block === undefined && block6 === undefined) {
    const supposed = action === 'deny' ? 'nobody' : 'everybody';
    from.suppose('its block', `it could be anything and is taken to be ${supposed}`);
    if (action === 'deny') return [];
  }
  const isIcmp = ['1', '58', 'icmp', 'icmpv6'].includes(protocol);
  const range = { From: from.number('from_port'), To: from.number('to_port') };
  const icmp = { Type: from.number('icmp_type') ?? -1, Code: from.number('icmp_code') ?? -1 };
  const entry = {
    RuleNumber: number,
    Egress: isEgress,
    RuleAction: action,
    Protocol: protocol === 'all' ? '-1' : protocol,
    ...(block === undefined ? {} : { CidrBlock: block }),
    ...(block6 === undefined ? {} : { Ipv6CidrBlock: block6 }),
    ...(block === undefined && block6 === undefined ? { CidrBlock: everybody.ipv4 } : {}),
    ...(isIcmp ? { IcmpTypeCode: icmp } : { PortRange: range }),
  };
  return [{ aclId, entry, key: `${aclId} ${isEgress} ${number}` }];
}

/** The entries in the blocks of an ACL. */
export function blockEntries(acl: Attributes): readonly AclEntryShown[] {
  return (['ingress', 'egress'] as const).flatMap((direction) => {
    if (acl.isUnknown(direction) && acl.isGiven(direction)) {
      acl.suppose(direction, 'it could be anything and is taken to allow everything');
      const entries = openEntries().filter(({ Egress }) => Egress === (direction === 'egress'));
      return entries.map((entry) => ({ aclId: acl.id, entry, key: `${acl.id} ${direction}` }));
    }
    return acl.blocks(direction).flatMap((block) => entryOf(block, acl.id, direction === 'egress'));
  });
}

/** The entry of an `aws_network_acl_rule`. */
export function ownEntry(from: Attributes): readonly AclEntryShown[] {
  const aclId = from.text('network_acl_id');
  if (aclId !== undefined) return entryOf(from, aclId, from.boolean('egress') === true);
  from.suppose('network_acl_id', 'the entry could be in any ACL and is left out');
  return [];
}

/** The entries of an ACL that AWS makes with a VPC. */
export function openEntries(): readonly Json[] {
  return [true, false].map((Egress) => ({
    RuleNumber: 100,
    Egress,
    RuleAction: 'allow',
    Protocol: '-1',
    CidrBlock: everybody.ipv4,
  }));
}
