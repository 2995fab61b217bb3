/** Brings every committed world to the data plane, which retries what fails, and lets responses wait for it. */
import type { Enforcement } from '#kernel/enforcement.ts';
import type { Database } from '#state/database.ts';

/** A response waits no longer than this for the kernel; after it health shows the lag. */
const responseWaitMs = 250;

type Waiter = { readonly sequence: number; readonly resume: () => void };

export type FollowerReports = {
  /** A bug in the data plane. */
  readonly fault: (error: unknown) => void;
  /** The kernel began to refuse what it was given, or accepts it again (undefined). */
  readonly turned: (error: string | undefined) => void;
};

export class EnforcementFollower {
  readonly #database: Database;
  readonly #enforcement: Enforcement;
  readonly #reports: FollowerReports;
  #error: string | undefined;
  readonly #waiters = new Set<Waiter>();
  /** Last sequence whose application was tried to the end. */
  #settled = -1;
  #paused = false;
  #stopped = false;

  constructor(database: Database, enforcement: Enforcement, reports: FollowerReports) {
    this.#database = database;
    this.#enforcement = enforcement;
    this.#reports = reports;
    database.onCommit(() => void this.follow());
  }

  /** Applies the committed world; resolves when that was tried. */
  async follow(): Promise<void> {
    if (this.#paused || this.#stopped) return;
    const { committed, sequence } = this.#database;
    try {
      await this.#enforcement.apply(committed, sequence);
    } catch (error) {
      // The port reports failed batches in its status; what it throws is a fault of ours, and must not go unseen.
      this.#reports.fault(error);
    }
    this.#settle(sequence);
    const { error } = this.#enforcement.status();
    if (error !== this.#error) this.#reports.turned(error);
    this.#error = error;
  }

  /** Resolves when the kernel has the sequence, or its attempt failed, or the wait is over. */
  async reached(sequence: number): Promise<void> {
    if (this.#settled >= sequence) return;
    await new Promise<void>((resolve) => {
      const waiter: Waiter = {
        sequence,
        resume: () => {
          clearTimeout(timer);
          this.#waiters.delete(waiter);
          resolve();
        },
      };
      const timer = setTimeout(waiter.resume, responseWaitMs);
      this.#waiters.add(waiter);
    });
  }

  /** Runs work while nothing is applied, then applies what is committed by then. */
  async pausedFor(work: () => Promise<void>): Promise<void> {
    this.#paused = true;
    try {
      await work();
    } finally {
      this.#paused = false;
      this.#settled = -1;
    }
    await this.follow();
  }

  /** Applies nothing any more. */
  stop(): void {
    this.#stopped = true;
    this.#settle(Number.POSITIVE_INFINITY);
  }

  #settle(sequence: number): void {
    this.#settled = Math.max(this.#settled, sequence);
    for (const waiter of [...this.#waiters]) if (waiter.sequence <= sequence) waiter.resume();
  }
}
