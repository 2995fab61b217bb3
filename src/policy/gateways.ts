/** What happens to a packet that a router hands to a gateway: where it enters next, or that it is outside or lost. */
import { familyOf, readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import { endpointTypes } from '#vpc/endpoint.ts';
import { holdsAddress } from '#vpc/eni-addresses.ts';
import { isRouted } from '#vpc/internet-space.ts';
import { locate, networkOf, type World } from '#vpc/network.ts';
import type { PeeringSide } from '#vpc/routing.ts';
import { conversationKey, type Flows, isAnswer } from './flows.ts';
import { enterFromInternet, homeOf, leaveToInternet } from './internet.ts';
import { natReply, natRequest } from './nat.ts';
import type { Onward } from './onward.ts';
import { isBareSyn, opensFlow, type Packet, quotedPacket } from './packet.ts';
import {
  type EgressOnlyPort,
  type EndpointPort,
  type NatPort,
  type PeeringPort,
  type Port,
  portName,
  type RegionalNatPort,
} from './port.ts';
import { throughTransit } from './transit.ts';
import type { DropReason, Step } from './verdict.ts';

type GatewayPort = Exclude<Port, { readonly kind: 'eni' }>;

/** Carries a packet through a gateway. */
export function carry(world: World, flows: Flows, port: GatewayPort, packet: Packet, nowMs: number): Onward {
  switch (port.kind) {
    case 'internetGateway': {
      const out = leaveToInternet(port, packet);
      return out.kind === 'drop'
        ? { ...out, steps: [] }
        : fromInternet(world, flows, out.packet, { ownTranslation: true }, out.steps);
    }
    case 'egressOnlyGateway':
      return throughEgressOnly(world, flows, port, packet, nowMs);
    case 'natGateway':
    case 'regionalNatGateway':
      return throughNat(flows, port, packet, nowMs);
    case 'peering':
      return toPeer(world, flows, port, packet);
    case 'transitGateway':
      return throughTransit(world, flows, port, packet);
    case 'endpoint':
      return toService(flows, port, packet);
    default:
      return port satisfies never;
  }
}

/** Through a NAT gateway, which hands what it has translated back to the router by the port that it came by. */
function throughNat(flows: Flows, port: NatPort | RegionalNatPort, packet: Packet, nowMs: number): Onward {
  const { id: gatewayId } = port.gateway;
  const own = port.kind === 'natGateway' ? port.eni.privateIps[0]?.address : port.address.publicIp;
  const isBack =
    port.kind === 'natGateway' ? holdsAddress(port.eni, packet.destination) : packet.destination === own;
  if (!own) return { kind: 'drop', because: { kind: 'noTranslation', gatewayId }, steps: [] };
  const translated = (isBack ? natReply : natRequest)(flows, { gatewayId, own }, packet, nowMs);
  return translated.kind === 'drop' ? { ...translated, steps: [] } : { ...translated, kind: 'enter', port };
}

/**
 * Gateway endpoints serve the addresses of their own VPC: what came by a peering or a transit gateway gets no further.
 * https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
 */
function toService(flows: Flows, { network, vpcId, endpoint }: EndpointPort, packet: Packet): Onward {
  if (endpoint.detail.kind !== 'gateway') {
    const type = `${endpointTypes[endpoint.detail.kind]} endpoint`;
    return { kind: 'drop', because: { kind: 'notFollowed', what: endpoint.id, type }, steps: [] };
  }
  const vpc = network.vpc.get(vpcId);
  const ip = readIp(packet.source);
  const blocks = [...(vpc?.cidrBlocks ?? []), ...(vpc?.ipv6Blocks ?? [])];
  if (!ip || !blocks.some(({ cidr }) => contains(cidr, ip))) {
    return { kind: 'drop', because: { kind: 'spoofed', source: packet.source }, steps: [] };
  }
  return { kind: 'endpoint', endpoint, packet, steps: [], flows };
}

/**
 * A packet on the internet: into the VPC that its destination leads to, else to some host outside. Gateways pass nothing
 * from or to addresses that are not routed there, whichever way it goes.
 * https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html (IGW_SOURCE_ADDRESS_NOT_IN_RFC1918_INGRESS,
 * IGW_DESTINATION_ADDRESS_NOT_IN_RFC1918_EGRESS and the like)
 */
export function fromInternet(
  world: World,
  flows: Flows,
  packet: Packet,
  source: { readonly ownTranslation: boolean },
  before: readonly Step[] = [],
): Onward {
  for (const end of ['source', 'destination'] as const) {
    const because: DropReason = { kind: 'notRouted', address: packet[end], end };
    if (!isRouted(packet[end])) return { kind: 'drop', because, steps: before };
  }
  const answered = fromEgressOnly(world, flows, packet);
  if (answered) return { kind: 'enter', port: answered, packet, steps: before, flows };
  const entered = enterFromInternet(world, packet, source.ownTranslation);
  switch (entered.kind) {
    case 'outside':
      return { kind: 'outside', packet, steps: before, flows };
    case 'drop':
      return { ...entered, steps: before };
    case 'pass':
      return { ...entered, kind: 'enter', steps: [...before, ...entered.steps], flows };
    default:
      return entered satisfies never;
  }
}

/**
 * IPv6 out and only answers in: what leaves opens a conversation or belongs to one that left here.
 * https://docs.aws.amazon.com/vpc/latest/userguide/egress-only-internet-gateway.html
 */
function throughEgressOnly(
  world: World,
  flows: Flows,
  port: EgressOnlyPort,
  packet: Packet,
  nowMs: number,
): Onward {
  const drop = (because: DropReason): Onward => ({ kind: 'drop', because, steps: [] });
  const { id } = port.gateway;
  if (familyOf(packet.source) === 'ipv4')
    return drop({ kind: 'blackhole', target: { kind: 'egressOnlyGateway', id } });
  const opens = packet.transport.kind === 'tcp' ? isBareSyn(packet) : opensFlow(packet);
  const quoted = quotedPacket(packet);
  const key = passageKey(port, quoted ?? packet);
  const mayFollow = packet.transport.kind === 'tcp' || quoted !== undefined;
  if (!opens && !(mayFollow && flows.passages.has(key)))
    return drop({ kind: 'noTranslation', gatewayId: id });
  // An answer to what came in by the internet gateway opens nothing here.
  const answers = isAnswer(flows, port.vpcId, packet, nowMs);
  const passages = opens && !answers ? flows.passages.set(key, packet.source) : flows.passages;
  return fromInternet(world, { ...flows, passages }, packet, { ownTranslation: true });
}

const passageKey = (port: EgressOnlyPort, packet: Packet): string => conversationKey(portName(port), packet);

/** The egress-only gateway by which an answer to something that left there comes back. */
function fromEgressOnly(world: World, flows: Flows, packet: Packet): EgressOnlyPort | undefined {
  const answered = quotedPacket(packet) ?? packet;
  const isQuery = packet.transport.kind === 'icmp' && opensFlow(packet);
  const asker = packet.destination;
  const home = isQuery ? undefined : homeOf(world, asker);
  if (!home) return undefined;
  const { network, vpcId } = home;
  for (const gateway of network.egressOnlyGateway.by('vpc', vpcId)) {
    const port = { kind: 'egressOnlyGateway', gateway, vpcId, network } as const;
    if (flows.passages.get(passageKey(port, answered)) === asker) return port;
  }
  return undefined;
}

/** The other side of a peering; what enters there goes to an interface of that VPC or nowhere (no transit). */
function toPeer(world: World, flows: Flows, { peering, vpcId }: PeeringPort, packet: Packet): Onward {
  const other: PeeringSide = peering.requester.vpcId === vpcId ? peering.accepter : peering.requester;
  const network = locate(world, 'vpc', other.vpcId)?.network ?? networkOf(world, other);
  const port = { kind: 'peering', peering, vpcId: other.vpcId, network } as const;
  return { kind: 'enter', port, packet, steps: [], flows };
}
