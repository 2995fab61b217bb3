/** The zone that a request names. */
import type { Context } from '../operation.ts';
import { refuse } from '../refusal.ts';
import { type Region, regionNamed, type Zone } from './regions.ts';

export type ZoneChoice = {
  readonly AvailabilityZone?: string | undefined;
  readonly AvailabilityZoneId?: string | undefined;
};

/** The zone named by name or id; the region's first where none is named. */
export function zoneIn(input: ZoneChoice, { caller }: Context): Zone {
  const region = regionNamed(caller.scope.region) ?? refuse('invalidRegion', { region: caller.scope.region });
  const { AvailabilityZone: name, AvailabilityZoneId: id } = input;
  if (name && id) {
    refuse('invalidCombination', { reason: 'Give availabilityZone or availabilityZoneId, not both.' });
  }
  const [first] = region.zones;
  const zone = name || id ? region.zones.find((each) => each.name === name || each.id === id) : first;
  return zone ?? refuseZone(region, input);
}

function refuseZone(
  { zones }: Region,
  { AvailabilityZone: name, AvailabilityZoneId: id }: ZoneChoice,
): never {
  const choices = zones.map((zone) => (name ? zone.name : zone.id)).join(', ');
  return refuse('invalidValue', {
    parameter: name ? 'availabilityZone' : 'availabilityZoneId',
    value: name ?? id ?? '',
    expected: `the zones here are ${choices}`,
  });
}
