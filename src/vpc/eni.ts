/** Elastic network interfaces and elastic addresses. */
import type { Ip } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import type {
  AllocationId,
  EniId,
  Id,
  InstanceId,
  NatGatewayId,
  SecurityGroupId,
  SubnetId,
  VpcId,
} from './ids.ts';
import type { Tags } from './tags.ts';

export type PrivateIp = {
  readonly address: Ip;
  readonly isPrimary: boolean;
  /** Public address given at launch, gone when the interface is deleted; elastic addresses are `Address`es. */
  readonly launchPublicIp?: Ip;
};

export type EniAttachment = {
  readonly id: Id<'eniAttachment'>;
  readonly instanceId: InstanceId;
  readonly deviceIndex: number;
  readonly deleteOnTermination: boolean;
  readonly attachedAtMs: number;
};

/**
 * Idle timeouts of tracked flows in seconds; absent means AWS's default.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
 */
export type TrackingTimeouts = {
  readonly tcpEstablishedSeconds?: number;
  readonly udpSeconds?: number;
  readonly udpStreamSeconds?: number;
};

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ena-express.html */
export type EnaSrd = { readonly enabled: boolean; readonly udpEnabled: boolean };

export type Eni = {
  readonly id: EniId;
  readonly vpcId: VpcId;
  readonly subnetId: SubnetId;
  readonly description: string;
  /** Lower-case, colon-separated. */
  readonly macAddress: string;
  /** The primary address first; none in a subnet of IPv6 alone. */
  readonly privateIps: readonly PrivateIp[];
  readonly ipv6Addresses: readonly Ip[];
  /** Whether the first IPv6 address is the primary one, which stays as long as the interface. */
  readonly hasPrimaryIpv6?: boolean;
  /** Delegated prefixes, /28 and /80: every address of them is the interface's. Absent: none. */
  readonly prefixes?: readonly Cidr[];
  readonly groupIds: readonly SecurityGroupId[];
  readonly sourceDestCheck: boolean;
  readonly attachment?: EniAttachment;
  readonly timeouts: TrackingTimeouts;
  /** ENA Express; a setting of AWS's own network that changes no packet here. Absent: never set. */
  readonly enaSrd?: EnaSrd;
  /** Whether the interface is to get a public address while it is the primary one of an instance. Absent: never said. */
  readonly autoPublicIp?: boolean;
  /** Other subnets that the interface is associated with; kept and shown. */
  readonly associatedSubnetIds?: readonly SubnetId[];
  /** AWS's InterfaceType: `interface`, `nat_gateway`, `vpc_endpoint`, … */
  readonly interfaceType: string;
  /** Made and owned by a service (NAT gateway, endpoint); users may not change it. */
  readonly requesterManaged: boolean;
  readonly createdAtMs: number;
  readonly tags: Tags;
};

const serviceAttachment = 'ela-attach-';

/** The id of its attachment: to an instance, or of the kind that AWS gives an interface which a service keeps up. */
export function attachmentIdOf({ id, attachment, requesterManaged }: Eni): string | undefined {
  return attachment?.id ?? (requesterManaged ? `${serviceAttachment}${id.slice('eni-'.length)}` : undefined);
}

/** Whether an attachment's id is of the kind that AWS gives an interface which a service keeps up. */
export function isServiceAttachment(id: string): boolean {
  return id.startsWith(serviceAttachment);
}

/**
 * Whether groups judge what the interface sends and gets: not that of a service which carries none, such as a network
 * load balancer without groups, which takes everything that it has a listener for, or a Gateway Load Balancer.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
 */
export function isGuarded({ groupIds, interfaceType, requesterManaged }: Eni): boolean {
  const isOfService = requesterManaged && interfaceType !== 'interface';
  return groupIds.length > 0 || !(isOfService || interfaceType === 'network_load_balancer');
}

const carriers: ReadonlySet<string> = new Set([
  'gateway_load_balancer_endpoint',
  'nat_gateway',
  'transit_gateway',
]);

/**
 * Whether the interface only carries what routes hand to it: nothing is for it and it asks nobody, under its own address.
 * AWS lets nobody put groups on such interfaces.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html,
 * https://docs.aws.amazon.com/vpc/latest/privatelink/create-gateway-load-balancer-endpoint-service.html,
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
 */
export function isCarrier({ interfaceType, groupIds }: Eni): boolean {
  return carriers.has(interfaceType) && groupIds.length === 0;
}

/** Of an interface's private address, or of a regional NAT gateway, which has no interface. */
export type AddressAssociation =
  | {
      readonly id: Id<'addressAssociation'>;
      readonly eniId: EniId;
      readonly privateIp: Ip;
      readonly natGatewayId?: never;
    }
  | {
      readonly id: Id<'addressAssociation'>;
      readonly natGatewayId: NatGatewayId;
      readonly eniId?: never;
      readonly privateIp?: never;
    };

export type Address = {
  readonly id: AllocationId;
  readonly publicIp: Ip;
  /** The name that reverse DNS gives, with its final dot. */
  readonly ptrRecord?: string;
  readonly association?: AddressAssociation;
  /** The service that allocated it and gives it back: a regional NAT gateway in automatic mode. Absent: a user. */
  readonly serviceManaged?: 'rnat';
  readonly tags: Tags;
};
