/** The ports of a VPC's router: interfaces, and the gateways that lead elsewhere. */
import type { Endpoint } from '#vpc/endpoint.ts';
import type { Eni } from '#vpc/eni.ts';
import type { SubnetId, TransitGatewayId, VpcId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import type { EgressOnlyGateway, InternetGateway, NatGateway, Peering, RouteTarget } from '#vpc/routing.ts';
import type { TransitAttachment } from '#vpc/transit.ts';

type At = { readonly vpcId: VpcId; readonly network: Network };

export type EniPort = At & { readonly kind: 'eni'; readonly eni: Eni };
export type InternetPort = At & { readonly kind: 'internetGateway'; readonly gateway: InternetGateway };
/** A NAT gateway is a port in its subnet, with the subnet's ACL and without groups. */
export type NatPort = At & { readonly kind: 'natGateway'; readonly gateway: NatGateway; readonly eni: Eni };
export type EgressOnlyPort = At & { readonly kind: 'egressOnlyGateway'; readonly gateway: EgressOnlyGateway };
export type PeeringPort = At & { readonly kind: 'peering'; readonly peering: Peering };

/** A VPC's attachment to a transit gateway is a port in one subnet a zone, with the subnet's ACL and without groups. */
export type TransitPort = At & {
  readonly kind: 'transitGateway';
  readonly gatewayId: TransitGatewayId;
  readonly attachment: TransitAttachment;
  readonly subnetId: SubnetId;
  /** By which attachment of the same gateway a packet that enters here left its VPC. */
  readonly source?: TransitAttachment;
};

/** An endpoint that routes lead to stands at the VPC's edge: of a gateway, or in front of appliances. */
export type EndpointPort = At & { readonly kind: 'endpoint'; readonly endpoint: Endpoint };

export type Port =
  | EniPort
  | InternetPort
  | NatPort
  | EgressOnlyPort
  | PeeringPort
  | TransitPort
  | EndpointPort;

/** A name that tells ports of a router apart. */
export function portName(port: Port): string {
  switch (port.kind) {
    case 'eni':
      return port.eni.id;
    case 'peering':
      return port.peering.id;
    case 'transitGateway':
      return port.attachment.id;
    case 'endpoint':
      return port.endpoint.id;
    case 'internetGateway':
    case 'natGateway':
    case 'egressOnlyGateway':
      return port.gateway.id;
    default:
      return port satisfies never;
  }
}

/** The subnet a port stands in, whose ACL judges what crosses it; gateways at the VPC's edge stand in none. */
export function subnetOf(port: Port): SubnetId | undefined {
  if (port.kind === 'transitGateway') return port.subnetId;
  return port.kind === 'eni' || port.kind === 'natGateway' ? port.eni.subnetId : undefined;
}

/** The port of an interface, wherever in the world it is; a NAT gateway's interface is the gateway. */
export function portOfEni(world: World, eniId: string): EniPort | NatPort | undefined {
  const found = locate(world, 'eni', eniId);
  if (!found) return undefined;
  const { entity: eni, network } = found;
  const at = { vpcId: eni.vpcId, network, eni };
  const [gateway] = network.natGateway.by('eni', eni.id);
  return gateway ? { ...at, kind: 'natGateway', gateway } : { ...at, kind: 'eni' };
}

/** The port of a gateway endpoint. */
export function portOfEndpoint(world: World, id: string): EndpointPort | undefined {
  const found = locate(world, 'endpoint', id);
  if (found?.entity.detail.kind !== 'gateway') return undefined;
  const { entity: endpoint, network } = found;
  return { kind: 'endpoint', endpoint, vpcId: endpoint.vpcId, network };
}

/** Whether packets can come and go: attached to an instance that is not stopped, or made by a service. */
export function isUp(port: Port): boolean {
  if (port.kind === 'natGateway')
    return port.gateway.state === 'available' || port.gateway.state === 'pending';
  if (port.kind !== 'eni' || port.eni.requesterManaged) return true;
  const { attachment } = port.eni;
  const state = attachment && port.network.instance.get(attachment.instanceId)?.state;
  return state === 'running';
}

/**
 * The port a route's target stands for in a VPC; undefined where it is gone, detached, inactive or not modelled. Transit
 * gateways are found by `transitPort`: they depend on the subnet that the packet comes from.
 */
export function portOfTarget(world: World, at: At, target: RouteTarget): Port | undefined {
  const { network, vpcId } = at;
  switch (target.kind) {
    case 'internetGateway': {
      const gateway = network.internetGateway.get(target.id);
      return gateway?.vpcId === vpcId ? { kind: 'internetGateway', gateway, vpcId, network } : undefined;
    }
    case 'egressOnlyGateway': {
      const gateway = network.egressOnlyGateway.get(target.id);
      return gateway?.vpcId === vpcId ? { kind: 'egressOnlyGateway', gateway, vpcId, network } : undefined;
    }
    case 'natGateway': {
      const gateway = network.natGateway.get(target.id);
      const port = gateway && portOfEni(world, gateway.eniId);
      return port && isUp(port) ? port : undefined;
    }
    case 'peering': {
      const peering = locate(world, 'peering', target.id)?.entity;
      return peering?.status === 'active' ? { kind: 'peering', peering, vpcId, network } : undefined;
    }
    case 'eni': {
      const port = portOfEni(world, target.id);
      return port && port.vpcId === vpcId && isUp(port) ? port : undefined;
    }
    case 'endpoint': {
      const endpoint = network.endpoint.get(target.id);
      return endpoint && endpoint.detail.kind !== 'interface'
        ? { kind: 'endpoint', endpoint, vpcId, network }
        : undefined;
    }
    case 'local':
    case 'transitGateway':
    case 'other':
      return undefined;
    default:
      return target satisfies never;
  }
}
