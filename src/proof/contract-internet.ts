/** The part of contracts about hosts on the internet, as clients and as servers. */
import { type Family, families } from '#net/address.ts';
import type { Point } from './address-line.ts';
import { type Asked, type Contract, relaysOpen, servicesOf, type Violation } from './contract.ts';
import { heldOnInternet, withoutHeld } from './internet.ts';
import { isKnownOutside } from './outside.ts';
import type { Member, PointClass } from './reach-index.ts';
import { intersect, isEmpty, mapSpans, type Region, subtract, union } from './region.ts';
import { outsideIn, type Selected, selectedIn, selectedOutside } from './selectors.ts';
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
      contract.kind === 'only' ? selectedOutside(index, contract.from) : selectedIn(index, contract.from);
    for (const { point, members, one } of treatedAlike(senders)) {
      if (point.family !== family) continue;
      const open = outside.of(point, one, 'egress').internet;
      const wanted = mapSpans(servers, () => servicesOf(contract, family));
      const region = withoutHeld(
        contract.kind === 'must' ? subtract(wanted, open) : intersect(wanted, open),
        held,
      );
      if (!isEmpty(region)) yield { kind: 'internet', direction: 'egress', interfaces: members, region };
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
  for (const { point, members, one } of treatedAlike(selectedIn(index, contract.to))) {
    const services = servicesOf(contract, point.family);
    const ways = new Map(
      members.map((member) => [member, relaysOpen({ index, relays, contract }, member, services)]),
    );
    const direct = point.family === family ? outside.of(point, one, 'ingress').internet : undefined;
    const [plain, relayed] = [true, false].map((isPlain) =>
      members.filter((member) => (ways.get(member)?.length === 0) === isPlain),
    );
    if (direct && plain && plain.length > 0) {
      const region = judge(direct);
      if (!isEmpty(region)) yield { kind: 'internet', direction: 'ingress', interfaces: plain, region };
    }
    for (const member of relayed ?? []) {
      const opened = (ways.get(member) ?? []).map((way) => ({
        through: way.relay.balancer.id,
        open: relays.clients(way, family),
      }));
      yield* ofTarget(member, contract, { direct, opened, judge });
    }
  }
}

/** What the internet opens to an address itself, and by load balancers. */
type Opened = {
  /** Absent where it is of the other family. */
  readonly direct: Region | undefined;
  readonly opened: readonly { readonly through: string; readonly open: Region }[];
  readonly judge: (open: Region) => Region;
};

/** `must` is content with any way; otherwise each is judged by itself. */
function* ofTarget(
  member: Member,
  { kind }: Contract,
  { direct, opened, judge }: Opened,
): IterableIterator<Violation> {
  const found = { kind: 'internet', direction: 'ingress', interfaces: [member] } as const;
  if (direct) {
    const all = kind === 'must' ? opened : [];
    const region = judge(all.reduce((sum, { open }) => union(sum, open), direct));
    if (!isEmpty(region)) yield { ...found, region };
  }
  for (const { through, open } of kind === 'must' ? [] : opened) {
    const region = judge(open);
    if (!isEmpty(region)) yield { ...found, region, through };
  }
}

/** Members of a class that the outside treats alike, with one of them. */
type Alike = { readonly point: PointClass; readonly members: readonly Member[]; readonly one: Member };

function* treatedAlike(selected: Selected): IterableIterator<Alike> {
  for (const [point, all] of selected) {
    for (const members of Map.groupBy(all, (member) => isKnownOutside(point, member)).values()) {
      const [one] = members;
      if (one) yield { point, members, one };
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
