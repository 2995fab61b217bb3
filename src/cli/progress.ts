/** How far long work is, on standard error where somebody watches: one line, written over itself and gone at the end. */

import { type OnProgress, unwatched } from '#proof/progress.ts';

const everyMs = 100;

/** Does the work and shows its progress. An interrupt ends the program at once, as nothing catches it. */
export function withProgress<T>(what: string, work: (onProgress: OnProgress) => T): T {
  if (!process.stderr.isTTY) return work(unwatched);
  let shownAtMs = 0;
  const note: OnProgress = (done, of) => {
    const nowMs = performance.now();
    if (nowMs - shownAtMs < everyMs) return;
    shownAtMs = nowMs;
    process.stderr.write(`\r\u001b[Krampart: ${what} ${done} of ${of}`);
  };
  try {
    return work(note);
  } finally {
    process.stderr.write('\r\u001b[K');
  }
}
