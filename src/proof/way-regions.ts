/** Ways and landings as regions of addresses, open to every service. */
import type { Family } from '#net/address.ts';
import type { TransitPort } from '#policy/port.ts';
import type { Point } from './address-line.ts';
import type { Landed } from './landings.ts';
import type { Surroundings } from './reach-index.ts';
import { type Region, regionOf } from './region.ts';
import { allSpans } from './spans.ts';
import type { Way, Ways } from './ways.ts';

/** The addresses to which some of the ways lead. */
export function waysRegion(ways: Ways, family: Family, chosen: (way: Way) => boolean): Region {
  const items = ways.values.flatMap((way, at) =>
    chosen(way) ? [{ first: ways.firsts[at] as Point, last: ways.lasts[at] as Point, value: allSpans }] : [],
  );
  return regionOf(family, items);
}

/** Every service at the addresses that land in one place. */
export function* landedRegions(
  index: Surroundings,
  port: TransitPort,
  family: Family,
): IterableIterator<readonly [Landed, Region]> {
  const { firsts, lasts, values } = index.landings(port, family);
  for (const [at, landed] of values.entries()) {
    const stretch = { first: firsts[at] as Point, last: lasts[at] as Point };
    yield [landed, regionOf(family, [{ ...stretch, value: allSpans }])];
  }
}
