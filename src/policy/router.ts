/** One passage through a VPC's router, from port to port: spoofing, route, groups and ACLs in AWS's order. */
import { readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { type Eni, isCarrier, isGuarded } from '#vpc/eni.ts';
import { enisAt, holdsAddress } from '#vpc/eni-addresses.ts';
import type { VpcId } from '#vpc/ids.ts';
import type { LinkService } from '#vpc/link-services.ts';
import type { LoadBalancer } from '#vpc/load-balancer.ts';
import { locate, type World } from '#vpc/network.ts';
import { zoneKey } from '#vpc/regional-nat.ts';
import { otherTargetType, type PeeringSide } from '#vpc/routing.ts';
import type { Direction } from '#vpc/security-group.ts';
import { judgeAcl } from './acl.ts';
import { balancerOf, listenerFor } from './balancer.ts';
import { type EntryUse, type Flows, isAnswer, noteArrival, noteDelivery } from './flows.ts';
import { isPublic } from './internet.ts';
import { linkService } from './link-service.ts';
import { isBareSyn, type Packet } from './packet.ts';
import {
  type EniPort,
  isUp,
  type PeeringPort,
  type Port,
  portName,
  portOfEni,
  portOfTarget,
  regionalPortAt,
  subnetOf,
} from './port.ts';
import { isPublicGateway, publicAccessRefusal } from './public-access.ts';
import { isInSubnet, matchRoute, tableOfGateway, tableOfSubnet } from './route.ts';
import { judge, type Side } from './side.ts';
import { isAlwaysTracked } from './tracking.ts';
import { canNameGroups, transitPort, zoneOf } from './transit.ts';
import type { DropReason, Step } from './verdict.ts';

/** What became of the packet. */
export type Leg =
  /** The router itself takes it. */
  | {
      readonly kind: 'service';
      readonly service: LinkService;
      readonly steps: readonly Step[];
      readonly flows: Flows;
    }
  | {
      readonly kind: 'drop';
      readonly because: DropReason;
      readonly steps: readonly Step[];
      readonly flows: Flows;
    }
  | {
      readonly kind: 'pass';
      readonly to: Port;
      readonly packet: Packet;
      readonly steps: readonly Step[];
      readonly flows: Flows;
    };

type Crossing = {
  readonly world: World;
  readonly from: Port;
  readonly to: Port;
  readonly place: string;
  /** The interfaces among both ports. */
  readonly enis: readonly Eni[];
  readonly packet: Packet;
  readonly flows: Flows;
  readonly nowMs: number;
  readonly steps: Step[];
  readonly uses: EntryUse[];
  /** One of the ports passes on what somebody else sent. */
  readonly isRelayed?: boolean;
};

/** Passes a packet that entered by a port. Entries are made only if every filter passes. */
export function passRouter(world: World, flows: Flows, from: Port, packet: Packet, nowMs: number): Leg {
  const steps: Step[] = [];
  const drop = (because: DropReason, left: Flows): Leg => ({ kind: 'drop', because, steps, flows: left });
  const link = linkService(from, packet);
  if (link?.kind === 'drop') return drop(link.because, flows);
  if (link) return { kind: 'service', service: link.service, steps, flows };
  if (isSpoofed(world, from, packet)) return drop({ kind: 'spoofed', source: packet.source }, flows);
  if (!isUp(from)) return drop({ kind: 'notAttached', what: portName(from) }, flows);
  const hop = nextPort(world, from, packet, steps);
  const ports = hop.kind === 'port' ? [from, hop.port] : [from];
  const place = placeOf(ports);
  const enis = ports.flatMap((port) => (port.kind === 'eni' ? [port.eni] : []));
  const arrived = noteArrival(flows, { place, enis, packet }, nowMs);
  // The router has seen the packet, and its conversation with it, before it looks for a route.
  if (hop.kind === 'drop') return drop(hop.because, arrived);
  return past({ world, from, to: hop.port, place, enis, packet, flows: arrived, nowMs, steps, uses: [] });
}

/**
 * Passes a packet between two ports of one VPC past their filters, wherever routes lead: so a network load balancer
 * hands on what clients sent, under their addresses, and gets the answers.
 */
export function passBetween(
  world: World,
  flows: Flows,
  [from, to]: readonly [EniPort, EniPort],
  packet: Packet,
  nowMs: number,
): Leg {
  const place = [from, to].map(portName).sort().join(' ');
  const enis = [from.eni, to.eni];
  const arrived = noteArrival(flows, { place, enis, packet }, nowMs);
  const crossing = { world, from, to, place, enis, packet, flows: arrived, nowMs, steps: [], uses: [] };
  return past({ ...crossing, isRelayed: true });
}

/** Past the filters between two ports, or stopped by one. */
function past(crossing: Crossing): Leg {
  const { flows, steps, to, place, enis, packet, uses, nowMs } = crossing;
  const because = firstRefusal(crossing);
  if (because) return { kind: 'drop', because, steps, flows };
  const left = noteDelivery(flows, { place, enis, packet, entries: uses }, nowMs);
  return { kind: 'pass', to, packet, steps, flows: left };
}

/**
 * Where a conversation is remembered: the router, or the pair of ports where one is a middlebox, so that the two
 * passes of one conversation through it stay apart.
 */
function placeOf(ports: readonly Port[]): string {
  // The nodes of load balancers check nothing either, but pass nothing on by the router.
  const isMiddlebox = (port: Port) =>
    port.kind === 'eni' && !port.eni.sourceDestCheck && port.eni.interfaceType !== 'network_load_balancer';
  if (ports.some(isMiddlebox)) return ports.map(portName).sort().join(' ');
  return ports[0]?.vpcId ?? '';
}

/**
 * An interface sends from its own addresses; a middlebox may forward what others sent, and a NAT gateway sends only what
 * it has translated. Through a peering comes what the other VPC's blocks cover, and nothing that claims to be from here.
 */
function isSpoofed(world: World, from: Port, packet: Packet): boolean {
  if (from.kind === 'eni') return from.eni.sourceDestCheck && !holdsAddress(from.eni, packet.source);
  if (from.kind !== 'peering') return false;
  const other = locate(world, 'vpc', farSide(from).vpcId)?.entity;
  const ip = readIp(packet.source);
  const blocks = [...(other?.cidrBlocks ?? []), ...(other?.ipv6Blocks ?? [])];
  return !ip || !blocks.some(({ cidr }) => contains(cidr, ip));
}

/** The filters in AWS's order; undefined if all pass. Collects the steps and the entries to make. */
function firstRefusal(crossing: Crossing): DropReason | undefined {
  const { from, to } = crossing;
  // What a VPC sends to a transit gateway crosses ACLs even inside the attachment's own subnet.
  // https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
  const border = subnetOf(from) !== subnetOf(to) || to.kind === 'transitGateway';
  return (
    carrierRefusal(from) ??
    groupRefusal(crossing, 'egress', from, to) ??
    (border ? aclRefusal(crossing, from, 'egress') : undefined) ??
    publicAccessRefusal(from, to) ??
    (border ? aclRefusal(crossing, to, 'ingress') : undefined) ??
    groupRefusal(crossing, 'ingress', to, from) ??
    carrierRefusal(to) ??
    listenerRefusal(crossing)
  );
}

function carrierRefusal(port: Port): DropReason | undefined {
  if (port.kind !== 'eni' || !isCarrier(port.eni)) return undefined;
  return { kind: 'carrier', eniId: port.eni.id, type: port.eni.interfaceType };
}

function groupRefusal(
  crossing: Crossing,
  direction: Direction,
  port: Port,
  far: Port,
): DropReason | undefined {
  if (port.kind !== 'eni' || !isGuarded(port.eni)) return undefined;
  const { world, flows, packet, nowMs, steps, uses, place } = crossing;
  const { eni, network } = port;
  const farEni = farInterface(world, far, direction, packet);
  const side: Side = {
    place: { world, network },
    conversation: place,
    eni,
    direction,
    alwaysTracked: isAlwaysTracked([port, far], packet),
    ...(farEni ? { far: farEni } : {}),
    ...(crossing.isRelayed ? { isRelayed: true } : {}),
  };
  const verdict = judge(side, flows, packet, nowMs);
  steps.push({ kind: 'group', eniId: eni.id, direction, verdict });
  if (verdict.kind === 'noRule' || verdict.kind === 'notOpening') {
    return { kind: 'group', eniId: eni.id, direction };
  }
  if (verdict.kind === 'entry' || (verdict.kind === 'rule' && verdict.opensEntry))
    uses.push({ eni, direction });
  return undefined;
}

/** The interface at the far end, where rules may name its groups: of this VPC, or of another one. */
function farInterface(world: World, far: Port, direction: Direction, packet: Packet): Eni | undefined {
  if (far.kind === 'eni') return far.eni;
  const other = namedVpc(world, far, direction);
  if (!other) return undefined;
  const ip = direction === 'egress' ? packet.destination : packet.source;
  for (const network of world.values()) {
    for (const eni of enisAt(network, ip)) if (eni.vpcId === other) return eni;
  }
  return undefined;
}

/**
 * The other VPC whose groups rules may name: behind a peering in the same region, and for ingress behind a transit
 * gateway that allows it. https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
 */
function namedVpc(world: World, far: Port, direction: Direction): VpcId | undefined {
  if (far.kind === 'peering') {
    const { requester, accepter } = far.peering;
    return requester.region === accepter.region ? farSide(far).vpcId : undefined;
  }
  if (far.kind !== 'transitGateway' || direction === 'egress' || !canNameGroups(world, far)) return undefined;
  return far.source?.resource.kind === 'vpc' ? far.source.resource.vpcId : undefined;
}

function farSide({ peering, vpcId }: PeeringPort): PeeringSide {
  return peering.requester.vpcId === vpcId ? peering.accepter : peering.requester;
}

/** A load balancer takes what it has a listener for, and answers of its targets; it speaks TCP, UDP and ICMP alone. */
function listenerRefusal({ from, to, packet, flows, place, nowMs }: Crossing): DropReason | undefined {
  const [sender, balancer] = [from, to].map((port) =>
    port.kind === 'eni' ? balancerOf(port.network, port.eni) : undefined,
  );
  if (packet.transport.kind === 'other' && (sender?.listeners || balancer?.listeners)) {
    return noListener(balancer ?? sender);
  }
  if (!balancer?.listeners || packet.transport.kind === 'icmp') return undefined;
  if (packet.transport.kind === 'tcp' && !isBareSyn(packet)) return undefined;
  if (isAnswer(flows, place, packet, nowMs) || listenerFor(balancer, packet)) return undefined;
  return noListener(balancer);
}

function noListener(balancer: LoadBalancer | undefined): DropReason | undefined {
  if (!balancer) return undefined;
  return { kind: 'noListener', loadBalancerId: balancer.id, isClassic: balancer.kind === 'classic' };
}

function aclRefusal(crossing: Crossing, port: Port, direction: Direction): DropReason | undefined {
  const subnetId = subnetOf(port);
  if (!subnetId) return undefined;
  const verdict = judgeAcl(port.network, subnetId, direction, crossing.packet);
  crossing.steps.push({ kind: 'acl', subnetId, direction, verdict });
  return verdict.kind === 'allow' ? undefined : { kind: 'acl', subnetId, direction };
}

type NextPort =
  | { readonly kind: 'port'; readonly port: Port }
  | { readonly kind: 'drop'; readonly because: DropReason };

/**
 * The port a packet leaves by. What an edge gateway brings in goes to an interface of the VPC or nowhere; where an
 * internet gateway has a route table, to the interface that it says.
 */
function nextPort(world: World, from: Port, packet: Packet, steps: Step[]): NextPort {
  const { network, vpcId } = from;
  const subnetId = subnetOf(from);
  // An internet gateway's table is for what is addressed to the VPC; these addresses are not the VPC's.
  const regional = from.kind === 'internetGateway' && regionalPortAt(from, packet.destination);
  if (regional) return { kind: 'port', port: regional };
  const isRegional = from.kind === 'regionalNatGateway';
  const ofGateway =
    from.kind === 'internetGateway' || isRegional ? tableOfGateway(network, from.gateway.id) : undefined;
  const table = subnetId ? tableOfSubnet(network, vpcId, subnetId) : ofGateway;
  if (!subnetId && !table && !isRegional) return localPort(world, from, packet);
  const match = table && matchRoute({ world, network }, table, packet.destination);
  const isLeaving = match?.route.target.kind !== 'local';
  if (isLeaving && subnetId && isInSubnet(network, subnetId, packet.destination))
    return localPort(world, from, packet);
  if (!match) return { kind: 'drop', because: { kind: 'noRoute', ...(table ? { tableId: table.id } : {}) } };
  steps.push({ kind: 'route', match });
  const { target } = match.route;
  if (target.kind === 'local') return localPort(world, from, packet);
  const zone = subnetId ? zoneOf(world, subnetId) : isRegional ? zoneKey(from.address) : undefined;
  if (target.kind === 'transitGateway' && zone !== undefined) {
    const port = transitPort(world, { network, vpcId, zone }, target.id);
    return port.kind === 'drop' ? port : { kind: 'port', port };
  }
  if (target.kind === 'other') {
    const type = otherTargetType(target.id);
    return { kind: 'drop', because: { kind: 'notFollowed', what: target.id, type } };
  }
  const port = portOfTarget(world, { network, vpcId, subnetId }, target);
  if (!port) return { kind: 'drop', because: { kind: 'blackhole', target } };
  // Gateways to the internet and to services serve their own VPC, and nothing that comes from a transit gateway.
  // https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
  if (from.kind === 'transitGateway' && (isPublicGateway(port) || isServiceGateway(port))) {
    return { kind: 'drop', because: { kind: 'spoofed', source: packet.source } };
  }
  // https://docs.aws.amazon.com/vpc/latest/userguide/gateway-route-tables.html#gateway-route-table-rules
  if (from.kind === 'internetGateway' && port.kind === 'eni' && !isPublic(network, port.eni)) {
    return { kind: 'drop', because: { kind: 'noPublicTarget', eniId: port.eni.id } };
  }
  if (port.kind === 'eni' && port.eni.sourceDestCheck && !holdsAddress(port.eni, packet.destination)) {
    return { kind: 'drop', because: { kind: 'sourceDestCheck', eniId: port.eni.id } };
  }
  return { kind: 'port', port };
}

const isServiceGateway = (port: Port): boolean =>
  port.kind === 'endpoint' && port.endpoint.detail.kind === 'gateway';

function localPort(world: World, from: Port, packet: Packet): NextPort {
  const eni = [...enisAt(from.network, packet.destination)].find(({ vpcId }) => vpcId === from.vpcId);
  const port = eni && portOfEni(world, eni.id);
  if (!port) return { kind: 'drop', because: { kind: 'noInterface', what: packet.destination } };
  if (!isUp(port)) return { kind: 'drop', because: { kind: 'notAttached', what: portName(port) } };
  return { kind: 'port', port };
}
