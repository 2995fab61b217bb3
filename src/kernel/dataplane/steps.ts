/**
 * Long work in steps: a generator yields wherever somebody else may have the processor. Between two steps nothing may be
 * asked of what is at work.
 */
import { setImmediate as turn } from 'node:timers/promises';

export type Steps<T = void> = Generator<void, T>;

/** All steps, one behind the other. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}

/**
 * The steps in slices, between which the event loop turns. A slice ends with the first step that is over when `sliceMs`
 * are. Gives up, and returns undefined, where `isOver` says so between two slices.
 */
export async function inSlices<T>(
  steps: Steps<T>,
  { sliceMs, isOver = () => false }: { readonly sliceMs: number; readonly isOver?: () => boolean },
): Promise<T | undefined> {
  let untilMs = performance.now() + sliceMs;
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
    if (performance.now() < untilMs) continue;
    await turn();
    if (isOver()) return undefined;
    untilMs = performance.now() + sliceMs;
  }
}
