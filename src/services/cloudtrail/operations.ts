/** AWS CloudTrail, as far as it answers from the journal. */
import type { OperationTable } from '../operation.ts';
import { lookupEvents } from './lookup-events.ts';

export const cloudtrail: OperationTable = {
  LookupEvents: { changes: false, recall: lookupEvents },
};
