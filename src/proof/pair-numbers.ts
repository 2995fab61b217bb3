/** Numbers for pairs of numbers, in the order in which they first come. */

const slotsAtFirst = 1 << 10;

/**
 * An open hash table in one typed array: a map of texts or of maps would make an object for each pair, and look for each
 * in another place of the memory.
 */
export class PairNumbers {
  /** How many pairs have a number. */
  size = 0;
  /** Three for each slot: the pair, and its number plus one; zero where the slot is free. */
  #slots = new Int32Array(3 * slotsAtFirst);
  #mask = slotsAtFirst - 1;

  /** The number of a pair of integers of 32 bits; a new pair gets the next one. */
  of(a: number, b: number): number {
    const at = this.#slotOf(a, b);
    const known = this.#slots[at + 2] as number;
    if (known > 0) return known - 1;
    const number = this.size++;
    this.#put(at, a, b, number);
    // Half of the slots stay free, so that a search is short.
    if (2 * this.size > this.#mask) this.#widen();
    return number;
  }

  /** Where the pair stands, or the free slot where it would. */
  #slotOf(a: number, b: number): number {
    let hash = Math.imul(Math.imul(a, 0x9e3779b1) ^ b, 0x85ebca6b);
    hash ^= hash >>> 15;
    for (let slot = hash & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const at = 3 * slot;
      const isFree = this.#slots[at + 2] === 0;
      if (isFree || (this.#slots[at] === a && this.#slots[at + 1] === b)) return at;
    }
  }

  #put(at: number, a: number, b: number, number: number): void {
    this.#slots[at] = a;
    this.#slots[at + 1] = b;
    this.#slots[at + 2] = number + 1;
  }

  #widen(): void {
    const old = this.#slots;
    this.#slots = new Int32Array(2 * old.length);
    this.#mask = 2 * this.#mask + 1;
    for (let at = 0; at < old.length; at += 3) {
      const [a, b, number] = [old[at] as number, old[at + 1] as number, old[at + 2] as number];
      if (number > 0) this.#put(this.#slotOf(a, b), a, b, number - 1);
    }
  }
}
