/**
 * Route tables as subnets and gateways see them, which may share one. What hosts of one subnet send each
 * other meets no route table: they know each other by their MAC addresses. Here every packet passes the
 * router, so a subnet whose table has a route to addresses of the subnet itself sees the table without it,
 * under a number of its own.
 */
import { type Cidr, covers, overlaps } from '#net/cidr.ts';
import { tableOfGateway, tableOfSubnet } from '#policy/route.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import { zoneKey } from '#vpc/regional-nat.ts';
import type { RouteTable } from '#vpc/routing.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import type { Subnet } from '#vpc/vpc.ts';
import { blocksOfVpc } from '#vpc/vpc-space.ts';

/**
 * A table as an internet gateway sees it, which hands packets to interfaces with a public address alone; as the regional NAT
 * gateway does that it came with; as one subnet does that the table has a route for; as the subnets of a zone do, where it
 * leads to a regional NAT gateway, whose address their zone says; or as all others do.
 */
export type TableView = {
  readonly table: RouteTable;
  readonly by?: 'gateways' | 'regionalNat' | Subnet | ZoneView;
};

type ZoneView = { readonly inZone: string };

/** What tells views apart. */
export function viewKey({ table, by }: TableView): string {
  if (by === undefined) return table.id;
  return `${table.id} ${typeof by === 'string' ? by : 'inZone' in by ? by.inZone : by.id}`;
}

/** The zone of the subnets that see a table so; undefined where that does not matter. */
export function zoneOfView({ by }: TableView): string | undefined {
  if (by === undefined || typeof by === 'string') return undefined;
  return 'inZone' in by ? by.inZone : zoneKey(by);
}

/** The subnet that alone sees a table so. */
export function subnetOfView({ by }: TableView): Subnet | undefined {
  return by === undefined || typeof by === 'string' || 'inZone' in by ? undefined : by;
}

/** All views that there are of a table. */
export function viewsOf(place: Place, table: RouteTable): readonly TableView[] {
  const users = new Set(
    table.associations.map(({ subject }) =>
      subject.kind !== 'gateway'
        ? 'others'
        : place.network.natGateway.has(subject.gatewayId)
          ? 'regionalNat'
          : 'gateways',
    ),
  );
  const apart = [...ownViews(place, table).values()];
  return [
    ...(users.has('others') ? [{ table }] : []),
    ...(users.has('gateways') ? [{ table, by: 'gateways' } as const] : []),
    ...(users.has('regionalNat') ? [{ table, by: 'regionalNat' } as const] : []),
    ...new Map(apart.map((view) => [viewKey(view), view])).values(),
  ];
}

/** The view that an internet gateway has of its table; undefined where it has none. */
export function viewOfGateway({ network }: Place, gatewayId: string): TableView | undefined {
  const table = tableOfGateway(network, gatewayId);
  return table && { table, by: 'gateways' };
}

/** The view that a regional NAT gateway has of its table; undefined where it has none. */
export function viewOfRegional({ network }: Place, gatewayId: string): TableView | undefined {
  const table = tableOfGateway(network, gatewayId);
  return table && { table, by: 'regionalNat' };
}

/** The view that a subnet has of its table; undefined where it has none. */
export function viewOfSubnet(place: Place, vpcId: VpcId, subnetId: SubnetId): TableView | undefined {
  const table = tableOfSubnet(place.network, vpcId, subnetId);
  const subnet = place.network.subnet.get(subnetId);
  if (!table) return undefined;
  return (subnet && apartIn(place, table)?.(subnet)) ?? { table };
}

/** The views of subnets that see a table in a way of their own, or of their zone. */
export function ownViews(place: Place, table: RouteTable): ReadonlyMap<SubnetId, TableView> {
  const apart = apartIn(place, table);
  const views = new Map<SubnetId, TableView>();
  for (const subnet of apart ? place.network.subnet.by('vpc', table.vpcId) : []) {
    const view = apart?.(subnet);
    if (view && tableOfSubnet(place.network, table.vpcId, subnet.id)?.id === table.id)
      views.set(subnet.id, view);
  }
  return views;
}

/** Tells how subnets see a table that do not see it as all others do; undefined where there are none. */
function apartIn(place: Place, table: RouteTable): ((subnet: Subnet) => TableView | undefined) | undefined {
  const { natGateway } = place.network;
  const isRegional = table.routes.some(
    ({ target }) => target.kind === 'natGateway' && natGateway.get(target.id)?.availability === 'regional',
  );
  const inside = insideRoutes(place, table);
  if (!isRegional && inside.length === 0) return undefined;
  return (subnet) => {
    if (leadsInto(inside, subnet)) return { table, by: subnet };
    return isRegional ? { table, by: { inZone: zoneKey(subnet) } } : undefined;
  };
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
