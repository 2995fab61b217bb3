/** Describe output to a world: the one way for dumps, live accounts and plans. */
import { unseen, type Watch } from '#proof/progress.ts';
import type { Imported } from '../imported.ts';
import { assemble } from './assemble.ts';
import { complete } from './complete.ts';
import type { Document } from './found.ts';
import { gapsOf } from './gaps.ts';
import { gather } from './gather.ts';
import type { StableHex } from './place.ts';
import { Scopes } from './scopes.ts';

/** The networks that the documents describe, and what they leave open. */
export function worldOf(
  documents: readonly Document[],
  stableHex: StableHex,
  watch: Watch = unseen,
): Imported {
  const gathered = gather(documents);
  const scopes = new Scopes(gathered.found);
  const { draft, problems, unfit } = watch('resources:', (onProgress) =>
    assemble(gathered, scopes, { stableHex, onProgress }),
  );
  const gaps = gapsOf(gathered, scopes, draft);
  const supposed = complete(draft, stableHex);
  return {
    world: draft.world(),
    unknowns: [...gaps, ...supposed],
    skipped: [...gathered.skipped, ...[...unfit].map(([what, count]) => ({ what, count }))],
    problems: [...gathered.problems, ...problems],
  };
}
