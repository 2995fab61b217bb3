/** Form parameters as a tree: `Filter.1.Name=x` is the value `x` under `Filter`, `1`, `Name`. */
import { wireError } from './errors.ts';
import type { Parameter, Parameters, WireError } from './wire.ts';

/** Parameters while they are read. Most have no children. */
type Draft = {
  readonly segment: string;
  readonly parent: Draft | undefined;
  value: string | undefined;
  children: Children;
};

/** What stands under a name, in the order given. Mostly a handful, of which a list finds one sooner than a map. */
class Children {
  readonly #all: Draft[] = [];
  #bySegment: Map<string, Draft> | undefined;

  get size(): number {
    return this.#all.length;
  }

  get(segment: string): Draft | undefined {
    if (this.#bySegment) return this.#bySegment.get(segment);
    for (const child of this.#all) if (child.segment === segment) return child;
    return undefined;
  }

  values(): readonly Draft[] {
    return this.#all;
  }

  /** Takes a child of a new segment. */
  add(child: Draft): void {
    this.#all.push(child);
    if (this.#bySegment) this.#bySegment.set(child.segment, child);
    else if (this.#all.length > searchedMax)
      this.#bySegment = new Map(this.#all.map((known) => [known.segment, known]));
  }
}

/** Children that are searched one by one; more of them, as an attacker may send, are found by a map. */
const searchedMax = 16;

const noChildren = new Children();
const dot = '.'.charCodeAt(0);

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
  const tree = new ParameterTree();
  for (const text of texts) {
    let start = 0;
    while (start < text.length) {
      const mark = text.indexOf('&', start);
      const end = mark < 0 ? text.length : mark;
      const error = end > start ? addPair(tree, text.slice(start, end)) : undefined;
      if (error) return error;
      start = end + 1;
    }
  }
  return tree.root;
}

/** Text of a form component: `+` is a space. Undefined where escapes or their UTF-8 are broken. */
export function decodeComponent(text: string): string | undefined {
  // Searches take a third of the time of a pattern, and a request has dozens of components.
  if (text.includes('+')) return decodeUri(text.replaceAll('+', ' '));
  return text.includes('%') ? decodeUri(text) : text;
}

/** `decodeURIComponent` without its call out of JavaScript where every escape is ASCII, as the slash of a block is. */
function decodeUri(text: string): string | undefined {
  let decoded = '';
  let start = 0;
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', start)) {
    const unit = 16 * hexDigit(text.charCodeAt(at + 1)) + hexDigit(text.charCodeAt(at + 2));
    if (!(unit < 0x80)) return decodeAnyUri(text);
    decoded += text.slice(start, at) + String.fromCharCode(unit);
    start = at + 3;
  }
  return decoded + text.slice(start);
}

function decodeAnyUri(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** The value of a hexadecimal digit; NaN for any other character, or where there is none. */
function hexDigit(unit: number): number {
  if (unit >= 0x30 && unit <= 0x39) return unit - 0x30;
  const letter = unit | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}

function addPair(tree: ParameterTree, pair: string): WireError | undefined {
  const equals = pair.indexOf('=');
  const name = decodeComponent(equals < 0 ? pair : pair.slice(0, equals));
  const value = decodeComponent(equals < 0 ? '' : pair.slice(equals + 1));
  if (name === undefined || value === undefined) {
    return wireError('MalformedQueryString', 'A parameter has a broken percent escape or is not UTF-8', 404);
  }
  if (name.length > nameLengthMax) {
    return wireError('InvalidQueryParameter', `A parameter name is longer than ${nameLengthMax} characters`);
  }
  const at = tree.at(name);
  if (at === 'tooDeep') {
    return wireError('InvalidQueryParameter', `The parameter ${name} has more than ${segmentsMax} parts`);
  }
  if (at === 'tooMany') return wireError('InvalidQueryParameter', 'The request has too many parameters');
  if (at.value !== undefined) {
    return wireError('InvalidQueryParameter', `The parameter ${name} is given more than once`);
  }
  at.value = value;
  return undefined;
}

/** Names that follow each other mostly begin alike: what they share is not looked up again. */
class ParameterTree {
  readonly root: Draft = { segment: '', parent: undefined, value: undefined, children: noChildren };
  /** The root, then the draft before each dot of the last name; what stands behind these is of earlier names. */
  readonly #path: Draft[] = [this.root];
  /** How many dots the last name has. */
  #depth = 0;
  #made = 0;

  /** The draft of a name, made where it is new. */
  at(name: string): Draft | 'tooDeep' | 'tooMany' {
    let parent: Draft = this.root;
    let depth = 0;
    let start = 0;
    while (depth < this.#depth) {
      const next = this.#path[depth + 1] ?? this.root;
      const end = start + next.segment.length;
      if (name.charCodeAt(end) !== dot || !name.startsWith(next.segment, start)) break;
      parent = next;
      depth++;
      start = end + 1;
    }
    for (;;) {
      const end = name.indexOf('.', start);
      parent = this.#child(parent, end < 0 ? name.slice(start) : name.slice(start, end));
      this.#depth = depth;
      if (depth >= segmentsMax) return 'tooDeep';
      if (this.#made > segmentsOfRequestMax) return 'tooMany';
      if (end < 0) return parent;
      depth++;
      this.#path[depth] = parent;
      start = end + 1;
    }
  }

  #child(parent: Draft, segment: string): Draft {
    const known = parent.children.get(segment);
    if (known) return known;
    const child: Draft = { segment, parent, value: undefined, children: noChildren };
    if (parent.children === noChildren) parent.children = new Children();
    parent.children.add(child);
    this.#made++;
    return child;
  }
}
