/** One header sent from one end of a path to the other and answered, as journeys whose components can be told. */
import type { Ip } from '#net/address.ts';
import { type Answer, converse, ephemeralPort } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { noFlows } from '#policy/flows.ts';
import type { Packet } from '#policy/packet.ts';
import { type PeeringPort, type Port, portOfEni } from '#policy/port.ts';
import type { Client, RelayAnswer } from '#policy/relay.ts';
import { type Leg, passRouter } from '#policy/router.ts';
import type { Verdict } from '#policy/verdict.ts';
import { locate, type World } from '#vpc/network.ts';
import type { Journey } from './path-hops.ts';

/** The ports of a packet that opens a conversation. */
export type Ports = {
  readonly protocol: 'tcp' | 'udp';
  readonly destination: number;
  readonly source?: number;
};

export type Trial = {
  readonly allowed: boolean;
  readonly forward: Journey;
  readonly back?: Journey;
  /** The two ends and the answer, where both are endpoints that remedies are known for. */
  readonly asked?: { readonly from: Endpoint; readonly to: Endpoint; readonly answer: Answer };
  /** The way through a load balancer, whose packets `forward` and `back` sum up. */
  readonly relayed?: {
    readonly client: Client;
    readonly answer: RelayAnswer;
    readonly kind: 'tcp' | 'udp';
  };
};

const noFlags = { syn: false, ack: false, fin: false, rst: false };

/** A conversation between two endpoints; undefined where the target has no address that the other could send to. */
export function tryEndpoints(world: World, from: Endpoint, to: Endpoint, ports: Ports): Trial | undefined {
  const wanted = { kind: ports.protocol, port: ports.destination };
  const { sent, returned, ...answer } = converse(world, from, to, wanted, ports.source ?? ephemeralPort);
  if (!sent) return undefined;
  const forward = { origin: originOf(from), packet: sent, verdict: answer.request };
  const asked = { from, to, answer };
  if (!returned || !answer.reply) return { allowed: answer.allowed, forward, asked };
  const back = { origin: originOf(to), packet: returned, verdict: answer.reply };
  return { allowed: answer.allowed, forward, back, asked };
}

const originOf = (endpoint: Endpoint): Journey['origin'] =>
  endpoint.kind === 'eni' ? { kind: 'eni', eniId: endpoint.eniId } : { kind: 'internet' };

/** A conversation between an interface and whatever has an address behind a peering connection. */
export type PeeringEnds = {
  readonly eniId: string;
  readonly ip: Ip;
  readonly peeringId: string;
  readonly far: Ip;
  readonly direction: 'toPeer' | 'fromPeer';
};

/** Sends to or from the peering connection; the path ends or begins there. */
export function tryPeering(world: World, ends: PeeringEnds, ports: Ports): Trial | undefined {
  const own = portOfEni(world, ends.eniId);
  const peering = locate(world, 'peering', ends.peeringId)?.entity;
  if (!own || !peering) return undefined;
  const { vpcId, network } = own;
  const gateway: PeeringPort = { kind: 'peering', peering, vpcId, network };
  const isOut = ends.direction === 'toPeer';
  const [entry, exit]: readonly [Port, Port] = isOut ? [own, gateway] : [gateway, own];
  const packet = requestOf(isOut ? ends.ip : ends.far, isOut ? ends.far : ends.ip, ports);
  const asked = passRouter(world, noFlows, entry, packet, 0);
  const forward = { origin: originOfPort(entry), packet, verdict: verdictOf(asked) };
  if (asked.kind !== 'pass' || !isSame(asked.to, exit)) return { allowed: false, forward };
  const answer = replyTo(packet);
  const replied = passRouter(world, asked.flows, exit, answer, 1);
  const back = { origin: originOfPort(exit), packet: answer, verdict: verdictOf(replied) };
  return { allowed: replied.kind === 'pass' && isSame(replied.to, entry), forward, back };
}

function requestOf(source: Ip, destination: Ip, ports: Ports): Packet {
  const { protocol, destination: destinationPort, source: sourcePort = ephemeralPort } = ports;
  if (protocol === 'udp')
    return { source, destination, transport: { kind: 'udp', sourcePort, destinationPort } };
  const flags = { ...noFlags, syn: true };
  return { source, destination, transport: { kind: 'tcp', sourcePort, destinationPort, flags } };
}

function replyTo({ source, destination, transport }: Packet): Packet {
  if (transport.kind === 'tcp') {
    const { sourcePort: destinationPort, destinationPort: sourcePort } = transport;
    const flags = { ...noFlags, syn: true, ack: true };
    const back = { kind: 'tcp', sourcePort, destinationPort, flags } as const;
    return { source: destination, destination: source, transport: back };
  }
  if (transport.kind !== 'udp') throw new Error(`no reply to ${transport.kind}`);
  const { sourcePort: destinationPort, destinationPort: sourcePort } = transport;
  return {
    source: destination,
    destination: source,
    transport: { kind: 'udp', sourcePort, destinationPort },
  };
}

function originOfPort(port: Port): Journey['origin'] {
  if (port.kind === 'peering') return { kind: 'peering', peeringId: port.peering.id };
  if (port.kind === 'eni' || port.kind === 'natGateway') return { kind: 'eni', eniId: port.eni.id };
  return { kind: 'internet' };
}

function isSame(one: Port, other: Port): boolean {
  if (one.kind === 'peering') return other.kind === 'peering' && one.peering.id === other.peering.id;
  return one.kind === 'eni' && other.kind === 'eni' && one.eni.id === other.eni.id;
}

/** A leg as a verdict of its own: what passes to a gateway is outside. */
function verdictOf(leg: Leg): Verdict {
  const { steps } = leg;
  if (leg.kind === 'drop') return { kind: 'drop', because: leg.because, steps };
  if (leg.kind === 'service') return { kind: 'drop', because: { kind: 'loop' }, steps };
  const { to, packet } = leg;
  const delivery =
    to.kind === 'eni'
      ? ({ kind: 'eni', eniId: to.eni.id, packet } as const)
      : ({ kind: 'internet', packet } as const);
  return { kind: 'accept', delivery, steps };
}
