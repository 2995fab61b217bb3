/** States in between, which follow from the clock and are not stored (docs/decisions/0010). */

/**
 * Whether what takes a while is still going on. What began in the future did so under a clock that was ahead: it is over,
 * and nobody who waits for it waits until then.
 */
export function isUnderWay(sinceMs: number, durationMs: number, nowMs: number): boolean {
  const elapsedMs = nowMs - sinceMs;
  return elapsedMs >= 0 && elapsedMs < durationMs;
}
