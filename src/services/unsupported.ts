/** Parameters that AWS takes and Rampart does not implement are refused: a request that only seems to work is worse. */
import { refuse } from './refusal.ts';

/** Refuses a request that uses one of the parameters. Absent, false, and empty values use nothing. */
export function refuseUnsupported<Input extends object>(
  input: Input,
  parameters: readonly (keyof Input & string)[],
): void {
  for (const parameter of parameters) {
    if (isUsed(input[parameter])) {
      refuse('unsupported', { reason: `Rampart does not support the parameter ${parameter}.` });
    }
  }
}

function isUsed(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== null && value !== false && value !== 0 && value !== '';
}
