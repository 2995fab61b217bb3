/** Gateways, the core of the lab's internet and its hosts, as items. */
import { createHash } from 'node:crypto';
import { families, familyOf, type Ip } from '#net/address.ts';
import { hostCidr } from '#net/cidr.ts';
import { publicIpOf } from '#policy/internet.ts';
import type { Eni } from '#vpc/eni.ts';
import { transitRouter6 } from '#vpc/internet-space.ts';
import type { Network } from '#vpc/network.ts';
import type { EgressOnlyGateway, InternetGateway } from '#vpc/routing.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { gatewayDevices, type PublicPair, passageMark } from '../dataplane/gateway-table.ts';
import { egressOnlyPortName, gatewayPortName } from '../dataplane/names.ts';
import type { Item } from './item.ts';
import {
  blackhole,
  defaultRoute,
  hostAt,
  linkMtu,
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
    transitAddress(namespace),
    ...families.flatMap((family): readonly Item[] => [
      { kind: 'rule', namespace, rule: { family, priority: 10_000, table: localTable } },
      blackhole(namespace, defaultRoute[family], mainTable),
    ]),
  ];
}

/**
 * Source of ICMPv6 errors: from a link-local address they would be forwarded to nobody. IPv4 takes 192.0.0.8 (RFC 7600) by
 * itself.
 */
function transitAddress(namespace: string): Item {
  return { kind: 'address', namespace, address: { device: 'lo', cidr: hostCidr(transitRouter6) } };
}

/**
 * The gateways at a VPC's edge: either or both. They share a namespace, named after the internet gateway if
 * there is one.
 */
export type Edge = {
  readonly vpc: Vpc;
  readonly internet: InternetGateway | undefined;
  readonly egressOnly: EgressOnlyGateway | undefined;
};

/** The name of the gateways' namespace, and of the core's device towards it; undefined where there are none. */
export function edgeOf(
  names: PlaceNames,
  { internet, egressOnly }: Pick<Edge, 'internet' | 'egressOnly'>,
): { readonly namespace: string; readonly device: string } | undefined {
  if (internet) return { namespace: names.gateway(internet.id), device: gatewayPortName(internet.id) };
  if (!egressOnly) return undefined;
  return { namespace: names.egressOnly(egressOnly.id), device: egressOnlyPortName(egressOnly.id) };
}

/** A VPC's gateways between its router and the core. */
export function gatewayItems(names: PlaceNames, edge: Edge): readonly Item[] {
  const { vpc, internet, egressOnly } = edge;
  const place = edgeOf(names, edge);
  if (!place) return [];
  const { namespace } = place;
  const router = names.router(vpc.id);
  const core = { namespace: names.core, device: place.device };
  const outside = { namespace, device: gatewayDevices.outside };
  const inside = { namespace, device: internet ? gatewayDevices.inside : gatewayDevices.egressOnly };
  const links = [
    ...(internet
      ? [{ near: { namespace: router, device: gatewayPortName(internet.id) }, far: inside, mtu: linkMtu.vpc }]
      : []),
    ...(egressOnly
      ? [
          {
            near: { namespace: router, device: egressOnlyPortName(egressOnly.id) },
            far: { namespace, device: gatewayDevices.egressOnly },
            mtu: linkMtu.vpc,
          },
        ]
      : []),
    { near: core, far: outside, mtu: linkMtu.internet },
  ];
  const blocks = internet ? blocksOf(vpc) : vpc.ipv6Blocks.map(({ cidr }) => cidr);
  return [
    { kind: 'namespace', name: namespace, role: 'gateway' },
    ...links.flatMap(({ near, far, mtu }): readonly Item[] => [
      {
        kind: 'veth',
        near: { namespace: near.namespace, name: near.device, mac: nextHop.up.mac },
        far: { namespace: far.namespace, name: far.device, mac: nextHop.down.mac },
        mtu,
      },
      ...nextHopNeighbours(near, 'down'),
      ...nextHopNeighbours(far, 'up'),
    ]),
    { kind: 'address', namespace, address: { device: 'lo', cidr: `${nextHop.down.ipv4}/32` } },
    transitAddress(namespace),
    ...blocks.map((destination) => routeVia(inside, 'up', { destination, table: mainTable })),
    ...families.map((family) =>
      routeVia(outside, 'up', { destination: defaultRoute[family], table: mainTable }),
    ),
    ...vpc.ipv6Blocks.map(({ cidr }) => routeVia(core, 'down', { destination: cidr, table: localTable })),
    ...(internet && egressOnly ? answersApart(namespace, vpc) : []),
  ];
}

/** Routing table with the ways back of what left through an egress-only gateway, and the priority of its rule. */
const passageTable = 101;
const passagePriority = 100;

/** Answers that the gateways' table has marked go back by the egress-only gateway, all else by the internet gateway. */
function answersApart(namespace: string, vpc: Vpc): readonly Item[] {
  const mark = { value: passageMark, mask: 0xffffffff };
  const device = { namespace, device: gatewayDevices.egressOnly };
  return [
    {
      kind: 'rule',
      namespace,
      rule: { family: 'ipv6', priority: passagePriority, table: passageTable, mark },
    },
    ...vpc.ipv6Blocks.map(({ cidr }) => routeVia(device, 'up', { destination: cidr, table: passageTable })),
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
      mtu: linkMtu.internet,
    },
    { kind: 'address', namespace, address: { device: host.device, cidr: hostCidr(address) } },
    ...nextHopNeighbours(host, 'up'),
    routeVia(host, 'up', { destination: defaultRoute[familyOf(address)], table: mainTable }),
    ...hostAt(near, address, nextHop.down.mac),
  ];
}
