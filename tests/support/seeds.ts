/** Seeds for tests of random worlds: the same ones in every run, or others from `RAMPART_SEED` on. */

/** The first seed. */
const first = Number(process.env['RAMPART_SEED'] ?? 1);

/** A test that is still not content after so many times the seeds is not going to be. */
const timesMax = 10;

/**
 * `count` seeds, and more for as long as what was seen is not enough to mean something: how often a random world has
 * what a test is about differs from seed to seed.
 */
export function* seeds(count: number, isEnough: () => boolean = () => true): IterableIterator<number> {
  for (let at = 0; at < count || (at < timesMax * count && !isEnough()); at++) yield first + at;
}
