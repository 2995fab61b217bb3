/** Route tables, from describe output. */
import type { Id, PrefixListId } from '#vpc/ids.ts';
import type {
  Route,
  RouteDestination,
  RouteTable,
  RouteTableAssociation,
  RouteTarget,
} from '#vpc/routing.ts';
import { booleanOf, type Json, objectListOf, objectOf, textOf, Unfit } from '../json/fields.ts';
import { cidrFrom, idOf, tagsOf } from './place.ts';

export function readRouteTable(from: Json): RouteTable {
  return {
    id: idOf<'routeTable'>(from, 'RouteTableId'),
    vpcId: idOf<'vpc'>(from, 'VpcId'),
    routes: objectListOf(from, 'Routes').map(readRoute),
    associations: objectListOf(from, 'Associations').flatMap(readAssociation),
    tags: tagsOf(from),
  };
}

function readRoute(from: Json): Route {
  const origin = textOf(from, 'Origin');
  return {
    destination: destinationOf(from),
    target: targetOf(from),
    origin: origin === 'CreateRouteTable' || origin === 'EnableVgwRoutePropagation' ? origin : 'CreateRoute',
  };
}

function destinationOf(from: Json): RouteDestination {
  const block = textOf(from, 'DestinationCidrBlock') ?? textOf(from, 'DestinationIpv6CidrBlock');
  if (block !== undefined) return { kind: 'cidr', cidr: cidrFrom(block) };
  const list = textOf(from, 'DestinationPrefixListId');
  if (list === undefined) throw new Unfit('a route has no destination');
  return { kind: 'prefixList', prefixListId: list as PrefixListId };
}

/** Members that name a target which the engine does not model. */
const otherTargets = ['LocalGatewayId', 'CarrierGatewayId', 'CoreNetworkArn', 'OdbNetworkArn'];

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Route.html */
function targetOf(from: Json): RouteTarget {
  const nat = textOf(from, 'NatGatewayId');
  if (nat) return { kind: 'natGateway', id: nat as Id<'natGateway'> };
  const egressOnly = textOf(from, 'EgressOnlyInternetGatewayId');
  if (egressOnly) return { kind: 'egressOnlyGateway', id: egressOnly as Id<'egressOnlyGateway'> };
  const peering = textOf(from, 'VpcPeeringConnectionId');
  if (peering) return { kind: 'peering', id: peering as Id<'peering'> };
  const transit = textOf(from, 'TransitGatewayId');
  if (transit) return { kind: 'transitGateway', id: transit as Id<'transitGateway'> };
  const eni = textOf(from, 'NetworkInterfaceId');
  if (eni) return { kind: 'eni', id: eni as Id<'eni'> };
  const gateway = textOf(from, 'GatewayId');
  if (gateway) return gatewayTarget(gateway);
  const named = [...otherTargets, 'InstanceId']
    .map((name) => textOf(from, name))
    .find((id) => id !== undefined);
  return { kind: 'other', id: named ?? 'unknown' };
}

/** `GatewayId` holds gateways of several kinds. */
function gatewayTarget(id: string): RouteTarget {
  if (id === 'local') return { kind: 'local' };
  if (id.startsWith('igw-')) return { kind: 'internetGateway', id: id as Id<'internetGateway'> };
  if (id.startsWith('vpce-')) return { kind: 'endpoint', id: id as Id<'endpoint'> };
  if (id.startsWith('eigw-')) return { kind: 'egressOnlyGateway', id: id as Id<'egressOnlyGateway'> };
  return { kind: 'other', id };
}

/** Associations that are being made or undone are none yet, or no longer. */
function readAssociation(from: Json): readonly RouteTableAssociation[] {
  const state = textOf(objectOf(from, 'AssociationState') ?? {}, 'State') ?? 'associated';
  if (state !== 'associated') return [];
  const id = idOf<'routeTableAssociation'>(from, 'RouteTableAssociationId');
  if (booleanOf(from, 'Main')) return [{ id, subject: { kind: 'main' } }];
  const subnetId = textOf(from, 'SubnetId');
  if (subnetId) return [{ id, subject: { kind: 'subnet', subnetId: subnetId as Id<'subnet'> } }];
  const gatewayId = textOf(from, 'GatewayId');
  return gatewayId ? [{ id, subject: { kind: 'gateway', gatewayId } }] : [];
}
