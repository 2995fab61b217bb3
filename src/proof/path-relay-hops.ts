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
import { connectionsOf, type RelayTrial } from './path-relays.ts';
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
  const relays = relay.stages ?? [relay];
  const connections = connectionsOf(trial);
  const there = connections.map((each) => each.there);
  const back = connections.map((each) => each.back).toReversed();
  const forward = joined(world, there, relays, (each) => groupHops(world, each));
  const isWhole = connections.length > relays.length;
  return { forward, back: isWhole ? joined(world, back, relays.toReversed(), () => []) : [] };
}

/** The connections of a path as one: each ends with the load balancer that the next one begins with. */
function joined(
  world: World,
  journeys: readonly (Journey | undefined)[],
  relays: readonly Relay[],
  between: (relay: Relay) => readonly PathHop[],
): readonly PathHop[] {
  let hops: readonly PathHop[] = [];
  for (const [at, journey] of journeys.entries()) {
    if (!journey) break;
    const own = hopsOf(world, journey);
    const relay = relays[at - 1];
    const balancer = hops.at(-1);
    if (!relay) hops = own;
    else if (!balancer || balancer.component.id !== relay.balancer.id) break;
    else {
      const through: PathHop = {
        ...balancer,
        outbound: headerOf(journey.packet),
        ...refAs('listener', listenerRef(world, relay)),
      };
      hops = [...hops.slice(0, -1), through, ...between(relay), ...own.slice(1)];
    }
  }
  return hops;
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
