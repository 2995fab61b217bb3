/**
 * Paths through load balancers: the client's connection with a node, and what the node sends on to a target, there and
 * back. Reachability Analyzer has load balancers as intermediate components and target groups as components of paths.
 * https://docs.aws.amazon.com/vpc/latest/reachability/how-reachability-analyzer-works.html
 */
import type { Ip } from '#net/address.ts';
import { lastNode, type Relay, relaysOf } from '#policy/balancer.ts';
import { type Conversation, ephemeralPort } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { publicIpOf } from '#policy/internet.ts';
import { portOfEni } from '#policy/port.ts';
import {
  type Client,
  type EniEndpoint,
  nodeAddresses,
  type RelayAnswer,
  throughAddress,
} from '#policy/relay.ts';
import type { Verdict } from '#policy/verdict.ts';
import type { LoadBalancer } from '#vpc/load-balancer.ts';
import type { World } from '#vpc/network.ts';
import { addressCuts, internetCandidates, sourcePorts } from './path-candidates.ts';
import type { Journey } from './path-hops.ts';
import type { PathQuestion } from './path-question.ts';
import type { Trial } from './path-trial.ts';

/** A trial that goes through a load balancer. */
export type RelayTrial = Trial & { readonly relayed: NonNullable<Trial['relayed']> };

/**
 * Every way through a load balancer to an interface that the filters of a question leave open. Hosts on the
 * internet are told apart at the cuts too.
 */
export function* relayTrials(
  world: World,
  question: PathQuestion,
  cuts: readonly number[] = [],
): IterableIterator<RelayTrial> {
  for (const relay of relaysTo(world, question)) {
    for (const { from, at } of clientsOf(world, question, relay, cuts)) {
      const span = question.atSource.sourcePorts ?? question.atDestination.sourcePorts;
      for (const port of sourcePorts(world, span, ephemeralPort)) {
        const trial = tryRelay(world, { from, port }, relay, at, question.protocol);
        if (!trial) break;
        yield trial;
        // Another client port helps only where an ACL stops a packet.
        if (trial.allowed || !isStoppedByAcl(trial.relayed.answer)) break;
      }
    }
  }
}

/** One client's way through one address of a node; undefined where the client has nothing to send to. */
export function tryRelay(
  world: World,
  client: Client,
  relay: Relay,
  at: EniEndpoint,
  kind: 'tcp' | 'udp',
): RelayTrial | undefined {
  const answer = throughAddress(world, client, relay, at, kind);
  const { front, middle, back } = answer;
  if (!front.sent) return undefined;
  const verdict = [middle, back].reduce(joined, front.request);
  const forward = { origin: originOf(client.from), packet: front.sent, verdict };
  return { allowed: answer.allowed, forward, relayed: { client, answer, kind } };
}

/** What becomes of the client's request in the end, past the steps of all connections. */
function joined(request: Verdict, next: Conversation | undefined): Verdict {
  if (!next) return request;
  return { ...next.request, steps: [...request.steps, ...next.request.steps] };
}

/** One of the connections of a path: its packets there and back, and the interface that it leads to. */
export type Connection = { readonly there: Journey; readonly back?: Journey; readonly toEniId: string };

/** The connections of a path, from the client's on; the last one is the first that was stopped, if one was. */
export function connectionsOf({ relayed: { client, answer } }: RelayTrial): readonly Connection[] {
  const { relay, front, middle, back } = answer;
  const [node, last, target] = [relay.node.id, lastNode(relay).id, relay.eni.id];
  return [
    ...connection(originOf(client.from), front, node),
    ...(middle ? connection(ofEni(node), middle, last) : []),
    ...(back ? connection(ofEni(last), back, target) : []),
  ];
}

function connection(
  origin: Journey['origin'],
  { sent, request, returned, reply }: Conversation,
  toEniId: string,
): readonly Connection[] {
  if (!sent) return [];
  const back = returned && reply && { origin: ofEni(toEniId), packet: returned, verdict: reply };
  return [{ there: { origin, packet: sent, verdict: request }, ...(back ? { back } : {}), toEniId }];
}

const ofEni = (eniId: string) => ({ kind: 'eni', eniId }) as const;

const originOf = (endpoint: Endpoint): Journey['origin'] =>
  endpoint.kind === 'eni' ? { kind: 'eni', eniId: endpoint.eniId } : { kind: 'internet' };

function isStoppedByAcl({ front, middle, back }: RelayAnswer): boolean {
  const verdicts = [front, middle, back].flatMap((each) => [each?.request, each?.reply]);
  return verdicts.some((each) => each?.kind === 'drop' && each.because.kind === 'acl');
}

/** Load balancers that a question names: by a component that it must pass, or by the address that packets are sent to. */
export function namedBalancers(world: World, { through, atSource }: PathQuestion): readonly LoadBalancer[] {
  const all = [...world.values()].flatMap((network) => [...network.loadBalancer.values()]);
  return all.filter((balancer) => {
    const listeners = balancer.listeners ?? [];
    const own = [
      balancer.id,
      ...balancer.eniIds,
      ...listeners.flatMap(({ id, forwards }) => [id, ...forwards.map((each) => each.targetGroupId)]),
    ];
    const addresses = balancer.eniIds.flatMap((id) => nodeIps(world, id));
    const { destinationAddress: sentTo } = atSource;
    return (
      own.some((id) => through.includes(id)) ||
      (sentTo !== undefined && addresses.some((ip) => ip === sentTo))
    );
  });
}

function nodeIps(world: World, eniId: string): readonly Ip[] {
  const port = portOfEni(world, eniId);
  return (port?.eni.privateIps ?? []).flatMap(({ address }) => {
    const publicIp = port && publicIpOf(port.network, port.eni, address);
    return publicIp ? [address, publicIp] : [address];
  });
}

const numberOf = ({ protocol }: PathQuestion): 6 | 17 => (protocol === 'tcp' ? 6 : 17);

/** What nodes pass on to the interface at the end, by the ports that the filters leave open. */
function* relaysTo(world: World, question: PathQuestion): IterableIterator<Relay> {
  const { to, atSource, atDestination } = question;
  if (to.kind !== 'eni') return;
  const isIn = (span: { from: number; to: number } | undefined, port: number) =>
    !span || (span.from <= port && port <= span.to);
  for (const network of world.values()) {
    for (const balancer of network.loadBalancer.values()) {
      for (const node of balancer.eniIds.flatMap((id) => network.eni.get(id) ?? [])) {
        for (const relay of relaysOf(world, balancer, node)) {
          const { listener, eni, ip, port } = relay;
          const isMeant = eni.id === to.eniId && listener.protocols.includes(numberOf(question));
          const isSentTo = isIn(atSource.destinationPorts, listener.port);
          const isAt = (atDestination.destinationAddress ?? ip) === ip && !ip.includes(':');
          if (isMeant && isSentTo && isAt && isIn(atDestination.destinationPorts, port)) yield relay;
        }
      }
    }
  }
}

type Pairing = { readonly from: Endpoint; readonly at: EniEndpoint };

/** Clients worth trying at each address of a node. */
function* clientsOf(
  world: World,
  question: PathQuestion,
  relay: Relay,
  cuts: readonly number[],
): IterableIterator<Pairing> {
  const { from, atSource } = question;
  const port = from.kind === 'eni' ? portOfEni(world, from.eniId) : undefined;
  const own = from.kind === 'eni' ? (port?.eni.privateIps ?? []) : [];
  for (const { address: ip } of own) {
    if ((atSource.sourceAddress ?? ip) !== ip || from.kind !== 'eni') continue;
    const client = { kind: 'eni', eniId: from.eniId, ip } as const;
    for (const at of nodeAddresses(world, relay, client)) {
      const sentTo = at.publicIp ?? at.ip;
      if ((atSource.destinationAddress ?? sentTo) === sentTo) yield { from: client, at };
    }
  }
  if (from.kind === 'internetGateway') yield* hostsOf(world, question, relay, cuts);
}

/** Hosts on the internet, one of each stretch that anything on the way tells apart. */
function* hostsOf(
  world: World,
  question: PathQuestion,
  relay: Relay,
  cuts: readonly number[],
): IterableIterator<Pairing> {
  const { sourceAddress, destinationAddress } = question.atSource;
  const node = portOfEni(world, relay.node.id);
  const { port } = relay.listener;
  for (const { address } of relay.node.privateIps) {
    const publicIp = node && publicIpOf(node.network, node.eni, address);
    if (!publicIp || (destinationAddress ?? publicIp) !== publicIp) continue;
    const at: EniEndpoint = { kind: 'eni', eniId: relay.node.id, ip: address };
    const where = { eniId: relay.node.id, ip: address, direction: 'ingress' } as const;
    // The listener's condition and, where they see the client, the target's groups and ACLs tell hosts apart.
    const stages = relay.stages ?? [relay];
    const addresses = stages.flatMap(({ eni, forward }) => [...addressCuts(world, eni.id, forward.sources)]);
    const besides = { addresses: [...addresses, ...cuts], ports: [] };
    const candidates = internetCandidates(
      world,
      where,
      numberOf(question),
      { from: port, to: port },
      besides,
    );
    const hosts = sourceAddress ? [sourceAddress] : new Set([...candidates].map(({ ip }) => ip));
    for (const ip of hosts) yield { from: { kind: 'internet', ip }, at };
  }
}

/** Whether a listener of a load balancer could take what a question asks for. */
export function takes(balancer: LoadBalancer, question: PathQuestion): boolean {
  const span = question.atSource.destinationPorts;
  const isTaken = (port: number) => !span || (span.from <= port && port <= span.to);
  return (balancer.listeners ?? []).some(
    ({ protocols, port }) => protocols.includes(numberOf(question)) && isTaken(port),
  );
}
