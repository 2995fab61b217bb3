/** Every pair of classes with a conversation, in typed arrays: what the network lets its interfaces do to each other. */
import { visitSources } from './pairs.ts';
import type { ReachIndex } from './reach-index.ts';

/** Pairs by target: those of class t stand at `starts[t]` up to `starts[t + 1]`. */
export type AllPairs = {
  readonly starts: Int32Array;
  /** Class ids of sources. */
  readonly sources: Int32Array;
  /** The services, as numbers of the index's pool. */
  readonly spans: Int32Array;
};

/** Computes all pairs. `onProgress` hears of every thousandth target and stops the work by returning false. */
export function allPairs(
  index: ReachIndex,
  onProgress: (done: number, of: number) => boolean = () => true,
): AllPairs | undefined {
  const { classes } = index;
  const starts = new Int32Array(classes.length + 1);
  const sources = new GrowingInts();
  const spans = new GrowingInts();
  for (const [at, target] of classes.entries()) {
    starts[at] = sources.length;
    if (at % 1000 === 0 && !onProgress(at, classes.length)) return undefined;
    visitSources(index, target, (source, open) => {
      sources.push(source.id);
      spans.push(open);
    });
  }
  starts[classes.length] = sources.length;
  return { starts, sources: sources.finish(), spans: spans.finish() };
}

class GrowingInts {
  length = 0;
  #values = new Int32Array(1 << 16);

  push(value: number): void {
    if (this.length === this.#values.length) {
      const wider = new Int32Array(2 * this.length);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.length++] = value;
  }

  finish(): Int32Array {
    return this.#values.slice(0, this.length);
  }
}
