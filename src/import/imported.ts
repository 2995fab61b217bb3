/** What reading a network from elsewhere gives: the network, and what the source did not tell. */
import type { World } from '#vpc/network.ts';

/** Something that the source does not say, and what nobody can know for that. */
export type Unknown = {
  readonly what: string;
  readonly effect: string;
  /** Traffic may be admitted that no answer has: what is said to be closed is not proved. */
  readonly hidesAccess?: true;
};

/** Things that were there and are not read, by their name in the source. */
export type Skipped = { readonly what: string; readonly count: number };

/** A file, or a part of one, that cannot be read. `line` and `column` count from 1. */
export type Problem = {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
  readonly reason: string;
};

/** `FILE:LINE:COLUMN`, as far as they are known. */
export function problemPlace({ file, line, column }: Problem): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}

export type Imported = {
  readonly world: World;
  readonly unknowns: readonly Unknown[];
  readonly skipped: readonly Skipped[];
  readonly problems: readonly Problem[];
};

/** A plan: the network that it was made on, and the one that it leads to. */
export type ImportedPlan = Omit<Imported, 'world'> & { readonly before: World; readonly after: World };

/** The source cannot be read at all; the message is one line for the user. */
export class UnreadableSource extends Error {}
