/** Where a subnet's packets go, for every destination at once: its route table as stretches of addresses. */
import { type Family, familyOf } from '#net/address.ts';
import { prefixLength } from '#net/cidr.ts';
import { isUp, portName, portOfTarget, type RegionalNatPort, type TransitPort } from '#policy/port.ts';
import { tableOfGateway, tableOfSubnet } from '#policy/route.ts';
import { type Place, peerCidrs } from '#policy/rules.ts';
import { transitPort, zoneOf } from '#policy/transit.ts';
import type { EniId, InternetGatewayId, SubnetId, VpcId } from '#vpc/ids.ts';
import type { Network, World } from '#vpc/network.ts';
import { zoneKey } from '#vpc/regional-nat.ts';
import type { Route, RouteTable, RouteTarget } from '#vpc/routing.ts';
import { blocksOfSubnet } from '#vpc/subnet-space.ts';
import { stretchOf } from './address-line.ts';
import { type LineMap, lineMap } from './line-map.ts';
import type { Item } from './region.ts';

export type Way =
  | { readonly kind: 'local' }
  /** To the VPC at the other side. */
  | { readonly kind: 'peering'; readonly vpcId: VpcId }
  | { readonly kind: 'internet'; readonly gatewayId: InternetGatewayId }
  | { readonly kind: 'egressOnly'; readonly gatewayId: string }
  /** To a NAT gateway, known by the translator that takes the sender's packets (reach-index.ts). */
  | { readonly kind: 'nat'; readonly translatorId: TranslatorId; readonly gatewayId: string }
  /** To an interface: the destination's own, or one that forwards. */
  | { readonly kind: 'eni'; readonly eniId: EniId }
  /** To a gateway endpoint, and the service behind it. */
  | { readonly kind: 'endpoint'; readonly endpointId: string }
  /** To a transit gateway, by the attachment's subnet in the zone. */
  | { readonly kind: 'transit'; readonly port: TransitPort }
  | { readonly kind: 'blackhole'; readonly target: RouteTarget }
  /** To a target of a kind that `decide` does not follow. */
  | { readonly kind: 'unmodelled'; readonly target: RouteTarget };

export type Ways = LineMap<Way>;

/** What translates: the interface of a NAT gateway, or a regional gateway's port in one zone. */
export type TranslatorId = string;

/** Where packets come from: a subnet, or a gateway's port in a zone. */
type At = {
  readonly network: Network;
  readonly vpcId: VpcId;
  readonly subnetId?: SubnetId;
  readonly zone: string | undefined;
};

type Candidate = { readonly way: Way; readonly length: number; readonly isPropagated: boolean };

const longerThanAny = 129;

/** The ways out of a subnet in a family. Addresses that no route matches have none. */
export function waysOf(
  world: World,
  place: { readonly network: Network; readonly vpcId: VpcId; readonly subnetId: SubnetId },
  family: Family,
): Ways {
  const at = { ...place, zone: zoneOf(world, place.subnetId) };
  const table = tableOfSubnet(at.network, at.vpcId, at.subnetId);
  return lineMap([...ownItems(at, family), ...(table ? routeItems(world, at, table, family) : [])], best);
}

/** The ways out of a regional NAT gateway in a zone, by its own table. */
export function waysOfRegional(
  world: World,
  { network, vpcId, gateway, address }: RegionalNatPort,
  family: Family,
): Ways {
  const table = tableOfGateway(network, gateway.id);
  const at = { network, vpcId, zone: zoneKey(address) };
  return lineMap(table ? routeItems(world, at, table, family) : [], best);
}

/** What stays in the subnet, whatever its table says. */
function ownItems(
  { network, subnetId }: { readonly network: Network; readonly subnetId: SubnetId },
  family: Family,
): readonly Item<Candidate>[] {
  const subnet = network.subnet.get(subnetId);
  const value = { way: { kind: 'local' }, length: longerThanAny, isPropagated: false } as const;
  const blocks = subnet ? blocksOfSubnet(subnet, family) : [];
  return blocks.map((block) => ({ ...stretchOf(block), value }));
}

function routeItems(world: World, at: At, table: RouteTable, family: Family): readonly Item<Candidate>[] {
  return table.routes.flatMap((route) => {
    const value = { way: wayOf(world, at, route.target), isPropagated: isPropagated(route) };
    return destinationsOf({ world, network: at.network }, route)
      .filter((cidr) => familyOf(cidr) === family)
      .map((cidr) => ({ ...stretchOf(cidr), value: { ...value, length: prefixLength(cidr) } }));
  });
}

const isPropagated = ({ origin }: Route) => origin === 'EnableVgwRoutePropagation';

function destinationsOf(place: Place, { destination }: Route) {
  return peerCidrs(place, destination);
}

/** Longest prefix, then static before propagated, then the order of the table (policy/route.ts). */
function best(candidates: readonly Candidate[]): Way {
  let chosen = candidates[0] as Candidate;
  for (const each of candidates) {
    const better =
      each.length > chosen.length ||
      (each.length === chosen.length && chosen.isPropagated && !each.isPropagated);
    if (better) chosen = each;
  }
  return chosen.way;
}

function wayToTransit(
  world: World,
  at: At,
  target: Extract<RouteTarget, { readonly kind: 'transitGateway' }>,
): Way {
  const { network, vpcId, zone = '' } = at;
  const port = transitPort(world, { network, vpcId, zone }, target.id);
  if (port.kind === 'transitGateway') return { kind: 'transit', port };
  return { kind: port.because.kind === 'notDescribed' ? 'unmodelled' : 'blackhole', target };
}

function wayOf(world: World, at: At, target: RouteTarget): Way {
  if (target.kind === 'local') return target;
  if (target.kind === 'transitGateway') return wayToTransit(world, at, target);
  if (target.kind === 'other') return { kind: 'unmodelled', target };
  const port = portOfTarget(world, at, target);
  switch (port?.kind) {
    case undefined:
      // An endpoint that is not described leads nobody knows where.
      return { kind: target.kind === 'endpoint' ? 'unmodelled' : 'blackhole', target };
    case 'internetGateway':
      return { kind: 'internet', gatewayId: port.gateway.id };
    case 'egressOnlyGateway':
      return { kind: 'egressOnly', gatewayId: port.gateway.id };
    case 'regionalNatGateway':
      return { kind: 'nat', translatorId: portName(port), gatewayId: port.gateway.id };
    case 'natGateway':
      return isUp(port)
        ? { kind: 'nat', translatorId: port.eni.id, gatewayId: port.gateway.id }
        : { kind: 'blackhole', target };
    case 'peering': {
      const { requester, accepter } = port.peering;
      return { kind: 'peering', vpcId: requester.vpcId === at.vpcId ? accepter.vpcId : requester.vpcId };
    }
    case 'eni':
      return { kind: 'eni', eniId: port.eni.id };
    case 'transitGateway':
      return { kind: 'transit', port };
    case 'endpoint':
      return port.endpoint.detail.kind === 'gateway'
        ? { kind: 'endpoint', endpointId: port.endpoint.id }
        : { kind: 'unmodelled', target };
    default:
      return port satisfies never;
  }
}
