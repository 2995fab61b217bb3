/** Patterns of ARNs. */
import { type Glob, globOf } from '../glob.ts';

const arnParts = 6;

/**
 * The test of a pattern; undefined where it is no ARN of six parts. Each part of an ARN is compared with its own
 * pattern, and the sixth is all that is left, so that a wildcard never reaches over a colon into another part.
 */
export function arnPattern(text: string): Glob | undefined {
  const parts = partsOf(text);
  if (parts.length !== arnParts || parts[0] !== 'arn') return undefined;
  const globs = parts.map((part) => globOf(part, { escapes: false }));
  return (arn) => {
    const given = partsOf(arn);
    return given.length === arnParts && globs.every((matches, index) => matches(given[index] ?? ''));
  };
}

function partsOf(arn: string): readonly string[] {
  const parts = arn.split(':');
  return parts.length <= arnParts ? parts : [...parts.slice(0, 5), parts.slice(5).join(':')];
}
