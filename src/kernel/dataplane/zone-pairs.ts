/** The conntrack zones of a VPC: one for each pair of a middlebox and another port. */
import { Numbers } from './numbers.ts';
import type { Pieces } from './pieces.ts';
import { boxPiece, zonePair } from './port-piece.ts';
import { preroutingPiece } from './vpc-skeleton.ts';

/** Zones have 16 bits; 0 is that of all other flows. */
const zoneMax = 0xffff;

export type PortKind = 'plain' | 'box';

/** What a pair is known by, in whatever order its ports are named. */
export function pairKey(a: string, b: string): string {
  return a < b ? `${a} ${b}` : `${b} ${a}`;
}

export class ZonePairs {
  readonly numbers = new Numbers(zoneMax);
  readonly #pieces: Pieces;
  readonly #ports = new Map<string, PortKind>();
  #boxes = 0;
  #freed: number[] = [];

  constructor(pieces: Pieces) {
    this.#pieces = pieces;
    pieces.set('prerouting', preroutingPiece(false));
  }

  /** Notes what a port is now; undefined where it is gone. */
  set(port: string, kind: PortKind | undefined): void {
    const before = this.#ports.get(port);
    if (kind === before) return;
    if (kind) this.#ports.set(port, kind);
    else this.#ports.delete(port);
    const hadBoxes = this.#boxes > 0;
    this.#boxes += Number(kind === 'box') - Number(before === 'box');
    if (hadBoxes !== this.#boxes > 0) this.#pieces.set('prerouting', preroutingPiece(this.#boxes > 0));
    if (kind === 'box' || before === 'box')
      this.#pieces.set(`box ${port}`, kind === 'box' ? boxPiece(port) : undefined);
    if (!hadBoxes && this.#boxes === 0) return;
    // A route may lead a middlebox's packets back to itself: a pair like any other.
    this.#setPair(port, port, kind === 'box');
    for (const [other, otherKind] of this.#ports) {
      if (other === port) continue;
      const isNeeded = kind !== undefined && (kind === 'box' || otherKind === 'box');
      this.#setPair(port, other, isNeeded);
    }
  }

  /** Numbers that no pair has any more since this was last asked; flows in these zones are to be forgotten. */
  takeFreed(): readonly number[] {
    const freed = this.#freed;
    this.#freed = [];
    return freed;
  }

  #setPair(a: string, b: string, isNeeded: boolean): void {
    const key = pairKey(a, b);
    if (isNeeded) {
      this.#pieces.set(`zone ${key}`, zonePair([a, b], this.numbers.tryOf(key)));
      return;
    }
    const number = this.numbers.get(key);
    if (number !== undefined) this.#freed.push(number);
    this.numbers.free(key);
    this.#pieces.set(`zone ${key}`, undefined);
  }
}
