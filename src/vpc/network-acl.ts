/** Network ACLs: stateless, numbered, first match decides; what no entry matches is denied. */
import type { Cidr } from '#net/cidr.ts';
import type { Id, NetworkAclId, SubnetId, VpcId } from './ids.ts';
import type { Direction, Service } from './security-group.ts';
import type { Tags } from './tags.ts';

export type AclEntry = {
  readonly direction: Direction;
  /** 1 … 32766; unique per direction. The final deny is not stored. */
  readonly number: number;
  readonly action: 'allow' | 'deny';
  readonly service: Service;
  readonly cidr: Cidr;
};

export type NetworkAcl = {
  readonly id: NetworkAclId;
  readonly vpcId: VpcId;
  readonly isDefault: boolean;
  readonly entries: readonly AclEntry[];
  readonly associations: readonly { readonly id: Id<'networkAclAssociation'>; readonly subnetId: SubnetId }[];
  readonly tags: Tags;
};
