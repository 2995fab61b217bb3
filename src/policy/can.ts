/**
 * `can`: whether a new conversation from one place to another works, asked of `decide` with a first packet and its
 * answer. ICMP is asked with a query where the type has an answer.
 */
import { type Family, familyOf, type Ip } from '#net/address.ts';
import { icmpProtocol, icmpQueries } from '#net/protocol.ts';
import type { World } from '#vpc/network.ts';
import { decide } from './decide.ts';
import { type Endpoint, resolveEndpoint, serviceEndpoint } from './endpoint.ts';
import { noFlows } from './flows.ts';
import { publicIpOf } from './internet.ts';
import type { Packet, Transport } from './packet.ts';
import { portOfEni } from './port.ts';
import type { Origin, Verdict } from './verdict.ts';

/** What is asked for, with the first packet's service. */
export type Wanted =
  | { readonly kind: 'tcp' | 'udp'; readonly port: number }
  | { readonly kind: 'icmp'; readonly protocol: 1 | 58; readonly type: number; readonly code: number }
  | { readonly kind: 'other'; readonly protocol: number };

export type Answer = {
  readonly allowed: boolean;
  readonly family: Family;
  readonly request: Verdict;
  /** Absent where the request does not arrive, or the kind of packet has no answer. */
  readonly reply?: Verdict;
};

/** Source port of the question: the first of the dynamic range (RFC 6335), which ACLs must let the answer return to. */
export const ephemeralPort = 49152;

export type Question = { readonly from: string; readonly to: string; readonly wanted: Wanted };

export type Asked =
  | { readonly kind: 'unknown'; readonly why: string }
  /** One answer a family that both places have. */
  | { readonly kind: 'answered'; readonly answers: readonly AskedAnswer[] };

/** An answer with the two ends that it is about. */
export type AskedAnswer = Answer & { readonly from: Endpoint; readonly to: Endpoint };

/** Answers a question about named places, in each family that both have and the wanted protocol belongs to. */
export function ask(world: World, { from, to, wanted }: Question): Asked {
  const [sources, targets] = [resolveEndpoint(world, from), resolveEndpoint(world, to)];
  if (sources.kind === 'unknown') return sources;
  const targetsOf = (source: Endpoint): readonly Endpoint[] => {
    const service = serviceEndpoint(world, source, to);
    if (service) return [service];
    return targets.kind === 'found' ? targets.endpoints : [];
  };
  if (targets.kind === 'unknown' && sources.endpoints.every((source) => targetsOf(source).length === 0))
    return targets;
  const answers = sources.endpoints.flatMap((source) =>
    targetsOf(source)
      .filter((target) => familyOf(target.ip) === familyOf(source.ip) && speaks(wanted, familyOf(source.ip)))
      .map((target) => ({ ...can(world, source, target, wanted), from: source, to: target })),
  );
  if (answers.length > 0) return { kind: 'answered', answers };
  return { kind: 'unknown', why: `${from} and ${to} share no address family in which this protocol exists` };
}

const speaks = (wanted: Wanted, family: Family): boolean =>
  wanted.kind !== 'icmp' || wanted.protocol === icmpProtocol[family];

/**
 * Whether the conversation works in a network that remembers nothing yet: the request arrives, and its answer comes back
 * from the address that was asked. The client port matters to stateless ACLs alone.
 */
export function can(
  world: World,
  from: Endpoint,
  to: Endpoint,
  wanted: Wanted,
  clientPort = ephemeralPort,
): Answer {
  const { sent: _, returned: __, ...answer } = converse(world, from, to, wanted, clientPort);
  return answer;
}

/** An answer with the packets that were sent for it, there and back; absent where none could be. */
export type Conversation = Answer & { readonly sent?: Packet; readonly returned?: Packet };

/** The same as `can`, with the two packets. */
export function converse(
  world: World,
  from: Endpoint,
  to: Endpoint,
  wanted: Wanted,
  clientPort = ephemeralPort,
): Conversation {
  const family = familyOf(from.ip);
  const destination = addressSeenFrom(world, from, to);
  if (!destination) {
    const because = { kind: 'noPublicAddress', source: to.ip } as const;
    return { allowed: false, family, request: { kind: 'drop', because, steps: [] } };
  }
  const sent: Packet = { source: from.ip, destination, transport: question(wanted, clientPort) };
  const asked = decide(world, noFlows, { packet: sent, origin: originOf(from) }, 0);
  const request = asked.verdict;
  if (request.kind === 'drop' || !reaches(request, to)) return { allowed: false, family, request, sent };
  const transport = answer(wanted, family, clientPort);
  // Answers of the router's own services are judged by nobody, as the questions are.
  if (!transport || to.kind === 'service') return { allowed: true, family, request, sent };
  // The answer goes back to where the question seemed to come from when it arrived.
  const seen = request.delivery.packet;
  const returned: Packet = { source: seen.destination, destination: seen.source, transport };
  const { delivery } = request;
  const origin: Origin =
    delivery.kind === 'endpoint' ? { kind: 'endpoint', endpointId: delivery.endpointId } : originOf(to);
  const reply = decide(world, asked.flows, { packet: returned, origin }, 1).verdict;
  const isFromThere = reply.kind === 'accept' && reply.delivery.packet.source === destination;
  // The service behind an endpoint has asked nothing: an answer that routes lead there is lost.
  const isStray = reply.kind === 'accept' && reply.delivery.kind === 'endpoint';
  const allowed = isFromThere && !isStray && reaches(reply, from);
  return { allowed, family, request, reply, sent, returned };
}

/** The address to send to: from the internet only a public one leads to an interface. */
function addressSeenFrom(world: World, from: Endpoint, to: Endpoint): Ip | undefined {
  if (to.kind !== 'eni') return to.ip;
  if (to.publicIp) return to.publicIp;
  if (from.kind === 'eni' || familyOf(to.ip) === 'ipv6') return to.ip;
  const target = portOfEni(world, to.eniId);
  return target && publicIpOf(target.network, target.eni, to.ip);
}

function originOf(endpoint: Endpoint): Origin {
  return endpoint.kind === 'eni' ? { kind: 'eni', eniId: endpoint.eniId } : { kind: 'internet' };
}

function reaches(verdict: Verdict, endpoint: Endpoint): boolean {
  if (verdict.kind === 'drop') return false;
  const { delivery } = verdict;
  if (endpoint.kind === 'service') return delivery.kind === 'service';
  // What a middlebox gets under an address of somebody else is not for it.
  const isMeant = delivery.packet.destination === endpoint.ip;
  return endpoint.kind === 'eni'
    ? delivery.kind === 'eni' && delivery.eniId === endpoint.eniId && isMeant
    : (delivery.kind === 'internet' || delivery.kind === 'endpoint') && isMeant;
}

const none = { syn: false, ack: false, fin: false, rst: false } as const;

function question(wanted: Wanted, clientPort: number): Transport {
  switch (wanted.kind) {
    case 'tcp': {
      const flags = { ...none, syn: true };
      return { kind: 'tcp', sourcePort: clientPort, destinationPort: wanted.port, flags };
    }
    case 'udp':
      return { kind: 'udp', sourcePort: clientPort, destinationPort: wanted.port };
    case 'icmp':
      return { kind: 'icmp', type: wanted.type, code: wanted.code, identifier: 1 };
    case 'other':
      return { kind: 'other', protocol: wanted.protocol };
    default:
      return wanted satisfies never;
  }
}

function answer(wanted: Wanted, family: Family, clientPort: number): Transport | undefined {
  switch (wanted.kind) {
    case 'tcp': {
      const flags = { ...none, syn: true, ack: true };
      return { kind: 'tcp', sourcePort: wanted.port, destinationPort: clientPort, flags };
    }
    case 'udp':
      return { kind: 'udp', sourcePort: wanted.port, destinationPort: clientPort };
    case 'icmp': {
      const type = icmpQueries[family].get(wanted.type);
      return type === undefined ? undefined : { kind: 'icmp', type, code: 0, identifier: 1 };
    }
    case 'other':
      return { kind: 'other', protocol: wanted.protocol };
    default:
      return wanted satisfies never;
  }
}
