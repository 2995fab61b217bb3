/** Which resources stand behind the things of the lab, by the ids that its user knows. */
import { locate } from '#vpc/network.ts';
import type { Shortfall } from './executor.ts';
import type { LabPlan } from './plan.ts';
import { placesOf } from './topology.ts';

/** Ids of the resources for which a thing is there: at least one, a namespace's name where no resource needs it. */
export function resourcesOf({ topology, world }: LabPlan, of: Shortfall['of']): readonly string[] {
  if (of.kind === 'services') return [of.vpcId];
  const isPlace = of.kind === 'table' || of.kind === 'namespace';
  const needers = isPlace
    ? topology.dwellersOf(of.kind === 'table' ? of.namespace : of.name)
    : topology.needersOf(of);
  // A piece is named by what it is and the id of whom it is for.
  const ids = needers.map((piece) => piece.slice(piece.lastIndexOf(' ') + 1));
  const owners = ids.map((id) => locate(world, 'eni', id)?.entity.attachment?.instanceId ?? id);
  return owners.length > 0 ? [...new Set(owners)] : of.kind === 'table' ? [of.namespace] : placesOf(of);
}
