/** Scalars of query requests from their text. */
import { decodeBase64 } from './base64.ts';
import type { ScalarType } from './model.ts';
import { fromEpochSeconds, parseDateTime, parseHttpDate } from './timestamp.ts';

const numberPattern = /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/;

/** The value of a text, or undefined where the text is not one of the type. */
export function parseScalar(type: ScalarType, text: string): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'integer': {
      const value = /^-?\d+$/.test(text) ? Number(text) : Number.NaN;
      // `-0` is 0.
      return Number.isSafeInteger(value) ? value + 0 : undefined;
    }
    case 'double':
      return parseNumber(text);
    case 'boolean':
      return parseBoolean(text);
    case 'timestamp':
    case 'dateTime':
      return parseDateTime(text);
    case 'httpDate':
      return parseHttpDate(text);
    case 'epochSeconds': {
      const seconds = parseNumber(text);
      return seconds === undefined ? undefined : fromEpochSeconds(seconds);
    }
    case 'blob':
      return decodeBase64(text);
    case 'document':
      return undefined;
    default:
      return type satisfies never;
  }
}

function parseNumber(text: string): number | undefined {
  const value = numberPattern.test(text) ? Number(text) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Scripts write Python's `True` too. */
function parseBoolean(text: string): boolean | undefined {
  switch (text.toLowerCase()) {
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      return undefined;
  }
}
