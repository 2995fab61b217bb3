/** Remedies on the way from one VPC to another: routes to peerings and transit gateways, and what those want. */
import { type Ip, readIp } from '#net/address.ts';
import { type Cidr, contains, hostCidr, prefixLength } from '#net/cidr.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { type EniPort, portOfEni } from '#policy/port.ts';
import { tableOfSubnet } from '#policy/route.ts';
import { transitDestinations, transitTable } from '#policy/transit.ts';
import type { DropReason, Verdict } from '#policy/verdict.ts';
import type { TransitGatewayId, VpcId } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import type { RouteDestination, RouteTarget } from '#vpc/routing.ts';
import type { TransitAttachment, TransitRouteTable } from '#vpc/transit.ts';
import type { Repair } from './applied-repair.ts';

/** Two interfaces of different VPCs, and the address that the one sends to. */
type Ends = { readonly from: EniPort; readonly to: EniPort; readonly ip: Ip };

function endsOf(world: World, sender: Endpoint, receiver: Endpoint): Ends | undefined {
  // Public addresses lead over the internet.
  if (sender.kind !== 'eni' || receiver.kind !== 'eni' || receiver.publicIp) return undefined;
  const [from, to] = [portOfEni(world, sender.eniId), portOfEni(world, receiver.eniId)];
  if (from?.kind !== 'eni' || to?.kind !== 'eni' || from.vpcId === to.vpcId) return undefined;
  return { from, to, ip: receiver.ip };
}

/** A route to what links the two VPCs, where the sender's own table leads elsewhere or nowhere. */
export function linkRepair(
  world: World,
  sender: Endpoint,
  receiver: Endpoint,
  { steps }: Verdict,
): Repair | undefined {
  const ends = endsOf(world, sender, receiver);
  const target = ends && linkBetween(world, ends);
  const table = ends && tableOfSubnet(ends.from.network, ends.from.vpcId, ends.from.eni.subnetId);
  const block = ends && blockAround(world, ends.to.vpcId, ends.ip);
  if (!target || !table || !block) return undefined;
  const taken = steps.findLast((step) => step.kind === 'route');
  const match = taken?.kind === 'route' ? taken.match : undefined;
  // Beyond a link it is another VPC that has no route.
  if (match && (match.table.id !== table.id || match.route.target.kind === target.kind)) return undefined;
  if (!match && steps.some(({ kind }) => kind === 'transitRoute')) return undefined;
  const destination = moreSpecific(match, { kind: 'cidr', cidr: block }, ends.ip);
  return { kind: 'addRoute', routeTableId: table.id, route: { destination, target, origin: 'CreateRoute' } };
}

/** The block, or what a route that stands in its way is for: a new one takes its place. */
function moreSpecific(
  match:
    | { readonly route: { readonly destination: RouteDestination }; readonly prefixLength: number }
    | undefined,
  block: Extract<RouteDestination, { readonly kind: 'cidr' }>,
  ip: Ip,
): RouteDestination {
  if (!match || match.prefixLength < prefixLength(block.cidr)) return block;
  const { destination } = match.route;
  return destination.kind === 'cidr' ? destination : { kind: 'cidr', cidr: hostCidr(ip) };
}

function blockAround(world: World, vpcId: VpcId, address: Ip): Cidr | undefined {
  const vpc = locate(world, 'vpc', vpcId)?.entity;
  const ip = readIp(address);
  const blocks = [...(vpc?.cidrBlocks ?? []), ...(vpc?.ipv6Blocks ?? [])].map(({ cidr }) => cidr);
  return blocks.find((cidr) => ip !== undefined && contains(cidr, ip));
}

/** An active peering of the two VPCs, else a transit gateway that both are attached to, or to one peered with it. */
function linkBetween(world: World, { from, to }: Ends): RouteTarget | undefined {
  for (const { id, requester, accepter, status } of from.network.peering.values()) {
    const vpcs: readonly string[] = [requester.vpcId, accepter.vpcId];
    if (status === 'active' && vpcs.includes(from.vpcId) && vpcs.includes(to.vpcId))
      return { kind: 'peering', id };
  }
  for (const id of gatewaysOf(world, from.vpcId)) {
    if (attachmentTowards(world, id, to.vpcId)) return { kind: 'transitGateway', id };
  }
  return undefined;
}

function* attachments(world: World): IterableIterator<TransitAttachment> {
  for (const { transitAttachment } of world.values()) {
    for (const each of transitAttachment.values()) if (each.isAvailable) yield each;
  }
}

function gatewaysOf(world: World, vpcId: VpcId): readonly TransitGatewayId[] {
  const own = [...attachments(world)].filter(
    ({ resource }) => resource.kind === 'vpc' && resource.vpcId === vpcId && resource.subnetIds,
  );
  return own.flatMap(({ gatewayIds }) => gatewayIds);
}

/** The attachment of a gateway that leads to a VPC: its own, or one to a gateway that it is attached to. */
function attachmentTowards(
  world: World,
  gatewayId: TransitGatewayId,
  vpcId: VpcId,
): TransitAttachment | undefined {
  const [own, far] = [
    [...attachments(world)].filter((each) => each.gatewayIds.includes(gatewayId)),
    gatewaysOf(world, vpcId),
  ];
  const direct = own.find(({ resource }) => resource.kind === 'vpc' && resource.vpcId === vpcId);
  return (
    direct ??
    own.find(
      ({ resource, gatewayIds }) =>
        resource.kind === 'peering' && gatewayIds.some((each) => far.includes(each)),
    )
  );
}

/** The change at a transit gateway that lets it carry a packet that it has dropped. */
export function transitRepair(
  world: World,
  sender: Endpoint,
  receiver: Endpoint,
  { because, steps }: Extract<Verdict, { readonly kind: 'drop' }>,
): Repair | undefined {
  const ends = endsOf(world, sender, receiver);
  if (!ends || because.kind !== 'transit') return undefined;
  switch (because.fault) {
    case 'noSubnetInZone':
      return missingSubnet(world, ends, because);
    case 'noAssociation':
      return missingAssociation(world, ends, because);
    case 'noRoute':
    case 'blackhole':
      return missingTransitRoute(world, ends, because, steps);
    case 'notAvailable':
    case 'notFollowed':
      return undefined;
    default:
      return because.fault satisfies never;
  }
}

type Stopped = Extract<DropReason, { readonly kind: 'transit' }>;

/** The sender's own subnet; in its zone the attachment has none. */
function missingSubnet(world: World, { from }: Ends, { what }: Stopped): Repair | undefined {
  const attachment = locate(world, 'transitAttachment', what)?.entity;
  if (attachment?.resource.kind !== 'vpc' || attachment.resource.vpcId !== from.vpcId) return undefined;
  return { kind: 'addAttachmentSubnet', attachmentId: attachment.id, subnetId: from.eni.subnetId };
}

/** A table of the gateway that knows the way, else any. */
function missingAssociation(world: World, { ip }: Ends, { what }: Stopped): Repair | undefined {
  const attachment = locate(world, 'transitAttachment', what)?.entity;
  const free = (attachment?.gatewayIds ?? []).filter(
    (gatewayId) => attachment && !transitTable(world, gatewayId, attachment),
  );
  const tables = free.flatMap((gatewayId) =>
    [...world.values()].flatMap((network) => [...network.transitRouteTable.by('gateway', gatewayId)]),
  );
  const table = tables.find((each) => leadsTo(world, each, ip)) ?? tables[0];
  return attachment && table
    ? { kind: 'associateAttachment', attachmentId: attachment.id, routeTableId: table.id }
    : undefined;
}

function leadsTo(world: World, { routes = [] }: TransitRouteTable, address: Ip): boolean {
  const ip = readIp(address);
  return routes.some(
    (route) =>
      route.target.kind === 'attachment' &&
      transitDestinations(world, route).some((cidr) => ip !== undefined && contains(cidr, ip)),
  );
}

/** A static route to the VPC's block, or in the place of the one that stops packets. */
function missingTransitRoute(
  world: World,
  { to, ip }: Ends,
  { what, fault }: Stopped,
  steps: readonly Verdict['steps'][number][],
): Repair | undefined {
  const table = locate(world, 'transitRouteTable', what)?.entity;
  const attachment = table && attachmentTowards(world, table.gatewayId, to.vpcId);
  const block = blockAround(world, to.vpcId, ip);
  if (!table || !attachment || !block) return undefined;
  const taken = fault === 'blackhole' ? steps.findLast((step) => step.kind === 'transitRoute') : undefined;
  const route = taken?.kind === 'transitRoute' ? taken.route : undefined;
  const lengths = (route ? transitDestinations(world, route) : []).map(prefixLength);
  const match = route && { route, prefixLength: Math.max(...lengths) };
  const destination = moreSpecific(match, { kind: 'cidr', cidr: block }, ip);
  const target = { kind: 'attachment', id: attachment.id } as const;
  return {
    kind: 'addTransitRoute',
    routeTableId: table.id,
    route: { destination, origin: 'static', target },
  };
}
