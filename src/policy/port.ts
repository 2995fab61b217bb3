/** The ports of a VPC's router: interfaces, and the gateways that lead elsewhere. */
import type { Eni } from '#vpc/eni.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import type { EgressOnlyGateway, InternetGateway, NatGateway, Peering, RouteTarget } from '#vpc/routing.ts';

type At = { readonly vpcId: VpcId; readonly network: Network };

export type EniPort = At & { readonly kind: 'eni'; readonly eni: Eni };
export type InternetPort = At & { readonly kind: 'internetGateway'; readonly gateway: InternetGateway };
/** A NAT gateway is a port in its subnet, with the subnet's ACL and without groups. */
export type NatPort = At & { readonly kind: 'natGateway'; readonly gateway: NatGateway; readonly eni: Eni };
export type EgressOnlyPort = At & { readonly kind: 'egressOnlyGateway'; readonly gateway: EgressOnlyGateway };
export type PeeringPort = At & { readonly kind: 'peering'; readonly peering: Peering };

export type Port = EniPort | InternetPort | NatPort | EgressOnlyPort | PeeringPort;

/** A name that tells ports of a router apart. */
export function portName(port: Port): string {
  switch (port.kind) {
    case 'eni':
      return port.eni.id;
    case 'peering':
      return port.peering.id;
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

/** Whether packets can come and go: attached to an instance that is not stopped, or made by a service. */
export function isUp(port: Port): boolean {
  if (port.kind === 'natGateway')
    return port.gateway.state === 'available' || port.gateway.state === 'pending';
  if (port.kind !== 'eni' || port.eni.requesterManaged) return true;
  const { attachment } = port.eni;
  const state = attachment && port.network.instance.get(attachment.instanceId)?.state;
  return state === 'running';
}

/** The port a route's target stands for in a VPC; undefined where it is gone, detached, inactive or not modelled. */
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
    case 'local':
    case 'endpoint':
    case 'other':
      return undefined;
    default:
      return target satisfies never;
  }
}
