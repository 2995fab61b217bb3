/**
 * A VPC's router and what hangs on it, as items. Longest-prefix routing over three steps of rules: routes of the
 * sender's table that are narrower than the VPC's own blocks; the table shared by all with the address of every
 * attached interface and a blackhole for the rest of the blocks; the other routes of the sender's table.
 */
import { families, familyOf } from '#net/address.ts';
import { type Cidr, covers, hostCidr } from '#net/cidr.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import type { VpcId } from '#vpc/ids.ts';
import type { Route, RouteTable } from '#vpc/routing.ts';
import type { Vpc } from '#vpc/vpc.ts';
import { gatewayPortName, portName } from '../dataplane/names.ts';
import { markOf } from '../dataplane/port-piece.ts';
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

/** Link-local services that are not served never leave the VPC. */
const neverForwarded = ['169.254.0.0/16', 'fd00:ec2::/32'];

const priority = { narrow: 100, local: 10_000, others: 20_000 } as const;
const tableBase = { narrow: 10_000, others: 20_000 } as const;
/** Bits 20–31 of the packet mark are the route table. */
const tableMask = 0xfff00000;

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
    ...[...blocksOf(vpc), ...neverForwarded].map((block) => blackhole(namespace, block, localTable)),
    ...families.flatMap((family): readonly Item[] => [
      { kind: 'rule', namespace, rule: { family, priority: priority.local, table: localTable } },
      // What no route takes is dropped in silence.
      blackhole(namespace, defaultRoute[family], mainTable),
    ]),
  ];
}

/** A lab instance's namespace, its device, and the router's port towards it. */
export function portItems(names: PlaceNames, eni: Eni): readonly Item[] {
  const { attachment } = eni;
  if (!attachment) return [];
  const namespace = names.instance(attachment.instanceId);
  const router = { namespace: names.router(eni.vpcId), device: portName(eni.id) };
  const device = `eth${attachment.deviceIndex}`;
  const ipv4 = eni.privateIps.map(({ address }) => address);
  const addresses = [...ipv4, ...eni.ipv6Addresses];
  // Of several interfaces the first one has the default route, as on AWS's own images.
  const metric = 100 * attachment.deviceIndex;
  const defaults = families.filter((family) => addresses.some((address) => familyOf(address) === family));
  return [
    { kind: 'namespace', name: namespace, role: 'instance' },
    {
      kind: 'veth',
      near: { namespace: router.namespace, name: router.device, mac: nextHop.up.mac },
      far: { namespace, name: device, mac: eni.macAddress },
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
    ...addresses.flatMap((address) => hostAt(router, address, eni.macAddress)),
  ];
}

/** A route table under its number: its rules, and its routes but for the local ones. */
export function routeTableItems(
  names: PlaceNames,
  place: Place,
  table: RouteTable,
  number: number,
): readonly Item[] {
  const namespace = names.router(table.vpcId);
  const vpc = place.network.vpc.get(table.vpcId);
  const blocks = vpc ? blocksOf(vpc) : [];
  const mark = { value: markOf(number, 0), mask: tableMask };
  const routes = remoteRoutes(place, table).map(([destination, route]) => {
    const isNarrow = blocks.some((block) => covers(block, destination));
    const kind: keyof typeof tableBase = isNarrow ? 'narrow' : 'others';
    return {
      kind,
      item: routeItem(names, place, table.vpcId, { destination, route, table: tableBase[kind] + number }),
    };
  });
  const kinds = [...new Set(routes.map(({ kind }) => kind))];
  return [
    ...routes.map(({ item }) => item),
    ...kinds.flatMap((kind) =>
      families.map(
        (family): Item => ({
          kind: 'rule',
          namespace,
          rule: { family, priority: priority[kind] + number, table: tableBase[kind] + number, mark },
        }),
      ),
    ),
  ];
}

/** Destinations and the route that takes each: a static route comes before a propagated one. */
function remoteRoutes(place: Place, table: RouteTable): readonly (readonly [Cidr, Route])[] {
  const chosen = new Map<Cidr, Route>();
  const rank = ({ origin }: Route) => (origin === 'EnableVgwRoutePropagation' ? 1 : 0);
  for (const route of [...table.routes].sort((a, b) => rank(a) - rank(b))) {
    if (route.target.kind === 'local') continue;
    const { destination } = route;
    const blocks = destination.kind === 'cidr' ? [destination.cidr] : peerCidrs(place, destination);
    for (const block of blocks) if (!chosen.has(block)) chosen.set(block, route);
  }
  return [...chosen];
}

function routeItem(
  names: PlaceNames,
  { network }: Place,
  vpcId: VpcId,
  {
    destination,
    route,
    table,
  }: { readonly destination: Cidr; readonly route: Route; readonly table: number },
): Item {
  const namespace = names.router(vpcId);
  const { target } = route;
  // Targets that are gone, or that this version does not carry packets to, swallow them as AWS's blackholes do.
  const isOpen = target.kind === 'internetGateway' && network.internetGateway.get(target.id)?.vpcId === vpcId;
  if (!isOpen) return blackhole(namespace, destination, table);
  return routeVia({ namespace, device: gatewayPortName(target.id) }, 'down', { destination, table });
}
