/**
 * Network Access Analyzer's question: which paths does a network have that match a scope. One finding stands for all
 * pairs of interfaces that every rule, route and statement treats alike. Findings are conversations that work both ways.
 * https://docs.aws.amazon.com/vpc/latest/network-access-analyzer/how-network-access-analyzer-works.html
 */
import { ephemeralPort } from '#policy/can.ts';
import type { Endpoint } from '#policy/endpoint.ts';
import { publicIpOf } from '#policy/internet.ts';
import type { PathHop, ScopePath } from '#vpc/insights.ts';
import type { Network, World } from '#vpc/network.ts';
import { pointOf, stretchOf } from './address-line.ts';
import { sourcesOf } from './pairs.ts';
import { addressesOfPeer, destinationPorts, internetCandidates, sourcePorts } from './path-candidates.ts';
import { hopsOf } from './path-hops.ts';
import { hopsOfTrial } from './path-relay-hops.ts';
import { type Ports, type Trial, tryEndpoints, tryPeering } from './path-trial.ts';
import { indexWorld, type Member, type PointClass, type ReachIndex } from './reach-index.ts';
import { type Pair, relayedPairs } from './scope-relays.ts';
import {
  addressesIn,
  headersOf,
  meansHeader,
  meansPlace,
  passesThrough,
  type ScopePlace,
} from './scope-statements.ts';
import { type Spans, spansOf } from './spans.ts';

export type ScopeQuestion = {
  readonly matchPaths: readonly ScopePath[];
  readonly excludePaths: readonly ScopePath[];
};

/** More findings than this are not looked for: who gets so many wants a narrower scope. */
export const findingsMax = 1000;

/** The paths of a network that match a scope, up to `findingsMax` of them. */
export function findPaths(
  world: World,
  network: Network,
  question: ScopeQuestion,
): readonly (readonly PathHop[])[] {
  const found: (readonly PathHop[])[] = [];
  const search = new ScopeSearch(world, network, question);
  for (const pair of search.pairs()) {
    for (const protocol of ['tcp', 'udp'] as const) {
      const hops = search.firstMatch(pair, protocol);
      if (hops) found.push(hops);
      if (found.length >= findingsMax) return found;
    }
  }
  return found;
}

class ScopeSearch {
  readonly #world: World;
  readonly #network: Network;
  readonly #question: ScopeQuestion;

  constructor(world: World, network: Network, question: ScopeQuestion) {
    this.#world = world;
    this.#network = network;
    this.#question = question;
  }

  /** The pairs of ends that some path of the scope means. */
  *pairs(): IterableIterator<Pair> {
    for (const pair of this.#allPairs()) {
      const isMeant = this.#question.matchPaths.some(
        ({ source, destination }) =>
          meansPlace(source?.resource, pair.source) && meansPlace(destination?.resource, pair.destination),
      );
      if (isMeant) yield pair;
    }
  }

  /** The components of the first conversation between two ends that the scope means and does not exclude. */
  firstMatch({ source, destination, trials }: Pair, protocol: 'tcp' | 'udp'): readonly PathHop[] | undefined {
    const { matchPaths, excludePaths } = this.#question;
    for (const trial of trials(protocol)) {
      if (!trial.allowed) continue;
      const hops = trial.relayed
        ? hopsOfTrial(this.#world, trial).forward
        : hopsOf(this.#world, trial.forward);
      const means = (path: ScopePath) => this.#means(path, { source, destination }, trial, hops);
      if (matchPaths.some(means) && !excludePaths.some(means)) return hops;
    }
    return undefined;
  }

  #means(
    path: ScopePath,
    ends: { readonly source: ScopePlace; readonly destination: ScopePlace },
    { forward: { packet, verdict } }: Trial,
    hops: readonly PathHop[],
  ): boolean {
    const arrived = verdict.kind === 'accept' ? verdict.delivery.packet : packet;
    return (
      meansPlace(path.source?.resource, ends.source) &&
      meansPlace(path.destination?.resource, ends.destination) &&
      meansHeader(this.#world, path.source?.header, packet) &&
      meansHeader(this.#world, path.destination?.header, arrived) &&
      passesThrough(path.through, hops)
    );
  }

  *#allPairs(): IterableIterator<Pair> {
    yield* this.#withInternet();
    yield* this.#withPeerings();
    const index = indexWorld(this.#world);
    yield* this.#inside(index);
    const headers = headersOf([...this.#question.matchPaths, ...this.#question.excludePaths]);
    yield* relayedPairs(index, this.#network, {
      kindOf: (member) => this.#kindOf(member),
      addresses: this.#addressCuts(),
      sourcePorts: headers.flatMap((header) => header.sourcePorts),
    });
  }

  *#withInternet(): IterableIterator<Pair> {
    const world = this.#world;
    for (const eni of this.#network.eni.values()) {
      const [gateway] = this.#network.internetGateway.by('vpc', eni.vpcId);
      if (!gateway || eni.interfaceType === 'nat_gateway') continue;
      const [inside, outside] = [
        { kind: 'eni', eni },
        { kind: 'internetGateway', id: gateway.id },
      ] as const;
      for (const { address: ip } of eni.privateIps) {
        const own = { kind: 'eni', eniId: eni.id, ip } as const;
        const host = (far: Endpoint, direction: 'ingress' | 'egress') => (ports: Ports) =>
          direction === 'ingress'
            ? tryEndpoints(world, far, own, ports)
            : tryEndpoints(world, own, far, ports);
        const trials = (direction: 'ingress' | 'egress') => (protocol: 'tcp' | 'udp') =>
          this.#internetTrials({ eniId: eni.id, ip, direction }, protocol, host);
        if (publicIpOf(this.#network, eni, ip)) {
          yield { source: outside, destination: inside, trials: trials('ingress') };
        }
        yield { source: inside, destination: outside, trials: trials('egress') };
      }
    }
  }

  *#internetTrials(
    at: Parameters<typeof internetCandidates>[1],
    protocol: 'tcp' | 'udp',
    host: (far: Endpoint, direction: 'ingress' | 'egress') => (ports: Ports) => Trial | undefined,
  ): IterableIterator<Trial> {
    const cuts = { addresses: this.#addressCuts(), ports: this.#portCuts() };
    for (const { ip, port } of internetCandidates(this.#world, at, numberOf(protocol), undefined, cuts)) {
      yield* this.#send(host({ kind: 'internet', ip }, at.direction), protocol, port);
    }
  }

  *#withPeerings(): IterableIterator<Pair> {
    const world = this.#world;
    for (const { id: peeringId, status, requester, accepter } of this.#network.peering.values()) {
      if (status !== 'active') continue;
      for (const [near, far] of [
        [requester, accepter],
        [accepter, requester],
      ] as const) {
        for (const eni of this.#network.eni.by('vpc', near.vpcId)) {
          const [address] = eni.privateIps;
          if (!address || eni.interfaceType === 'nat_gateway') continue;
          const [inside, outside] = [
            { kind: 'eni', eni },
            { kind: 'peering', id: peeringId },
          ] as const;
          const ends = { eniId: eni.id, ip: address.address, peeringId };
          const addresses = [...addressesOfPeer(world, eni.id, far.vpcId, this.#addressCuts())];
          const trials = (direction: 'toPeer' | 'fromPeer') => (protocol: 'tcp' | 'udp') =>
            this.#portTrials([eni.id], protocol, addresses, (farIp, ports) =>
              tryPeering(world, { ...ends, far: farIp, direction }, ports),
            );
          yield { source: inside, destination: outside, trials: trials('toPeer') };
          yield { source: outside, destination: inside, trials: trials('fromPeer') };
        }
      }
    }
  }

  *#portTrials<Far>(
    eniIds: readonly string[],
    protocol: 'tcp' | 'udp',
    fars: readonly Far[],
    send: (far: Far, ports: Ports) => Trial | undefined,
  ): IterableIterator<Trial> {
    const cuts = this.#portCuts();
    for (const far of fars) {
      for (const port of destinationPorts(this.#world, eniIds, numberOf(protocol), undefined, cuts)) {
        yield* this.#send((ports) => send(far, ports), protocol, port);
      }
    }
  }

  /** One pair of interfaces of each two classes that the statements tell apart. */
  *#inside(index: ReachIndex): IterableIterator<Pair> {
    for (const target of index.classes) {
      if (target.family !== 'ipv4' || target.policy.network !== this.#network) continue;
      const targets = this.#kindsOf(target);
      for (const { other, spans } of sourcesOf(index, target)) {
        if (other.policy.network !== this.#network) continue;
        const open = index.pool.spansOf(spans);
        for (const senders of this.#kindsOf(other)) {
          for (const receivers of targets) {
            const [from, to] = differentIn(senders, receivers);
            if (from && to) yield this.#insidePair(from, to, open);
          }
        }
      }
    }
  }

  #insidePair(from: Member, to: Member, open: Spans): Pair {
    const world = this.#world;
    const [source, destination]: readonly [Endpoint, Endpoint] = [endpointOf(from), endpointOf(to)];
    const trials = (protocol: 'tcp' | 'udp') =>
      holdsProtocol(open, protocol)
        ? this.#portTrials([from.eni.id, to.eni.id], protocol, [destination], (far, ports) =>
            tryEndpoints(world, source, far, ports),
          )
        : [];
    return { source: { kind: 'eni', eni: from.eni }, destination: { kind: 'eni', eni: to.eni }, trials };
  }

  /** The members of a class by what the statements tell apart. */
  #kindsOf({ members }: PointClass): readonly (readonly Member[])[] {
    return [...Map.groupBy(members, (member) => this.#kindOf(member)).values()];
  }

  #kindOf({ eni, ip }: Member): string {
    const paths = [...this.#question.matchPaths, ...this.#question.excludePaths];
    const place = { kind: 'eni', eni } as const;
    const ends = paths.flatMap(({ source, destination }) => [source, destination]);
    const asPlace = ends.map((end) => Number(meansPlace(end?.resource, place)));
    const at = pointOf(ip);
    const cell = this.#addressCuts().filter((cut) => cut <= at).length;
    return `${asPlace.join('')} ${cell}`;
  }

  *#send(
    send: (ports: Ports) => Trial | undefined,
    protocol: 'tcp' | 'udp',
    destination: number,
  ): IterableIterator<Trial> {
    const spans = headersOf([...this.#question.matchPaths, ...this.#question.excludePaths]).flatMap(
      (header) => header.sourcePorts,
    );
    const all = spans.length === 0 ? [undefined] : spans;
    const sources = new Set([
      ephemeralPort,
      ...all.flatMap((span) => sourcePorts(this.#world, span, ephemeralPort)),
    ]);
    for (const source of sources) {
      const trial = send({ protocol, destination, source });
      if (!trial) return;
      yield trial;
    }
  }

  /** First addresses on which some statement says something else. */
  #addressCuts(): readonly number[] {
    return this.#cuts.addresses;
  }

  #portCuts(): readonly number[] {
    return this.#cuts.ports;
  }

  get #cuts(): { readonly addresses: readonly number[]; readonly ports: readonly number[] } {
    this.#knownCuts ??= cutsOf(this.#world, this.#question);
    return this.#knownCuts;
  }

  #knownCuts: { readonly addresses: readonly number[]; readonly ports: readonly number[] } | undefined;
}

function cutsOf(world: World, { matchPaths, excludePaths }: ScopeQuestion) {
  const headers = headersOf([...matchPaths, ...excludePaths]);
  const cidrs = headers.flatMap((each) => [
    ...(addressesIn(world, each.sourceAddresses, each.sourcePrefixLists) ?? []),
    ...(addressesIn(world, each.destinationAddresses, each.destinationPrefixLists) ?? []),
  ]);
  const addresses = cidrs
    .filter((cidr) => !cidr.includes(':'))
    .map(stretchOf)
    .flatMap(({ first, last }) => [Number(first), Number(last) + 1]);
  const ports = headers.flatMap((each) => each.destinationPorts.flatMap(({ from, to }) => [from, to + 1]));
  return { addresses: [...new Set(addresses)], ports: [...new Set(ports)] };
}

const numberOf = (protocol: 'tcp' | 'udp'): 6 | 17 => (protocol === 'tcp' ? 6 : 17);

const endpointOf = ({ eni, ip }: Member) => ({ kind: 'eni', eniId: eni.id, ip }) as const;

/** One of each that are not the same interface. */
function differentIn(some: readonly Member[], others: readonly Member[]): readonly Member[] {
  const [first] = others;
  const from = some.find(({ eni }) => eni.id !== first?.eni.id);
  if (from && first) return [from, first];
  const other = others.find(({ eni }) => eni.id !== some[0]?.eni.id);
  return some[0] && other ? [some[0], other] : [];
}

function holdsProtocol(open: Spans, protocol: 'tcp' | 'udp'): boolean {
  const [whole] = spansOf({ kind: 'ports', protocol: numberOf(protocol), from: 0, to: 65535 }, 'ipv4');
  return whole !== undefined && open.some(({ first, last }) => first <= whole.last && whole.first <= last);
}
