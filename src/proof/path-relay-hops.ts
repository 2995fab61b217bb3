/**
 * The components of a path through a load balancer: its node, the load balancer with the listener, the target group, the
 * node again, and what comes after. AWS documents the members and not the order; this one is that of the packets.
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_PathComponent.html
 */
import type { Relay } from '#policy/balancer.ts';
import type { ComponentRef, PathHop } from '#vpc/insights.ts';
import { locate, type World } from '#vpc/network.ts';
import { headerOf, hopsOf, type Journey } from './path-hops.ts';
import { refAs, refOf } from './path-refs.ts';
import { type RelayTrial, waysOf } from './path-relays.ts';
import type { Trial } from './path-trial.ts';

export type PathHops = { readonly forward: readonly PathHop[]; readonly back: readonly PathHop[] };

/** The components that the packets of a trial pass, there and back. */
export function hopsOfTrial(world: World, trial: Trial): PathHops {
  const { forward, back, relayed } = trial;
  if (relayed) return relayedHops(world, { ...trial, relayed });
  return { forward: hopsOf(world, forward), back: back ? hopsOf(world, back) : [] };
}

function relayedHops(world: World, trial: RelayTrial): PathHops {
  const { relay } = trial.relayed.answer;
  const { toNode, toTarget, fromTarget, fromNode } = waysOf(trial);
  const forward = joined(world, relay, [toNode, toTarget], groupHops(world, relay));
  return { forward, back: fromTarget ? joined(world, relay, [fromTarget, fromNode], []) : [] };
}

/** The ways to a node and on from it, as one: both begin or end with the load balancer. */
function joined(
  world: World,
  relay: Relay,
  [to, from]: readonly [Journey, Journey | undefined],
  between: readonly PathHop[],
): readonly PathHop[] {
  const before = hopsOf(world, to);
  if (!from) return before;
  const balancer = before.at(-1);
  if (balancer?.component.id !== relay.balancer.id) return before;
  const through: PathHop = {
    ...balancer,
    outbound: headerOf(from.packet),
    ...refAs('listener', listenerRef(world, relay)),
  };
  return [...before.slice(0, -1), through, ...between, ...hopsOf(world, from).slice(1)];
}

/** A classic load balancer has instances and no target groups. */
function groupHops(world: World, { balancer, group }: Relay): readonly PathHop[] {
  const component = balancer.kind === 'classic' ? undefined : refOf(world, 'targetGroup', group.id);
  return component ? [{ component }] : [];
}

/** A listener by its ARN; those of classic load balancers have none. */
export function listenerRef(
  world: World,
  { balancer, listener }: Pick<Relay, 'balancer' | 'listener'>,
): ComponentRef | undefined {
  const scope = balancer.kind === 'classic' ? undefined : locate(world, 'loadBalancer', balancer.id)?.scope;
  return scope && { id: listener.id, account: scope.account, region: scope.region };
}
