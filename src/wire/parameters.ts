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
    if (text === '') continue;
    for (const pair of text.split('&')) {
      if (pair === '') continue;
      const error = addPair(tree, pair);
      if (error) return error;
    }
  }
  return tree.root;
}

/** Text of a form component: `+` is a space. Undefined where escapes or their UTF-8 are broken. */
export function decodeComponent(text: string): string | undefined {
  // Two searches take a third of the time of a pattern, and a request has dozens of components.
  if (!text.includes('%') && !text.includes('+')) return text;
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
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
  /** The last name, and the drafts along it: below the root, then below each of its dots. */
  #name = '';
  #path: Draft[] = [this.root];
  #made = 0;

  /** The draft of a name, made where it is new. */
  at(name: string): Draft | 'tooDeep' | 'tooMany' {
    const path = this.#path;
    let depth = 0;
    let start = 0;
    const shared = Math.min(name.length, this.#name.length);
    for (let index = 0; index < shared; index++) {
      const unit = name.charCodeAt(index);
      if (unit !== this.#name.charCodeAt(index)) break;
      if (unit !== dot) continue;
      depth++;
      start = index + 1;
    }
    path.length = depth + 1;
    this.#name = name;
    let parent = path[depth] ?? this.root;
    for (;;) {
      const end = name.indexOf('.', start);
      const child = this.#child(parent, end < 0 ? name.slice(start) : name.slice(start, end));
      if (path.length > segmentsMax) return 'tooDeep';
      if (this.#made > segmentsOfRequestMax) return 'tooMany';
      if (end < 0) return child;
      path.push(child);
      parent = child;
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
