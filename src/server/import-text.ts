/** What the journal and messages say of imports. */
import { randomUUID } from 'node:crypto';
import type { ChangeMeta } from '#state/database.ts';
import type { ImportConflict } from '#state/import-world.ts';
import { counted } from './counted.ts';

/** The operator imports, no user of an account. */
export function importMeta(): ChangeMeta {
  return {
    timeMs: Date.now(),
    principal: 'rampart:operator',
    action: 'ImportNetwork',
    requestId: randomUUID(),
  };
}

const shownMax = 20;

/** The conflicts as lines under a headline. */
export function conflictText(conflicts: readonly ImportConflict[]): string {
  const shown = conflicts.slice(0, shownMax).map(({ id, why }) => `  ${id} ${why}`);
  const rest = conflicts.length - shown.length;
  const more = rest > 0 ? [`  and ${rest} more`] : [];
  const why = counted(conflicts.length, 'conflict');
  return [`nothing was imported, because of ${why}:`, ...shown, ...more].join('\n');
}
