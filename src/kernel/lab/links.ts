/**
 * Every link of the lab is a pair of devices with known MAC addresses and permanent neighbour entries on both sides:
 * nobody trusts ARP or neighbour discovery. The end nearer to the internet is 169.254.1.1 and fe80::1 to the other.
 */
import { type Family, familyOf, type Ip } from '#net/address.ts';
import { hostCidr } from '#net/cidr.ts';
import type { Route } from '../rtnl/types.ts';
import type { Item } from './item.ts';

/** Addresses by which the ends of a link know each other as next hops. */
export const nextHop = {
  up: { ipv4: '169.254.1.1', ipv6: 'fe80::1', mac: '02:ff:00:00:00:01' },
  down: { ipv4: '169.254.1.2', ipv6: 'fe80::2', mac: '02:ff:00:00:00:02' },
  /** Another router, which is nearer to nothing; a router knows each of its peers by it. */
  across: { ipv4: '169.254.1.3', ipv6: 'fe80::3', mac: '02:ff:00:00:00:03' },
} as const;

/**
 * The largest packets that links take, in bytes.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html
 * https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
 */
export const linkMtu = { vpc: 9001, natGateway: 8500, betweenRegions: 8500, internet: 1500 } as const;

export type Way = keyof typeof nextHop;

export const defaultRoute: Readonly<Record<Family, string>> = { ipv4: '0.0.0.0/0', ipv6: '::/0' };

/** The routing table with the lab's own routes in routers and in the core; `main` stays the kernel's. */
export const localTable = 100;
export const mainTable = 254;

/** The device, as seen from a namespace. */
export type Device = { readonly namespace: string; readonly device: string };

/** Permanent entries for the next hop on the device, both families. */
export function nextHopNeighbours(device: Device, way: Way): readonly Item[] {
  return nextHopAt(device, way, nextHop[way].mac);
}

/** Permanent entries that lead packets for a block, routed through the device, to this MAC address. */
export function nextHopAt({ namespace, device }: Device, way: Way, mac: string): readonly Item[] {
  const { ipv4, ipv6 } = nextHop[way];
  return [ipv4, ipv6].map(
    (address): Item => ({ kind: 'neighbour', namespace, neighbour: { device, address, mac } }),
  );
}

/** A route to a block through the device's next hop. */
export function routeVia(
  { namespace, device }: Device,
  way: Way,
  route: { readonly destination: string; readonly table: number } & Pick<Route, 'metric'> & {
      readonly source?: string;
    },
): Item {
  const { destination, table, metric, source } = route;
  const gateway = nextHop[way][familyOf(destination)];
  const target = { kind: 'unicast', device, gateway, onlink: true, ...(source && { source }) } as const;
  return { kind: 'route', namespace, route: { destination, table, ...(metric && { metric }), target } };
}

/** Route and neighbour entry for an address that is at the other end of the device. */
export function hostAt({ namespace, device }: Device, address: Ip, mac: string): readonly Item[] {
  return [
    { kind: 'neighbour', namespace, neighbour: { device, address, mac } },
    {
      kind: 'route',
      namespace,
      route: { destination: hostCidr(address), table: localTable, target: { kind: 'unicast', device } },
    },
  ];
}

/** A block whose packets are dropped unless a longer route takes them. */
export function blackhole(namespace: string, destination: string, table: number): Item {
  return { kind: 'route', namespace, route: { destination, table, target: { kind: 'blackhole' } } };
}
