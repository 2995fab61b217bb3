/**
 * Route tables as subnets see them. What hosts of one subnet send each other meets no route table: they know each other by
 * their MAC addresses. Here every packet passes the router, so a subnet whose table has a route to addresses of the subnet
 * itself sees the table without it, under a number of its own.
 */
import { type Cidr, covers, overlaps } from '#net/cidr.ts';
import { tableOfSubnet } from '#policy/route.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import type { RouteTable } from '#vpc/routing.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';

/** A table as all subnets see it that use it, or as one does that it has a route for. */
export type TableView = { readonly table: RouteTable; readonly subnet?: Subnet };

/** What tells views apart. */
export const viewKey = ({ table, subnet }: TableView): string =>
  subnet ? `${table.id} ${subnet.id}` : table.id;

/** The view that a subnet has of its table; undefined where it has none. */
export function viewOfSubnet(place: Place, vpcId: VpcId, subnetId: SubnetId): TableView | undefined {
  const table = tableOfSubnet(place.network, vpcId, subnetId);
  const subnet = place.network.subnet.get(subnetId);
  if (!table) return undefined;
  return subnet && leadsInto(insideRoutes(place, table), subnet) ? { table, subnet } : { table };
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
