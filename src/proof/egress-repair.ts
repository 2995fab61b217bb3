/** Remedies on the way to the internet: by an internet gateway, a NAT gateway, or a transit gateway to another VPC's. */
import { familyOf, type Ip } from '#net/address.ts';
import { everybody } from '#net/cidr.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { publicIpOf } from '#policy/internet.ts';
import { type EniPort, portOfEni } from '#policy/port.ts';
import { tableOfSubnet } from '#policy/route.ts';
import type { DropReason } from '#policy/verdict.ts';
import { locate, type World } from '#vpc/network.ts';
import type { RouteTable, RouteTarget } from '#vpc/routing.ts';
import type { Repair } from './applied-repair.ts';
import { attachmentToNat, gatewaysOf, natGatewaysOf } from './transit-links.ts';

type Unrouted = Extract<DropReason, { readonly kind: 'noRoute' }>;

/** A default route in the table that has none: the sender's own, or one further on the way. */
export function outwardRoute(
  world: World,
  sender: Endpoint,
  receiver: Endpoint,
  { tableId }: Unrouted,
): Repair | undefined {
  if (sender.kind !== 'eni' || receiver.kind !== 'internet' || !tableId) return undefined;
  const port = portOfEni(world, sender.eniId);
  const table = locate(world, 'routeTable', tableId)?.entity;
  if (port?.kind !== 'eni' || !table) return undefined;
  const target = wayOut(world, port, sender.ip, table);
  const destination = { kind: 'cidr', cidr: everybody[familyOf(receiver.ip)] } as const;
  return (
    target && {
      kind: 'addRoute',
      routeTableId: table.id,
      route: { destination, target, origin: 'CreateRoute' },
    }
  );
}

/** NAT gateways need the internet gateway, others a NAT gateway; who has a public address needs none. */
function wayOut(world: World, port: EniPort, ip: Ip, table: RouteTable): RouteTarget | undefined {
  const network = locate(world, 'vpc', table.vpcId)?.network;
  const [gateway] = network?.internetGateway.by('vpc', table.vpcId) ?? [];
  const direct: RouteTarget | undefined = gateway && { kind: 'internetGateway', id: gateway.id };
  const gateways = natGatewaysOf(world, table.vpcId);
  const usesTable = (subnetId: EniPort['eni']['subnetId']) =>
    network !== undefined && tableOfSubnet(network, table.vpcId, subnetId)?.id === table.id;
  const isPublic =
    table.vpcId === port.vpcId && (familyOf(ip) === 'ipv6' || publicIpOf(port.network, port.eni, ip));
  const isOfNat = gateways.some((each) =>
    each.availability === 'regional' ? each.routeTableId === table.id : usesTable(each.subnetId),
  );
  if (isPublic || isOfNat) return direct;
  const [nat] = gateways;
  if (nat) return { kind: 'natGateway', id: nat.id };
  const hub = gatewaysOf(world, table.vpcId).find((id) => attachmentToNat(world, id, table.vpcId));
  return hub ? { kind: 'transitGateway', id: hub } : direct;
}
