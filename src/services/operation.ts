/**
 * What every operation of every service gets and gives. Operations are synchronous and touch only their transaction;
 * those that look back read the journal besides, and change nothing.
 */
import type { JournalEntry } from '#state/journal.ts';
import type { JournalQuery } from '#state/store.ts';
import type { Transaction } from '#state/transaction.ts';
import type { QuotaOverrides } from '#vpc/quotas.ts';
import type { Scope } from '#vpc/scope.ts';
import type { Session } from './sts/session.ts';
import type { Sealer } from './sts/session-token.ts';

/** Who asks. */
export type Caller = {
  readonly scope: Scope;
  /** ARN of the principal, as GetCallerIdentity gives it and the journal records it. */
  readonly principal: string;
  readonly userId: string;
  /** The key whose signature was verified, or that began the caller's session; undefined where none was. */
  readonly keyId?: string | undefined;
  /** Undefined for users. */
  readonly session?: Session;
};

export type Context = {
  readonly caller: Caller;
  readonly transaction: Transaction;
  /** Time of the request, milliseconds since 1970. */
  readonly nowMs: number;
  /** 17 random hex digits for a new id. */
  readonly hex17: () => string;
  readonly requestId: string;
  /** Limits that the operator set for this account in place of AWS's defaults. */
  readonly quotas?: QuotaOverrides;
  readonly sealer: Sealer;
};

/** A request whose required parameters are there: the SDK writes them `Name: T | undefined`, and others `Name?:`. */
export type Checked<Input> = {
  readonly [Member in keyof Input]: Record<never, never> extends Pick<Input, Member>
    ? Input[Member]
    : NonNullable<Input[Member]>;
};

/**
 * Checked input (`request-check.ts`; member names as in the AWS SDK) to output; refuses by throwing a `Refusal`.
 */
export type Operation<Input, Output> = (input: Checked<Input>, context: Context) => Output;

/** The journal, as far as an operation that looks back needs it. */
export type History = {
  readonly journal: (query: JournalQuery) => Promise<readonly JournalEntry[]>;
  /** The last sequence at or before a time (milliseconds since 1970), 0 where the journal begins later. */
  readonly sequenceAt: (timeMs: number) => Promise<number>;
};

/** The same for an operation that answers from the journal. */
export type Recollection<Input, Output> = (
  input: Input,
  context: Context,
  history: History,
) => Promise<Output>;

/**
 * An operation that needs something which takes the processor long and no state. It is made before the transaction
 * begins, off the event loop, so that the run decides again whatever `prepare` saw: others may have been faster.
 */
export type Prepared<Input, Output, Wanted, Made = Wanted> = {
  /** Refuses what the run would refuse as far as the durable state tells, so that nothing is made in vain. */
  readonly prepare: (input: Checked<Input>, context: Context) => Promise<Made>;
  readonly runWith: (made: Wanted) => Operation<Input, Output>;
};

/** Whether an operation may change state: changes go through the journal, reads see committed state. */
export type OperationRow =
  // Inputs differ per operation; the generated model guarantees that the decoder made the right one.
  | { readonly changes: boolean; readonly run: Operation<never, unknown> }
  | ({ readonly changes: true } & Prepared<never, unknown, never, unknown>)
  | { readonly changes: false; readonly recall: Recollection<never, unknown> };

/** All operations of a service, by AWS action name. */
export type OperationTable = Readonly<Record<string, OperationRow>>;
