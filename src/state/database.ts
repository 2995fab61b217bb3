/**
 * The world under change. Requests compute on the *pending* world; what comes in while the event loop brings more at
 * every turn is made durable in one commit; only then does the *committed* world move, and only that is ever read or
 * enforced.
 */
import { emptyWorld, type World } from '#vpc/network.ts';
import type { Scope } from '#vpc/scope.ts';
import { type JournalEntry, journalEntry, sequenceAt } from './journal.ts';
import type { Head, JournalQuery, Store, StoredEntry } from './store.ts';
import { Transaction } from './transaction.ts';
import { loadWorld, rowChange, storedChange, undo } from './world-text.ts';

/** What the journal records of a request besides its changes. */
export type ChangeMeta = {
  readonly timeMs: number;
  readonly principal: string;
  readonly action: string;
  readonly requestId: string;
  /** How the request came, what it asked and got; called once, where it changed something. */
  readonly request?: () => string;
};

/** An operation's output, and the first sequence whose world holds what it says. */
export type Changed<Output> = { readonly output: Output; readonly sequence: number };

/** Called after each commit, in order. */
export type CommitListener = (commit: {
  readonly before: World;
  readonly after: World;
  readonly entries: readonly StoredEntry[];
  readonly sequence: number;
}) => void;

/** The store did not take a change; nothing of it remains. */
export class CommitFailed extends Error {}

type Batch = {
  readonly entries: StoredEntry[];
  /** The pending world after the last entry. */
  world: World;
  /** Answers held back until the batch is durable: one per request that saw its pending world. */
  readonly settle: ((failure: CommitFailed | undefined) => void)[];
};

/** What is known of the store is asked again after this. */
const storageAgeMs = 1000;

/**
 * Requests that a commit waits for at most. With so many its own cost is a small part of theirs, and the first of them
 * should not wait for the last of thousands.
 */
export const gatheredMax = 64;

/** Entries read at a time when going back through the journal. */
const undoPageSize = 1000;

export class Database {
  readonly #store: Store;
  readonly #listeners = new Set<CommitListener>();
  #committed: World;
  #head: Head;
  #pending: World;
  #pendingHead: Head;
  /** Gathers requests until the next commit. */
  #open: Batch | undefined;
  /** Being made durable. */
  #inFlight: Batch | undefined;
  #flushing: Promise<void> | undefined;
  /** Set after a failed commit until the store says what it holds. */
  #uncertain = false;
  #identity: string;
  #storage: { readonly triedAtMs: number; readonly error: string | undefined };

  private constructor(store: Store, world: World, head: Head, identity: string) {
    this.#store = store;
    this.#identity = identity;
    this.#storage = { triedAtMs: performance.now(), error: undefined };
    this.#committed = world;
    this.#pending = world;
    this.#head = head;
    this.#pendingHead = head;
  }

  /** The database over a store, with the world rebuilt from its rows. */
  static async open(store: Store): Promise<Database> {
    return new Database(store, await loadWorld(store), await store.head(), await store.identity());
  }

  /** The durable world. */
  get committed(): World {
    return this.#committed;
  }

  /** The journal sequence of the durable world. */
  get sequence(): number {
    return this.#head.sequence;
  }

  /** Runs a reader on the durable world. Throws where it changes something: that is a bug of the operation. */
  read<Output>(scope: Scope, work: (transaction: Transaction) => Output): Output {
    const transaction = Transaction.begin(this.#committed, scope);
    const output = work(transaction);
    if (transaction.world !== this.#committed) throw new Error('a reading operation made a change');
    return output;
  }

  /**
   * Runs a request on the pending world and resolves once what it saw and did is durable. What `work` throws changes
   * nothing and rejects; `CommitFailed` where the store did not take the change or one that it was built on.
   */
  change<Output>(
    scope: Scope,
    meta: ChangeMeta,
    work: (transaction: Transaction) => Output,
  ): Promise<Changed<Output>> {
    return new Promise((resolve, reject) => {
      let answer: () => void;
      try {
        const transaction = Transaction.begin(this.#pending, scope);
        const output = work(transaction);
        const sequence = this.#append(scope, meta, transaction);
        answer = () => resolve({ output, sequence });
      } catch (error) {
        answer = () => reject(error);
      }
      const batch = this.#open ?? this.#inFlight;
      if (batch) batch.settle.push((failure) => (failure ? reject(failure) : answer()));
      else answer();
    });
  }

  /** Calls the listener after every commit from now on; returns how to stop it. */
  onCommit(listener: CommitListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Entries of the journal. */
  async journal(query: JournalQuery): Promise<readonly JournalEntry[]> {
    const entries = await this.#store.journal(query);
    // The store may show those that are not durable yet.
    return entries.filter(({ sequence }) => sequence <= this.sequence).map(journalEntry);
  }

  /** The last sequence at or before a time (milliseconds since 1970), 0 where the journal begins later. */
  async sequenceAt(timeMs: number): Promise<number> {
    return Math.min(this.sequence, await sequenceAt(this.#store, timeMs));
  }

  /** The world as of a sequence, by undoing what came later. Throws a `RangeError` outside the journal. */
  async worldAt(sequence: number): Promise<World> {
    if (!Number.isInteger(sequence) || sequence < 0 || sequence > this.sequence) {
      throw new RangeError(`no sequence ${sequence}: the journal ends at ${this.sequence}`);
    }
    let world = this.#committed;
    let next = this.sequence;
    while (next > sequence) {
      const limit = Math.min(undoPageSize, next - sequence);
      const page = await this.#store.journal({ from: next, order: 'descending', limit });
      if (page.length !== limit) throw new Error(`the journal lacks entries at ${next}`);
      for (const entry of page) world = undo(world, entry.changes.map(rowChange));
      next -= limit;
    }
    return world;
  }

  /** Random id of this history; changes when it is wiped. */
  get identity(): string {
    return this.#identity;
  }

  /** Why the store took no change when it was last asked to; undefined: it did. */
  get storageError(): string | undefined {
    return this.#storage.error;
  }

  /** Finds out whether the store takes changes, where nobody has for a second. */
  async checkStorage(): Promise<void> {
    if (performance.now() - this.#storage.triedAtMs < storageAgeMs) return;
    // Others who ask meanwhile get what is known.
    this.#storage = { ...this.#storage, triedAtMs: performance.now() };
    try {
      await this.#store.probe();
      this.#noteStorage(undefined);
    } catch (error) {
      this.#noteStorage(error);
    }
  }

  /** Forgets everything, journal included, after the changes that are under way. Listeners are not called. */
  async wipe(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    this.#flushing = this.#wipe();
    await this.#flushing;
  }

  /** Finishes the changes that are under way and closes the store. */
  async close(): Promise<void> {
    while (this.#flushing !== undefined) await this.#flushing;
    await this.#store.close();
  }

  async #wipe(): Promise<void> {
    try {
      await this.#store.wipe();
      this.#identity = await this.#store.identity();
      this.#committed = emptyWorld;
      this.#head = { sequence: 0, timeMs: 0 };
    } finally {
      this.#discardPending(new CommitFailed('the state was reset meanwhile'));
      this.#flushing = undefined;
    }
  }

  /** Adds what a transaction changed to the open batch; returns the sequence whose world holds it. */
  #append(scope: Scope, meta: ChangeMeta, transaction: Transaction): number {
    const changes = transaction
      .changes()
      .map(storedChange)
      .filter(({ before, after }) => before !== after);
    if (changes.length > 0) {
      const sequence = this.#pendingHead.sequence + 1;
      const timeMs = Math.max(meta.timeMs, this.#pendingHead.timeMs);
      const batch = this.#openBatch();
      const request = meta.request?.();
      batch.entries.push({ ...meta, ...scope, sequence, timeMs, request, changes });
      batch.world = transaction.world;
      this.#pending = transaction.world;
      this.#pendingHead = { sequence, timeMs };
    }
    return this.#pendingHead.sequence;
  }

  #openBatch(): Batch {
    this.#open ??= { entries: [], world: this.#pending, settle: [] };
    this.#flushing ??= this.#flushAll();
    return this.#open;
  }

  async #flushAll(): Promise<void> {
    do {
      await this.#gather();
      const batch = this.#open;
      if (!batch) break;
      this.#inFlight = batch;
      this.#open = undefined;
      await this.#flush(batch);
    } while (this.#open);
    this.#flushing = undefined;
  }

  /**
   * Lets requests join the batch as long as each turn of the event loop brings one. Clients that were answered together
   * ask again one after the other: taken one by one, the first of them would keep the rest waiting for its own commit.
   */
  async #gather(): Promise<void> {
    // To the end of this turn, so that the next one looks at the network.
    await turn();
    let known: number;
    do {
      known = this.#open?.settle.length ?? 0;
      if (known >= gatheredMax) return;
      await turn();
    } while ((this.#open?.settle.length ?? 0) > known);
  }

  async #flush(batch: Batch): Promise<void> {
    try {
      if (this.#uncertain) await this.#recover();
      await this.#store.commit(this.#head.sequence, batch.entries);
      this.#noteStorage(undefined);
    } catch (error) {
      this.#uncertain = true;
      this.#noteStorage(error);
      this.#inFlight = undefined;
      const failure = new CommitFailed('the change could not be stored', { cause: error });
      for (const settle of batch.settle) settle(failure);
      this.#discardPending(failure);
      return;
    }
    this.#inFlight = undefined;
    this.#advance(batch.world, batch.entries);
    for (const settle of batch.settle) settle(undefined);
  }

  /**
   * After a failed commit: asks the store what it holds. Where the commit took effect all the same, takes that over and
   * throws, since the waiting requests were computed without it.
   */
  async #recover(): Promise<void> {
    const head = await this.#store.head();
    this.#uncertain = false;
    if (head.sequence === this.#head.sequence) return;
    const from = this.#head.sequence + 1;
    const entries = await this.#store.journal({ from, limit: head.sequence - from + 1 });
    this.#advance(await loadWorld(this.#store), entries);
    throw new Error(`the journal ends at ${head.sequence}: an earlier change was stored after all`);
  }

  #noteStorage(error: unknown): void {
    this.#storage = {
      triedAtMs: performance.now(),
      error: error === undefined ? undefined : error instanceof Error ? error.message : String(error),
    };
  }

  #advance(world: World, entries: readonly StoredEntry[]): void {
    const before = this.#committed;
    const last = entries.at(-1);
    if (last) this.#head = { sequence: last.sequence, timeMs: last.timeMs };
    this.#committed = world;
    for (const listener of this.#listeners) {
      listener({ before, after: world, entries, sequence: this.#head.sequence });
    }
  }

  /** Goes back to the committed world and fails every request that was built on more. */
  #discardPending(failure: CommitFailed): void {
    const built = this.#open?.settle ?? [];
    this.#open = undefined;
    this.#pending = this.#committed;
    this.#pendingHead = this.#head;
    for (const settle of built) settle(failure);
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
