/** Differences between two worlds in what interfaces open to each other. */
import type { Family } from '#net/address.ts';
import { type ChangeKind, type Joint, membersOf } from './joints.ts';
import { type Reach, sourcesOf, targetsOf } from './pairs.ts';
import type { Member, PointClass, ReachIndex } from './reach-index.ts';
import { noSpans, type Spans, subtractSpans } from './spans.ts';

/** Conversations between interfaces: each of `from` with each other one of `to`. */
export type InsideChange = {
  readonly kind: 'inside';
  readonly change: ChangeKind;
  readonly family: Family;
  readonly from: readonly Member[];
  readonly to: readonly Member[];
  readonly spans: Spans;
};

/** What touched interfaces gain and lose with other interfaces, in either role. `onJoint` hears of each. */
export function insideChanges(
  before: ReachIndex,
  after: ReachIndex,
  joints: readonly Joint[],
  onJoint: () => void,
): readonly InsideChange[] {
  const found = new Map<string, InsideChange & { readonly from: Member[]; readonly toKey: string }>();
  const compare = (source: Joint, target: Joint, old: Spans, now: Spans) => {
    if (!areApart(source, target)) return;
    for (const [change, spans] of [
      ['gained', subtractSpans(now, old)],
      ['lost', subtractSpans(old, now)],
    ] as const) {
      if (spans.length === 0) continue;
      const toKey = String(target.id);
      const key = `${change} ${toKey} ${spans.map(({ first, last }) => `${first}-${last}`).join()}`;
      const known = found.get(key);
      if (known) for (const member of membersOf(source)) known.from.push(member);
      else {
        const from = [...membersOf(source)];
        const to = membersOf(target);
        found.set(key, { kind: 'inside', change, family: source.family, from, to, spans, toKey });
      }
    }
  };
  const ends = [halves(before, joints, 'before'), halves(after, joints, 'after')] as const;
  for (const joint of joints.filter(({ isTouched }) => isTouched)) {
    onJoint();
    for (const [other, [old, now]] of reachesOf(joint, ends, sourcesOf)) compare(other, joint, old, now);
    for (const [other, [old, now]] of reachesOf(joint, ends, targetsOf)) {
      if (!other.isTouched) compare(joint, other, old, now);
    }
  }
  return mergeTargets([...found.values()].map(({ toKey: _, ...each }) => each));
}

/** Whether the joints hold two different interfaces. */
function areApart(source: Joint, target: Joint): boolean {
  const [one] = membersOf(source);
  return source !== target || membersOf(target).some(({ eni }) => eni.id !== one?.eni.id);
}

/** One world's half of the joints. */
type Half = {
  readonly index: ReachIndex;
  readonly pointOf: (joint: Joint) => PointClass | undefined;
  readonly jointsByClass: ReadonlyMap<number, readonly Joint[]>;
};

function halves(index: ReachIndex, joints: readonly Joint[], side: 'before' | 'after'): Half {
  const jointsByClass = Map.groupBy(
    joints.filter((joint) => joint[side]),
    (joint) => joint[side]?.id ?? -1,
  );
  return { index, pointOf: (joint) => joint[side], jointsByClass };
}

function reachesOf(
  joint: Joint,
  ends: readonly [Half, Half],
  reach: (index: ReachIndex, point: PointClass) => readonly Reach[],
): ReadonlyMap<Joint, readonly [Spans, Spans]> {
  const found = new Map<Joint, [Spans, Spans]>();
  for (const [at, { index, pointOf: pointIn, jointsByClass }] of ends.entries()) {
    const point = pointIn(joint);
    for (const { other, spans } of point ? reach(index, point) : []) {
      for (const far of jointsByClass.get(other.id) ?? []) {
        const pair = found.get(far) ?? [noSpans, noSpans];
        pair[at as 0 | 1] = index.pool.spansOf(spans);
        found.set(far, pair);
      }
    }
  }
  return found;
}

/** Changes that differ in their targets alone are one. */
function mergeTargets(changes: readonly InsideChange[]): readonly InsideChange[] {
  const merged = new Map<string, InsideChange>();
  for (const each of changes) {
    const from = each.from.map(({ eni, ip }) => `${eni.id} ${ip}`).sort();
    const spans = each.spans.map(({ first, last }) => `${first}-${last}`);
    const key = `${each.change} ${each.family} ${spans.join()} ${from.join()}`;
    const known = merged.get(key);
    merged.set(key, known ? { ...known, to: [...known.to, ...each.to] } : each);
  }
  return [...merged.values()];
}
