/** Reads sets' elements back from the kernel, as the same data that `encode` was given. */
import { eachAttribute, nested, readAttributes, textOf } from '../netlink/reader.ts';
import * as nf from './constants.ts';
import { datatypeBytes, getNumber, getValue, type KeyType, keyTypes, maxOf, padded } from './datatype.ts';
import { shapeOf } from './element.ts';
import type { Element, KeyPart, SetSpec } from './statement.ts';

type RawElement = {
  readonly key: Buffer;
  readonly keyEnd?: Buffer;
  readonly isEnd: boolean;
  readonly data?: Element['data'];
  readonly counter?: Element['counter'];
};

/** The elements in the payloads of one dump. */
export function decodeElements(set: SetSpec, payloads: readonly Buffer[]): Element[] {
  const raw: RawElement[] = [];
  for (const payload of payloads) {
    const list = readAttributes(payload.subarray(4)).get(nf.elementList.elements);
    if (list) eachAttribute(list, (_type, item) => raw.push(readRaw(set, item)));
  }
  const key = keyTypes(set);
  if (shapeOf(set) === 'tree') return joinIntervals(key, raw);
  return raw.map((element) => ({ key: readKey(key, element), ...extras(element) }));
}

function extras({ data, counter }: RawElement): Pick<Element, 'data' | 'counter'> {
  return { ...(data && { data }), ...(counter && { counter }) };
}

function readRaw(set: SetSpec, item: Buffer): RawElement {
  const attributes = readAttributes(item);
  const key = nested(attributes, nf.element.key).get(nf.data.value);
  const keyEnd = nested(attributes, nf.element.keyEnd).get(nf.data.value);
  const flags = attributes.get(nf.element.flags)?.readUInt32BE(0) ?? 0;
  const data = readData(set, nested(attributes, nf.element.data));
  const counter = readElementCounter(attributes);
  const isEnd = (flags & nf.ELEMENT_INTERVAL_END) !== 0;
  // The catch-all element has no key; we make none.
  if (!key) throw new Error(`set ${set.name} holds an element without a key`);
  return { key, isEnd, ...(keyEnd && { keyEnd }), ...(data && { data }), ...(counter && { counter }) };
}

function readData(set: SetSpec, data: ReadonlyMap<number, Buffer>): Element['data'] {
  const verdict = data.get(nf.data.verdict);
  if (verdict) {
    const chain = readAttributes(verdict).get(nf.verdict.chain);
    if (!chain) throw new Error(`map ${set.name} holds a verdict without a chain`);
    return { kind: 'goto', chain: textOf(chain) };
  }
  const value = data.get(nf.data.value);
  if (!value || set.data === undefined || set.data === 'verdict') return undefined;
  return { kind: 'value', value: getValue(value, 0, set.data, 1) };
}

/** Counters of an element hang either on it or in a list of expressions. */
function readElementCounter(attributes: ReadonlyMap<number, Buffer>): Element['counter'] {
  const single = attributes.get(nf.element.expression);
  if (single) return readCounter(single);
  let found: Element['counter'];
  const list = attributes.get(nf.element.expressions);
  if (list) {
    eachAttribute(list, (_type, content) => {
      found ??= readCounter(content);
    });
  }
  return found;
}

/** The numbers of a `counter` expression, or undefined where it is another one. */
export function readCounter(expression: Buffer): { packets: number; bytes: number } | undefined {
  const attributes = readAttributes(expression);
  const name = attributes.get(1);
  if (!name || textOf(name) !== 'counter') return undefined;
  const numbers = nested(attributes, 2);
  return {
    bytes: Number(numbers.get(1)?.readBigUInt64BE(0) ?? 0n),
    packets: Number(numbers.get(2)?.readBigUInt64BE(0) ?? 0n),
  };
}

function readKey(key: readonly KeyType[], element: RawElement): KeyPart[] {
  const parts: KeyPart[] = [];
  let at = 0;
  for (const type of key) {
    const bytes = datatypeBytes(type);
    const last = element.keyEnd ?? element.key;
    const isRange = element.key.compare(last, at, at + bytes, at, at + bytes) !== 0;
    parts.push(
      isRange
        ? { first: getNumber(element.key, at, type, key.length), last: getNumber(last, at, type, key.length) }
        : getValue(element.key, at, type, key.length),
    );
    at += padded(bytes);
  }
  return parts;
}

/** The kernel holds where intervals start and, as elements of their own, where they have ended. */
function joinIntervals(key: readonly KeyType[], raw: readonly RawElement[]): Element[] {
  const [type] = key;
  if (type === undefined) return [];
  const sorted = [...raw].sort(
    (left, right) => left.key.compare(right.key) || Number(right.isEnd) - Number(left.isEnd),
  );
  const elements: Element[] = [];
  for (const [index, start] of sorted.entries()) {
    if (start.isEnd) continue;
    const end = sorted[index + 1];
    const first = getNumber(start.key, 0, type, 1);
    const last = end ? previous(getNumber(end.key, 0, type, 1)) : topOf(type);
    const part: KeyPart = first === last ? getValue(start.key, 0, type, 1) : { first, last };
    elements.push({ key: [part], ...extras(start) });
  }
  return elements;
}

const previous = (value: number | bigint): number | bigint =>
  typeof value === 'bigint' ? value - 1n : value - 1;

const topOf = (type: KeyType): number | bigint => (type === 'ipv6_addr' ? maxOf(type) : Number(maxOf(type)));
