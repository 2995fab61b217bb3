/** Route tables and the gateways that routes lead to. */
import type { Ip } from '#net/address.ts';
import type { Cidr } from '#net/cidr.ts';
import type {
  AllocationId,
  EgressOnlyGatewayId,
  EndpointId,
  EniId,
  Id,
  InstanceId,
  InternetGatewayId,
  NatGatewayId,
  PeeringId,
  PrefixListId,
  RouteTableId,
  SubnetId,
  TransitGatewayId,
  VpcId,
} from './ids.ts';
import type { Tags } from './tags.ts';

export type RouteDestination =
  | { readonly kind: 'cidr'; readonly cidr: Cidr }
  | { readonly kind: 'prefixList'; readonly prefixListId: PrefixListId };

export type RouteTarget =
  | { readonly kind: 'local' }
  | { readonly kind: 'internetGateway'; readonly id: InternetGatewayId }
  | { readonly kind: 'natGateway'; readonly id: NatGatewayId }
  | { readonly kind: 'egressOnlyGateway'; readonly id: EgressOnlyGatewayId }
  | { readonly kind: 'peering'; readonly id: PeeringId }
  | { readonly kind: 'eni'; readonly id: EniId; readonly instanceId?: InstanceId }
  | { readonly kind: 'endpoint'; readonly id: EndpointId }
  | { readonly kind: 'transitGateway'; readonly id: TransitGatewayId }
  /** A target of a kind that the engine does not model (virtual private gateway, …), by AWS's id. */
  | { readonly kind: 'other'; readonly id: string };

const otherTargets: ReadonlyMap<string, string> = new Map([
  ['vgw', 'virtual private gateway, behind which are VPN and Direct Connect'],
  ['lgw', 'local gateway, behind which is the network around an Outpost'],
  ['cagw', 'carrier gateway, behind which is a telecommunication network'],
  ['arn', 'Cloud WAN core network'],
  ['i', 'instance of which no interface is known'],
]);

/** What a target that the engine does not model is, for people. */
export const otherTargetType = (id: string): string =>
  otherTargets.get(id.split(/[-:]/)[0] ?? '') ?? 'target of an unknown kind';

/** Whether the route is a blackhole follows from whether its target is there, and is not stored. */
export type Route = {
  readonly destination: RouteDestination;
  readonly target: RouteTarget;
  readonly origin: 'CreateRouteTable' | 'CreateRoute' | 'EnableVgwRoutePropagation';
};

export type RouteTableAssociation = {
  readonly id: Id<'routeTableAssociation'>;
  readonly subject:
    | { readonly kind: 'main' }
    | { readonly kind: 'subnet'; readonly subnetId: SubnetId }
    | { readonly kind: 'gateway'; readonly gatewayId: string };
};

export type RouteTable = {
  readonly id: RouteTableId;
  readonly vpcId: VpcId;
  readonly routes: readonly Route[];
  readonly associations: readonly RouteTableAssociation[];
  readonly tags: Tags;
};

export type InternetGateway = {
  readonly id: InternetGatewayId;
  /** Absent while detached. */
  readonly vpcId?: VpcId;
  readonly tags: Tags;
};

export type EgressOnlyGateway = {
  readonly id: EgressOnlyGatewayId;
  readonly vpcId: VpcId;
  readonly tags: Tags;
};

export type NatGatewayState = 'pending' | 'available' | 'deleting' | 'deleted' | 'failed';

type NatGatewayBase = {
  readonly id: NatGatewayId;
  readonly vpcId: VpcId;
  /** The state that the last request leads to; what callers see meanwhile, `natStateAt` tells. */
  readonly state: NatGatewayState;
  /** AWS's code and our words for why a gateway failed. */
  readonly failure?: { readonly code: string; readonly message: string };
  readonly createdAtMs: number;
  readonly deletedAtMs?: number;
  readonly tags: Tags;
};

/** A secondary address that a gateway got or gave back, which callers see on its way for a moment. */
export type NatAddressChange = {
  readonly kind: 'joining' | 'leaving';
  readonly privateIp: Ip;
  /** What led to an address that left. */
  readonly elastic?: {
    readonly allocationId: AllocationId;
    readonly associationId: string;
    readonly publicIp: Ip;
  };
  readonly atMs: number;
};

/** In one subnet of one zone. */
export type ZonalNatGateway = NatGatewayBase & {
  /** Absent: the same; gateways of earlier versions do not say it. */
  readonly availability?: 'zonal';
  readonly subnetId: SubnetId;
  /** Its own interface, whose addresses it translates to; gone when the gateway is deleted or failed. */
  readonly eniId: EniId;
  readonly connectivity: 'public' | 'private';
  /** Elastic address of the primary private one. */
  readonly allocationId?: AllocationId;
  /** The last ones; what callers see of them, `natAddressChangesAt` tells. */
  readonly addressChanges?: readonly NatAddressChange[];
};

/** An elastic address of a regional gateway, and the zone whose packets leave under it. */
export type RegionalNatAddress = {
  readonly zone: string;
  readonly zoneId: string;
  readonly allocationId: AllocationId;
  readonly associationId: Id<'addressAssociation'>;
  readonly publicIp: Ip;
};

/** An address that a regional gateway got or gave back. */
export type RegionalNatAddressChange = {
  readonly kind: 'joining' | 'leaving';
  readonly address: RegionalNatAddress;
  readonly atMs: number;
};

/**
 * At the edge of a VPC in many zones, without subnet, interface and private addresses.
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
export type RegionalNatGateway = NatGatewayBase & {
  readonly availability: 'regional';
  readonly connectivity: 'public';
  /** Whether its zones and addresses follow the VPC's interfaces, or requests alone. */
  readonly coverage: 'automatic' | 'manual';
  /** The table that routes what it has translated; gone when the gateway is deleted or failed. */
  readonly routeTableId?: RouteTableId;
  /** In the order in which they came. */
  readonly addresses: readonly RegionalNatAddress[];
  readonly addressChanges?: readonly RegionalNatAddressChange[];
};

export type NatGateway = ZonalNatGateway | RegionalNatGateway;

export type PeeringSide = {
  readonly account: string;
  readonly region: string;
  readonly vpcId: VpcId;
  /** Whether names of this side's hosts resolve to private addresses for the other side. */
  readonly allowsDns?: boolean;
};

export type PeeringStatus = 'pending-acceptance' | 'active' | 'rejected' | 'deleted' | 'expired' | 'failed';

/** A peering stands in the networks of both sides alike, but for its tags, which each side has of its own. */
export type Peering = {
  readonly id: PeeringId;
  readonly requester: PeeringSide;
  readonly accepter: PeeringSide;
  /** The status that the last request led to; that a pending one expires, `peeringStatusAt` tells. */
  readonly status: PeeringStatus;
  readonly createdAtMs: number;
  readonly statusAtMs: number;
  /** Who deleted it. */
  readonly deletedBy?: 'requester' | 'accepter';
  readonly tags: Tags;
};
