/**
 * A fingerprint of a program that follows changes: the sum of the hashes of its parts, so that a part added or removed
 * is one addition or subtraction. Stored in the kernel with the table, it tells a restarted server whether the table
 * is the one it would make. It guards against mistakes, not against somebody with root.
 */
import type { Steps } from '../steps.ts';
import type { PieceChange } from './delta.ts';
import type { Piece, Program } from './piece.ts';

/** Two 32-bit lanes. */
export type Fingerprint = { readonly high: number; readonly low: number };

export const emptyFingerprint: Fingerprint = { high: 0, low: 0 };

/** 16 hex digits. */
export function fingerprintText({ high, low }: Fingerprint): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** The fingerprint with a piece's parts added (`sign` 1) or taken away (-1). */
export function withPiece(fingerprint: Fingerprint, piece: Piece, sign: 1 | -1): Fingerprint {
  let { high, low } = fingerprint;
  const count = (start: Fingerprint, text: string) => {
    const hash = hashOf(start, text);
    high = (high + sign * hash.high) >>> 0;
    low = (low + sign * hash.low) >>> 0;
  };
  for (const set of piece.sets) count(origin, `set ${JSON.stringify(set)}`);
  for (const timeout of piece.timeouts ?? []) count(origin, `timeout ${JSON.stringify(timeout)}`);
  for (const chain of piece.chains) count(origin, `chain ${JSON.stringify(chain)}`);
  for (const { set, elements } of piece.contributions) {
    const start = elements.size > 0 ? hashOf(origin, `${set.name} `) : origin;
    for (const text of elements.keys()) count(start, text);
  }
  return { high, low };
}

/** The fingerprint after one piece has taken the place of another; what both have is not looked at. */
export function withExchange(
  fingerprint: Fingerprint,
  before: Piece | undefined,
  after: Piece | undefined,
): Fingerprint {
  const without = before ? withPiece(fingerprint, only(before, after), -1) : fingerprint;
  return after ? withPiece(without, only(after, before), 1) : without;
}

/** The fingerprint of a whole program, a piece in each step. */
export function* fingerprintOf(program: Program): Steps<Fingerprint> {
  let sum = emptyFingerprint;
  for (const piece of program.values()) {
    sum = withPiece(sum, piece, 1);
    yield;
  }
  return sum;
}

/** The fingerprint after pieces have taken the places of others, one in each step. */
export function* exchanged(before: Fingerprint, changes: readonly PieceChange[]): Steps<Fingerprint> {
  let sum = before;
  for (const change of changes) {
    sum = withExchange(sum, change.before, change.after);
    yield;
  }
  return sum;
}

/** The piece without what it shares with the other one. */
function only(piece: Piece, other: Piece | undefined): Piece {
  if (!other) return piece;
  const chains = new Set(other.chains);
  return {
    ...piece,
    chains: piece.chains.filter((chain) => !chains.has(chain)),
    contributions: piece.contributions.flatMap((contribution) => {
      const others = other.contributions.find(({ set }) => set.name === contribution.set.name)?.elements;
      if (!others) return contribution;
      if (others === contribution.elements) return [];
      const own = [...contribution.elements].filter(([text]) => !others.has(text));
      return { ...contribution, elements: new Map(own) };
    }),
  };
}

const origin: Fingerprint = { high: 0x9e3779b9, low: 0x811c9dc5 };

/** FNV-1a and a multiply-rotate hash side by side, going on from the hash of what came before. */
function hashOf(start: Fingerprint, text: string): Fingerprint {
  let { high, low } = start;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(((high << 5) | (high >>> 27)) ^ unit, 0x85ebca6b);
  }
  return { high: (high ^ (high >>> 15)) >>> 0, low: (low ^ (low >>> 16)) >>> 0 };
}
