/**
 * Route tables as subnets and gateways see them, which may share one. What hosts of one subnet send each other meets no route table: they know each other by
 * their MAC addresses. Here every packet passes the router, so a subnet whose table has a route to addresses of the subnet
 * itself sees the table without it, under a number of its own.
 */
import { type Cidr, covers, overlaps } from '#net/cidr.ts';
import { tableOfGateway, tableOfSubnet } from '#policy/route.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import type { RouteTable } from '#vpc/routing.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';

/**
 * A table as an internet gateway sees it, which hands packets to interfaces with a public address alone; as one subnet does
 * that the table has a route for; or as all others do.
 */
export type TableView = { readonly table: RouteTable; readonly by?: 'gateways' | Subnet };

/** What tells views apart. */
export function viewKey({ table, by }: TableView): string {
  if (by === undefined) return table.id;
  return `${table.id} ${by === 'gateways' ? by : by.id}`;
}

/** All views that there are of a table. */
export function viewsOf(place: Place, table: RouteTable): readonly TableView[] {
  const isUsed = (byGateways: boolean) =>
    table.associations.some(({ subject }) => (subject.kind === 'gateway') === byGateways);
  return [
    ...(isUsed(false) ? [{ table }] : []),
    ...(isUsed(true) ? [{ table, by: 'gateways' } as const] : []),
    ...ownViews(place, table).map((by) => ({ table, by })),
  ];
}

/** The view that an internet gateway has of its table; undefined where it has none. */
export function viewOfGateway({ network }: Place, gatewayId: string): TableView | undefined {
  const table = tableOfGateway(network, gatewayId);
  return table && { table, by: 'gateways' };
}

/** The view that a subnet has of its table; undefined where it has none. */
export function viewOfSubnet(place: Place, vpcId: VpcId, subnetId: SubnetId): TableView | undefined {
  const table = tableOfSubnet(place.network, vpcId, subnetId);
  const subnet = place.network.subnet.get(subnetId);
  if (!table) return undefined;
  return subnet && leadsInto(insideRoutes(place, table), subnet) ? { table, by: subnet } : { table };
}

/** Subnets that see a table in a way of their own. */
export function ownViews(place: Place, table: RouteTable): readonly Subnet[] {
  const inside = insideRoutes(place, table);
  if (inside.length === 0) return [];
  return [...place.network.subnet.by('vpc', table.vpcId)].filter(
    (subnet) =>
      leadsInto(inside, subnet) && tableOfSubnet(place.network, table.vpcId, subnet.id)?.id === table.id,
  );
}

/** Destinations inside the VPC for which a table says something else than `local`. */
function insideRoutes(place: Place, table: RouteTable): readonly Cidr[] {
  const vpc = place.network.vpc.get(table.vpcId);
  const blocks = vpc ? blocksOfVpc(vpc) : [];
  return table.routes.flatMap(({ destination, target }) =>
    target.kind === 'local'
      ? []
      : peerCidrs(place, destination).filter((cidr) => blocks.some((block) => covers(block, cidr))),
  );
}

function leadsInto(destinations: readonly Cidr[], subnet: Subnet): boolean {
  return (
    destinations.length > 0 &&
    allBlocksOfSubnet(subnet).some((block) => destinations.some((each) => overlaps(each, block)))
  );
}
