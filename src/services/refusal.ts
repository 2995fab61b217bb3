/** How an operation refuses: `refuse(kind, details)` throws one `Refusal`, which `perform` catches. */
import { refusals } from './refusal-table.ts';

export type RefusalKind = keyof typeof refusals;

type Row<Details> = {
  readonly code: string | ((details: Details) => string);
  readonly status: number;
  readonly message: (details: Details) => string;
};

/** What a refusal of the kind must say: the offending value, the limit, … */
export type DetailsOf<K extends RefusalKind> =
  (typeof refusals)[K] extends Row<infer Details> ? Details : never;

/** An expected failure of one request, in AWS's terms. */
export class Refusal extends Error {
  readonly kind: RefusalKind;
  /** AWS's error code. */
  readonly code: string;
  /** HTTP status. */
  readonly status: number;

  constructor(kind: RefusalKind, answer: { code: string; status: number; message: string }) {
    super(answer.message);
    this.name = 'Refusal';
    this.kind = kind;
    this.code = answer.code;
    this.status = answer.status;
  }
}

/** Ends the operation with the kind's code, status and message. */
export function refuse<K extends RefusalKind>(kind: K, details: DetailsOf<K>): never {
  // The table's rows differ in their details; `DetailsOf` ties the two parameters together.
  const row = refusals[kind] as unknown as Row<DetailsOf<K>>;
  const code = typeof row.code === 'string' ? row.code : row.code(details);
  throw new Refusal(kind, { code, status: row.status, message: row.message(details) });
}
