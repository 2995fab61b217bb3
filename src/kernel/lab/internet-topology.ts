/** Gateways, the core of the lab's internet and its hosts, as items. */
import { createHash } from 'node:crypto';
import { families, familyOf, type Ip } from '#net/address.ts';
import { hostCidr } from '#net/cidr.ts';
import { publicIpOf } from '#policy/internet.ts';
import type { Eni } from '#vpc/eni.ts';
import type { Network } from '#vpc/network.ts';
import type { InternetGateway } from '#vpc/routing.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { gatewayDevices, type PublicPair } from '../dataplane/gateway-table.ts';
import { gatewayPortName } from '../dataplane/names.ts';
import type { Item } from './item.ts';
import {
  blackhole,
  defaultRoute,
  hostAt,
  localTable,
  mainTable,
  nextHop,
  nextHopNeighbours,
  routeVia,
} from './links.ts';
import type { PlaceNames } from './place-names.ts';
import { blocksOf } from './vpc-topology.ts';

/** The middle of the internet: it knows public addresses, the IPv6 blocks of VPCs with a gateway, and hosts. */
export function coreItems(names: PlaceNames): readonly Item[] {
  const namespace = names.core;
  return [
    { kind: 'namespace', name: namespace, role: 'core' },
    ...families.flatMap((family): readonly Item[] => [
      { kind: 'rule', namespace, rule: { family, priority: 10_000, table: localTable } },
      blackhole(namespace, defaultRoute[family], mainTable),
    ]),
  ];
}

/** An attached internet gateway between its VPC's router and the core. */
export function gatewayItems(names: PlaceNames, gateway: InternetGateway, vpc: Vpc): readonly Item[] {
  const namespace = names.gateway(gateway.id);
  const device = gatewayPortName(gateway.id);
  const inside = { namespace, device: gatewayDevices.inside };
  const outside = { namespace, device: gatewayDevices.outside };
  const ends = [
    { near: { namespace: names.router(vpc.id), device }, far: inside },
    { near: { namespace: names.core, device }, far: outside },
  ];
  return [
    { kind: 'namespace', name: namespace, role: 'gateway' },
    ...ends.flatMap(({ near, far }): readonly Item[] => [
      {
        kind: 'veth',
        near: { namespace: near.namespace, name: near.device, mac: nextHop.up.mac },
        far: { namespace: far.namespace, name: far.device, mac: nextHop.down.mac },
      },
      ...nextHopNeighbours(near, 'down'),
      ...nextHopNeighbours(far, 'up'),
    ]),
    { kind: 'address', namespace, address: { device: 'lo', cidr: `${nextHop.down.ipv4}/32` } },
    ...blocksOf(vpc).map((destination) => routeVia(inside, 'up', { destination, table: mainTable })),
    ...families.map((family) =>
      routeVia(outside, 'up', { destination: defaultRoute[family], table: mainTable }),
    ),
    ...vpc.ipv6Blocks.map(({ cidr }) =>
      routeVia({ namespace: names.core, device }, 'down', { destination: cidr, table: localTable }),
    ),
  ];
}

/** The private addresses of an interface that have a public one, elastic or given at launch. */
export function publicPairsOf(network: Network, eni: Eni): readonly PublicPair[] {
  return eni.privateIps.flatMap(({ address }) => {
    const publicIp = publicIpOf(network, eni, address);
    return publicIp ? [{ privateIp: address, publicIp }] : [];
  });
}

/** The core's way to public addresses behind a gateway. */
export function publicRoutes(
  names: PlaceNames,
  gateway: InternetGateway,
  pairs: readonly PublicPair[],
): readonly Item[] {
  const device = { namespace: names.core, device: gatewayPortName(gateway.id) };
  return pairs.map(({ publicIp }) =>
    routeVia(device, 'down', { destination: hostCidr(publicIp), table: localTable }),
  );
}

/** A device name has room for 14 digits, fewer than an IPv6 address has: hosts may be alike at either end. */
function hostDevice(address: Ip): string {
  return `h${createHash('sha256').update(address).digest('hex').slice(0, 14)}`;
}

/** A host on the internet with one address. */
export function hostItems(names: PlaceNames, address: Ip): readonly Item[] {
  const namespace = names.host(address);
  const near = { namespace: names.core, device: hostDevice(address) };
  const host = { namespace, device: 'eth0' };
  return [
    { kind: 'namespace', name: namespace, role: 'host' },
    {
      kind: 'veth',
      near: { namespace: near.namespace, name: near.device, mac: nextHop.up.mac },
      far: { namespace, name: host.device, mac: nextHop.down.mac },
    },
    { kind: 'address', namespace, address: { device: host.device, cidr: hostCidr(address) } },
    ...nextHopNeighbours(host, 'up'),
    routeVia(host, 'up', { destination: defaultRoute[familyOf(address)], table: mainTable }),
    ...hostAt(near, address, nextHop.down.mac),
  ];
}
