/** Conversations that a load balancer takes and passes on: the client's with a node, and the node's with a target. */
import { familyOf, type Ip } from '#net/address.ts';
import type { World } from '#vpc/network.ts';
import { admitsClient, preservesClient, type Relay, relaysOf } from './balancer.ts';
import { type Conversation, converse, ephemeralPort, type Wanted } from './can.ts';
import { portStretches } from './client-ports.ts';
import type { Endpoint } from './endpoint.ts';
import { noFlows } from './flows.ts';
import { publicIpOf } from './internet.ts';
import type { Packet } from './packet.ts';
import { type EniPort, isUp, portOfEni } from './port.ts';
import { type Leg, passBetween } from './router.ts';
import type { Verdict } from './verdict.ts';

export type EniEndpoint = Extract<Endpoint, { readonly kind: 'eni' }>;

/** A way through a load balancer. */
export type RelayAnswer = {
  readonly relay: Relay;
  /** The node, by the address that the client sends to. */
  readonly at: EniEndpoint;
  /** The client and the node, by the listener's port. */
  readonly front: Conversation;
  /** The node and that of the load balancer behind it, where there is one and the client gets that far. */
  readonly middle?: Conversation;
  /** The last node and the target; absent where the client does not get that far. */
  readonly back?: Conversation;
  /** Whether the target sees the client's address. */
  readonly isPreserved: boolean;
  readonly allowed: boolean;
};

/** Every way through a load balancer to a service of an interface, those that work first. */
export function throughBalancers(
  world: World,
  from: Endpoint,
  to: EniEndpoint,
  wanted: Wanted,
): readonly RelayAnswer[] {
  if (wanted.kind !== 'tcp' && wanted.kind !== 'udp') return [];
  const protocol = wanted.kind === 'tcp' ? 6 : 17;
  const answers: RelayAnswer[] = [];
  for (const network of world.values()) {
    for (const balancer of network.loadBalancer.values()) {
      for (const eniId of balancer.eniIds) {
        const node = network.eni.get(eniId);
        for (const relay of node ? relaysOf(world, balancer, node) : []) {
          const isWanted = relay.eni.id === to.eniId && relay.ip === to.ip && relay.port === wanted.port;
          if (!isWanted || !relay.listener.protocols.includes(protocol)) continue;
          answers.push(throughRelay(world, from, relay, wanted.kind));
        }
      }
    }
  }
  return answers.sort((a, b) => progress(b) - progress(a));
}

const progress = ({ allowed, front, back }: RelayAnswer): number =>
  (allowed ? 4 : 0) + (front.allowed ? 2 : 0) + (back?.allowed ? 1 : 0);

/** One way through one node, by whichever of its addresses works and from whichever client port. */
export function throughRelay(world: World, from: Endpoint, relay: Relay, kind: 'tcp' | 'udp'): RelayAnswer {
  return fromSomePort(
    world,
    (port) => throughFrom(world, { from, port }, relay, kind),
    ({ front, middle, back }) => [front.reply, middle?.reply, back?.reply],
  );
}

/** Whether a client gets to a node by its listener's port, whatever the node then does with it. */
export function reachesListener(
  world: World,
  from: Endpoint,
  relay: Pick<Relay, 'node' | 'listener'>,
  kind: 'tcp' | 'udp',
): boolean {
  const ends = nodeAddresses(world, relay, from);
  return ends.some(
    (at) =>
      fromSomePort(
        world,
        (port) => reachNode(world, { from, port }, relay, at, kind).front,
        ({ reply }) => [reply],
      ).allowed,
  );
}

/** The answer from the first client port that works, else from the usual one. */
function fromSomePort<T extends { readonly allowed: boolean }>(
  world: World,
  answerFrom: (port: number) => T,
  repliesOf: (answer: T) => readonly (Verdict | undefined)[],
): T {
  const usual = answerFrom(ephemeralPort);
  // Another port helps only an answer that an ACL holds back.
  const isHeldBack = repliesOf(usual).some((reply) => reply?.kind === 'drop' && reply.because.kind === 'acl');
  for (const port of !usual.allowed && isHeldBack ? portStretches(world) : []) {
    const answer = answerFrom(port);
    if (answer.allowed) return answer;
  }
  return usual;
}

export type Client = { readonly from: Endpoint; readonly port: number };

function throughFrom(world: World, client: Client, relay: Relay, kind: 'tcp' | 'udp'): RelayAnswer {
  const tries = nodeAddresses(world, relay, client.from).map((at) =>
    reachNode(world, client, relay, at, kind),
  );
  const nowhere = {
    at: { kind: 'eni', eniId: relay.node.id, ip: client.from.ip },
    front: unreachable(client.from),
  } as const;
  const reached = tries.find(({ front }) => front.allowed) ?? tries[0] ?? nowhere;
  return onward(world, relay, kind, reached);
}

/** The answer for one client port and one address of the node. */
export function throughAddress(
  world: World,
  client: Client,
  relay: Relay,
  at: EniEndpoint,
  kind: 'tcp' | 'udp',
): RelayAnswer {
  return onward(world, relay, kind, reachNode(world, client, relay, at, kind));
}

type Reached = Pick<RelayAnswer, 'at' | 'front'>;

function reachNode(
  world: World,
  { from, port }: Client,
  { listener }: Pick<Relay, 'listener'>,
  at: EniEndpoint,
  kind: 'tcp' | 'udp',
): Reached {
  return { at, front: converse(world, from, at, { kind, port: listener.port }, port) };
}

function onward(world: World, relay: Relay, kind: 'tcp' | 'udp', reached: Reached): RelayAnswer {
  if (relay.stages) return pastBoth(world, relay, relay.stages, kind, reached);
  const { at, front } = reached;
  if (!front.allowed || front.request.kind === 'drop')
    return { relay, at, front, isPreserved: false, allowed: false };
  const client = front.request.delivery.packet.source;
  const isPreserved = preservesClient(relay, client);
  if (relay.fault || !admitsClient(relay.forward, client)) {
    return { relay, at, front, isPreserved, allowed: false };
  }
  const back = isPreserved
    ? asClient(world, relay, front.request.delivery.packet)
    : asNode(world, relay, kind);
  return { relay, at, front, ...(back ? { back } : {}), isPreserved, allowed: back?.allowed === true };
}

/** Through a network load balancer to the node of an application load balancer, and on with that one's own connection. */
function pastBoth(
  world: World,
  relay: Relay,
  [first, second]: NonNullable<Relay['stages']>,
  kind: 'tcp' | 'udp',
  reached: Reached,
): RelayAnswer {
  const { allowed, back: middle } = onward(world, first, kind, reached);
  const stopped = { relay, ...reached, isPreserved: false, allowed: false } as const;
  if (!middle) return stopped;
  const isHere = allowed && middle.request.kind === 'accept';
  const client = isHere ? middle.request.delivery.packet.source : undefined;
  const isTaken = client !== undefined && !second.fault && admitsClient(second.forward, client);
  const back = isTaken ? asNode(world, second, kind) : undefined;
  return { ...stopped, middle, ...(back ? { back } : {}), allowed: back?.allowed === true };
}

function unreachable(from: Endpoint): Conversation {
  const request = { kind: 'drop', because: { kind: 'noPublicAddress', source: from.ip }, steps: [] } as const;
  return { allowed: false, family: familyOf(from.ip), request };
}

/** A node's addresses of the client's family: as it stands in the VPC, and as the internet knows it. */
export function nodeAddresses(
  world: World,
  { node }: Pick<Relay, 'node'>,
  from: Endpoint,
): readonly EniEndpoint[] {
  const port = portOfEni(world, node.id);
  const ips =
    familyOf(from.ip) === 'ipv4' ? node.privateIps.map(({ address }) => address) : node.ipv6Addresses;
  return ips.flatMap((ip): readonly EniEndpoint[] => {
    const publicIp = port && publicIpOf(port.network, port.eni, ip);
    const plain = { kind: 'eni', eniId: node.id, ip } as const;
    return [plain, ...(publicIp && from.kind === 'eni' ? [{ ...plain, publicIp }] : [])];
  });
}

/** A connection of the node's own to the target; undefined where it has no address of the family or gets no further. */
export function asNode(world: World, relay: Relay, kind: 'tcp' | 'udp'): Conversation | undefined {
  const { node, eni, ip, port, stages } = relay;
  if (stages) {
    const middle = asNode(world, stages[0], kind);
    const seen = node.privateIps[0]?.address;
    const isTaken = seen !== undefined && admitsClient(stages[1].forward, seen);
    return middle?.allowed && isTaken ? asNode(world, stages[1], kind) : undefined;
  }
  const own: Ip | undefined = familyOf(ip) === 'ipv4' ? node.privateIps[0]?.address : node.ipv6Addresses[0];
  if (!own) return undefined;
  const from = { kind: 'eni', eniId: node.id, ip: own } as const;
  const to = { kind: 'eni', eniId: eni.id, ip } as const;
  return fromSomePort(
    world,
    (clientPort) => converse(world, from, to, { kind, port }, clientPort),
    ({ reply }) => [reply],
  );
}

/** The client's own packets, which the node hands on, and whose answers come back to it whatever the routes say. */
function asClient(world: World, relay: Relay, arrived: Packet): Conversation | undefined {
  const ports = [portOfEni(world, relay.node.id), portOfEni(world, relay.eni.id)];
  const [node, target] = ports;
  if (node?.kind !== 'eni' || target?.kind !== 'eni') return undefined;
  const transport = arrived.transport;
  if (transport.kind !== 'tcp' && transport.kind !== 'udp') return undefined;
  if (!isUp(target)) {
    const because = { kind: 'notAttached', what: target.eni.id } as const;
    return { allowed: false, family: familyOf(relay.ip), request: { kind: 'drop', because, steps: [] } };
  }
  const sent = {
    ...arrived,
    destination: relay.ip,
    transport: { ...transport, destinationPort: relay.port },
  };
  const there = passBetween(world, noFlows, [node, target], sent, 0);
  const family = familyOf(relay.ip);
  const request = verdictOf(there, target);
  if (there.kind !== 'pass') return { allowed: false, family, request, sent };
  const returned = answerTo(sent);
  const back = passBetween(world, there.flows, [target, node], returned, 1);
  const reply = verdictOf(back, node);
  return { allowed: back.kind === 'pass', family, request, reply, sent, returned };
}

function answerTo({ source, destination, transport }: Packet): Packet {
  if (transport.kind !== 'tcp' && transport.kind !== 'udp') throw new Error(`no answer to ${transport.kind}`);
  const ends = { sourcePort: transport.destinationPort, destinationPort: transport.sourcePort };
  const flags = transport.kind === 'tcp' ? { flags: { ...transport.flags, ack: true } } : {};
  return {
    source: destination,
    destination: source,
    transport: { ...transport, ...ends, ...flags },
  };
}

function verdictOf(leg: Leg, to: EniPort): Verdict {
  if (leg.kind === 'drop') return { kind: 'drop', because: leg.because, steps: leg.steps };
  if (leg.kind === 'service') return { kind: 'drop', because: { kind: 'loop' }, steps: leg.steps };
  const delivery = { kind: 'eni', eniId: to.eni.id, packet: leg.packet } as const;
  return { kind: 'accept', delivery, steps: leg.steps };
}
