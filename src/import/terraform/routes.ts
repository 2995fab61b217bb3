/** Route tables: routes in blocks and as resources of their own, and who uses which table. */
import { everybody } from '#net/cidr.ts';
import type { Json } from '../json/fields.ts';
import { stableHex } from '../stable-hex.ts';
import type { Attributes } from './attributes.ts';

export type TableRoute = { readonly tableId: string; readonly route: Json; readonly key: string };

/** Terraform's names of destinations and targets, in blocks and in `aws_route` → AWS's. */
const destinations = [
  ['cidr_block', 'DestinationCidrBlock'],
  ['destination_cidr_block', 'DestinationCidrBlock'],
  ['ipv6_cidr_block', 'DestinationIpv6CidrBlock'],
  ['destination_ipv6_cidr_block', 'DestinationIpv6CidrBlock'],
  ['destination_prefix_list_id', 'DestinationPrefixListId'],
] as const;

const targets = [
  ['nat_gateway_id', 'NatGatewayId'],
  ['egress_only_gateway_id', 'EgressOnlyInternetGatewayId'],
  ['vpc_peering_connection_id', 'VpcPeeringConnectionId'],
  ['network_interface_id', 'NetworkInterfaceId'],
  ['transit_gateway_id', 'TransitGatewayId'],
  ['vpc_endpoint_id', 'GatewayId'],
  ['local_gateway_id', 'LocalGatewayId'],
  ['carrier_gateway_id', 'CarrierGatewayId'],
  ['core_network_arn', 'CoreNetworkArn'],
  ['gateway_id', 'GatewayId'],
] as const;

function routeOf(from: Attributes, tableId: string): TableRoute | undefined {
  const unknown = destinations.find(([name]) => from.isUnknown(name) && from.text(name) === undefined);
  const known = destinations.find(([name]) => from.text(name) !== undefined);
  if (!known && !unknown) return undefined;
  if (!known) from.suppose('its destination', 'it could be anything and is taken to be everywhere');
  const destination = known ? { [known[1]]: from.text(known[0]) } : { DestinationCidrBlock: everybody.ipv4 };
  const target = targets.find(([name]) => from.text(name) !== undefined);
  if (!target) from.suppose('its target', 'where the route leads is unknown');
  const route = {
    ...destination,
    ...(target ? { [target[1]]: from.text(target[0]) } : {}),
    Origin: 'CreateRoute',
  };
  return { tableId, route, key: `${tableId} ${Object.values(destination).join(' ')}` };
}

/** The routes in the blocks of a table. */
export function blockRoutes(table: Attributes): readonly TableRoute[] {
  if (table.isUnknown('route') && table.isGiven('route')) {
    table.suppose('route', 'where its routes lead is unknown');
  }
  return table.blocks('route').flatMap((block) => routeOf(block, table.id) ?? []);
}

/** The route of an `aws_route`. */
export function ownRoute(from: Attributes): readonly TableRoute[] {
  const tableId = from.text('route_table_id');
  if (tableId !== undefined) return [routeOf(from, tableId)].filter((route) => route !== undefined);
  from.suppose('route_table_id', 'the route could be in any table and is left out');
  return [];
}

/** An association of a subnet or a gateway, or of the VPC itself, with its table. */
export function association(
  from: Attributes,
): { readonly tableId: string; readonly shown: Json } | undefined {
  const tableId = from.text('route_table_id');
  const isMain = from.resource.type === 'aws_main_route_table_association';
  const SubnetId = from.text('subnet_id');
  const GatewayId = from.text('gateway_id');
  if (tableId === undefined || (!isMain && SubnetId === undefined && GatewayId === undefined)) {
    from.suppose('what it associates', 'which table is used is unknown');
    return undefined;
  }
  const RouteTableAssociationId = from.id;
  const subject = SubnetId === undefined ? { GatewayId } : { SubnetId };
  return { tableId, shown: { RouteTableAssociationId, Main: isMain, ...(isMain ? {} : subject) } };
}

/** The association of a VPC's main table, which no resource stands for. */
export function mainAssociation(tableId: string): Json {
  return { RouteTableAssociationId: `rtbassoc-${stableHex(`${tableId} main`)}`, Main: true };
}

export function localRoutes(blocks: readonly string[]): readonly Json[] {
  return blocks.map((block) => ({
    [block.includes(':') ? 'DestinationIpv6CidrBlock' : 'DestinationCidrBlock']: block,
    GatewayId: 'local',
    Origin: 'CreateRouteTable',
  }));
}
