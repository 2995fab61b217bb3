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
};

/** Everything that a node passes on to, known interface by known interface. */
export function* relaysOf(world: World, balancer: LoadBalancer, node: Eni): IterableIterator<Relay> {
  for (const listener of balancer.listeners ?? []) {
    for (const forward of listener.forwards) {
      const group = locate(world, 'targetGroup', forward.targetGroupId)?.entity;
      for (const target of group?.targets ?? []) {
        const found = group && placeOf(world, balancer, group, target);
        if (!group || !found) continue;
        const port = target.port ?? group.port ?? listener.port;
        const fault = faultOf(world, { balancer, node, group, target }, found.eni);
        const relay = { balancer, node, listener, forward, group, target, port, ...found };
        yield fault ? { ...relay, fault } : relay;
      }
    }
  }
}

/**
 * The interface and address of a target: an instance stands for the primary address of its primary interface. Undefined
 * for functions and load balancers, and where no known interface is the target.
 */
export function placeOf(
  world: World,
  { vpcId }: LoadBalancer,
  { targetKind }: TargetGroup,
  { id }: Target,
): { readonly eni: Eni; readonly ip: Ip } | undefined {
  if (targetKind === 'instance') {
    const order = (eni: Eni) => eni.attachment?.deviceIndex ?? 0;
    const enis = [...world.values()].flatMap((network) => [...network.eni.by('instance', id)]);
    const [eni] = enis.sort((a, b) => order(a) - order(b));
    const ip = eni?.privateIps[0]?.address ?? eni?.ipv6Addresses[0];
    return eni && ip ? { eni, ip } : undefined;
  }
  if (targetKind !== 'ip' || !readIp(id as Ip)) return undefined;
  const ip = id as Ip;
  const holders = [...world.values()].flatMap((network) => [...enisAt(network, ip)]);
  const eni = holders.find((each) => each.vpcId === vpcId) ?? holders[0];
  return eni ? { eni, ip } : undefined;
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
export function preservesClient({ balancer, group, eni, ip }: Relay, client: Ip): boolean {
  return (
    balancer.kind === 'network' &&
    group.preservesClientIp &&
    familyOf(client) === familyOf(ip) &&
    eni.vpcId === balancer.vpcId
  );
}
