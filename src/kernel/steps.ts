/**
 * Long work in steps: a generator yields wherever somebody else may have the processor. Between two steps nothing may be
 * asked of what is at work.
 */
import { setImmediate as turn } from 'node:timers/promises';

export type Steps<T = void> = Generator<void, T>;

/** How long anybody works here without letting others do so, as far as that can be divided. */
export const sliceMs = 50;

/** All steps, one behind the other. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/** When the work began that nobody has had the word since; undefined after each turn of the loop. */
let beganMs: number | undefined;

/** Work that follows upon other work, without a turn of the loop between them, goes on in its slice. */
function sliceBeganMs(): number {
  if (beganMs === undefined) {
    beganMs = performance.now();
    setImmediate(() => {
      beganMs = undefined;
    }).unref();
  }
  return beganMs;
}

/**
 * The steps in slices, between which the event loop turns. A slice ends with the first step that is over when its time is.
 */
export async function inSlices<T>(steps: Steps<T>, lastsMs: number = sliceMs): Promise<T> {
  let untilMs = sliceBeganMs() + lastsMs;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < untilMs) continue;
    await turn();
    untilMs = sliceBeganMs() + lastsMs;
  }
}

/** The same steps, until `isOver` says that the work is given up. */
export function* unless(isOver: () => boolean, steps: Steps<unknown>): Steps {
  while (!isOver() && !steps.next().done) yield;
}
