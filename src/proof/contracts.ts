/** `check`: contracts about a network, and every conversation that breaks one. */
import { type Family, families, familyOf } from '#net/address.ts';
import { type Asked, type Contract, servicesOf, type Violation } from './contract.ts';
import { withInternet } from './contract-internet.ts';
import { forbiddenRelayed } from './contract-relayed.ts';
import { OutsideAnswers } from './outside.ts';
import { OverInternet } from './over-internet.ts';
import { servicesBetween, visitSources } from './pairs.ts';
import { type OnProgress, unwatched } from './progress.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { isEmpty } from './region.ts';
import { RelayReach } from './relay-reach.ts';
import { areApart, matches, outsideIn, type Selector, selectedIn, selectedOutside } from './selectors.ts';
import { noneId, type SpansId } from './span-pool.ts';
import { type Spans, subtractSpans } from './spans.ts';

export type ContractAnswer = {
  readonly contract: Contract;
  readonly holds: boolean;
  readonly violations: readonly Violation[];
  /** Selectors that mean nothing in this world; such a contract holds only where it says that it may be so. */
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
    selectedIn(index, selector).size === 0 &&
    families.every((family) => isEmpty(outsideIn(selector, family)));
  const meansNothing = (['from', 'to'] as const).filter((end) => isNothing(contract[end]));
  const isAsked = meansNothing.length === 0 || contract.mayBeEmpty === true;
  return { contract, holds: isAsked && violations.length === 0, violations, meansNothing };
}

/** Who may not: joined by target and services, which is far less than pairs of classes. */
function* forbiddenInside({ index, contract }: Asked): IterableIterator<Violation> {
  const isNever = contract.kind === 'never';
  const senders = (isNever ? selectedIn : selectedOutside)(index, contract.from);
  if (senders.size === 0) return;
  for (const [target, to] of selectedIn(index, contract.to)) {
    const { family } = target;
    const wanted = index.pool.idOf(servicesOf(contract, family));
    const open = new Map<SpansId, (readonly Member[])[]>();
    visitSources(index, target, (other, admitted) => {
      const from = senders.get(other);
      const services = index.pool.intersect(admitted, wanted);
      if (!from || services === noneId || !areApart(from, to)) return;
      const known = open.get(services);
      if (known) known.push(from);
      else open.set(services, [from]);
    });
    for (const [services, from] of open) yield forbidden(from, to, family, index.pool.spansOf(services));
  }
}

/** Joined when it is asked for: thousands of these may name nearly all interfaces each. */
function forbidden(
  from: readonly (readonly Member[])[],
  to: readonly Member[],
  family: Family,
  spans: Spans,
): Violation {
  return {
    kind: 'inside',
    family,
    get from() {
      return from.flat();
    },
    to,
    spans,
  };
}

/** Who gets to a public or IPv6 address over the internet and may not. */
function* forbiddenOver({ index, outside, contract }: Asked): IterableIterator<Violation> {
  const crossings = new OverInternet(
    { index, outside },
    (family) => servicesOf(contract, family),
    (point, member) => matches(contract.to, point, member),
  );
  if (crossings.isEmpty) return;
  const isNever = contract.kind === 'never';
  /** By target and services, which is far less than pairs: whoever may send to the internet gets to all who are open. */
  const found = new Map<Member, Map<SpansId, Member[]>>();
  for (const [point, members] of (isNever ? selectedIn : selectedOutside)(index, contract.from)) {
    for (const member of members) {
      for (const { target, spans } of crossings.from(point, member)) {
        const bySpans = found.get(target) ?? new Map<SpansId, Member[]>();
        const id = index.pool.idOf(spans);
        const from = bySpans.get(id);
        if (from) from.push(member);
        else bySpans.set(id, [member]);
        found.set(target, bySpans);
      }
    }
  }
  for (const [target, bySpans] of found) {
    const family = familyOf(target.ip);
    for (const [id, from] of bySpans)
      yield { kind: 'inside', family, from, to: [target], spans: index.pool.spansOf(id), overInternet: true };
  }
}

function* missingInside({ index, relays, contract }: Asked): IterableIterator<Violation> {
  const sources = selectedIn(index, contract.from);
  for (const [target, to] of selectedIn(index, contract.to)) {
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
