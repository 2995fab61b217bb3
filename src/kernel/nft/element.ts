/** Writes the elements of sets and maps. */
import type { MessageWriter } from '../netlink/writer.ts';
import * as nf from './constants.ts';
import { datatypeBytes, type KeyType, keyBytes, keyTypes, padded, putValue } from './datatype.ts';
import { verdictData } from './expression.ts';
import type { Datatype, Element, KeyPart, SetSpec } from './statement.ts';

/**
 * How a set's elements look to the kernel. `exact`: one key. `ranges`: a concatenation, each element with the keys
 * of both ends. `tree`: one interval of a single type, its end an element of its own.
 */
export type ElementShape = 'exact' | 'ranges' | 'tree';

/** The shape that a set's elements have. Throws for a set that the kernel could not look up rightly. */
export function shapeOf(set: SetSpec): ElementShape {
  if (!set.interval) return 'exact';
  const [only] = set.key;
  if (set.key.length > 1) return 'ranges';
  // The register holds a mark in host order and a name is no number: neither has intervals.
  if (only === 'mark' || only === 'ifname') throw new Error(`set ${set.name}: no intervals of ${only}`);
  return 'tree';
}

const prepared = new WeakMap<SetSpec, ElementWriter>();

/** Writes elements of one set: what does not change from element to element is found out once. */
export class ElementWriter {
  readonly #set: SetSpec;
  readonly #key: readonly KeyType[];
  /** Where each part of the key is. */
  readonly #places: readonly number[];
  readonly #shape: ElementShape;
  readonly #first: Buffer;
  readonly #last: Buffer;
  readonly #data: Buffer;

  /** The writer for a set; one that is known by the same object is prepared once. */
  static of(set: SetSpec): ElementWriter {
    const known = prepared.get(set);
    if (known) return known;
    const writer = new ElementWriter(set);
    prepared.set(set, writer);
    return writer;
  }

  private constructor(set: SetSpec) {
    this.#set = set;
    this.#key = keyTypes(set);
    this.#places = this.#key.map((_, index) =>
      this.#key.slice(0, index).reduce((at, type) => at + padded(datatypeBytes(type)), 0),
    );
    this.#shape = shapeOf(set);
    this.#first = Buffer.alloc(keyBytes(this.#key));
    this.#last = Buffer.alloc(this.#first.length);
    this.#data = Buffer.alloc(set.data && set.data !== 'verdict' ? datatypeBytes(set.data) : 0);
  }

  /** Writes one element with all that belongs to it. A deletion needs the key alone. */
  write(writer: MessageWriter, element: Element, purpose: 'add' | 'delete'): void {
    if (element.key.length !== this.#key.length) {
      throw new Error(`set ${this.#set.name}: an element has ${element.key.length} key parts`);
    }
    if (this.#shape === 'tree') this.#writeInterval(writer, element, purpose);
    else this.#writeKeyed(writer, element, purpose);
  }

  #writeKeyed(writer: MessageWriter, element: Element, purpose: 'add' | 'delete'): void {
    const item = writer.nest(nf.LIST_ELEM);
    this.#fill(this.#first, element.key, 'first');
    writeKey(writer, nf.element.key, this.#first);
    if (this.#shape === 'ranges') {
      this.#fill(this.#last, element.key, 'last');
      writeKey(writer, nf.element.keyEnd, this.#last);
    }
    if (purpose === 'add') this.#writeData(writer, element);
    writer.end(item);
  }

  #fill(into: Buffer, key: readonly KeyPart[], end: 'first' | 'last'): void {
    clear(into);
    const parts = this.#key.length;
    for (let index = 0; index < parts; index++) {
      const [type, part, at] = [this.#key[index], key[index], this.#places[index]];
      if (type === undefined || part === undefined || at === undefined) {
        throw new Error(`set ${this.#set.name}: a key part is missing`);
      }
      if (typeof part === 'object') this.#checkRange(type, part);
      putValue(into, at, type, typeof part === 'object' ? part[end] : part, parts);
    }
  }

  #checkRange(type: KeyType, range: Exclude<KeyPart, number | string | bigint>): void {
    if (this.#shape === 'exact') throw new Error(`set ${this.#set.name}: a range in a set of single values`);
    if (type === 'ifname') throw new Error(`set ${this.#set.name}: device names have no ranges`);
    if (range.first > range.last) throw new Error(`set ${this.#set.name}: ${range.first} to ${range.last}`);
  }

  /** `[first, last]` is an element at `first` and an end at `last + 1`; nothing ends what reaches to the top. */
  #writeInterval(writer: MessageWriter, element: Element, purpose: 'add' | 'delete'): void {
    const item = writer.nest(nf.LIST_ELEM);
    this.#fill(this.#first, element.key, 'first');
    writeKey(writer, nf.element.key, this.#first);
    if (purpose === 'add') this.#writeData(writer, element);
    writer.end(item);
    this.#fill(this.#last, element.key, 'last');
    if (!increment(this.#last)) return;
    const end = writer.nest(nf.LIST_ELEM);
    writer.attrU32be(nf.element.flags, nf.ELEMENT_INTERVAL_END);
    writeKey(writer, nf.element.key, this.#last);
    writer.end(end);
  }

  #writeData(writer: MessageWriter, element: Element): void {
    const { data } = element;
    const type: Datatype | undefined = this.#set.data;
    if (!data || type === undefined) {
      if (data || type !== undefined) throw new Error(`set ${this.#set.name}: data without a map, or none`);
      return;
    }
    if (data.kind === 'goto' && type === 'verdict') {
      verdictData(writer, nf.element.data, 'goto', data.chain);
      return;
    }
    if (data.kind === 'goto' || type === 'verdict') {
      throw new Error(`map ${this.#set.name}: data of another type`);
    }
    // Data goes into a register as it is, so a mark is in host order whatever the key is.
    clear(this.#data);
    putValue(this.#data, 0, type, data.value, 1);
    writeKey(writer, nf.element.data, this.#data);
  }
}

/** By a loop: a call out of JavaScript costs more for a few bytes. */
function clear(bytes: Buffer): void {
  for (let index = 0; index < bytes.length; index++) bytes[index] = 0;
}

function writeKey(writer: MessageWriter, attribute: number, bytes: Buffer): void {
  const outer = writer.nest(attribute);
  writer.attrBytes(nf.data.value, bytes);
  writer.end(outer);
}

/** Adds one to a big-endian number; false where it was the largest. */
function increment(bytes: Buffer): boolean {
  for (let index = bytes.length - 1; index >= 0; index--) {
    const next = ((bytes[index] ?? 0) + 1) & 0xff;
    bytes[index] = next;
    if (next !== 0) return true;
  }
  return false;
}
