/** Security groups and their rules. A rule lives inside its group. */
import type { Cidr } from '#net/cidr.ts';
import type { PeeringId, PrefixListId, RuleId, SecurityGroupId, VpcId } from './ids.ts';
import type { Tags } from './tags.ts';

export type Direction = 'ingress' | 'egress';

export const directions: readonly Direction[] = ['ingress', 'egress'];

/** What a rule admits, apart from the peer. */
export type Service =
  | { readonly kind: 'all' }
  /** TCP or UDP; both ports inclusive. */
  | { readonly kind: 'ports'; readonly protocol: 6 | 17; readonly from: number; readonly to: number }
  /** ICMP or ICMPv6; -1 stands for every type or every code. */
  | { readonly kind: 'icmp'; readonly protocol: 1 | 58; readonly type: number; readonly code: number }
  /** Any other protocol number, whole. */
  | { readonly kind: 'protocol'; readonly protocol: number };

export type Peer =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  | { readonly kind: 'prefixList'; readonly prefixListId: PrefixListId }
  | {
      readonly kind: 'group';
      readonly groupId: SecurityGroupId;
      /** Owner of the group; absent: the owner of the rule. */
      readonly account?: string;
      /** Set where the group belongs to a peered VPC. */
      readonly vpcId?: VpcId;
      readonly peeringId?: PeeringId;
    };

export type Rule = {
  readonly id: RuleId;
  readonly direction: Direction;
  readonly service: Service;
  readonly peer: Peer;
  readonly description?: string;
  readonly tags: Tags;
};

export type SecurityGroup = {
  readonly id: SecurityGroupId;
  readonly vpcId: VpcId;
  readonly name: string;
  readonly description: string;
  readonly rules: readonly Rule[];
  /** Other VPCs of the account and region whose interfaces may carry the group. */
  readonly associatedVpcs?: readonly VpcId[];
  readonly tags: Tags;
};

/** Whether interfaces of the VPC may carry the group. */
export function isUsableIn({ vpcId, associatedVpcs = [] }: SecurityGroup, vpc: VpcId): boolean {
  return vpcId === vpc || associatedVpcs.includes(vpc);
}

/** The name of the group that every VPC has and nobody may delete. */
export const defaultGroupName = 'default';

/** The group ids that a group's rules name as peers. */
export function referencedGroups(group: SecurityGroup): readonly SecurityGroupId[] {
  return [...new Set(group.rules.flatMap(({ peer }) => (peer.kind === 'group' ? [peer.groupId] : [])))];
}

/** The prefix lists that a group's rules name as peers. */
export function referencedPrefixLists(group: SecurityGroup): readonly PrefixListId[] {
  return [
    ...new Set(group.rules.flatMap(({ peer }) => (peer.kind === 'prefixList' ? [peer.prefixListId] : []))),
  ];
}
