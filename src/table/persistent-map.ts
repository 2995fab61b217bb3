/**
 * An immutable map from text keys: a hash trie whose versions share what did not change, so that a write costs
 * microseconds at any size and the difference of two versions costs what changed (docs/decisions/0002).
 */

type Leaf<V> = {
  readonly kind: 'leaf';
  readonly hash: number;
  readonly entries: readonly (readonly [string, V])[];
};
type Branch<V> = { readonly kind: 'branch'; readonly bitmap: number; readonly children: readonly Node<V>[] };
type Node<V> = Leaf<V> | Branch<V>;

/** What one key holds in two versions; an absent side is undefined. */
export type Change<V> = {
  readonly key: string;
  readonly before: V | undefined;
  readonly after: V | undefined;
};

const bitsPerLevel = 5;

export class PersistentMap<V> {
  static readonly #empty = new PersistentMap<never>(undefined, 0);
  readonly #root: Node<V> | undefined;
  /** Number of keys. */
  readonly size: number;

  private constructor(root: Node<V> | undefined, size: number) {
    this.#root = root;
    this.size = size;
  }

  static empty<V>(): PersistentMap<V> {
    return PersistentMap.#empty as PersistentMap<V>;
  }

  get(key: string): V | undefined {
    let node = this.#root;
    const hash = hashOf(key);
    for (let shift = 0; node?.kind === 'branch'; shift += bitsPerLevel) {
      node = childOf(node, hash, shift);
    }
    return node?.hash === hash ? node.entries.find(([name]) => name === key)?.[1] : undefined;
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** A version in which the key holds the value. */
  set(key: string, value: V): PersistentMap<V> {
    const added = this.has(key) ? 0 : 1;
    return new PersistentMap(setIn(this.#root, 0, hashOf(key), key, value), this.size + added);
  }

  /** A version without the key; this one where it was absent. */
  delete(key: string): PersistentMap<V> {
    if (!this.has(key)) return this;
    return new PersistentMap(deleteIn(this.#root, 0, hashOf(key), key), this.size - 1);
  }

  /** Entries in an order that depends on the keys alone, not on how the map came about. */
  *entries(): IterableIterator<readonly [string, V]> {
    if (this.#root) yield* entriesOf(this.#root);
  }

  *keys(): IterableIterator<string> {
    for (const [key] of this.entries()) yield key;
  }

  *values(): IterableIterator<V> {
    for (const [, value] of this.entries()) yield value;
  }

  /** Keys whose value differs between an older version and this one; shared parts are not visited. */
  *changesSince(older: PersistentMap<V>): IterableIterator<Change<V>> {
    yield* changesBetween(older.#root, this.#root);
  }
}

/** FNV-1a over UTF-16 units, mixed so that the low bits of similar ids spread. */
function hashOf(key: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function slotBit(hash: number, shift: number): number {
  return 1 << ((hash >>> shift) & 31);
}

function bitCount(bits: number): number {
  let n = bits - ((bits >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return Math.imul((n + (n >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

function childOf<V>(node: Branch<V>, hash: number, shift: number): Node<V> | undefined {
  return childAt(node, slotBit(hash, shift));
}

function childAt<V>(node: Branch<V>, bit: number): Node<V> | undefined {
  return node.bitmap & bit ? node.children[bitCount(node.bitmap & (bit - 1))] : undefined;
}

function setIn<V>(node: Node<V> | undefined, shift: number, hash: number, key: string, value: V): Node<V> {
  if (!node) return { kind: 'leaf', hash, entries: [[key, value]] };
  if (node.kind === 'leaf') {
    if (node.hash === hash) {
      return {
        kind: 'leaf',
        hash,
        entries: [...node.entries.filter(([name]) => name !== key), [key, value]],
      };
    }
    const branch: Branch<V> = { kind: 'branch', bitmap: slotBit(node.hash, shift), children: [node] };
    return setIn(branch, shift, hash, key, value);
  }
  const bit = slotBit(hash, shift);
  const index = bitCount(node.bitmap & (bit - 1));
  const present = (node.bitmap & bit) !== 0;
  const child = setIn(present ? node.children[index] : undefined, shift + bitsPerLevel, hash, key, value);
  const children = node.children.slice();
  children.splice(index, present ? 1 : 0, child);
  return { kind: 'branch', bitmap: node.bitmap | bit, children };
}

function deleteIn<V>(
  node: Node<V> | undefined,
  shift: number,
  hash: number,
  key: string,
): Node<V> | undefined {
  if (!node) return undefined;
  if (node.kind === 'leaf') {
    const entries = node.entries.filter(([name]) => name !== key);
    return entries.length > 0 ? { kind: 'leaf', hash, entries } : undefined;
  }
  const bit = slotBit(hash, shift);
  const index = bitCount(node.bitmap & (bit - 1));
  const child = deleteIn(node.children[index], shift + bitsPerLevel, hash, key);
  const children = node.children.slice();
  if (child) children[index] = child;
  else children.splice(index, 1);
  const [only] = children;
  if (!only) return undefined;
  // A lone leaf moves up, so that equal contents have equal shapes.
  if (children.length === 1 && only.kind === 'leaf') return only;
  return { kind: 'branch', bitmap: child ? node.bitmap : node.bitmap & ~bit, children };
}

function* entriesOf<V>(node: Node<V>): IterableIterator<readonly [string, V]> {
  if (node.kind === 'leaf') yield* node.entries;
  else for (const child of node.children) yield* entriesOf(child);
}

function* changesBetween<V>(
  before: Node<V> | undefined,
  after: Node<V> | undefined,
): IterableIterator<Change<V>> {
  if (before === after) return;
  if (before?.kind === 'branch' && after?.kind === 'branch') {
    for (let slot = 0; slot < 32; slot++) {
      yield* changesBetween(childAt(before, 1 << slot), childAt(after, 1 << slot));
    }
    return;
  }
  const old = new Map(before ? entriesOf(before) : []);
  for (const [key, value] of after ? entriesOf(after) : []) {
    const previous = old.get(key);
    old.delete(key);
    if (previous !== value) yield { key, before: previous, after: value };
  }
  for (const [key, value] of old) yield { key, before: value, after: undefined };
}
