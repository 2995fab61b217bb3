/** The ports of a VPC's router: interfaces, and the gateways that lead elsewhere. */
import type { Endpoint } from '#vpc/endpoint.ts';
import type { Eni } from '#vpc/eni.ts';
import type { SubnetId, TransitGatewayId, VpcId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import { natIsUp, regionalAddressOf, zoneKey } from '#vpc/regional-nat.ts';
import type {
  EgressOnlyGateway,
  InternetGateway,
  Peering,
  RegionalNatAddress,
  RegionalNatGateway,
  RouteTarget,
  ZonalNatGateway,
} from '#vpc/routing.ts';
import type { TransitAttachment } from '#vpc/transit.ts';

type At = { readonly vpcId: VpcId; readonly network: Network };

export type EniPort = At & { readonly kind: 'eni'; readonly eni: Eni };
export type InternetPort = At & { readonly kind: 'internetGateway'; readonly gateway: InternetGateway };
/** A NAT gateway is a port in its subnet, with the subnet's ACL and without groups. */
export type NatPort = At & {
  readonly kind: 'natGateway';
  readonly gateway: ZonalNatGateway;
  readonly eni: Eni;
};
/**
 * A regional NAT gateway stands at the VPC's edge, with neither ACL nor groups, and in each zone under an address of its
 * own. https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateways-regional.html
 */
export type RegionalNatPort = At & {
  readonly kind: 'regionalNatGateway';
  readonly gateway: RegionalNatGateway;
  readonly address: RegionalNatAddress;
};
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
  | RegionalNatPort
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
    case 'regionalNatGateway':
      return `${port.gateway.id} ${port.address.zone}`;
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
  return gateway && gateway.availability !== 'regional'
    ? { ...at, kind: 'natGateway', gateway }
    : { ...at, kind: 'eni' };
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
  if (port.kind === 'natGateway' || port.kind === 'regionalNatGateway') return natIsUp(port.gateway);
  if (port.kind !== 'eni' || port.eni.requesterManaged) return true;
  const { attachment } = port.eni;
  const state = attachment && port.network.instance.get(attachment.instanceId)?.state;
  return state === 'running';
}

/** The port of a regional NAT gateway that has the public address; undefined where none that works has it. */
export function regionalPortAt({ network, vpcId }: At, publicIp: string): RegionalNatPort | undefined {
  for (const gateway of network.natGateway.by('publicIp', publicIp)) {
    if (gateway.availability !== 'regional' || gateway.vpcId !== vpcId || !natIsUp(gateway)) continue;
    const address = gateway.addresses.find((each) => each.publicIp === publicIp);
    if (address) return { kind: 'regionalNatGateway', gateway, address, network, vpcId };
  }
  return undefined;
}

/** A NAT gateway's port: through its interface, or for the sender's zone. */
function natPort(world: World, at: At & Sender, id: string): NatPort | RegionalNatPort | undefined {
  const { network, vpcId } = at;
  const gateway = network.natGateway.get(id);
  if (!gateway || !natIsUp(gateway)) return undefined;
  if (gateway.availability === 'regional') {
    const subnet = at.subnetId && network.subnet.get(at.subnetId);
    const address = regionalAddressOf(gateway, subnet && zoneKey(subnet));
    const isHere = gateway.vpcId === vpcId && subnet !== undefined && address !== undefined;
    return isHere ? { kind: 'regionalNatGateway', gateway, address, network, vpcId } : undefined;
  }
  const port = portOfEni(world, gateway.eniId);
  return port?.kind === 'natGateway' ? port : undefined;
}

/** The subnet that a packet comes from; absent where it comes from none. */
type Sender = { readonly subnetId?: SubnetId | undefined };

/**
 * The port a route's target stands for in a VPC, for packets from a subnet; undefined where it is gone, detached, inactive
 * or not modelled. Transit gateways are found by `transitPort`.
 */
export function portOfTarget(world: World, at: At & Sender, target: RouteTarget): Port | undefined {
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
    case 'natGateway':
      return natPort(world, at, target.id);
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
