/** Where a VPC's router sends a packet: the longest matching route of the sender's subnet. */
import { type Ip, readIp } from '#net/address.ts';
import { contains, prefixLength } from '#net/cidr.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import type { Route, RouteTable } from '#vpc/routing.ts';
import { type Place, peerCidrs } from './rules.ts';

export type RouteMatch = { readonly table: RouteTable; readonly route: Route; readonly prefixLength: number };

/** The table that a subnet uses: its own, else the VPC's main one. */
export function tableOfSubnet(network: Network, vpcId: VpcId, subnetId: SubnetId): RouteTable | undefined {
  const [own] = network.routeTable.by('subnet', subnetId);
  const [main] = network.routeTable.by('mainOf', vpcId);
  return own ?? main;
}

/**
 * The route for a destination. Longest prefix wins; of equal ones the static route beats a propagated one.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html#route-tables-priority
 */
export function matchRoute(place: Place, table: RouteTable, destination: Ip): RouteMatch | undefined {
  const ip = readIp(destination);
  if (!ip) return undefined;
  const matches = table.routes.flatMap((route) =>
    destinationsOf(place, route)
      .filter((cidr) => contains(cidr, ip))
      .map((cidr) => ({ table, route, prefixLength: prefixLength(cidr) })),
  );
  const rank = ({ route }: RouteMatch) => (route.origin === 'EnableVgwRoutePropagation' ? 1 : 0);
  return matches.sort((a, b) => b.prefixLength - a.prefixLength || rank(a) - rank(b))[0];
}

function destinationsOf(place: Place, { destination }: Route) {
  return destination.kind === 'cidr'
    ? [destination.cidr]
    : peerCidrs(place, { kind: 'prefixList', prefixListId: destination.prefixListId });
}
