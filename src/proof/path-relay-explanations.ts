/**
 * Why a load balancer does not pass a packet on, with the members that AWS's explanation of the code has.
 * https://docs.aws.amazon.com/vpc/latest/reachability/explanation-codes.html
 */
import { placesOf, type Relay } from '#policy/balancer.ts';
import type { RelayAnswer } from '#policy/relay.ts';
import type { PathExplanation, PathTarget } from '#vpc/insights.ts';
import type { LoadBalancer, Target } from '#vpc/load-balancer.ts';
import { locate, type World } from '#vpc/network.ts';
import type { PathQuestion } from './path-question.ts';
import { refAs, refOf } from './path-refs.ts';
import { listenerRef } from './path-relay-hops.ts';
import { namedBalancers, takes } from './path-relays.ts';

/** What the load balancer itself has against a target or a client; undefined where a packet was stopped elsewhere. */
export function relayRefusal(
  world: World,
  { relay, front, middle, back }: Pick<RelayAnswer, 'relay' | 'front' | 'middle' | 'back'>,
): PathExplanation | undefined {
  if (relay.stages) {
    const [first, second] = relay.stages;
    const stage = middle ? { relay: second, front: middle } : { relay: first, front };
    return relayRefusal(world, back ? { ...stage, back } : stage);
  }
  if (!front.allowed || back) return undefined;
  const { balancer, group, fault } = relay;
  const named = namedAs(world, relay);
  const target = targetOf(world, relay);
  switch (fault) {
    case 'notCrossZone':
      return { code: 'ELB_NOT_CROSSZONE', ...named, target };
    case 'zoneNotEnabled':
      return { code: 'ELB_INSTALLED_AZ_RESTRICTION', ...named, target };
    case undefined: {
      const groups = balancer.kind === 'classic' ? [] : [refOf(world, 'targetGroup', group.id)];
      const targetGroups = groups.flatMap((each) => each ?? []);
      return { code: 'ELBV2_LISTENER_REQUIRES_TG_ACCEPT', ...named, targetGroups };
    }
    default:
      return fault satisfies never;
  }
}

/** The load balancer and its listener: a classic one has no ARN in AWS's answers, and a listener without one. */
function namedAs(world: World, relay: Relay): Omit<PathExplanation, 'code'> {
  const { balancer, listener, port: instancePort } = relay;
  if (balancer.kind === 'classic') return { classicListener: { port: listener.port, instancePort } };
  return {
    loadBalancerArn: balancer.id,
    listenerPort: listener.port,
    ...refAs('listener', listenerRef(world, relay)),
  };
}

function targetOf(world: World, { ip, port, eni, target }: Relay): PathTarget {
  const zone = target.zone ?? locate(world, 'subnet', eni.subnetId)?.entity.zone;
  const instance = refOf(world, 'instance', eni.attachment?.instanceId);
  return {
    address: ip,
    port,
    ...(zone === undefined ? {} : { zone }),
    ...(instance ? { instance } : {}),
  };
}

/**
 * Why none of the load balancers that a question names has anything to do with its end: no listener takes what is asked
 * for, or the end is no target. Undefined where it names none.
 */
export function whyNotRelayed(world: World, question: PathQuestion): PathExplanation | undefined {
  const [balancer] = namedBalancers(world, question);
  if (!balancer) return undefined;
  const isClassic = balancer.kind === 'classic';
  const named = isClassic ? {} : { loadBalancerArn: balancer.id };
  if (!balancer.listeners) {
    return {
      code: 'UNKNOWN_RESOURCE',
      ...named,
      ...refAs('component', refOf(world, 'loadBalancer', balancer.id)),
    };
  }
  if (!takes(balancer, question)) {
    return { code: isClassic ? 'ELB_LISTENERS_MISMATCH' : 'ELBV2_LISTENERS_MISMATCH', ...named };
  }
  const groups = groupsOf(world, balancer);
  const targetGroups = isClassic ? [] : groups.flatMap(({ id }) => refOf(world, 'targetGroup', id) ?? []);
  const unfollowed = groups.find(({ targetKind }) => targetKind === 'lambda');
  const unknown = groups.find((group) => {
    const isPlaced = (target: Target) => placesOf(world, balancer, group, target).length > 0;
    return !group.targets || (group.targetKind === 'alb' && !group.targets.every(isPlaced));
  });
  if (unknown) {
    return {
      code: 'UNKNOWN_RESOURCE',
      ...named,
      ...refAs('component', refOf(world, 'targetGroup', unknown.id)),
    };
  }
  if (groups.every(({ targets }) => targets?.length === 0)) {
    return { code: 'ELBV2_LISTENER_HAS_NO_TG', ...named, targetGroups };
  }
  const { to, atDestination } = question;
  const ports = atDestination.destinationPorts;
  const eni = to.kind === 'eni' ? locate(world, 'eni', to.eniId)?.entity : undefined;
  const ids: readonly (string | undefined)[] = [
    eni?.attachment?.instanceId,
    ...(eni?.privateIps ?? []).map(({ address }) => address),
  ];
  const own = groups.find(({ targets = [] }) => targets.some(({ id }) => ids.includes(id)));
  if (own && ports) {
    const targetPort = own.targets?.find(({ id }) => ids.includes(id))?.port ?? own.port;
    return {
      code: 'TARGET_PORT_RESTRICTION',
      ...named,
      ...(isClassic ? {} : refAs('targetGroup', refOf(world, 'targetGroup', own.id))),
      ...(targetPort === undefined ? {} : { targetPort }),
    };
  }
  if (unfollowed && !own) {
    const component = refOf(world, 'targetGroup', unfollowed.id);
    return { code: 'UNSUPPORTED_COMPONENT', ...named, ...refAs('component', component) };
  }
  const [address] = eni?.privateIps ?? [];
  return {
    code: 'TARGET_ADDRESS_RESTRICTION',
    ...named,
    targetGroups,
    ...(address ? { address: address.address } : {}),
  };
}

function groupsOf(world: World, { listeners = [] }: LoadBalancer) {
  const ids = new Set(listeners.flatMap(({ forwards }) => forwards.map((each) => each.targetGroupId)));
  return [...ids].flatMap((id) => locate(world, 'targetGroup', id)?.entity ?? []);
}
