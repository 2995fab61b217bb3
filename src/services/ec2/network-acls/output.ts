/** Network ACLs as AWS shows them: with the final denies, which nobody stored. */
import type { NetworkAcl as AclOutput, NetworkAclEntry as EntryOutput } from '@aws-sdk/client-ec2';
import { familyOf } from '#net/address.ts';
import { type Cidr, everybody } from '#net/cidr.ts';
import type { AclEntry, NetworkAcl } from '#vpc/network-acl.ts';
import { directions, type Service } from '#vpc/security-group.ts';
import type { Context } from '../../operation.ts';
import { tagList } from '../tags/tags.ts';

/** Numbers of the final `*` entries; the IPv6 one is there where the VPC has an IPv6 block. */
const lastIpv4 = 32767;
const lastIpv6 = 32768;

type ShownEntry = Omit<AclEntry, 'number'> & { readonly number: number };

/** All entries in AWS's order: outbound and inbound, by number, the final denies last. */
export function shownEntries(acl: NetworkAcl, { transaction }: Context): readonly ShownEntry[] {
  const hasIpv6 = (transaction.network.vpc.get(acl.vpcId)?.ipv6Blocks.length ?? 0) > 0;
  return directions.toReversed().flatMap((direction) => {
    const last = (number: number, cidr: Cidr): ShownEntry => ({
      direction,
      number,
      action: 'deny',
      service: { kind: 'all' },
      cidr,
    });
    const own = acl.entries
      .filter((entry) => entry.direction === direction)
      .toSorted((a, b) => a.number - b.number);
    return [...own, last(lastIpv4, everybody.ipv4), ...(hasIpv6 ? [last(lastIpv6, everybody.ipv6)] : [])];
  });
}

/** The protocol as AWS shows it here: always a number. */
export function protocolNumber(service: Service): string {
  return service.kind === 'all' ? '-1' : String(service.protocol);
}

function entryOutput({ direction, number, action, service, cidr }: ShownEntry): EntryOutput {
  return {
    RuleNumber: number,
    Egress: direction === 'egress',
    RuleAction: action,
    Protocol: protocolNumber(service),
    ...(familyOf(cidr) === 'ipv4' ? { CidrBlock: cidr } : { Ipv6CidrBlock: cidr }),
    ...(service.kind === 'ports' ? { PortRange: { From: service.from, To: service.to } } : {}),
    ...(service.kind === 'icmp' ? { IcmpTypeCode: { Type: service.type, Code: service.code } } : {}),
  };
}

export function aclOutput(acl: NetworkAcl, context: Context): AclOutput {
  return {
    NetworkAclId: acl.id,
    VpcId: acl.vpcId,
    OwnerId: context.caller.scope.account,
    IsDefault: acl.isDefault,
    Entries: shownEntries(acl, context).map(entryOutput),
    Associations: acl.associations.map(({ id, subnetId }) => ({
      NetworkAclAssociationId: id,
      NetworkAclId: acl.id,
      SubnetId: subnetId,
    })),
    Tags: tagList(acl.tags),
  };
}
