/** Reads sets' elements back from the kernel, as the same data that `encode` was given. */
import { eachAttribute, nested, readAttributes, scanAttributes, textOf } from '../netlink/reader.ts';
import * as nf from './constants.ts';
import { datatypeBytes, getNumber, getValue, type KeyType, keyTypes, maxOf, padded } from './datatype.ts';
import { shapeOf } from './element.ts';
import { ForeignElement } from './error.ts';
import type { Element, KeyPart, SetSpec } from './statement.ts';

/** Where the parts of an element are in the message that they came in. */
type RawElement = {
  readonly bytes: Buffer;
  readonly keyAt: number;
  /** Where the key's other end is; the same place where there is none. */
  readonly lastAt: number;
  readonly isEnd: boolean;
  readonly data: Element['data'];
  readonly counter: Element['counter'];
};

/** The elements in the payloads of one dump. @throws ForeignElement for what `encode` never writes */
export function decodeElements(set: SetSpec, payloads: readonly Buffer[]): Element[] {
  const raw: RawElement[] = [];
  for (const payload of payloads) {
    scanAttributes(payload, 4, payload.length, (type, start, end) => {
      if (type !== nf.elementList.elements) return;
      scanAttributes(payload, start, end, (_item, from, to) => raw.push(readRaw(set, payload, from, to)));
    });
  }
  const key = keyTypes(set);
  if (shapeOf(set) === 'tree') return joinIntervals(key, raw);
  return raw.map((element) => ({ key: readKey(key, element), ...extras(element) }));
}

function extras({ data, counter }: RawElement): Pick<Element, 'data' | 'counter'> {
  return { ...(data && { data }), ...(counter && { counter }) };
}

function readRaw(set: SetSpec, bytes: Buffer, start: number, end: number): RawElement {
  let keyAt = -1;
  let lastAt = -1;
  let isEnd = false;
  let data: Element['data'];
  let counter: Element['counter'];
  scanAttributes(bytes, start, end, (type, from, to) => {
    // The content of keys is one attribute more, of four bytes before the value.
    if (type === nf.element.key) keyAt = from + 4;
    else if (type === nf.element.keyEnd) lastAt = from + 4;
    else if (type === nf.element.flags) isEnd = (bytes.readUInt32BE(from) & nf.ELEMENT_INTERVAL_END) !== 0;
    else if (type === nf.element.data) data = readData(set, bytes, from, to);
    else if (type === nf.element.expression) counter ??= readCounter(bytes.subarray(from, to));
    else if (type === nf.element.expressions) counter ??= readElementCounter(bytes.subarray(from, to));
  });
  // The catch-all element has no key; we make none.
  if (keyAt < 0) throw new ForeignElement(set.name, 'an element without a key');
  return { bytes, keyAt, lastAt: lastAt < 0 ? keyAt : lastAt, isEnd, data, counter };
}

function readData(set: SetSpec, bytes: Buffer, start: number, end: number): Element['data'] {
  if (set.data === undefined) return undefined;
  if (set.data !== 'verdict') {
    return { kind: 'value', value: getValue(bytes, start + 4, set.data, 1) };
  }
  const verdict = nested(readAttributes(bytes.subarray(start, end)), nf.data.verdict);
  const chain = verdict.get(nf.verdict.chain);
  if (!chain) throw new ForeignElement(set.name, 'a verdict without a chain');
  return { kind: 'goto', chain: textOf(chain) };
}

/** The counter in a list of an element's expressions. */
function readElementCounter(list: Buffer): Element['counter'] {
  let found: Element['counter'];
  eachAttribute(list, (_type, content) => {
    found ??= readCounter(content);
  });
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

function readKey(key: readonly KeyType[], { bytes, keyAt, lastAt }: RawElement): KeyPart[] {
  const parts: KeyPart[] = [];
  let offset = 0;
  for (const type of key) {
    const length = datatypeBytes(type);
    const first = keyAt + offset;
    const last = lastAt + offset;
    const isRange =
      lastAt !== keyAt && bytes.compare(bytes, last, last + length, first, first + length) !== 0;
    parts.push(
      isRange
        ? { first: getNumber(bytes, first, type, key.length), last: getNumber(bytes, last, type, key.length) }
        : getValue(bytes, first, type, key.length),
    );
    offset += padded(length);
  }
  return parts;
}

/** The kernel holds where intervals start and, as elements of their own, where they have ended. */
function joinIntervals(key: readonly KeyType[], raw: readonly RawElement[]): Element[] {
  const [type] = key;
  if (type === undefined) return [];
  const marks = raw.map((element) => ({ element, at: getNumber(element.bytes, element.keyAt, type, 1) }));
  // An interval ends before the next one starts at the same number.
  marks.sort(
    (left, right) =>
      (left.at < right.at ? -1 : left.at > right.at ? 1 : 0) ||
      Number(right.element.isEnd) - Number(left.element.isEnd),
  );
  const elements: Element[] = [];
  for (const [index, { element, at }] of marks.entries()) {
    if (element.isEnd) continue;
    const end = marks[index + 1];
    const last = end ? previous(end.at) : topOf(type);
    const part: KeyPart = at === last ? getValue(element.bytes, element.keyAt, type, 1) : { first: at, last };
    elements.push({ key: [part], ...extras(element) });
  }
  return elements;
}

const previous = (value: number | bigint): number | bigint =>
  typeof value === 'bigint' ? value - 1n : value - 1;

const topOf = (type: KeyType): number | bigint => (type === 'ipv6_addr' ? maxOf(type) : Number(maxOf(type)));
