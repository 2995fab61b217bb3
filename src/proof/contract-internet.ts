/** The part of contracts about hosts on the internet, as clients and as servers. */
import { type Family, families } from '#net/address.ts';
import type { Point } from './address-line.ts';
import { type Asked, type Contract, relaysOpen, servicesOf, type Violation } from './contract.ts';
import { heldOnInternet, withoutHeld } from './internet.ts';
import type { ReachIndex } from './reach-index.ts';
import { intersect, isEmpty, mapSpans, type Region, subtract, union } from './region.ts';
import { matches, outsideIn, type Selected, type Selector, selectedIn } from './selectors.ts';
import { intersectSpans, type Spans } from './spans.ts';

/** The contract's part about hosts on the internet, as clients of `to` and as servers for `from`. */
export function* withInternet({ index, outside, relays, contract }: Asked): IterableIterator<Violation> {
  for (const family of families) {
    const held = heldOnInternet(index.world, family);
    const [clients, servers] = [outsideIn(contract.from, family), outsideIn(contract.to, family)];
    if (contract.kind === 'only' || !isEmpty(clients)) {
      yield* fromInternet({ index, outside, relays, contract }, family, { clients, held });
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

/** Clients on the internet that reach an interface itself, or through a load balancer. */
function* fromInternet(
  { index, outside, relays, contract }: Asked,
  family: Family,
  { clients, held }: { readonly clients: Region; readonly held: readonly Point[] },
): IterableIterator<Violation> {
  const judge = (open: Region) =>
    withoutHeld(broken(contract, open, clients, servicesOf(contract, family)), held);
  for (const { point, member } of selectedIn(index, contract.to)) {
    const found = { kind: 'internet', direction: 'ingress', interfaces: [member] } as const;
    const services = servicesOf(contract, point.family);
    const relayed = relaysOpen({ index, relays, contract }, member, services).map((way) => ({
      through: way.relay.balancer.id,
      open: relays.clients(way, family),
    }));
    if (point.family === family) {
      const direct = outside.of(point, member, 'ingress').internet;
      const all = contract.kind === 'must' ? relayed : [];
      const region = judge(all.reduce((open, each) => union(open, each.open), direct));
      if (!isEmpty(region)) yield { ...found, region };
    }
    for (const { through, open } of contract.kind === 'must' ? [] : relayed) {
      const region = judge(open);
      if (!isEmpty(region)) yield { ...found, region, through };
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
