/** What `decide` answers: a verdict, and every step that led to it. */
import type { Ip } from '#net/address.ts';
import type { RouteTableId } from '#vpc/ids.ts';
import type { LinkService } from '#vpc/link-services.ts';
import type { PublicAccessExclusion, PublicAccessExclusionMode } from '#vpc/public-access.ts';
import type { RouteTarget } from '#vpc/routing.ts';
import type { Direction } from '#vpc/security-group.ts';
import type { TransitRoute, TransitRouteTable } from '#vpc/transit.ts';
import type { AclVerdict } from './acl.ts';
import type { Flows } from './flows.ts';
import type { Packet } from './packet.ts';
import type { RouteMatch } from './route.ts';
import type { SideVerdict } from './side.ts';

/** Where a packet starts: at an interface, at a host on the internet, or at the service behind a gateway endpoint. */
export type Origin =
  | { readonly kind: 'eni'; readonly eniId: string }
  | { readonly kind: 'internet' }
  | { readonly kind: 'endpoint'; readonly endpointId: string };

/** One thing that looked at the packet, in order. */
export type Step =
  | {
      readonly kind: 'group';
      readonly eniId: string;
      readonly direction: Direction;
      readonly verdict: SideVerdict;
    }
  | {
      readonly kind: 'acl';
      readonly subnetId: string;
      readonly direction: Direction;
      readonly verdict: AclVerdict;
    }
  | { readonly kind: 'route'; readonly match: RouteMatch }
  | { readonly kind: 'transitRoute'; readonly table: TransitRouteTable; readonly route: TransitRoute }
  | { readonly kind: 'translated'; readonly gatewayId: string; readonly from: Ip; readonly to: Ip };

export type TransitFault =
  /** The attachment has no subnet in the sender's zone. */
  | 'noSubnetInZone'
  | 'notAvailable'
  /** The attachment is associated with no route table of the gateway. */
  | 'noAssociation'
  | 'noRoute'
  | 'blackhole'
  /** An attachment of a kind that is not followed: VPN, Direct Connect … */
  | 'notFollowed';

export type DropReason =
  | { readonly kind: 'noInterface'; readonly what: string }
  | { readonly kind: 'spoofed'; readonly source: Ip }
  /** No route of the table leads there; a table is absent where a subnet uses none that is known. */
  | { readonly kind: 'noRoute'; readonly tableId?: RouteTableId }
  /** The route's target is gone, detached or of a kind that this version does not carry packets to. */
  | { readonly kind: 'blackhole'; readonly target: RouteTarget }
  | { readonly kind: 'noPublicAddress'; readonly source: Ip }
  /** An address of a block that nobody routes on the internet, at a gateway that leads there. */
  | { readonly kind: 'notRouted'; readonly address: Ip; readonly end: 'source' | 'destination' }
  /** The account blocks public access of the subject by this gateway; an exclusion of this mode, or more, opens it. */
  | {
      readonly kind: 'publicAccessBlocked';
      readonly subject: PublicAccessExclusion['subject'];
      readonly gatewayId: string;
      readonly openedBy: PublicAccessExclusionMode;
    }
  | { readonly kind: 'notAttached'; readonly what: string }
  /** A NAT or egress-only gateway knows no conversation that the packet belongs to or opens. */
  | { readonly kind: 'noTranslation'; readonly gatewayId: string }
  /** Not addressed to the interface, which checks that. */
  | { readonly kind: 'sourceDestCheck'; readonly eniId: string }
  /** An internet gateway's route table leads to an interface without a public address. */
  | { readonly kind: 'noPublicTarget'; readonly eniId: string }
  /** An interface of a service that only carries what routes hand to it: nothing ends or begins there. */
  | { readonly kind: 'carrier'; readonly eniId: string; readonly type: string }
  /** What a transit gateway does not carry on; `what` is the attachment or the gateway's route table. */
  | { readonly kind: 'transit'; readonly fault: TransitFault; readonly what: string }
  /** The load balancer has no listener for it. */
  | { readonly kind: 'noListener'; readonly loadBalancerId: string; readonly isClassic: boolean }
  /** What becomes of it nobody knows, since the source does not say what the command shows. */
  | { readonly kind: 'notDescribed'; readonly what: string; readonly command: string }
  /** A resource that is known and passes packets on to where nobody follows, of a kind that this names. */
  | { readonly kind: 'notFollowed'; readonly what: string; readonly type: string }
  /** Routes that lead a packet round and round. */
  | { readonly kind: 'loop' }
  | { readonly kind: 'group'; readonly eniId: string; readonly direction: Direction }
  | { readonly kind: 'acl'; readonly subnetId: string; readonly direction: Direction };

export type Delivery =
  | { readonly kind: 'eni'; readonly eniId: string; readonly packet: Packet }
  | { readonly kind: 'internet'; readonly packet: Packet }
  /** A gateway endpoint; its policy and the service behind it decide what becomes of the packet. */
  | {
      readonly kind: 'endpoint';
      readonly endpointId: string;
      readonly serviceName: string;
      readonly packet: Packet;
    }
  /** The router of the VPC itself, which no filter stands before. */
  | { readonly kind: 'service'; readonly service: LinkService; readonly packet: Packet };

export type Verdict =
  | { readonly kind: 'accept'; readonly delivery: Delivery; readonly steps: readonly Step[] }
  | { readonly kind: 'drop'; readonly because: DropReason; readonly steps: readonly Step[] };

export type Decision = { readonly verdict: Verdict; readonly flows: Flows };
