/** Where packets land that leave a VPC by a transit gateway, for every destination at once. */
import { type Family, familyOf } from '#net/address.ts';
import { prefixLength } from '#net/cidr.ts';
import type { TransitPort } from '#policy/port.ts';
import {
  isBetterTransitRoute,
  type Landing,
  landingOf,
  transitDestinations,
  transitTable,
} from '#policy/transit.ts';
import type { TransitGatewayId } from '#vpc/ids.ts';
import type { World } from '#vpc/network.ts';
import type { TransitAttachment, TransitRoute } from '#vpc/transit.ts';
import { higher, lower, type Stretch, stretchOf, wholeLine } from './address-line.ts';
import { type LineMap, lineMap } from './line-map.ts';
import type { Item } from './region.ts';

/** Into a VPC, or lost; `isKnown` is false where nobody can tell, or where the way is not followed. */
export type Landed =
  | { readonly kind: 'vpc'; readonly port: TransitPort }
  | { readonly kind: 'lost'; readonly isKnown: boolean };

export type Landings = LineMap<Landed>;

/** Peered gateways in a row; more send packets round in a circle. */
const depthMax = 8;

/** The landings of a port. Addresses that no route matches have none. */
export function landingsOf(world: World, from: TransitPort, family: Family): Landings {
  return lineMap(
    [...stretchesFrom(world, from, from, { family, within: wholeLine[family], depth: 0 })],
    ([first]) => first as Landed,
  );
}

type Candidate = { readonly route: TransitRoute; readonly length: number };

function* stretchesFrom(
  world: World,
  from: TransitPort,
  at: { readonly gatewayId: TransitGatewayId; readonly attachment: TransitAttachment },
  { family, within, depth }: { readonly family: Family; readonly within: Stretch; readonly depth: number },
): IterableIterator<Item<Landed>> {
  const table = transitTable(world, at.gatewayId, at.attachment);
  if (!table?.routes || depth === depthMax) {
    const isKnown = table?.routes !== undefined;
    yield { ...within, value: { kind: 'lost', isKnown } };
    return;
  }
  const items = table.routes.flatMap((route) =>
    transitDestinations(world, route)
      .filter((cidr) => familyOf(cidr) === family)
      .map((cidr) => ({ ...stretchOf(cidr), value: { route, length: prefixLength(cidr) } })),
  );
  const { firsts, lasts, values } = lineMap(items, best);
  for (const [index, route] of values.entries()) {
    const first = higher(firsts[index] ?? within.first, within.first);
    const last = lower(lasts[index] ?? within.last, within.last);
    if (first > last) continue;
    const landing = landingOf(world, from, { gatewayId: at.gatewayId, tableId: table.id }, route);
    if (landing.kind === 'gateway') {
      const next = { family, within: { first, last }, depth: depth + 1 };
      yield* stretchesFrom(world, from, landing, next);
    } else yield { first, last, value: landed(landing) };
  }
}

function best(candidates: readonly Candidate[]): TransitRoute {
  return candidates.reduce((one, other) => (isBetterTransitRoute(other, one) ? other : one)).route;
}

function landed(landing: Exclude<Landing, { readonly kind: 'gateway' }>): Landed {
  if (landing.kind === 'vpc') return landing;
  const { because } = landing;
  const isUnfollowed = because.kind === 'transit' && because.fault === 'notFollowed';
  return { kind: 'lost', isKnown: because.kind !== 'notDescribed' && !isUnfollowed };
}
