/** `check`: contracts about a network, and every conversation that breaks one. */
import { type Family, families } from '#net/address.ts';
import type { Service } from '#vpc/security-group.ts';
import { heldOnInternet, withoutHeld } from './internet.ts';
import { OutsideAnswers } from './outside.ts';
import { servicesBetween, sourcesOf } from './pairs.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { intersect, isEmpty, mapSpans, type Region, subtract } from './region.ts';
import { matches, outsideIn, type Selected, type Selector, selectedIn } from './selectors.ts';
import { intersectSpans, noSpans, type Spans, spansOf, subtractSpans, unionSpans } from './spans.ts';

/**
 * `must`: each of `from` can open each of the services to each of `to`. `never`: none can open any. `only`: nobody but
 * `from` can open any of the services to `to`.
 */
export type Contract = {
  readonly name: string;
  readonly kind: 'must' | 'never' | 'only';
  readonly from: Selector;
  readonly to: Selector;
  readonly services: readonly Service[];
};

/** Conversations that are open and may not be, or are not and must be. */
export type Violation =
  | {
      readonly kind: 'inside';
      readonly family: Family;
      readonly from: readonly Member[];
      readonly to: readonly Member[];
      readonly spans: Spans;
    }
  /** With the internet: from it (ingress of the interfaces) or to it. */
  | {
      readonly kind: 'internet';
      readonly direction: 'ingress' | 'egress';
      readonly interfaces: readonly Member[];
      readonly region: Region;
    };

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
  onProgress: (done: number, of: number) => void = () => {},
): readonly ContractAnswer[] {
  return contracts.map((contract, done) => {
    onProgress(done, contracts.length);
    return checkContract(index, contract);
  });
}

function checkContract(index: ReachIndex, contract: Contract): ContractAnswer {
  const violations = [
    ...(contract.kind === 'must' ? missingInside(index, contract) : forbiddenInside(index, contract)),
    ...withInternet(index, contract),
  ];
  const isNothing = (selector: Selector) =>
    selectedIn(index, selector).length === 0 &&
    families.every((family) => isEmpty(outsideIn(selector, family)));
  const meansNothing = (['from', 'to'] as const).filter((end) => isNothing(contract[end]));
  return { contract, holds: violations.length === 0, violations, meansNothing };
}

function servicesOf({ services }: Contract, family: Family): Spans {
  return services.reduce((spans, service) => unionSpans(spans, spansOf(service, family)), noSpans);
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

function* forbiddenInside(index: ReachIndex, contract: Contract): IterableIterator<Violation> {
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

function* missingInside(index: ReachIndex, contract: Contract): IterableIterator<Violation> {
  const sources = byClass(selectedIn(index, contract.from));
  for (const [target, to] of byClass(selectedIn(index, contract.to))) {
    const wanted = servicesOf(contract, target.family);
    for (const [source, from] of sources) {
      if (source.family !== target.family || !areApart(from, to)) continue;
      const open = index.pool.spansOf(servicesBetween(index, source, target));
      const spans = subtractSpans(wanted, open);
      if (spans.length > 0) yield { kind: 'inside', family: target.family, from, to, spans };
    }
  }
}

/** The contract's part about hosts on the internet, as clients of `to` and as servers for `from`. */
function* withInternet(index: ReachIndex, contract: Contract): IterableIterator<Violation> {
  const outside = new OutsideAnswers(index);
  for (const family of families) {
    const held = heldOnInternet(index.world, family);
    const [clients, servers] = [outsideIn(contract.from, family), outsideIn(contract.to, family)];
    const judge = (open: Region, meant: Region) =>
      withoutHeld(broken(contract, open, meant, servicesOf(contract, family)), held);
    if (contract.kind === 'only' || !isEmpty(clients)) {
      for (const { point, member } of selectedIn(index, contract.to)) {
        if (point.family !== family) continue;
        const region = judge(outside.of(point, member, 'ingress').internet, clients);
        if (!isEmpty(region)) yield { kind: 'internet', direction: 'ingress', interfaces: [member], region };
      }
    }
    if (isEmpty(servers)) continue;
    const senders =
      contract.kind === 'only' ? others(index, contract.from) : selectedIn(index, contract.from);
    for (const { point, member } of senders) {
      if (point.family !== family) continue;
      const open = outside.of(point, member, 'egress').internet;
      const wanted = mapSpans(servers, () => servicesOf(contract, family));
      const region = withoutHeld(
        contract.kind === 'must' ? subtract(wanted, open) : intersect(wanted, open),
        held,
      );
      if (!isEmpty(region)) yield { kind: 'internet', direction: 'egress', interfaces: [member], region };
    }
  }
}

/** What breaks the contract in the traffic that the internet may open to an interface. */
function broken({ kind }: Contract, open: Region, meant: Region, services: Spans): Region {
  const wanted = mapSpans(meant, () => services);
  switch (kind) {
    case 'must':
      return subtract(wanted, open);
    case 'never':
      return intersect(open, wanted);
    case 'only':
      return subtract(
        mapSpans(open, (spans) => intersectSpans(spans, services)),
        meant,
      );
    default:
      return kind satisfies never;
  }
}

function others(index: ReachIndex, selector: Selector): readonly Selected[] {
  return selectedIn(index, { kind: 'any' }).filter(({ point, member }) => !matches(selector, point, member));
}
