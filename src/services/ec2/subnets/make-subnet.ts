/** A subnet starts under its VPC's default network ACL (and main route table, which needs no record). */
import type { Cidr } from '#net/cidr.ts';
import { newId, type VpcId } from '#vpc/ids.ts';
import type { Tags } from '#vpc/tags.ts';
import { defaultSubnetDns, type Subnet } from '#vpc/vpc.ts';
import type { Context } from '../../operation.ts';
import type { Zone } from '../regions.ts';
import { defaultAcl } from '../vpcs/make-vpc.ts';

export type NewSubnet = {
  readonly vpcId: VpcId;
  readonly zone: Zone;
  /** Absent: the subnet has IPv6 alone. */
  readonly cidr?: Cidr;
  /** A /64 of the VPC's blocks. */
  readonly ipv6Cidr?: Cidr;
  readonly isDefaultForZone: boolean;
  readonly tags: Tags;
};

/**
 * Where hosts have no IPv4 address they are named after themselves.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-naming.html
 */
const ofIpv6Alone = { dns: { ...defaultSubnetDns, hostnameType: 'resource-name' } } as const;

/** Puts a subnet and its ACL association. Limits, ranges and overlaps are the caller's to check. */
export function makeSubnet(spec: NewSubnet, context: Context): Subnet {
  const { transaction, hex17 } = context;
  const subnet: Subnet = {
    id: newId('subnet', hex17),
    vpcId: spec.vpcId,
    zone: spec.zone.name,
    zoneId: spec.zone.id,
    ...(spec.cidr === undefined ? ofIpv6Alone : { cidr: spec.cidr }),
    ipv6Blocks: spec.ipv6Cidr
      ? [{ associationId: newId('subnetCidrAssociation', hex17), cidr: spec.ipv6Cidr }]
      : [],
    mapPublicIpOnLaunch: spec.isDefaultForZone && spec.cidr !== undefined,
    assignIpv6OnCreation: spec.cidr === undefined,
    isDefaultForZone: spec.isDefaultForZone,
    tags: spec.tags,
  };
  transaction.put('subnet', subnet);
  const acl = defaultAcl(spec.vpcId, context);
  const association = { id: newId('networkAclAssociation', hex17), subnetId: subnet.id };
  transaction.put('networkAcl', { ...acl, associations: [...acl.associations, association] });
  return subnet;
}
