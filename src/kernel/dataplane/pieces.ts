/** The pieces of a program, and which of them have been set since somebody asked. */
import type { Piece, Program } from './piece.ts';

export class Pieces {
  readonly #pieces = new Map<string, Piece>();
  #touched = new Set<string>();

  get program(): Program {
    return this.#pieces;
  }

  /** Sets a piece; undefined removes it. */
  set(name: string, piece: Piece | undefined): void {
    if (piece) this.#pieces.set(name, piece);
    else if (!this.#pieces.delete(name)) return;
    this.#touched.add(name);
  }

  /** Names of the pieces that were set or removed. */
  take(): ReadonlySet<string> {
    const touched = this.#touched;
    this.#touched = new Set();
    return touched;
  }
}
