/**
 * Transit gateways: out of a VPC by the attachment's subnet in the sender's zone, through the route table that the
 * attachment is associated with, and into another VPC by a subnet of its attachment.
 * https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html
 */
import { readIp } from '#net/address.ts';
import { contains, prefixLength } from '#net/cidr.ts';
import type { SubnetId, TransitGatewayId, VpcId } from '#vpc/ids.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import { zoneKey } from '#vpc/regional-nat.ts';
import type { TransitAttachment, TransitRoute, TransitRouteTable } from '#vpc/transit.ts';
import type { Flows } from './flows.ts';
import type { Onward } from './onward.ts';
import type { Packet } from './packet.ts';
import type { TransitPort } from './port.ts';
import { peerCidrs } from './rules.ts';
import type { DropReason, Step } from './verdict.ts';

/** Most transit gateways that a packet passes in a row; more means that peered ones send it round in a circle. */
const gatewaysMax = 8;

type Refused = { readonly kind: 'drop'; readonly because: DropReason };

const refused = (because: DropReason): Refused => ({ kind: 'drop', because });

/**
 * The port of a VPC to a transit gateway, as packets of a zone find it: only a subnet of the attachment in the same zone
 * takes them. https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
 */
export function transitPort(
  world: World,
  at: { readonly network: Network; readonly vpcId: VpcId; readonly zone: string },
  gatewayId: TransitGatewayId,
): TransitPort | Refused {
  const { network, vpcId } = at;
  const attachment = attachmentOf(world, vpcId, gatewayId);
  if (!attachment) return refused(notDescribed(gatewayId, 'describe-transit-gateway-vpc-attachments'));
  const fault = faultOf(attachment);
  if (fault) return refused(fault);
  const subnetId = subnetsOf(attachment).find((each) => zoneOf(world, each) === at.zone);
  return subnetId
    ? { kind: 'transitGateway', gatewayId, attachment, subnetId, vpcId, network }
    : refused({ kind: 'transit', fault: 'noSubnetInZone', what: attachment.id });
}

function attachmentOf(world: World, vpcId: VpcId, gatewayId: TransitGatewayId) {
  for (const { transitAttachment } of world.values()) {
    for (const each of transitAttachment.by('vpc', vpcId)) {
      if (each.gatewayIds.includes(gatewayId)) return each;
    }
  }
  return undefined;
}

function faultOf({ id, isAvailable, resource }: TransitAttachment): DropReason | undefined {
  if (!isAvailable) return { kind: 'transit', fault: 'notAvailable', what: id };
  if (resource.kind === 'vpc' && !resource.subnetIds) {
    return notDescribed(id, 'describe-transit-gateway-vpc-attachments');
  }
  return undefined;
}

const notDescribed = (what: string, command: string): DropReason => ({ kind: 'notDescribed', what, command });

const subnetsOf = ({ resource }: TransitAttachment): readonly SubnetId[] =>
  resource.kind === 'vpc' ? (resource.subnetIds ?? []) : [];

/** What tells the zone of a subnet apart; undefined where nothing describes the subnet. */
export function zoneOf(world: World, subnetId: SubnetId): string | undefined {
  const subnet = locate(world, 'subnet', subnetId)?.entity;
  return subnet && zoneKey(subnet);
}

/** The table that routes what comes from an attachment; undefined where it is associated with none that is known. */
export function transitTable(
  world: World,
  gatewayId: TransitGatewayId,
  { id }: Pick<TransitAttachment, 'id'>,
): TransitRouteTable | undefined {
  for (const { transitRouteTable } of world.values()) {
    for (const table of transitRouteTable.by('attachment', id)) {
      if (table.gatewayId === gatewayId) return table;
    }
  }
  return undefined;
}

/** Where an attachment has no table: whether the source tells of the gateway's tables at all. */
function missingTable(world: World, gatewayId: TransitGatewayId, attachment: TransitAttachment): DropReason {
  const isTold = [...world.values()].some((each) => each.transitRouteTable.countBy('gateway', gatewayId) > 0);
  if (isTold) return { kind: 'transit', fault: 'noAssociation', what: attachment.id };
  return notDescribed(gatewayId, 'describe-transit-gateway-route-tables');
}

/** Orders routes of one destination: longest prefix, then static before propagated. */
export function isBetterTransitRoute(
  one: { readonly route: TransitRoute; readonly length: number },
  other: { readonly route: TransitRoute; readonly length: number },
): boolean {
  if (one.length !== other.length) return one.length > other.length;
  return one.route.origin === 'static' && other.route.origin === 'propagated';
}

/** Where a route of a transit gateway leads: into a VPC, or on to a peered gateway. */
export type Landing =
  | Refused
  | { readonly kind: 'vpc'; readonly port: TransitPort }
  | {
      readonly kind: 'gateway';
      readonly gatewayId: TransitGatewayId;
      readonly attachment: TransitAttachment;
    };

/** Where packets land that came in by a port and are at a gateway whose table chose this route; none was found. */
export function landingOf(
  world: World,
  from: TransitPort,
  at: { readonly gatewayId: TransitGatewayId; readonly tableId: string },
  route: TransitRoute | undefined,
): Landing {
  if (!route) return refused({ kind: 'transit', fault: 'noRoute', what: at.tableId });
  if (route.target.kind === 'blackhole') {
    return refused({ kind: 'transit', fault: 'blackhole', what: at.tableId });
  }
  const { id } = route.target;
  const attachment = locate(world, 'transitAttachment', id)?.entity;
  if (!attachment) return refused(notDescribed(id, 'describe-transit-gateway-attachments'));
  const fault = faultOf(attachment);
  if (fault) return refused(fault);
  switch (attachment.resource.kind) {
    case 'vpc':
      return landInVpc(world, from, at.gatewayId, attachment, attachment.resource.vpcId);
    case 'peering': {
      const other = attachment.gatewayIds.find((each) => each !== at.gatewayId);
      return other
        ? { kind: 'gateway', gatewayId: other, attachment }
        : refused(notDescribed(id, 'describe-transit-gateway-peering-attachments'));
    }
    case 'other':
      return refused({ kind: 'transit', fault: 'notFollowed', what: id });
    default:
      return attachment.resource satisfies never;
  }
}

/** The zone that packets left by, where the attachment has a subnet there, else the first of its subnets. */
function landInVpc(
  world: World,
  from: TransitPort,
  gatewayId: TransitGatewayId,
  attachment: TransitAttachment,
  vpcId: VpcId,
): Landing {
  const network = locate(world, 'vpc', vpcId)?.network;
  if (!network) return refused(notDescribed(vpcId, 'describe-vpcs'));
  const subnets = subnetsOf(attachment).toSorted();
  const near = subnets.find((each) => zoneOf(world, each) === zoneOf(world, from.subnetId));
  const subnetId = near ?? subnets[0];
  if (!subnetId) return refused({ kind: 'transit', fault: 'noSubnetInZone', what: attachment.id });
  // What has passed a second gateway carries no groups along.
  const source = from.gatewayId === gatewayId ? { source: from.attachment } : {};
  return {
    kind: 'vpc',
    port: { kind: 'transitGateway', gatewayId, attachment, subnetId, vpcId, network, ...source },
  };
}

/** Carries a packet that left a VPC through one or more transit gateways. */
export function throughTransit(world: World, flows: Flows, from: TransitPort, packet: Packet): Onward {
  const steps: Step[] = [];
  let at: { readonly gatewayId: TransitGatewayId; readonly attachment: TransitAttachment } = from;
  for (let passed = 0; passed < gatewaysMax; passed++) {
    const table = transitTable(world, at.gatewayId, at.attachment);
    if (!table) return { ...refused(missingTable(world, at.gatewayId, at.attachment)), steps };
    if (!table.routes) return { ...refused(routesUnknown(table)), steps };
    const route = matchTransitRoute(world, table.routes, packet);
    if (route) steps.push({ kind: 'transitRoute', table, route });
    const landing = landingOf(world, from, { gatewayId: at.gatewayId, tableId: table.id }, route);
    if (landing.kind === 'drop') return { ...landing, steps };
    if (landing.kind === 'vpc') return { kind: 'enter', port: landing.port, packet, steps, flows };
    at = landing;
  }
  return { kind: 'drop', because: { kind: 'loop' }, steps };
}

const routesUnknown = ({ id }: TransitRouteTable): DropReason =>
  notDescribed(id, 'search-transit-gateway-routes');

function matchTransitRoute(
  world: World,
  routes: readonly TransitRoute[],
  { destination }: Packet,
): TransitRoute | undefined {
  const ip = readIp(destination);
  let best: { readonly route: TransitRoute; readonly length: number } | undefined;
  for (const route of routes) {
    for (const cidr of transitDestinations(world, route)) {
      if (!ip || !contains(cidr, ip)) continue;
      const candidate = { route, length: prefixLength(cidr) };
      if (!best || isBetterTransitRoute(candidate, best)) best = candidate;
    }
  }
  return best?.route;
}

/** The blocks that a route is for. */
export function transitDestinations(world: World, { destination }: TransitRoute) {
  if (destination.kind === 'cidr') return [destination.cidr];
  const list = locate(world, 'prefixList', destination.prefixListId);
  return list ? peerCidrs({ world, network: list.network }, destination) : [];
}

/**
 * Whether ingress rules at a port's VPC may name groups of the VPC that packets came from: never egress rules, and only
 * where the gateway and both attachments allow it.
 * https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html#vpc-attachment-security
 */
export function canNameGroups(world: World, { gatewayId, attachment, source }: TransitPort): boolean {
  const gateway = locate(world, 'transitGateway', gatewayId)?.entity;
  const allows = (each: TransitAttachment | undefined) =>
    each?.resource.kind === 'vpc' && each.resource.groupReferencing;
  return gateway?.groupReferencing === true && allows(attachment) && allows(source);
}
