/** What reading a region of a live account takes and gives, and which failures are about one call alone. */
import type { Document } from '../describe/found.ts';
import type { Unknown } from '../imported.ts';
import { type Ask, AwsFailure, type Clients, type SdkOptions } from './sdk.ts';

export type Collected = {
  readonly documents: readonly Document[];
  readonly unknowns: readonly Unknown[];
};

export type CollectOptions = Pick<SdkOptions, 'endpoint'> & {
  /** Told of each call before it is made. */
  readonly onCall?: (region: string, action: string) => void;
};

export type Region = {
  readonly account: string;
  readonly region: string;
  readonly ask: Ask;
  readonly clients: Pick<Clients, 'balancersIn'>;
  readonly options: CollectOptions;
};

/** Refusals that say that one call is not permitted or not known here; others are about the whole account. */
const refusals: ReadonlySet<string> = new Set([
  'UnauthorizedOperation',
  'AccessDenied',
  'AccessDeniedException',
  'InvalidAction',
  'UnsupportedOperation',
]);

/** Whether a refusal is about who asks; else the endpoint knows no such call. */
export const isPermission = ({ name }: AwsFailure): boolean =>
  !/^(InvalidAction|UnsupportedOperation)$/.test(name);

/** Whether a failure is about one call alone. */
export function isDenied(error: unknown): error is AwsFailure {
  return error instanceof AwsFailure && refusals.has(error.name);
}
