/** VPC endpoints: ways to services that do not lead over the internet. */
import type { EndpointId, EniId, SecurityGroupId, SubnetId, VpcId } from './ids.ts';
import type { Tags } from './tags.ts';
import { isUnderWay } from './under-way.ts';

export type EndpointDetail =
  /** Its route tables are those that hold a route to it. */
  | { readonly kind: 'gateway' }
  | {
      readonly kind: 'interface';
      /** An interface in each of its subnets. */
      readonly places: readonly { readonly subnetId: SubnetId; readonly eniId: EniId }[];
      /** What all its interfaces carry. */
      readonly groupIds: readonly SecurityGroupId[];
      readonly privateDns: boolean;
      readonly ipAddressType: 'ipv4' | 'dualstack';
    }
  /** In front of appliances: routes to it lead to whatever those do. */
  | {
      readonly kind: 'gatewayLoadBalancer';
      readonly places: readonly { readonly subnetId: SubnetId; readonly eniId: EniId }[];
    };

/** AWS's words for the kinds. */
export const endpointTypes = {
  gateway: 'Gateway',
  interface: 'Interface',
  gatewayLoadBalancer: 'GatewayLoadBalancer',
} as const satisfies Record<EndpointDetail['kind'], string>;

export type Endpoint = {
  readonly id: EndpointId;
  readonly vpcId: VpcId;
  readonly serviceName: string;
  readonly detail: EndpointDetail;
  /** JSON, as given; stored and not applied: the services do not exist here. */
  readonly policy: string;
  readonly createdAtMs: number;
  readonly tags: Tags;
};

/** AWS takes minutes to make an interface endpoint; here nothing has to start. */
const pendingMs = 1000;

/** The state that a caller sees; it follows from the clock. */
export function endpointStateAt({ detail, createdAtMs }: Endpoint, nowMs: number): 'pending' | 'available' {
  return detail.kind === 'interface' && isUnderWay(createdAtMs, pendingMs, nowMs) ? 'pending' : 'available';
}
