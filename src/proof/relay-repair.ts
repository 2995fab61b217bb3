/** Why a load balancer does not pass a conversation on to a target, and the fewest changes that would let it. */
import { familyOf, type Ip } from '#net/address.ts';
import { hostCidr } from '#net/cidr.ts';
import { admitsClient, isSameWay, preservesClient, type Relay, relaysOf } from '#policy/balancer.ts';
import type { Wanted } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { type RelayAnswer, throughRelay } from '#policy/relay.ts';
import type { Forward } from '#vpc/load-balancer.ts';
import { locate, type World } from '#vpc/network.ts';
import { applyRepair, type Repair } from './applied-repair.ts';
import { type Explained, type Explanation, explanationOf, repairsMax } from './explain.ts';
import { repairOf } from './repair.ts';

/** A way through a load balancer, with the reason and remedies where it does not work. */
export type RelayedAnswer = RelayAnswer & { readonly explained?: Explained };

type Service = 'tcp' | 'udp';

/** Explains a way through a load balancer that does not work. */
export function explainRelay(world: World, from: Endpoint, answer: RelayAnswer, kind: Service): Explained {
  const explanation = relayExplanation(world, from, answer);
  const repairs: Repair[] = [];
  let [next, current] = [world, answer];
  while (!current.allowed && repairs.length < repairsMax) {
    const repair = relayRepairOf(next, from, current, kind);
    if (!repair) return { explanation };
    repairs.push(repair);
    next = applyRepair(next, repair);
    const relay = sameRelay(next, current.relay);
    if (!relay) return { explanation };
    current = throughRelay(next, from, relay, kind);
  }
  return current.allowed ? { explanation, repairs } : { explanation };
}

/** The way again in a world that was changed. */
export function sameRelay(world: World, relay: Relay): Relay | undefined {
  const found = locate(world, 'loadBalancer', relay.balancer.id)?.entity;
  return found && [...relaysOf(world, found, relay.node)].find((each) => isSameWay(each, relay));
}

/** The load balancer that a way stops at or behind, as if it were the only one. */
function stageOf(answer: RelayAnswer): RelayAnswer {
  const { relay, front, middle, back } = answer;
  if (!relay.stages) return answer;
  const [first, second] = relay.stages;
  if (middle?.allowed) {
    const at = { kind: 'eni', eniId: second.node.id, ip: first.ip } as const;
    return { ...answer, relay: second, at, front: middle };
  }
  const client = clientOf(front);
  const isPreserved = client !== undefined && preservesClient(first, client);
  const { back: _, ...rest } = answer;
  const behind = middle ?? back;
  return { ...rest, relay: first, isPreserved, ...(behind ? { back: behind } : {}) };
}

function relayExplanation(world: World, from: Endpoint, answer: RelayAnswer): Explanation {
  const { relay, at, front, back, isPreserved } = stageOf(answer);
  if (!front.allowed) return explanationOf(world, from, at, front);
  if (relay.fault) {
    const code = relay.fault === 'notCrossZone' ? 'ELB_NOT_CROSSZONE' : 'ELB_INSTALLED_AZ_RESTRICTION';
    return { code, component: relay.balancer.id, packet: 'request' };
  }
  if (back) return explanationOf(world, isPreserved ? from : at, targetOf(relay), back);
  return { code: 'ELBV2_LISTENER_REQUIRES_TG_ACCEPT', component: relay.listener.id, packet: 'request' };
}

const targetOf = ({ eni, ip }: Relay) => ({ kind: 'eni', eniId: eni.id, ip }) as const;

/** The change against what stops a way; undefined where there is no small one. */
export function relayRepairOf(
  world: World,
  from: Endpoint,
  answer: RelayAnswer,
  kind: Service,
): Repair | undefined {
  const { relay, at, front, back, isPreserved } = stageOf(answer);
  const { listener, forward } = relay;
  if (!front.allowed) return repairOf(world, { from, to: at, wanted: { kind, port: listener.port } }, front);
  const client = clientOf(front);
  if (relay.fault) return zoneRepair(world, relay);
  if (!client) return undefined;
  if (!admitsClient(forward, client)) return admission(relay, client);
  const own = familyOf(relay.ip) === 'ipv4' ? relay.node.privateIps[0]?.address : relay.node.ipv6Addresses[0];
  if (!back || !own) return undefined;
  // What the target sees: the client itself, wherever it is, or the node.
  const seen: Endpoint = isPreserved
    ? { kind: 'internet', ip: client }
    : { kind: 'eni', eniId: relay.node.id, ip: own };
  return repairOf(world, { from: seen, to: targetOf(relay), wanted: { kind, port: relay.port } }, back);
}

/** The client's address when it came to the node. */
const clientOf = ({ request }: RelayAnswer['front']): Ip | undefined =>
  request.kind === 'accept' ? request.delivery.packet.source : undefined;

function admission({ balancer, listener, forward: { ruleId } }: Relay, client: Ip): Repair | undefined {
  if (ruleId === undefined) return undefined;
  const at = { loadBalancerId: balancer.id, listenerId: listener.id, ruleId };
  return { kind: 'admitClient', ...at, cidr: hostCidr(client) };
}

function zoneRepair(world: World, { fault, balancer, group, target, eni }: Relay): Repair | undefined {
  if (fault === 'notCrossZone') {
    // A classic load balancer says it of itself alone.
    return balancer.kind === 'classic'
      ? { kind: 'crossZones', of: 'loadBalancer', id: balancer.id }
      : { kind: 'crossZones', of: 'targetGroup', id: group.id };
  }
  const subnet = locate(world, 'subnet', eni.subnetId)?.entity;
  const zone = target.zone ?? subnet?.zone;
  if (!subnet || subnet.zone !== zone) return undefined;
  return { kind: 'enableZone', loadBalancerId: balancer.id, zone, subnetId: subnet.id };
}

/**
 * The way through a load balancer of the target's VPC that works once the target is registered there, and nothing else
 * changed; undefined where there is none.
 */
export function registration(
  world: World,
  from: Endpoint,
  to: Extract<Endpoint, { readonly kind: 'eni' }>,
  wanted: Wanted,
): RelayedAnswer | undefined {
  if (wanted.kind !== 'tcp' && wanted.kind !== 'udp') return undefined;
  const eni = locate(world, 'eni', to.eniId)?.entity;
  for (const network of world.values()) {
    for (const balancer of network.loadBalancer.values()) {
      if (balancer.vpcId !== eni?.vpcId) continue;
      for (const forward of (balancer.listeners ?? []).flatMap(({ forwards }) => forwards)) {
        const found = registered(world, from, { balancer: balancer.id, forward, to, wanted });
        if (found) return found;
      }
    }
  }
  return undefined;
}

type Candidate = {
  readonly balancer: string;
  readonly forward: Forward;
  readonly to: Extract<Endpoint, { readonly kind: 'eni' }>;
  readonly wanted: Extract<Wanted, { readonly port: number }>;
};

function registered(
  world: World,
  from: Endpoint,
  { balancer, forward, to, wanted }: Candidate,
): RelayedAnswer | undefined {
  const group = locate(world, 'targetGroup', forward.targetGroupId)?.entity;
  const instanceId = locate(world, 'eni', to.eniId)?.entity.attachment?.instanceId;
  const targetId =
    group?.targetKind === 'ip' ? to.ip : group?.targetKind === 'instance' ? instanceId : undefined;
  if (!group?.targets || targetId === undefined) return undefined;
  const repair = { kind: 'registerTarget', targetGroupId: group.id, targetId, port: wanted.port } as const;
  const next = applyRepair(world, repair);
  const after = locate(next, 'loadBalancer', balancer)?.entity;
  for (const eniId of after?.eniIds ?? []) {
    const node = locate(next, 'eni', eniId)?.entity;
    for (const relay of after && node ? relaysOf(next, after, node) : []) {
      const isNew = relay.group.id === group.id && relay.eni.id === to.eniId && relay.ip === to.ip;
      const protocol = wanted.kind === 'tcp' ? 6 : 17;
      if (!isNew || relay.port !== wanted.port || !relay.listener.protocols.includes(protocol)) continue;
      const answer = throughRelay(next, from, relay, wanted.kind);
      if (!answer.allowed) continue;
      const { back: _, ...front } = answer;
      const code =
        group.targets.length > 0 ? 'ELBV2_LISTENER_REQUIRES_TG_ACCEPT' : 'ELBV2_LISTENER_HAS_NO_TG';
      const explanation: Explanation = { code, component: relay.listener.id, packet: 'request' };
      return { ...front, allowed: false, explained: { explanation, repairs: [repair] } };
    }
  }
  return undefined;
}
