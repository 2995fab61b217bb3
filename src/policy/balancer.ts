/** Load balancers: which node is whose, what their listeners take, and which targets a node passes on to. */
import { familyOf, type Ip, readIp } from '#net/address.ts';
import { contains } from '#net/cidr.ts';
import type { Eni } from '#vpc/eni.ts';
import { enisAt } from '#vpc/eni-addresses.ts';
import type { Forward, Listener, LoadBalancer, Target, TargetGroup } from '#vpc/load-balancer.ts';
import { locate, type Network, type World } from '#vpc/network.ts';
import { destinationEnd, type Packet, protocolOf } from './packet.ts';

/** The load balancer whose node an interface is. */
export function balancerOf(network: Network, eni: Eni): LoadBalancer | undefined {
  return [...network.loadBalancer.by('eni', eni.id)][0];
}

/** The listener that takes a packet. */
export function listenerFor({ listeners = [] }: LoadBalancer, packet: Packet): Listener | undefined {
  const protocol = protocolOf(packet);
  const { port } = destinationEnd(packet);
  return listeners.find((each) => each.port === port && each.protocols.some((own) => own === protocol));
}

/** Why a node passes nothing on to a target. */
export type RelayFault =
  /** The target stands in a zone that the load balancer is not enabled in. */
  | 'zoneNotEnabled'
  /** The target stands in another zone, and the load balancer keeps to its own. */
  | 'notCrossZone';

/** A target behind a node, and the way to it. */
export type Relay = {
  readonly balancer: LoadBalancer;
  readonly node: Eni;
  readonly listener: Listener;
  readonly forward: Forward;
  readonly group: TargetGroup;
  readonly target: Target;
  /** The target's interface and address. */
  readonly eni: Eni;
  readonly ip: Ip;
  readonly port: number;
  readonly fault?: RelayFault;
  /**
   * Where the target group holds an application load balancer, which passes on in turn: the way to its node, and the
   * node's way to a target. The interface, address and port are those at the end.
   * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/application-load-balancer-target.html
   */
  readonly stages?: readonly [first: Relay, second: Relay];
};

/** The node that a target gets connections from. */
export const lastNode = ({ node, stages }: Relay): Eni => stages?.[1].node ?? node;

/** Everything that a node passes on to, known interface by known interface, and what load balancers behind it do. */
export function* relaysOf(world: World, balancer: LoadBalancer, node: Eni): IterableIterator<Relay> {
  for (const first of directRelays(world, balancer, node)) {
    yield first;
    if (first.group.targetKind === 'alb') yield* passedOn(world, first);
  }
}

/** What an application load balancer passes on of what a network load balancer hands to one of its nodes. */
function* passedOn(world: World, first: Relay): IterableIterator<Relay> {
  const home = locate(world, 'eni', first.eni.id)?.network;
  const balancer = home && balancerOf(home, first.eni);
  for (const second of balancer ? directRelays(world, balancer, first.eni) : []) {
    if (second.listener.port !== first.port || !second.listener.protocols.includes(6)) continue;
    const { eni, ip, port } = second;
    const fault = first.fault ?? second.fault;
    yield { ...first, eni, ip, port, ...(fault ? { fault } : {}), stages: [first, second] };
  }
}

function* directRelays(world: World, balancer: LoadBalancer, node: Eni): IterableIterator<Relay> {
  for (const listener of balancer.listeners ?? []) {
    for (const forward of listener.forwards) {
      const group = locate(world, 'targetGroup', forward.targetGroupId)?.entity;
      for (const target of group?.targets ?? []) {
        for (const place of group ? placesOf(world, balancer, group, target) : []) {
          if (!group) continue;
          const port = target.port ?? group.port ?? listener.port;
          const fault = faultOf(world, { balancer, node, group, target }, place.eni);
          const relay = { balancer, node, listener, forward, group, target, port, ...place };
          yield fault ? { ...relay, fault } : relay;
        }
      }
    }
  }
}

type TargetPlace = { readonly eni: Eni; readonly ip: Ip };

/**
 * The interfaces and addresses of a target: an instance stands for the primary address of its primary interface, a load
 * balancer for its nodes. None for functions, which no packet goes to, and where no known interface is the target.
 */
export function placesOf(
  world: World,
  { vpcId }: LoadBalancer,
  { targetKind }: TargetGroup,
  { id }: Target,
): readonly TargetPlace[] {
  switch (targetKind) {
    case 'instance': {
      const order = (eni: Eni) => eni.attachment?.deviceIndex ?? 0;
      const enis = [...world.values()].flatMap((network) => [...network.eni.by('instance', id)]);
      const [eni] = enis.sort((a, b) => order(a) - order(b));
      const ip = eni?.privateIps[0]?.address ?? eni?.ipv6Addresses[0];
      return eni && ip ? [{ eni, ip }] : [];
    }
    case 'ip': {
      const ip = id as Ip;
      const holders = readIp(ip) ? [...world.values()].flatMap((network) => [...enisAt(network, ip)]) : [];
      const eni = holders.find((each) => each.vpcId === vpcId) ?? holders[0];
      return eni ? [{ eni, ip }] : [];
    }
    case 'alb': {
      const found = locate(world, 'loadBalancer', id);
      const nodes = found?.entity.eniIds.flatMap((eniId) => found.network.eni.get(eniId) ?? []) ?? [];
      // A network load balancer speaks IPv4 with it.
      return nodes.flatMap((eni) => eni.privateIps.slice(0, 1).map(({ address }) => ({ eni, ip: address })));
    }
    case 'lambda':
      return [];
    default:
      return targetKind satisfies never;
  }
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html#cross-zone-load-balancing */
function faultOf(
  world: World,
  { balancer, node, group, target }: Pick<Relay, 'balancer' | 'node' | 'group' | 'target'>,
  eni: Eni,
): RelayFault | undefined {
  const zoneOf = (each: Eni) => locate(world, 'subnet', each.subnetId)?.entity.zone;
  const zone = target.zone ?? zoneOf(eni);
  if (zone === undefined || zone === 'all' || eni.vpcId !== balancer.vpcId) return undefined;
  if (balancer.zones.length > 0 && !balancer.zones.includes(zone)) return 'zoneNotEnabled';
  return (group.crossZone ?? balancer.crossZone) || zone === zoneOf(node) ? undefined : 'notCrossZone';
}

/** Whether the rule that forwards lets a client in. */
export function admitsClient({ sources }: Forward, client: Ip): boolean {
  const ip = readIp(client);
  return !sources || (ip !== undefined && sources.some((cidr) => contains(cidr, ip)));
}

/**
 * Whether a target sees the client's address: where the group says so, over one address family, inside the VPC.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html#client-ip-preservation
 */
export function preservesClient({ balancer, group, eni, ip, stages }: Relay, client: Ip): boolean {
  return (
    !stages &&
    balancer.kind === 'network' &&
    group.preservesClientIp &&
    familyOf(client) === familyOf(ip) &&
    eni.vpcId === balancer.vpcId
  );
}

/** Whether rules on the way name clients' addresses. */
export const isConditional = ({ forward, stages }: Relay): boolean =>
  forward.sources !== undefined || stages?.[1].forward.sources !== undefined;

/** Whether who the client is matters to the node alone: whom it lets in may be anybody to what stands behind. */
export function hidesClients(relay: Relay): boolean {
  const [first = relay] = relay.stages ?? [];
  return !isConditional(relay) && !preservesClient(first, first.ip);
}

/** Whether two are the same way, through the same nodes by the same rules to the same port. */
export function isSameWay(one: Relay, other: Relay): boolean {
  const [[, own], [, others]] = [one.stages ?? [], other.stages ?? []];
  return (
    one.node.id === other.node.id &&
    one.listener.id === other.listener.id &&
    one.forward.targetGroupId === other.forward.targetGroupId &&
    one.forward.ruleId === other.forward.ruleId &&
    one.target.id === other.target.id &&
    one.target.port === other.target.port &&
    one.eni.id === other.eni.id &&
    one.ip === other.ip &&
    one.port === other.port &&
    (own && others ? isSameWay(own, others) : own === others)
  );
}
