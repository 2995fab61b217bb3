/**
 * An immutable map from text keys: a hash trie whose versions share what did not change, so that a write costs
 * microseconds at any size and the difference of two versions costs what changed (docs/decisions/0002).
 */

/** One entry; `next` chains those of equal hash, sorted by key. */
type Leaf<V> = {
  readonly kind: 'leaf';
  readonly hash: number;
  readonly key: string;
  readonly value: V;
  readonly next: Leaf<V> | undefined;
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

  /** The map of these entries, built at once; a later entry of a key wins. */
  static from<V>(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
    const leaves: Leaf<V>[] = [];
    for (const [key, value] of entries) {
      leaves.push({ kind: 'leaf', hash: hashOf(key), key, value, next: undefined });
    }
    if (leaves.length === 0) return PersistentMap.empty();
    const root = nodeFrom(leaves, 0);
    return new PersistentMap(root, countIn(root));
  }

  get(key: string): V | undefined {
    return valueIn(this.#root, hashOf(key), key);
  }

  has(key: string): boolean {
    return this.get(key) !== undefined;
  }

  /** A version in which the key holds the value. */
  set(key: string, value: V): PersistentMap<V> {
    const hash = hashOf(key);
    const added = valueIn(this.#root, hash, key) === undefined ? 1 : 0;
    return new PersistentMap(setIn(this.#root, 0, hash, key, value), this.size + added);
  }

  /** A version without the key; this one where it was absent. */
  delete(key: string): PersistentMap<V> {
    const hash = hashOf(key);
    if (valueIn(this.#root, hash, key) === undefined) return this;
    return new PersistentMap(deleteIn(this.#root, 0, hash, key), this.size - 1);
  }

  /** Entries in an order that depends on the keys alone, not on how the map came about. */
  *entries(): IterableIterator<readonly [string, V]> {
    for (const { key, value } of leavesOf(this.#root)) yield [key, value];
  }

  *keys(): IterableIterator<string> {
    for (const { key } of leavesOf(this.#root)) yield key;
  }

  *values(): IterableIterator<V> {
    for (const { value } of leavesOf(this.#root)) yield value;
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

function valueIn<V>(root: Node<V> | undefined, hash: number, key: string): V | undefined {
  let node = root;
  for (let shift = 0; node?.kind === 'branch'; shift += bitsPerLevel) {
    node = childAt(node, slotBit(hash, shift));
  }
  return node?.hash === hash ? entryIn(node, key)?.value : undefined;
}

function childAt<V>(node: Branch<V>, bit: number): Node<V> | undefined {
  return node.bitmap & bit ? node.children[bitCount(node.bitmap & (bit - 1))] : undefined;
}

function entryIn<V>(chain: Leaf<V>, key: string): Leaf<V> | undefined {
  for (let leaf: Leaf<V> | undefined = chain; leaf; leaf = leaf.next) if (leaf.key === key) return leaf;
  return undefined;
}

/** The chain with an entry put in the order of keys, so that equal contents have equal shapes. */
function withEntry<V>(chain: Leaf<V> | undefined, hash: number, key: string, value: V): Leaf<V> {
  if (!chain || key < chain.key) return { kind: 'leaf', hash, key, value, next: chain };
  if (key === chain.key) return { ...chain, value };
  return { ...chain, next: withEntry(chain.next, hash, key, value) };
}

function withoutEntry<V>(chain: Leaf<V> | undefined, key: string): Leaf<V> | undefined {
  if (!chain || chain.key === key) return chain?.next;
  return { ...chain, next: withoutEntry(chain.next, key) };
}

function countIn<V>(node: Node<V>): number {
  if (node.kind === 'branch') return node.children.reduce((count, child) => count + countIn(child), 0);
  return node.next ? 1 + countIn(node.next) : 1;
}

function setIn<V>(node: Node<V> | undefined, shift: number, hash: number, key: string, value: V): Node<V> {
  if (!node) return { kind: 'leaf', hash, key, value, next: undefined };
  if (node.kind === 'leaf') {
    if (node.hash === hash) return withEntry(node, hash, key, value);
    const branch: Branch<V> = { kind: 'branch', bitmap: slotBit(node.hash, shift), children: [node] };
    return setIn(branch, shift, hash, key, value);
  }
  const bit = slotBit(hash, shift);
  const index = bitCount(node.bitmap & (bit - 1));
  const present = (node.bitmap & bit) !== 0;
  const child = setIn(present ? node.children[index] : undefined, shift + bitsPerLevel, hash, key, value);
  const children = present ? node.children.slice() : node.children.toSpliced(index, 0, child);
  children[index] = child;
  return { kind: 'branch', bitmap: node.bitmap | bit, children };
}

/** The node over unchained leaves, in the shape that single writes would give it. */
function nodeFrom<V>(leaves: readonly Leaf<V>[], shift: number): Node<V> {
  const [first] = leaves;
  if (!first) throw new Error('a node holds something');
  if (leaves.every(({ hash }) => hash === first.hash)) {
    let chain = first;
    for (const { hash, key, value } of leaves) chain = withEntry(chain, hash, key, value);
    return chain;
  }
  // A slot with one leaf, the usual case, needs no list.
  const slots: (Leaf<V> | Leaf<V>[] | undefined)[] = new Array(32);
  let bitmap = 0;
  for (const leaf of leaves) {
    const slot = (leaf.hash >>> shift) & 31;
    const known = slots[slot];
    bitmap |= 1 << slot;
    if (known === undefined) slots[slot] = leaf;
    else if (Array.isArray(known)) known.push(leaf);
    else slots[slot] = [known, leaf];
  }
  const children: Node<V>[] = [];
  for (const group of slots) {
    if (group !== undefined)
      children.push(Array.isArray(group) ? nodeFrom(group, shift + bitsPerLevel) : group);
  }
  return { kind: 'branch', bitmap, children };
}

function deleteIn<V>(
  node: Node<V> | undefined,
  shift: number,
  hash: number,
  key: string,
): Node<V> | undefined {
  if (!node) return undefined;
  if (node.kind === 'leaf') {
    return withoutEntry(node, key);
  }
  const bit = slotBit(hash, shift);
  const index = bitCount(node.bitmap & (bit - 1));
  const child = deleteIn(node.children[index], shift + bitsPerLevel, hash, key);
  const children = child ? node.children.slice() : node.children.toSpliced(index, 1);
  if (child) children[index] = child;
  const [only] = children;
  if (!only) return undefined;
  // A lone leaf moves up, so that equal contents have equal shapes.
  if (children.length === 1 && only.kind === 'leaf') return only;
  return { kind: 'branch', bitmap: child ? node.bitmap : node.bitmap & ~bit, children };
}

/** One generator with a stack: one for each level hands every leaf through all of them. */
function* leavesOf<V>(root: Node<V> | undefined): IterableIterator<Leaf<V>> {
  const rest: Node<V>[] = root ? [root] : [];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (node.kind === 'branch') rest.push(...node.children.toReversed());
    else for (let leaf: Leaf<V> | undefined = node; leaf; leaf = leaf.next) yield leaf;
  }
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
  const old = new Map<string, V>();
  for (const { key, value } of leavesOf(before)) old.set(key, value);
  for (const { key, value } of leavesOf(after)) {
    const previous = old.get(key);
    old.delete(key);
    if (previous !== value) yield { key, before: previous, after: value };
  }
  for (const [key, value] of old) yield { key, before: value, after: undefined };
}
