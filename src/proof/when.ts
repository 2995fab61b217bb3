/** `when`: the changes that opened or closed a path, found by asking again before each of them. */
import type { World } from '#vpc/network.ts';

/** One change of a journal, newest first, with the world that it found. */
export type PastChange = {
  readonly sequence: number;
  /** Milliseconds since 1970. */
  readonly timeMs: number;
  readonly principal: string;
  readonly action: string;
  readonly before: World;
};

export type TurningPoint = Omit<PastChange, 'before'> & { readonly opened: boolean };

export type PathHistory = {
  readonly isOpen: boolean;
  /** The changes at which the answer turned, newest first. */
  readonly turns: readonly TurningPoint[];
  /** How many changes were asked about; the path may have turned before the oldest. */
  readonly asked: number;
};

/**
 * Follows a question back through history. A path may open and close many times, so that halving would miss
 * turns: every change is asked about, until as many turns as wanted are found; no older one is then read.
 * Worlds that are the same value ask once.
 */
export async function pathHistory(
  now: World,
  changes: Iterable<PastChange> | AsyncIterable<PastChange>,
  isOpen: (world: World) => boolean,
  { turnsMax = Number.POSITIVE_INFINITY }: { readonly turnsMax?: number } = {},
): Promise<PathHistory> {
  const current = isOpen(now);
  const turns: TurningPoint[] = [];
  let [later, answer, asked] = [now, current, 0];
  for await (const { before, ...change } of changes) {
    asked++;
    const earlier = before === later ? answer : isOpen(before);
    if (earlier !== answer) turns.push({ ...change, opened: answer });
    [later, answer] = [before, earlier];
    if (turns.length >= turnsMax) break;
  }
  return { isOpen: current, turns, asked };
}
