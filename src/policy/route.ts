/** Where a VPC's router sends a packet: the longest matching route of the sender's subnet. */
import { type Ip, readIp } from '#net/address.ts';
import { contains, prefixLength } from '#net/cidr.ts';
import type { SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network } from '#vpc/network.ts';
import type { Route, RouteTable } from '#vpc/routing.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import { type Place, peerCidrs } from './rules.ts';

export type RouteMatch = { readonly table: RouteTable; readonly route: Route; readonly prefixLength: number };

/** The table that a subnet uses: its own, else the VPC's main one. */
export function tableOfSubnet(network: Network, vpcId: VpcId, subnetId: SubnetId): RouteTable | undefined {
  const [own] = network.routeTable.by('subnet', subnetId);
  const [main] = network.routeTable.by('mainOf', vpcId);
  return own ?? main;
}

/**
 * Whether an address is of the subnet's own blocks. What is sent there from within the subnet meets no route table: tables
 * say where packets go that leave a subnet, and its hosts know each other by their MAC addresses.
 * https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Route_Tables.html
 */
export function isInSubnet(network: Network, subnetId: SubnetId, address: Ip): boolean {
  const subnet = network.subnet.get(subnetId);
  const ip = readIp(address);
  return (
    subnet !== undefined && ip !== undefined && allBlocksOfSubnet(subnet).some((cidr) => contains(cidr, ip))
  );
}

/**
 * The table that says where an internet gateway sends what comes in; without one it goes to whom it is addressed.
 * https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html
 */
export function tableOfGateway(network: Network, gatewayId: string): RouteTable | undefined {
  const [own] = network.routeTable.by('gateway', gatewayId);
  return own;
}

/** Whether what an internet gateway brings in for an interface's address goes straight to the interface. */
export function reachesFromGateway(place: Place, gatewayId: string, eniId: string, address: Ip): boolean {
  const table = tableOfGateway(place.network, gatewayId);
  const target = table && matchRoute(place, table, address)?.route.target;
  return !table || target?.kind === 'local' || (target?.kind === 'eni' && target.id === eniId);
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
