/** Endpoint policies: JSON documents that are kept as they come. */
import { refuse } from '../../refusal.ts';

/** AWS attaches one that allows everything where none is given. */
export const defaultPolicy = JSON.stringify({
  Version: '2008-10-17',
  Statement: [{ Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' }],
});

/** The text, if it is a JSON object with statements. */
export function policyIn(text: string): string {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse('badPolicy', { reason: 'it is not JSON' });
  }
  const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  if (!isObject || !('Statement' in (parsed as object)))
    refuse('badPolicy', { reason: 'it has no Statement' });
  return text;
}
