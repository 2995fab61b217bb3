/**
 * `diff`: the traffic that one world allows and another does not. It compares access, not rules: 0.0.0.0/0 written as
 * two halves is no change. Only what changed is compared.
 */
import { type InsideChange, insideChanges } from './diff-inside.ts';
import { type OutsideChange, outsideChanges } from './diff-outside.ts';
import { jointsOf } from './joints.ts';
import { type OnProgress, unwatched } from './progress.ts';
import type { ReachIndex } from './reach-index.ts';
import { touchedInterfaces } from './touched.ts';

export type AccessDiff = {
  readonly changes: readonly (InsideChange | OutsideChange)[];
  /** How many interfaces were compared; the others cannot differ. */
  readonly compared: number;
  /** Whether hosts on the internet can reach something that they could not. */
  readonly internetGains: boolean;
};

/** Compares two indexed worlds. `onProgress` hears how many of the classes that a change concerns are compared. */
export function diffAccess(
  before: ReachIndex,
  after: ReachIndex,
  onProgress: OnProgress = unwatched,
): AccessDiff {
  const touched = touchedInterfaces(before.world, after.world);
  const joints = jointsOf(before, after, touched);
  const concerned = joints.filter(({ isTouched }) => isTouched).length;
  let done = 0;
  // Each is compared twice: with other interfaces, and with the outside.
  const onJoint = () => onProgress(Math.floor(done++ / 2), concerned);
  const changes = [
    ...insideChanges(before, after, joints, onJoint),
    ...outsideChanges(before, after, joints, onJoint),
  ];
  const internetGains = changes.some(
    (each) =>
      each.kind === 'outside' &&
      each.change === 'gained' &&
      each.place === 'internet' &&
      each.direction === 'ingress',
  );
  return { changes, compared: touched.size, internetGains };
}
