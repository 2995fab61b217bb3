/** Pairs of ends that load balancers join, for Network Access Analyzer: the internet or interfaces, and targets. */
import type { EniId } from '#vpc/ids.ts';
import type { PortSpan } from '#vpc/insights.ts';
import type { Network } from '#vpc/network.ts';
import { OutsideAnswers } from './outside.ts';
import type { PathPlace } from './path-question.ts';
import { relayTrials } from './path-relays.ts';
import type { Trial } from './path-trial.ts';
import type { Member, ReachIndex } from './reach-index.ts';
import { isEmpty } from './region.ts';
import { RelayReach, type RelayWay } from './relay-reach.ts';
import type { ScopePlace } from './scope-statements.ts';

/** Two ends, and the headers worth trying between them. */
export type Pair = {
  readonly source: ScopePlace;
  readonly destination: ScopePlace;
  readonly trials: (protocol: 'tcp' | 'udp') => Iterable<Trial>;
};

/** What the statements of a scope tell apart. */
export type ToldApart = {
  readonly kindOf: (member: Member) => string;
  /** First addresses on which some statement says something else. */
  readonly addresses: readonly number[];
  readonly sourcePorts: readonly PortSpan[];
};

/** The internet, and one interface of each kind of clients that get through, with each target of the network. */
export function* relayedPairs(index: ReachIndex, network: Network, apart: ToldApart): IterableIterator<Pair> {
  const relays = new RelayReach(index, new OutsideAnswers(index));
  const own = relays.all.filter(({ relay }) => network.eni.has(relay.eni.id) && !relay.ip.includes(':'));
  for (const [eniId, ways] of Map.groupBy(own, ({ relay }) => relay.eni.id)) {
    const eni = network.eni.get(eniId);
    if (!eni) continue;
    const destination = { kind: 'eni', eni } as const;
    const pair = (source: ScopePlace, from: PathPlace): Pair => ({
      source,
      destination,
      trials: (protocol) => trialsOf(index, { from, eniId, protocol }, apart),
    });
    for (const id of gatewaysTo(network, relays, ways)) {
      yield pair({ kind: 'internetGateway', id }, { kind: 'internetGateway', gatewayId: id });
    }
    for (const client of clientsOf(index, network, relays, ways, apart)) {
      yield pair({ kind: 'eni', eni: client.eni }, { kind: 'eni', eniId: client.eni.id });
    }
  }
}

/** Gateways by which somebody on the internet gets to a node and through. */
function gatewaysTo(network: Network, relays: RelayReach, ways: readonly RelayWay[]) {
  const open = ways.filter((way) => !isEmpty(relays.clients(way, 'ipv4')));
  return new Set(
    open.flatMap(({ relay }) => [...network.internetGateway.by('vpc', relay.node.vpcId)].map(({ id }) => id)),
  );
}

function clientsOf(
  index: ReachIndex,
  network: Network,
  relays: RelayReach,
  ways: readonly RelayWay[],
  { kindOf }: ToldApart,
): Iterable<Member> {
  const found = new Map<string, Member>();
  for (const point of index.classes) {
    if (point.family !== 'ipv4' || point.policy.network !== network) continue;
    for (const way of ways) {
      for (const member of relays.carriedOf(point, way)) {
        const key = `${point.id} ${kindOf(member)}`;
        if (!found.has(key)) found.set(key, member);
      }
    }
  }
  return found.values();
}

type Ends = { readonly from: PathPlace; readonly eniId: EniId; readonly protocol: 'tcp' | 'udp' };

function* trialsOf(
  { world }: ReachIndex,
  { from, eniId, protocol }: Ends,
  { addresses, sourcePorts }: ToldApart,
): IterableIterator<Trial> {
  for (const span of [undefined, ...sourcePorts]) {
    const atSource = span ? { sourcePorts: span } : {};
    const to = { kind: 'eni', eniId } as const;
    yield* relayTrials(
      world,
      { from, to, protocol, atSource, atDestination: {}, through: [], avoid: [] },
      addresses,
    );
  }
}
