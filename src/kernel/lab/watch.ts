/** Looks again and again for what others have changed in the kernel. */

/** How often the lab looks, unless that takes more than a hundredth of the time. */
const lookEveryMs = 250;
const lookShareMost = 0.01;
/** Whoever asks for the status gets what was true this long ago at most. */
const statusAgeMostMs = 50;

export type WatchOptions = {
  /** Finds what is not as it should be, one sentence each. */
  readonly look: () => readonly string[];
  /** While attempts are under way the kernel is not what the plan says. */
  readonly isAtWork: () => boolean;
  /** Told of what was found; has it put right. */
  readonly onFound: (found: readonly string[]) => void;
};

export type Repairs = { readonly repairs: number; readonly lastRepair?: string };

export class Watch {
  readonly #options: WatchOptions;
  #timer: NodeJS.Timeout | undefined;
  #lookedAtMs = 0;
  #isDue = false;
  #isStopped = false;
  #isRepairDue = false;
  #repairs = 0;
  #lastRepair: string | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Whether something that others had changed was not put right yet. */
  get isRepairDue(): boolean {
    return this.#isRepairDue;
  }

  get repairs(): Repairs {
    const last = this.#lastRepair;
    return { repairs: this.#repairs, ...(last !== undefined && { lastRepair: last }) };
  }

  /** Begins to look, where that has not begun yet. */
  start(): void {
    if (!this.#isStopped) this.#timer ??= this.#lookIn(lookEveryMs);
  }

  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /** Makes up for a look whose time came while the lab was at work. */
  catchUp(): void {
    if (this.#isDue) this.#look();
  }

  /** Looks now, where the last look is too long ago for somebody who asks. */
  refresh(): void {
    const isOld = performance.now() - this.#lookedAtMs > statusAgeMostMs;
    if (this.#timer && isOld && !this.#options.isAtWork()) this.#look();
  }

  /** An attempt has put right what was found. */
  settled(): void {
    this.#isRepairDue = false;
  }

  #lookIn(waitMs: number): NodeJS.Timeout {
    const inTurn = () => {
      if (this.#options.isAtWork()) this.#isDue = true;
      else this.#look();
    };
    return setTimeout(inTurn, waitMs).unref();
  }

  #look(): void {
    if (this.#isStopped) return;
    const startMs = performance.now();
    this.#isDue = false;
    const found = this.#options.look();
    if (found.length > 0) {
      this.#isRepairDue = true;
      this.#repairs++;
      this.#lastRepair = `${found[0]}${found.length > 1 ? ` (and ${found.length - 1} more)` : ''}`;
      this.#options.onFound(found);
    }
    this.#lookedAtMs = performance.now();
    clearTimeout(this.#timer);
    this.#timer = this.#lookIn(Math.max(lookEveryMs, (this.#lookedAtMs - startMs) / lookShareMost));
  }
}
