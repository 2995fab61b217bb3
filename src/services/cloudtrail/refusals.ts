/** Refusals of CloudTrail; `refusal-table.ts` says what a row is. https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
import { row } from '../refusal-row.ts';

export const cloudtrailRefusals = {
  lookupAttributes: row<{ reason: string }>('InvalidLookupAttributesException', ({ reason }) => reason),
  lookupTimes: row<Record<never, never>>(
    'InvalidTimeRangeException',
    () => 'StartTime is later than EndTime.',
  ),
  lookupPageSize: row<{ value: number; limit: number }>(
    'InvalidMaxResultsException',
    ({ value, limit }) => `MaxResults is ${value}; use 1 to ${limit}.`,
  ),
  lookupToken: row<{ token: string }>(
    'InvalidNextTokenException',
    ({ token }) => `The token '${token}' is not one that this lookup gave out.`,
  ),
  eventCategory: row<{ category: string }>(
    'InvalidEventCategoryException',
    ({ category }) => `Rampart records no events of the category '${category}', only management events.`,
  ),
} as const;
