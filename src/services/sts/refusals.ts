/** Refusals of STS; `refusal-table.ts` says what a row is. https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html */
import { row } from '../refusal-row.ts';

export const stsRefusals = {
  // https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html
  stsValidation: row<{ reason: string }>('ValidationError', ({ reason }) => reason),
  malformedPolicy: row<{ why: string }>(
    'MalformedPolicyDocument',
    ({ why }) => `The session policy cannot be obeyed: ${why}.`,
  ),
  packedPolicyTooLarge: row<{ percent: number }>(
    'PackedPolicyTooLarge',
    ({ percent }) => `Session policies and tags take ${percent} % of the space of a session token.`,
  ),
  accessDenied: row<{ reason: string }>('AccessDenied', ({ reason }) => reason, 403),
} as const;
