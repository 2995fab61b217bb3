/** Differences between two worlds in what interfaces exchange with addresses that nobody holds. */
import type { Family } from '#net/address.ts';
import type { VpcId } from '#vpc/ids.ts';
import { type Direction, directions } from '#vpc/security-group.ts';
import { comparePoints, type Point, pointOf } from './address-line.ts';
import { heldOnInternet, internetOf, withoutHeld } from './internet.ts';
import { type ChangeKind, type Joint, membersOf } from './joints.ts';
import { type Outside, type OutsidePlace, outsideOf } from './outside.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { emptyRegion, everywhere, isEmpty, type Region, subtract } from './region.ts';

/** Conversations with addresses that no interface holds: from them (ingress) or to them (egress). */
export type OutsideChange = {
  readonly kind: 'outside';
  readonly change: ChangeKind;
  readonly family: Family;
  readonly direction: Direction;
  readonly place: OutsidePlace;
  readonly interfaces: readonly Member[];
  readonly region: Region;
  /** Where the place's addresses are; of others the region says nothing. */
  readonly space: Region;
};

/** What touched interfaces gain and lose with addresses that no interface holds. `onJoint` hears of each. */
export function outsideChanges(
  before: ReachIndex,
  after: ReachIndex,
  joints: readonly Joint[],
  onJoint: () => void,
): readonly OutsideChange[] {
  const found = new Map<string, OutsideChange & { readonly interfaces: Member[] }>();
  const held = { gained: new Held(after), lost: new Held(before) };
  for (const joint of joints.filter(({ isTouched }) => isTouched)) {
    onJoint();
    for (const each of changesOf(before, after, joint)) {
      if (isEmpty(each.region)) continue;
      const region = withoutHeld(each.region, held[each.change].of(joint, each.place));
      if (isEmpty(region)) continue;
      const key = `${each.change} ${each.direction} ${each.place} ${joint.family} ${regionKey(region)}`;
      const known = found.get(key);
      if (known) for (const member of membersOf(joint)) known.interfaces.push(member);
      else found.set(key, { ...each, region, interfaces: [...membersOf(joint)] });
    }
  }
  return [...found.values()];
}

const places: readonly OutsidePlace[] = ['internet', 'endpoint', 'network', 'beyond'];

function* changesOf(before: ReachIndex, after: ReachIndex, joint: Joint): IterableIterator<OutsideChange> {
  const { family } = joint;
  const empty = emptyRegion(family);
  const { example: member } = joint;
  for (const direction of directions) {
    const old = outsideAt(before, joint.before, member.before, direction);
    const now = outsideAt(after, joint.after, member.after, direction);
    for (const place of places) {
      const [was, is] = [old?.[place] ?? empty, now?.[place] ?? empty];
      const space = spaceOf(joint, place);
      const common = {
        kind: 'outside',
        family,
        direction,
        place,
        interfaces: [],
        space,
      } as const;
      yield { ...common, change: 'gained', region: subtract(is, was) };
      yield { ...common, change: 'lost', region: subtract(was, is) };
    }
  }
}

function spaceOf({ before, after, family }: Joint, place: OutsidePlace): Region {
  const policy = (after ?? before)?.policy;
  return place === 'internet' && policy
    ? internetOf(policy.network, policy.vpcId, family)
    : everywhere(family);
}

function outsideAt(
  index: ReachIndex,
  point: PointClass | undefined,
  member: Member | undefined,
  direction: Direction,
): Outside | undefined {
  return point && member && outsideOf(index, point, member, direction);
}

function regionKey({ boxes }: Region): string {
  return boxes
    .map(({ first, last, spans }) => `${first}-${last}:${spans.map((s) => `${s.first}-${s.last}`).join()}`)
    .join(' ');
}

/** The addresses that interfaces of a world hold, where they would be met: on the internet, or around a VPC. */
class Held {
  readonly #index: ReachIndex;
  readonly #known = new Map<string, readonly Point[]>();

  constructor(index: ReachIndex) {
    this.#index = index;
  }

  of({ before, after, family }: Joint, place: OutsidePlace): readonly Point[] {
    const vpcId = (after ?? before)?.policy.vpcId;
    if (place === 'beyond' || place === 'endpoint' || !vpcId) return [];
    const key = place === 'internet' ? family : `${family} ${vpcId}`;
    let points = this.#known.get(key);
    if (!points) {
      points = place === 'internet' ? heldOnInternet(this.#index.world, family) : this.#around(vpcId, family);
      this.#known.set(key, points);
    }
    return points;
  }

  #around(vpcId: VpcId, family: Family): readonly Point[] {
    const points = new Set<Point>();
    for (const near of this.#index.neighbours(vpcId)) {
      for (const { members } of this.#index.byAddress(near, family).classes) {
        for (const { ip } of members) points.add(pointOf(ip));
      }
    }
    return [...points].sort(comparePoints);
  }
}
