/**
 * What the state asks of a durable store. It speaks rows of text, so that a store needs to know neither resources nor
 * transactions; SQLite stands behind it today, and `store.test.ts` is the suite that any other must pass.
 */

/** One resource at rest; `body` is JSON. */
export type StoredResource = {
  readonly account: string;
  readonly region: string;
  readonly kind: string;
  readonly id: string;
  readonly body: string;
};

/** A resource before and after one request, as JSON; an absent side is undefined. */
export type StoredChange = Omit<StoredResource, 'body'> & {
  readonly before: string | undefined;
  readonly after: string | undefined;
};

/** One request in the journal. */
export type StoredEntry = {
  /** 1, 2, 3 … without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970; never less than that of the entry before. */
  readonly timeMs: number;
  readonly principal: string;
  readonly action: string;
  readonly account: string;
  readonly region: string;
  readonly requestId: string;
  /** How the request came, what it asked and got, as text of whoever keeps the journal; undefined: not recorded. */
  readonly request: string | undefined;
  readonly changes: readonly StoredChange[];
};

/** Where the journal ends; sequence 0 while it is empty. */
export type Head = { readonly sequence: number; readonly timeMs: number };

/** Which entries of the journal; every given condition must hold. */
export type JournalQuery = {
  /** First sequence that counts (ascending) or last (descending), inclusive. */
  readonly from?: number;
  readonly order?: 'ascending' | 'descending';
  readonly limit: number;
  readonly account?: string;
  readonly region?: string;
  readonly principal?: string;
  readonly action?: string;
  /** Entries that changed the resource with this id. */
  readonly resourceId?: string;
};

export interface Store {
  /** Random id that a wipe keeps: names what these data own elsewhere, such as network namespaces. 8 hex digits. */
  installation(): Promise<string>;
  /** Random id of this history; a wiped store gets a new one, so that readers of the journal notice. */
  identity(): Promise<string>;
  head(): Promise<Head>;
  /**
   * Makes the entries and the rows they change durable, all or none. `expectedSequence` is the head they were computed
   * on; another head means another writer, and nothing is written. Rejects when nothing, or perhaps something, was
   * written: `head` then tells which.
   */
  commit(expectedSequence: number, entries: readonly StoredEntry[]): Promise<void>;
  /** Visits every resource, in no particular order. */
  resources(visit: (row: StoredResource) => void): Promise<void>;
  /** Every account and region that ever changed. */
  scopes(): Promise<readonly { readonly account: string; readonly region: string }[]>;
  journal(query: JournalQuery): Promise<readonly StoredEntry[]>;
  /** Makes something durable that means nothing; rejects where a commit would, or the disk takes no more. */
  probe(): Promise<void>;
  /** Writes all of it, as of one moment, into a new file that can be opened in this one's place. */
  copyTo(path: string): Promise<void>;
  /** Forgets everything, resources and journal. */
  wipe(): Promise<void>;
  close(): Promise<void>;
}
