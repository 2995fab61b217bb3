/**
 * Transit gateways: hubs that VPCs and other networks are attached to, with route tables of their own.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
import type { SubnetId, TransitAttachmentId, TransitGatewayId, TransitRouteTableId, VpcId } from './ids.ts';
import type { RouteDestination } from './routing.ts';
import type { Tags } from './tags.ts';

export type TransitGateway = {
  readonly id: TransitGatewayId;
  /** Whether ingress rules may name groups of other attached VPCs; each attachment has its own say too. */
  readonly groupReferencing: boolean;
  readonly tags: Tags;
};

export type TransitResource =
  | {
      readonly kind: 'vpc';
      readonly vpcId: VpcId;
      /** One subnet a zone, where packets leave and enter the VPC; absent where nothing tells. */
      readonly subnetIds?: readonly SubnetId[];
      /** Whether both directions of a flow keep to one zone. */
      readonly applianceMode: boolean;
      readonly groupReferencing: boolean;
    }
  /** A link between two transit gateways, which stands under one id at both. */
  | { readonly kind: 'peering' }
  /** VPN, Direct Connect, Connect …, by AWS's word. */
  | { readonly kind: 'other'; readonly type: string; readonly resourceId: string };

export type TransitAttachment = {
  readonly id: TransitAttachmentId;
  /** One; of a peering both. */
  readonly gatewayIds: readonly TransitGatewayId[];
  readonly isAvailable: boolean;
  readonly resource: TransitResource;
  readonly tags: Tags;
};

export type TransitRoute = {
  readonly destination: RouteDestination;
  readonly origin: 'static' | 'propagated';
  readonly target:
    | { readonly kind: 'attachment'; readonly id: TransitAttachmentId }
    | { readonly kind: 'blackhole' };
};

export type TransitRouteTable = {
  readonly id: TransitRouteTableId;
  readonly gatewayId: TransitGatewayId;
  /** The attachments whose packets it routes. */
  readonly attachmentIds: readonly TransitAttachmentId[];
  /** Absent where nothing tells. */
  readonly routes?: readonly TransitRoute[];
  readonly tags: Tags;
};
