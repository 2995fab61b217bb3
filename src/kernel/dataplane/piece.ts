/**
 * A program is the union of pieces. A piece is what one entity (interface, class, subnet …) contributes to a table:
 * sets and chains it owns, and elements, also in sets of others. A change recomputes the pieces it touches.
 */
import type { ChainSpec, Element, KeyPart, NftRule, SetSpec, TimeoutSpec } from '../nft/statement.ts';

export type Chain = {
  readonly spec: ChainSpec;
  readonly rules: readonly NftRule[];
  /** Whether the rules change while flows go on whose remembered verdicts rest on them. */
  readonly remembered?: boolean;
};

/** A chain that other chains lead to. */
export function chain(name: string, ...rules: readonly NftRule[]): Chain {
  return { spec: { name }, rules };
}

/** Elements that a piece has in one set, by the text of their key and data. */
export type Contribution = {
  readonly set: SetSpec;
  /**
   * Whether verdicts remembered for flows may rest on these elements, so that they must be forgotten when one
   * leaves. Plain allow rules do not count: what they let in is tracked, and outlives them.
   */
  readonly remembered: boolean;
  readonly elements: ReadonlyMap<string, Element>;
};

/** Whose access a piece decides; where a batch fails, these interfaces may have to be isolated. */
export type Concern =
  | { readonly kind: 'port'; readonly port: string; readonly classNumber: number; readonly subnetId: string }
  | { readonly kind: 'class'; readonly number: number }
  | { readonly kind: 'subnet'; readonly subnetId: string }
  | { readonly kind: 'everybody' };

export type Piece = {
  readonly concern: Concern;
  readonly sets: readonly SetSpec[];
  /** Name of the piece whose chains, and no others, ask these sets, and whose elements are all in this piece. */
  readonly askedBy?: string;
  /** Timeouts that the chains name. */
  readonly timeouts?: readonly TimeoutSpec[];
  readonly chains: readonly Chain[];
  readonly contributions: readonly Contribution[];
};

/** Pieces of a table by name. */
export type Program = ReadonlyMap<string, Piece>;

/** The text of an element's key, unique in its set. */
export function keyText(element: Element): string {
  let text = '';
  for (const part of element.key) text += text === '' ? partText(part) : ` . ${partText(part)}`;
  return text;
}

function partText(part: KeyPart): string {
  if (typeof part === 'object') return `${part.first}-${part.last}`;
  return String(part);
}

/** The text of an element with its data; elements with equal texts are equal. */
export function elementText(element: Element): string {
  const { data } = element;
  const key = keyText(element);
  if (!data) return key;
  return data.kind === 'goto' ? `${key} : goto ${data.chain}` : `${key} : ${data.value}`;
}

/** A contribution of these elements. */
export function contribution(set: SetSpec, remembered: boolean, elements: Iterable<Element>): Contribution {
  const byText = new Map<string, Element>();
  for (const element of elements) byText.set(elementText(element), element);
  return { set, remembered, elements: byText };
}
