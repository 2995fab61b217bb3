/** What load balancers pass on to their targets, of what reaches their nodes: exactly whose traffic, and by which port. */
import { admitsClient, preservesClient, type Relay, relaysOf } from '#policy/balancer.ts';
import type { Eni } from '#vpc/eni.ts';
import type { LoadBalancer } from '#vpc/load-balancer.ts';
import { ipAt, stretchOf } from './address-line.ts';
import { spansIdAt } from './line-map.ts';
import { servicesBetween } from './pairs.ts';
import { guardAt } from './policy-class.ts';
import type { PointClass, ReachIndex } from './reach-index.ts';
import { emptyRegion, everywhere, intersect, isEmpty, mapSpans, type Region, regionOf } from './region.ts';
import type { SpansId } from './span-pool.ts';
import { allSpans, answeredBy, holds, intersectSpans, noSpans, type Spans } from './spans.ts';

/** A target behind a node, and the clients that get to it there. */
export type Relayed = {
  readonly relay: Relay;
  readonly protocol: 6 | 17;
  /** Whether it sees the clients' addresses. */
  readonly isPreserved: boolean;
  /** Clients, with the target's port as their service. */
  readonly clients: Region;
};

const spanOf = (protocol: 6 | 17, port: number): Spans => {
  const number = (protocol << 16) | port;
  return [{ first: number, last: number }];
};

/** The stretches of a region that hold a service, with another service in its place. */
function where(region: Region, service: Spans, then: Spans = service): Region {
  const number = service[0]?.first ?? 0;
  return mapSpans(region, (spans) => (holds(spans, number) ? then : noSpans));
}

/** The targets that any of the sources of a node's region gets to. */
export function relayedFrom(
  index: ReachIndex,
  balancer: LoadBalancer,
  node: Eni,
  sources: Region,
): readonly Relayed[] {
  const found: Relayed[] = [];
  for (const relay of relaysOf(index.world, balancer, node)) {
    for (const protocol of relay.fault ? [] : relay.listener.protocols) {
      const { isPreserved, clients } = relay.stages
        ? pastBoth(index, relay.stages, protocol, sources)
        : passedOn(index, relay, protocol, sources);
      if (!isEmpty(clients)) found.push({ relay, protocol, isPreserved, clients });
    }
  }
  return found;
}

type Passed = Pick<Relayed, 'isPreserved' | 'clients'>;

function passedOn(index: ReachIndex, relay: Relay, protocol: 6 | 17, sources: Region): Passed {
  const isPreserved = preservesClient(relay, ipAt(sources.family, sources.family === 'ipv4' ? 0 : 0n));
  const service = spanOf(protocol, relay.port);
  const asked = where(sources, spanOf(protocol, relay.listener.port), service);
  const admitted = intersect(asked, ofRule(relay, sources));
  const onward = isPreserved
    ? asClients(index, relay, service, sources)
    : asNode(index, relay, service, sources);
  return { isPreserved, clients: intersect(admitted, onward) };
}

/** Through a network load balancer and the application load balancer behind it, which sees the clients or the first node. */
function pastBoth(
  index: ReachIndex,
  [first, second]: NonNullable<Relay['stages']>,
  protocol: 6 | 17,
  sources: Region,
): Passed {
  const { isPreserved, clients } = passedOn(index, first, protocol, sources);
  const own = first.node.privateIps[0]?.address;
  const isAdmitted = isPreserved || (own !== undefined && admitsClient(second.forward, own));
  if (protocol !== 6 || !isAdmitted) return { isPreserved: false, clients: emptyRegion(sources.family) };
  const { sources: _, ...anybody } = second.forward;
  return passedOn(index, isPreserved ? second : { ...second, forward: anybody }, protocol, clients);
}

/** The clients that the rule's condition lets in. */
function ofRule({ forward }: Relay, { family }: Region): Region {
  if (!forward.sources) return everywhere(family);
  const own = forward.sources.filter((cidr) => cidr.includes(':') === (family === 'ipv6'));
  return regionOf(
    family,
    own.map((cidr) => ({ ...stretchOf(cidr), value: allSpans })),
  );
}

function pointsOf(index: ReachIndex, { node, eni, ip }: Relay) {
  const target = classAt(index, eni, ip);
  const own = index
    .byEni()
    .get(node.id)
    ?.find(({ family }) => family === target?.family);
  return own && target ? { own, target } : undefined;
}

/** The class of an interface's address. */
export function classAt(index: ReachIndex, { id }: Eni, ip: string): PointClass | undefined {
  const points = index.byEni().get(id) ?? [];
  return points.find(({ members }) => members.some((each) => each.eni.id === id && each.ip === ip));
}

/** A connection of the node's own: everybody's, or nobody's. */
function asNode(index: ReachIndex, relay: Relay, service: Spans, { family }: Region): Region {
  const points = pointsOf(index, relay);
  const open = points ? index.pool.spansOf(servicesBetween(index, points.own, points.target)) : noSpans;
  return where(everywhere(family), service, holds(open, service[0]?.first ?? 0) ? service : noSpans);
}

/** The clients' own packets: past the node's groups, both ACLs and the target's groups, and back past the ACLs. */
function asClients(index: ReachIndex, relay: Relay, service: Spans, { family }: Region): Region {
  const { pool } = index;
  const points = pointsOf(index, relay);
  if (!points?.target.policy.isUp) return emptyRegion(family);
  const { own, target } = points;
  const number = service[0]?.first ?? 0;
  const admits = (id: SpansId) => holds(pool.spansOf(id), number);
  const { ingress, aclIngress, aclEgress } = target.side;
  if (!admits(guardAt(own.side.egress, target, pool))) return emptyRegion(family);
  // Rules that name the load balancer's groups admit what it passes on, whosever address it has.
  const byName = own.policy.groupNumbers.some((each) => admits(ingress.byGroup.get(each) ?? 0));
  const admitted = byName ? everywhere(family) : where(ingress.region, service);
  if (own.policy.subnetId === target.policy.subnetId) return where(admitted, service);
  if (!admits(spansIdAt(own.side.aclEgress.byAddress, target.at))) return emptyRegion(family);
  // The client's one port must be let back three times: out of the target's subnet, into the node's, and out of that.
  const back = pool.spansOf(spansIdAt(own.side.aclIngress.byAddress, target.at));
  const answered = mapSpans(intersect(aclEgress.region, own.side.aclEgress.region), (spans) =>
    answeredBy(intersectSpans(spans, back), family),
  );
  return intersect(
    intersect(where(admitted, service), where(aclIngress.region, service)),
    where(answered, service),
  );
}
