/**
 * A VPC's router and what hangs on it, as items. Longest-prefix routing over three steps of rules: routes of the
 * sender's table that are narrower than the VPC's own blocks; the table shared by all with the address of every
 * attached interface and a blackhole for the rest of the blocks; the other routes of the sender's table.
 */
import { families, familyOf } from '#net/address.ts';
import { type Cidr, hostCidr } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { addressBlocks, singleAddresses } from '#vpc/eni-addresses.ts';
import { linkServiceBlocks, serviceAddresses } from '#vpc/link-services.ts';
import { routerAddress } from '#vpc/subnet-space.ts';
import type { Subnet, Vpc } from '#vpc/vpc.ts';
import { portName } from '../dataplane/names.ts';
import type { Item } from './item.ts';
import {
  blackhole,
  type Device,
  defaultRoute,
  hostAt,
  linkMtu,
  localTable,
  mainTable,
  nextHop,
  nextHopAt,
  nextHopNeighbours,
  routeVia,
} from './links.ts';
import type { PlaceNames } from './place-names.ts';

/** Priorities of the three steps of routing rules, for `narrow` and `others` plus the route table's number. */
export const priority = { narrow: 100, local: 10_000, others: 20_000 } as const;

/** A VPC's blocks of both families. */
export function blocksOf(vpc: Vpc): readonly Cidr[] {
  return [...vpc.cidrBlocks, ...vpc.ipv6Blocks].map(({ cidr }) => cidr);
}

/** The router's namespace and what does not depend on interfaces. */
export function routerItems(names: PlaceNames, vpc: Vpc): readonly Item[] {
  const namespace = names.router(vpc.id);
  return [
    { kind: 'namespace', name: namespace, role: 'router' },
    // Source of the router's own ICMP errors.
    { kind: 'address', namespace, address: { device: 'lo', cidr: `${nextHop.up.ipv4}/32` } },
    ...serviceAddresses(vpc).map(
      (address): Item => ({ kind: 'address', namespace, address: { device: 'lo', cidr: hostCidr(address) } }),
    ),
    // Link-local services, served or not, never leave the VPC.
    ...[...blocksOf(vpc), ...linkServiceBlocks].map((block) => blackhole(namespace, block, localTable)),
    ...families.flatMap((family): readonly Item[] => [
      { kind: 'rule', namespace, rule: { family, priority: priority.local, table: localTable } },
      // What no route takes is dropped in silence.
      blackhole(namespace, defaultRoute[family], mainTable),
    ]),
  ];
}

/** The router's address in a subnet. */
export function subnetItems(names: PlaceNames, subnet: Subnet): readonly Item[] {
  const address = routerAddress(subnet);
  if (address === undefined) return [];
  const namespace = names.router(subnet.vpcId);
  return [{ kind: 'address', namespace, address: { device: 'lo', cidr: hostCidr(address) } }];
}

/** A lab instance's namespace, its device, and the router's port towards it. */
export function portItems(names: PlaceNames, eni: Eni): readonly Item[] {
  const { attachment } = eni;
  if (!attachment) return [];
  const namespace = names.instance(attachment.instanceId);
  const router = { namespace: names.router(eni.vpcId), device: portName(eni.id) };
  const device = `eth${attachment.deviceIndex}`;
  const ipv4 = eni.privateIps.map(({ address }) => address);
  const addresses = singleAddresses(eni);
  const prefixes = eni.prefixes ?? [];
  // Of several interfaces the first one has the default route, as on AWS's own images.
  const metric = 100 * attachment.deviceIndex;
  const defaults = families.filter((family) =>
    addressBlocks(eni).some((block) => familyOf(block) === family),
  );
  return [
    { kind: 'namespace', name: namespace, role: 'instance' },
    {
      kind: 'veth',
      near: { namespace: router.namespace, name: router.device, mac: nextHop.up.mac },
      far: { namespace, name: device, mac: eni.macAddress },
      mtu: linkMtu.vpc,
    },
    ...addresses.map(
      (address): Item => ({
        kind: 'address',
        namespace,
        address: { device, cidr: hostCidr(address) },
      }),
    ),
    ...nextHopNeighbours({ namespace, device }, 'up'),
    ...defaults.map((family) =>
      routeVia({ namespace, device }, 'up', {
        destination: defaultRoute[family],
        table: mainTable,
        metric: family === 'ipv6' ? 1024 + metric : metric,
        ...(family === 'ipv4' && ipv4[0] && { source: ipv4[0] }),
      }),
    ),
    ...(attachment.deviceIndex > 0
      ? sourceRouting({ namespace, device }, attachment.deviceIndex, addressBlocks(eni))
      : []),
    ...addresses.flatMap((address) => hostAt(router, address, eni.macAddress)),
    // What is inside a delegated prefix the instance tells its programs or containers apart by itself, as on AWS.
    ...prefixes.map((destination) => routeVia(router, 'down', { destination, table: localTable })),
    ...(eni.sourceDestCheck && prefixes.length === 0 ? [] : nextHopAt(router, 'down', eni.macAddress)),
  ];
}

/** Routing rules in instances have these priorities: 64 for the addresses of each interface. */
export const sourceRulePriorities = { first: 1000, perDevice: 64, last: 1999 } as const;
const sourceTableBase = 1000;

/**
 * What an instance sends from an address of a further interface leaves by that interface, as with AWS's own images: the
 * router would take it for spoofed by any other.
 */
function sourceRouting(place: Device, deviceIndex: number, blocks: readonly Cidr[]): readonly Item[] {
  const table = sourceTableBase + deviceIndex;
  const { first, perDevice } = sourceRulePriorities;
  return families.flatMap((family): readonly Item[] => {
    const own = blocks.filter((block) => familyOf(block) === family);
    if (own.length === 0) return [];
    return [
      routeVia(place, 'up', { destination: defaultRoute[family], table }),
      ...own.map((source, index): Item => {
        const priority = first + perDevice * deviceIndex + index;
        return {
          kind: 'rule',
          namespace: place.namespace,
          rule: { family, priority, table, source },
        };
      }),
    ];
  });
}
