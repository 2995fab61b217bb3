/** Reads a hash table of the kernel's while the kernel may still be resizing it. */
import type { Element } from './statement.ts';

/** A resize takes milliseconds and a reading of a table that large takes longer. */
const readingsMax = 20;

/**
 * The elements that two readings in a row agree on, each once. The kernel grows and shrinks its hash tables in the
 * background, after the change that made it do so was acknowledged, and a reading meanwhile may show an element twice
 * or, as it continues from message to message by count, leave one out (rhashtable's walk promises no more).
 * @throws Error where readings keep differing: then somebody is changing the set.
 */
export function readSettled(read: () => readonly Element[]): Element[] {
  let before = byKey(read());
  for (let readings = 1; readings < readingsMax; readings += 1) {
    const now = byKey(read());
    if (now.size === before.size && [...now.keys()].every((key) => before.has(key))) return [...now.values()];
    before = now;
  }
  throw new Error(`a set was read ${readingsMax} times and never twice alike`);
}

function byKey(elements: readonly Element[]): ReadonlyMap<string, Element> {
  return new Map(elements.map((element) => [element.key.map(partText).join(' '), element]));
}

function partText(part: Element['key'][number]): string {
  return typeof part === 'object' ? `${part.first}-${part.last}` : String(part);
}
