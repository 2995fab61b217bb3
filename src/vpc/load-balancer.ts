/**
 * Load balancers and what they pass traffic on to. Their interfaces are ordinary ones that the service manages.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
 */
import type { Cidr } from '#net/cidr.ts';
import type { EniId, SecurityGroupId, VpcId } from './ids.ts';
import type { Tags } from './tags.ts';

/** What a listener does with a connection: it hands it to one of the targets of a group. */
export type Forward = {
  readonly targetGroupId: string;
  /** The rule that says so; absent for the default action. */
  readonly ruleId?: string;
  /** Clients that the rule's source-ip condition names; absent: all. */
  readonly sources?: readonly Cidr[];
};

export type Listener = {
  readonly id: string;
  /** TCP (6), UDP (17), or both. */
  readonly protocols: readonly (6 | 17)[];
  readonly port: number;
  readonly forwards: readonly Forward[];
};

export type LoadBalancerKind = 'application' | 'network' | 'gateway' | 'classic';

export type LoadBalancer = {
  /** Its ARN; a classic one's follows from its name. */
  readonly id: string;
  readonly name: string;
  readonly kind: LoadBalancerKind;
  readonly vpcId: VpcId;
  readonly isInternetFacing: boolean;
  /** Zones that are enabled, by name. */
  readonly zones: readonly string[];
  /** Its nodes, one or more a zone. */
  readonly eniIds: readonly EniId[];
  /** Its groups; none where it has none, as network load balancers may. Absent in older snapshots. */
  readonly groupIds?: readonly SecurityGroupId[];
  /** Whether a node passes on to targets in other zones; a target group may say otherwise. */
  readonly crossZone: boolean;
  /** Absent where nothing tells. */
  readonly listeners?: readonly Listener[];
  readonly tags: Tags;
};

export type Target = {
  /** An instance, an address, a function or a load balancer, as the group's kind says. */
  readonly id: string;
  /** Absent: the group's. */
  readonly port?: number;
  /** Absent: the zone of the subnet that it stands in; `all` for addresses outside the VPC. */
  readonly zone?: string;
};

export type TargetGroup = {
  readonly id: string;
  readonly name: string;
  readonly targetKind: 'instance' | 'ip' | 'lambda' | 'alb';
  readonly port?: number;
  /** Whether targets see the client's address instead of the node's; network load balancers alone do that. */
  readonly preservesClientIp: boolean;
  /** Absent: as the load balancer. */
  readonly crossZone?: boolean;
  /** Absent where nothing tells. */
  readonly targets?: readonly Target[];
  readonly tags: Tags;
};
