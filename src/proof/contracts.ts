/** `check`: contracts about a network, and every conversation that breaks one. */
import { families } from '#net/address.ts';
import { type Asked, type Contract, relaysOpen, servicesOf, type Violation } from './contract.ts';
import { withInternet } from './contract-internet.ts';
import { OutsideAnswers } from './outside.ts';
import { OverInternet } from './over-internet.ts';
import { servicesBetween, sourcesOf } from './pairs.ts';
import { type OnProgress, unwatched } from './progress.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { isEmpty } from './region.ts';
import { RelayReach } from './relay-reach.ts';
import { matches, outsideIn, type Selected, type Selector, selectedIn } from './selectors.ts';
import { intersectSpans, type Spans, subtractSpans } from './spans.ts';

export type ContractAnswer = {
  readonly contract: Contract;
  readonly holds: boolean;
  readonly violations: readonly Violation[];
  /** Selectors that mean nothing in this world: the contract then says less than it seems to. */
  readonly meansNothing: readonly ('from' | 'to')[];
};

/** Checks each contract against the whole of a world. `onProgress` hears how many are done. */
export function checkContracts(
  index: ReachIndex,
  contracts: readonly Contract[],
  onProgress: OnProgress = unwatched,
): readonly ContractAnswer[] {
  const outside = new OutsideAnswers(index);
  const relays = new RelayReach(index, outside);
  return contracts.map((contract, done) => {
    onProgress(done, contracts.length);
    return checkContract({ index, outside, relays, contract });
  });
}

function checkContract(asked: Asked): ContractAnswer {
  const { index, contract } = asked;
  const violations = [
    ...(contract.kind === 'must'
      ? missingInside(asked)
      : [...forbiddenInside(asked), ...forbiddenOver(asked), ...forbiddenRelayed(asked)]),
    ...withInternet(asked),
  ];
  const isNothing = (selector: Selector) =>
    selectedIn(index, selector).length === 0 &&
    families.every((family) => isEmpty(outsideIn(selector, family)));
  const meansNothing = (['from', 'to'] as const).filter((end) => isNothing(contract[end]));
  return { contract, holds: violations.length === 0, violations, meansNothing };
}

/** The members of one class, of those selected. */
const byClass = (selected: readonly Selected[]): ReadonlyMap<PointClass, readonly Member[]> =>
  new Map(
    [...Map.groupBy(selected, ({ point }) => point)].map(([point, each]) => [
      point,
      each.map(({ member }) => member),
    ]),
  );

const areApart = (from: readonly Member[], to: readonly Member[]): boolean =>
  from.some(({ eni }) => to.some((other) => other.eni.id !== eni.id));

function* forbiddenInside({ index, contract }: Asked): IterableIterator<Violation> {
  for (const [target, to] of byClass(selectedIn(index, contract.to))) {
    const wanted = servicesOf(contract, target.family);
    for (const { other, spans: id } of sourcesOf(index, target)) {
      const spans = intersectSpans(index.pool.spansOf(id), wanted);
      if (spans.length === 0) continue;
      const isMeant = (member: Member) => matches(contract.from, other, member);
      const from = other.members.filter((member) => isMeant(member) === (contract.kind === 'never'));
      if (areApart(from, to)) yield { kind: 'inside', family: target.family, from, to, spans };
    }
  }
}

/** Who gets to a public or IPv6 address over the internet and may not. */
function* forbiddenOver({ index, outside, contract }: Asked): IterableIterator<Violation> {
  const crossings = new OverInternet(
    { index, outside },
    (family) => servicesOf(contract, family),
    (point, member) => matches(contract.to, point, member),
  );
  for (const point of index.classes) {
    const { family } = point;
    for (const member of point.members) {
      if (matches(contract.from, point, member) !== (contract.kind === 'never')) continue;
      for (const { target, spans } of crossings.from(point, member)) {
        yield { kind: 'inside', family, from: [member], to: [target], spans, overInternet: true };
      }
    }
  }
}

/** Who gets through a load balancer and may not. */
function* forbiddenRelayed({ index, relays, contract }: Asked): IterableIterator<Violation> {
  for (const { point, member: target } of selectedIn(index, contract.to)) {
    for (const way of relaysOpen({ index, relays, contract }, target, servicesOf(contract, point.family))) {
      for (const source of relays.sources(way)) {
        const from = relays
          .carriedOf(source, way)
          .filter((member) => matches(contract.from, source, member) === (contract.kind === 'never'));
        const through = way.relay.balancer.id;
        const { family } = source;
        if (from.length > 0) yield { kind: 'inside', family, from, to: [target], spans: way.spans, through };
      }
    }
  }
}

function* missingInside({ index, relays, contract }: Asked): IterableIterator<Violation> {
  const sources = byClass(selectedIn(index, contract.from));
  for (const [target, to] of byClass(selectedIn(index, contract.to))) {
    const wanted = servicesOf(contract, target.family);
    for (const [source, from] of sources) {
      if (source.family !== target.family || !areApart(from, to)) continue;
      const open = index.pool.spansOf(servicesBetween(index, source, target));
      const spans = subtractSpans(wanted, open);
      if (spans.length === 0) continue;
      if (to.every((member) => relays.to(member, spans).length === 0)) {
        yield { kind: 'inside', family: target.family, from, to, spans };
      } else yield* missingBeside(relays, spans, { source, from, to });
    }
  }
}

/** What of these services no load balancer passes on either, pair by pair. */
function* missingBeside(
  relays: RelayReach,
  spans: Spans,
  {
    source,
    from,
    to,
  }: { readonly source: PointClass; readonly from: readonly Member[]; readonly to: readonly Member[] },
): IterableIterator<Violation> {
  for (const target of to) {
    const ways = relays.to(target, spans);
    for (const member of from) {
      if (member.eni.id === target.eni.id) continue;
      const left = ways
        .filter((way) => relays.carries(source, member, way))
        .reduce((missing, way) => subtractSpans(missing, way.spans), spans);
      if (left.length > 0)
        yield { kind: 'inside', family: source.family, from: [member], to: [target], spans: left };
    }
  }
}
