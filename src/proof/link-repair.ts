/** Remedies on the way from one VPC to another: routes to peerings and transit gateways, and what those want. */
import { familyOf, type Ip, readIp } from '#net/address.ts';
import { type Cidr, contains, everybody, hostCidr, prefixLength } from '#net/cidr.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { type EniPort, portOfEni } from '#policy/port.ts';
import { tableOfSubnet } from '#policy/route.ts';
import { transitDestinations, transitTable } from '#policy/transit.ts';
import type { DropReason, Verdict } from '#policy/verdict.ts';
import type { TransitAttachmentId, VpcId } from '#vpc/ids.ts';
import { locate, type World } from '#vpc/network.ts';
import type { RouteDestination, RouteTable, RouteTarget } from '#vpc/routing.ts';
import type { TransitAttachment, TransitRoute, TransitRouteTable } from '#vpc/transit.ts';
import type { Repair } from './applied-repair.ts';
import { attachmentToNat, attachmentTowards, gatewaysOf } from './transit-links.ts';

/** The interfaces at the ends of a packet's way; absent where the internet is. The address is where it is sent. */
type Ends = { readonly from?: EniPort; readonly to?: EniPort; readonly ip: Ip };

function endsOf(world: World, sender: Endpoint, receiver: Endpoint): Ends | undefined {
  // Public addresses lead over the internet.
  if (receiver.kind === 'eni' && receiver.publicIp) return undefined;
  const portOf = (end: Endpoint) => (end.kind === 'eni' ? portOfEni(world, end.eniId) : undefined);
  const [from, to] = [portOf(sender), portOf(receiver)];
  if (from?.kind === 'natGateway' || to?.kind === 'natGateway' || from?.vpcId === to?.vpcId) return undefined;
  return { ...(from ? { from } : {}), ...(to ? { to } : {}), ip: receiver.ip };
}

/** The table that has no route for a packet, or else the sender's own; of what comes from the internet, the last one. */
function tableAt(world: World, { from }: Ends, verdict: Verdict): RouteTable | undefined {
  const because = verdict.kind === 'drop' ? verdict.because : undefined;
  if (because?.kind === 'noRoute' && because.tableId) {
    return locate(world, 'routeTable', because.tableId)?.entity;
  }
  if (from) return tableOfSubnet(from.network, from.vpcId, from.eni.subnetId);
  const last = verdict.steps.findLast((step) => step.kind === 'route');
  return last?.kind === 'route' ? last.match.table : undefined;
}

/**
 * A route to what links two VPCs, where the table at hand leads elsewhere or nowhere: the sender's, or that of a NAT
 * gateway whose answers find no way home. Where nothing links them, an attachment to the other's transit gateway.
 */
export function linkRepair(
  world: World,
  sender: Endpoint,
  receiver: Endpoint,
  verdict: Verdict,
): Repair | undefined {
  const ends = endsOf(world, sender, receiver);
  const table = ends && tableAt(world, ends, verdict);
  if (!ends?.to || !table || table.vpcId === ends.to.vpcId) return undefined;
  const target = linkBetween(world, table.vpcId, ends);
  const block = blockAround(world, ends.to.vpcId, ends.ip);
  if (!target) return missingAttachment(world, ends);
  if (!block) return undefined;
  const taken = verdict.steps.findLast((step) => step.kind === 'route');
  const isHere = taken?.kind === 'route' && taken.match.table.id === table.id;
  const match = isHere ? taken.match : undefined;
  // Beyond a link it is another VPC that has no route.
  if (match?.route.target.kind === target.kind || (!match && isBeyond(verdict))) return undefined;
  const destination = moreSpecific(match, { kind: 'cidr', cidr: block }, ends.ip);
  return { kind: 'addRoute', routeTableId: table.id, route: { destination, target, origin: 'CreateRoute' } };
}

/** Whether a packet was stopped behind its first route, and not for want of one. */
function isBeyond(verdict: Verdict): boolean {
  const isUnrouted = verdict.kind === 'drop' && verdict.because.kind === 'noRoute';
  return !isUnrouted && verdict.steps.some(({ kind }) => kind === 'route' || kind === 'transitRoute');
}

/** Either VPC at the other's transit gateway, which reaches no further than its region. */
function missingAttachment(world: World, { from, to }: Ends): Repair | undefined {
  if (!from || !to) return undefined;
  const regionOf = ({ vpcId }: EniPort) => locate(world, 'vpc', vpcId)?.scope.region;
  if (regionOf(from) !== regionOf(to)) return undefined;
  const [near] = gatewaysOf(world, from.vpcId);
  const [far] = gatewaysOf(world, to.vpcId);
  const [gatewayId, port] = far ? [far, from] : [near, to];
  const { subnetId } = port.eni;
  const attachmentId = port.vpcId.replace(/^vpc/, 'tgw-attach') as TransitAttachmentId;
  return gatewayId && { kind: 'attachVpc', attachmentId, gatewayId, vpcId: port.vpcId, subnetId };
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
function linkBetween(world: World, vpcId: VpcId, { from, to }: Ends): RouteTarget | undefined {
  // A peering carries nothing that comes from the internet.
  const peerings = from ? (locate(world, 'vpc', vpcId)?.network.peering.values() ?? []) : [];
  for (const { id, requester, accepter, status } of peerings) {
    const vpcs: readonly (string | undefined)[] = [requester.vpcId, accepter.vpcId];
    if (status === 'active' && vpcs.includes(vpcId) && vpcs.includes(to?.vpcId)) {
      return { kind: 'peering', id };
    }
  }
  for (const id of gatewaysOf(world, vpcId)) {
    if (to && attachmentTowards(world, id, to.vpcId)) return { kind: 'transitGateway', id };
  }
  return undefined;
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

/**
 * A route of the gateway that leads into the receiver's VPC, where the one it has leads into another: by a default route
 * to NAT gateways, what is for a VPC ends there, where no such change of routes in VPCs helps.
 */
export function misledRepair(
  world: World,
  sender: Endpoint,
  receiver: Endpoint,
  { steps }: Verdict,
): Repair | undefined {
  const ends = endsOf(world, sender, receiver);
  const taken = steps.findLast((step) => step.kind === 'transitRoute');
  if (!ends?.to || taken?.kind !== 'transitRoute' || taken.route.target.kind === 'blackhole')
    return undefined;
  const { table, route } = taken;
  const towards = attachmentTowards(world, table.gatewayId, ends.to.vpcId);
  if (!towards || towards.id === taken.route.target.id) return undefined;
  return transitRoute(world, ends, { table, attachment: towards, inPlaceOf: route });
}

type Stopped = Extract<DropReason, { readonly kind: 'transit' }>;

/** The sender's own subnet; in its zone the attachment has none. */
function missingSubnet(world: World, { from }: Ends, { what }: Stopped): Repair | undefined {
  const attachment = locate(world, 'transitAttachment', what)?.entity;
  if (!from || attachment?.resource.kind !== 'vpc' || attachment.resource.vpcId !== from.vpcId)
    return undefined;
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
  ends: Ends,
  { what, fault }: Stopped,
  steps: readonly Verdict['steps'][number][],
): Repair | undefined {
  const { from, to } = ends;
  const table = locate(world, 'transitRouteTable', what)?.entity;
  if (!table) return undefined;
  const attachment = to
    ? attachmentTowards(world, table.gatewayId, to.vpcId)
    : attachmentToNat(world, table.gatewayId, from?.vpcId);
  const taken = fault === 'blackhole' ? steps.findLast((step) => step.kind === 'transitRoute') : undefined;
  const inPlaceOf = taken?.kind === 'transitRoute' ? taken.route : undefined;
  return attachment && transitRoute(world, ends, { table, attachment, ...(inPlaceOf ? { inPlaceOf } : {}) });
}

type NewRoute = {
  readonly table: TransitRouteTable;
  readonly attachment: TransitAttachment;
  /** The route that is taken now. */
  readonly inPlaceOf?: TransitRoute;
};

function transitRoute(
  world: World,
  { to, ip }: Ends,
  { table, attachment, inPlaceOf: route }: NewRoute,
): Repair | undefined {
  const block = to ? blockAround(world, to.vpcId, ip) : everybody[familyOf(ip)];
  if (!block) return undefined;
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
