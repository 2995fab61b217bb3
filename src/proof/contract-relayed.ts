/** The part of contracts about load balancers: who gets through one and may not. */
import { families } from '#net/address.ts';
import { type Asked, relaysOpen, servicesOf, type Violation } from './contract.ts';
import type { Member } from './reach-index.ts';
import type { InsideClients, RelayWay } from './relay-reach.ts';
import { areApart, matches, selectedIn } from './selectors.ts';

/** Targets to which one node passes the same clients on, by the same port. */
type Passage = { readonly way: RelayWay; readonly to: Member[] };

/** Joined as it is found: thousands of ways with thousands of classes of clients each would be millions. */
export function* forbiddenRelayed(asked: Asked): IterableIterator<Violation> {
  for (const [clients, passages] of passagesOf(asked)) {
    const allowed = membersOf(asked, clients);
    for (const { way, to } of passages.values()) {
      const through = way.relay.balancer.id;
      for (const { family, from } of allowed) {
        if (areApart(from, to)) yield { kind: 'inside', family, from, to, spans: way.spans, through };
      }
    }
  }
}

function passagesOf(asked: Asked): ReadonlyMap<InsideClients, ReadonlyMap<number, Passage>> {
  const { index, relays, contract } = asked;
  const found = new Map<InsideClients, Map<number, Passage>>();
  const targets = [...selectedIn(index, contract.to)].flatMap(([point, members]) =>
    members.map((member) => ({ point, member })),
  );
  for (const { point, member } of targets) {
    for (const way of relaysOpen(asked, member, servicesOf(contract, point.family))) {
      const clients = relays.clientsInside(way);
      if (clients.size === 0) continue;
      const byPort = found.get(clients) ?? new Map<number, Passage>();
      found.set(clients, byPort);
      const passage = byPort.get(way.relay.port) ?? { way, to: [] };
      byPort.set(way.relay.port, passage);
      if (!passage.to.includes(member)) passage.to.push(member);
    }
  }
  return found;
}

/** Those of the clients that the contract forbids, by family. */
function membersOf({ contract }: Asked, clients: InsideClients) {
  return families.flatMap((family) => {
    const from = [...clients].flatMap(([point, members]) =>
      point.family === family
        ? members.filter((member) => matches(contract.from, point, member) === (contract.kind === 'never'))
        : [],
    );
    return from.length > 0 ? [{ family, from }] : [];
  });
}
