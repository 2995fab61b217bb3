/** Ids of what has none: the same text always gives the same. */
import { createHash } from 'node:crypto';

/** 17 hex digits that follow from the text alone. */
export function stableHex(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 17);
}
