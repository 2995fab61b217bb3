/** Form parameters as a tree: `Filter.1.Name=x` is the value `x` under `Filter`, `1`, `Name`. */
import { wireError } from './errors.ts';
import type { Parameter, Parameters, WireError } from './wire.ts';

/** Parameters while they are read. Most have no children, so that a map for each would be waste. */
type Draft = {
  readonly segment: string;
  readonly parent: Draft | undefined;
  value: string | undefined;
  children: Map<string, Draft>;
};

const noChildren: Map<string, Draft> = new Map();

/** No shape is nested as deep; what is deeper only costs memory. */
const segmentsMax = 32;
const nameLengthMax = 1024;
/** Segments of all names together: a body of the largest size that means something has half as many. */
const segmentsOfRequestMax = 100_000;

/** The whole name of a parameter as the client wrote it. */
export function nameOf(parameter: Parameter): string {
  const segments: string[] = [];
  for (let at: Parameter | undefined = parameter; at?.parent; at = at.parent) segments.unshift(at.segment);
  return segments.join('.');
}

/**
 * The parameters of query string and form body together. A broken percent escape or UTF-8 sequence is
 * `MalformedQueryString`; a name given twice or beyond every bound is `InvalidQueryParameter`.
 */
export function readParameters(texts: readonly string[]): Parameters | WireError {
  const root = draft('', undefined);
  const budget = { segments: segmentsOfRequestMax };
  for (const text of texts) {
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      const error = addPair(root, pair, budget);
      if (error) return error;
    }
  }
  return root;
}

/** Text of a form component: `+` is a space. Undefined where escapes or their UTF-8 are broken. */
export function decodeComponent(text: string): string | undefined {
  if (!/[%+]/.test(text)) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

function addPair(root: Draft, pair: string, budget: { segments: number }): WireError | undefined {
  const equals = pair.indexOf('=');
  const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
  const value = decodeComponent(equals < 0 ? '' : pair.slice(equals + 1));
  if (name === undefined || value === undefined) {
    return wireError('MalformedQueryString', 'A parameter has a broken percent escape or is not UTF-8', 404);
  }
  if (name.length > nameLengthMax) {
    return wireError('InvalidQueryParameter', `A parameter name is longer than ${nameLengthMax} characters`);
  }
  const segments = name.split('.');
  if (segments.length > segmentsMax) {
    return wireError('InvalidQueryParameter', `The parameter ${name} has more than ${segmentsMax} parts`);
  }
  const at = descend(root, segments, budget);
  if (budget.segments < 0) return wireError('InvalidQueryParameter', 'The request has too many parameters');
  if (at.value !== undefined) {
    return wireError('InvalidQueryParameter', `The parameter ${name} is given more than once`);
  }
  at.value = value;
  return undefined;
}

/** The draft of a name under the root, made where it is new. */
function descend(root: Draft, segments: readonly string[], budget: { segments: number }): Draft {
  let at = root;
  for (const segment of segments) {
    let child = at.children.get(segment);
    if (!child) {
      child = draft(segment, at);
      if (at.children === noChildren) at.children = new Map();
      at.children.set(segment, child);
      budget.segments--;
    }
    at = child;
  }
  return at;
}

function draft(segment: string, parent: Draft | undefined): Draft {
  return { segment, parent, value: undefined, children: noChildren };
}
