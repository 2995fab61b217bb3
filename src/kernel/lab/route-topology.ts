/** Route tables as items: the routes of a subnet, chosen by the route table in the packet's mark. */
import { families } from '#net/address.ts';
import { type Cidr, covers, prefixLength } from '#net/cidr.ts';
import { isPublic } from '#policy/internet.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import type { Eni } from '#vpc/eni.ts';
import { addressBlocks } from '#vpc/eni-addresses.ts';
import type { VpcId } from '#vpc/ids.ts';
import { natIsUp, regionalAddressOf } from '#vpc/regional-nat.ts';
import type { Route, RouteTable } from '#vpc/routing.ts';
import { allBlocksOfSubnet } from '#vpc/subnet-space.ts';
import {
  egressOnlyPortName,
  gatewayPortName,
  peeringPortName,
  portName,
  regionalNatPortName,
} from '../dataplane/names.ts';
import { activePeerings } from '../dataplane/peerings.ts';
import { hasPort, markOf, natGatewayOf } from '../dataplane/port-piece.ts';
import { subnetOfView, type TableView, zoneOfView } from '../dataplane/route-views.ts';
import type { Item } from './item.ts';
import { blackhole, routeVia, type Way } from './links.ts';
import type { PlaceNames } from './place-names.ts';
import { blocksOf, priority } from './vpc-topology.ts';

const tableBase = { narrow: 10_000, others: 20_000 } as const;
type Step = keyof typeof tableBase;
/** Bits 20–31 of the packet mark are the route table. */
const tableMask = 0xfff00000;

/** A route table as it is seen, under a number: its rules, and its routes but for the local ones. */
export function routeTableItems(
  names: PlaceNames,
  place: Place,
  view: TableView,
  number: number,
): readonly Item[] {
  const { table, by } = view;
  const namespace = names.router(table.vpcId);
  const vpc = place.network.vpc.get(table.vpcId);
  const blocks = vpc ? blocksOf(vpc) : [];
  const mark = { value: markOf(number, 0), mask: tableMask };
  const stepOf = (destination: Cidr): Step =>
    blocks.some((block) => covers(block, destination)) ? 'narrow' : 'others';
  const subnet = subnetOfView(view);
  const viewer = { isGateways: by === 'gateways', zone: zoneOfView(view) };
  const own = subnet ? allBlocksOfSubnet(subnet) : [];
  const remote = new Map(
    [...remoteRoutes(place, table, viewer)].filter(
      ([destination]) => !own.some((block) => covers(block, destination)),
    ),
  );
  const routes = [...remote].flatMap(([destination, route]) => {
    const step = stepOf(destination);
    const at = { namespace, table: tableBase[step] + number };
    return routeItems(at, place, { destination, route, all: remote }).map((item) => ({ step, item }));
  });
  const steps = [...new Set(routes.map(({ step }) => step))];
  // What stays in the subnet goes on to the addresses of its interfaces.
  const stays = own.filter((block) =>
    [...remote.keys()].some((each) => stepOf(each) === 'narrow' && covers(each, block)),
  );
  return [
    ...stays.map((destination): Item => {
      const route = { destination, table: tableBase.narrow + number, target: { kind: 'throw' } } as const;
      return { kind: 'route', namespace, route };
    }),
    ...routes.map(({ item }) => item),
    ...steps.flatMap((step) =>
      families.map(
        (family): Item => ({
          kind: 'rule',
          namespace,
          rule: { family, priority: priority[step] + number, table: tableBase[step] + number, mark },
        }),
      ),
    ),
  ];
}

/** Who sees a route: a gateway, or a subnet by its zone. */
type Viewer = { readonly isGateways: boolean; readonly zone: string | undefined };

/** A route, its VPC, and by whom it is seen. */
type RouteOf = Route & Viewer & { readonly vpcId: VpcId };

/** Destinations and the route that takes each: a static route comes before a propagated one. */
function remoteRoutes(place: Place, table: RouteTable, viewer: Viewer): ReadonlyMap<Cidr, RouteOf> {
  const chosen = new Map<Cidr, RouteOf>();
  const rank = ({ origin }: Route) => (origin === 'EnableVgwRoutePropagation' ? 1 : 0);
  for (const route of [...table.routes].sort((a, b) => rank(a) - rank(b))) {
    if (route.target.kind === 'local') continue;
    const { destination } = route;
    const blocks = destination.kind === 'cidr' ? [destination.cidr] : peerCidrs(place, destination);
    for (const block of blocks)
      if (!chosen.has(block)) chosen.set(block, { ...route, ...viewer, vpcId: table.vpcId });
  }
  return chosen;
}

type Remote = ReturnType<typeof remoteRoutes>;

function routeItems(
  { namespace, table }: { readonly namespace: string; readonly table: number },
  place: Place,
  { destination, route, all }: { destination: Cidr; route: RouteOf; all: Remote },
): readonly Item[] {
  const open = wayTo(place, route);
  if (open) return [routeVia({ namespace, device: open.device }, open.way, { destination, table })];
  // Targets that are gone, or that this version does not carry packets to, swallow them as AWS's blackholes do.
  const own = checkingTarget(place, route);
  const hosts = own ? ownAddresses(own, destination, all) : [];
  return [
    blackhole(namespace, destination, table),
    ...hosts.map(
      (host): Item => ({
        kind: 'route',
        namespace,
        route: { destination: host, table, target: { kind: 'unicast', device: portName(own?.id ?? '') } },
      }),
    ),
  ];
}

/** The router's device that a target stands for, and which end of its link the next hop is. */
function wayTo(
  { world, network }: Place,
  { vpcId, target, isGateways, zone }: RouteOf,
): { readonly device: string; readonly way: Way } | undefined {
  switch (target.kind) {
    case 'internetGateway': {
      const isHere = network.internetGateway.get(target.id)?.vpcId === vpcId;
      return isHere ? { device: gatewayPortName(target.id), way: 'down' } : undefined;
    }
    case 'egressOnlyGateway': {
      const isHere = network.egressOnlyGateway.get(target.id)?.vpcId === vpcId;
      return isHere ? { device: egressOnlyPortName(target.id), way: 'down' } : undefined;
    }
    case 'natGateway': {
      const gateway = network.natGateway.get(target.id);
      if (gateway?.availability === 'regional') {
        const address = zone === undefined ? undefined : regionalAddressOf(gateway, zone);
        const isHere = gateway.vpcId === vpcId && natIsUp(gateway);
        return isHere && address ? { device: regionalNatPortName(address.publicIp), way: 'down' } : undefined;
      }
      const eni = network.eni.get(gateway?.eniId ?? '');
      const isUp = eni?.vpcId === vpcId && natGatewayOf(network, eni) !== undefined;
      return isUp ? { device: portName(eni.id), way: 'down' } : undefined;
    }
    case 'peering': {
      const active = activePeerings(world, vpcId).find(({ peering }) => peering.id === target.id);
      return active && { device: peeringPortName(target.id), way: 'across' };
    }
    case 'eni': {
      const eni = network.eni.get(target.id);
      const takesAll = eni && (!eni.sourceDestCheck || natGatewayOf(network, eni));
      const isUp = eni?.vpcId === vpcId && hasPort(network, eni);
      return isUp && takesAll && (!isGateways || isPublic(network, eni))
        ? { device: portName(eni.id), way: 'down' }
        : undefined;
    }
    case 'local':
    case 'endpoint':
    case 'transitGateway':
    case 'other':
      return undefined;
    default:
      return target satisfies never;
  }
}

/** The interface a route leads to, where it takes only what is addressed to it. */
function checkingTarget({ network }: Place, { target, vpcId, isGateways }: RouteOf): Eni | undefined {
  const eni = target.kind === 'eni' ? network.eni.get(target.id) : undefined;
  if (eni?.vpcId !== vpcId || !eni.sourceDestCheck || !hasPort(network, eni)) return undefined;
  return !isGateways || isPublic(network, eni) ? eni : undefined;
}

/** Addresses of the interface that the route to this destination is the longest match of. */
function ownAddresses(eni: Eni, destination: Cidr, all: Remote): readonly Cidr[] {
  return addressBlocks(eni).filter((block) => {
    const covering = [...all.keys()].filter((each) => covers(each, block));
    const [longest] = covering.sort((a, b) => prefixLength(b) - prefixLength(a));
    return longest === destination && block !== destination;
  });
}
