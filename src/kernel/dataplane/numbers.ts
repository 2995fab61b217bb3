/** Small numbers for things that the kernel knows by number: identities, route tables. */

export class Numbers {
  readonly #max: number;
  readonly #byKey = new Map<string, number>();
  readonly #taken = new Set<number>();
  #last = 0;

  /** Numbers 1 … max. */
  constructor(max: number) {
    this.#max = max;
  }

  /** The key's number, given on first use. Numbers given back are used again only when all others have been. */
  of(key: string): number {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    if (this.#taken.size >= this.#max) throw new Error(`no number left of ${this.#max} for ${key}`);
    do this.#last = this.#last >= this.#max ? 1 : this.#last + 1;
    while (this.#taken.has(this.#last));
    this.fix(key, this.#last);
    return this.#last;
  }

  /** As `of`, but undefined where no number is left. */
  tryOf(key: string): number | undefined {
    return this.#byKey.has(key) || this.#taken.size < this.#max ? this.of(key) : undefined;
  }

  /** The number that the key has. */
  get(key: string): number | undefined {
    return this.#byKey.get(key);
  }

  /** Keys and their numbers. */
  entries(): Iterable<readonly [string, number]> {
    return this.#byKey;
  }

  /** Gives the key this number, as the kernel already has it. False where key or number is spoken for otherwise. */
  fix(key: string, number: number): boolean {
    if (this.#byKey.get(key) === number) return true;
    if (this.#byKey.has(key) || this.#taken.has(number) || number < 1 || number > this.#max) return false;
    this.#byKey.set(key, number);
    this.#taken.add(number);
    this.#last = Math.max(this.#last, number);
    return true;
  }

  /** Gives the key's number back. */
  free(key: string): void {
    const number = this.#byKey.get(key);
    if (number !== undefined) this.#taken.delete(number);
    this.#byKey.delete(key);
  }
}
