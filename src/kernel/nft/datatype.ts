/** The types of set keys: their sizes, their numbers for `nft list`, and their bytes. */
import { formatIp, readIp } from '#net/address.ts';
import type { Datatype, SetSpec } from './statement.ts';

export type KeyType = Exclude<Datatype, 'verdict'>;

/** Length in bytes, and the number by which nft shows the type; the kernel keeps it without looking at it. */
const types: Readonly<Record<KeyType, { readonly bytes: number; readonly number: number }>> = {
  ipv4_addr: { bytes: 4, number: 7 },
  ipv6_addr: { bytes: 16, number: 8 },
  inet_proto: { bytes: 1, number: 12 },
  inet_service: { bytes: 2, number: 13 },
  mark: { bytes: 4, number: 19 },
  /** A number of two bytes that nft has no name for; integer. */
  zone: { bytes: 2, number: 4 },
  ifname: { bytes: 16, number: 41 },
};

/** Each part of a concatenation starts at a register, which has four bytes. */
export const padded = (bytes: number): number => (bytes + 3) & ~3;

/** Bytes of one value of the type. */
export const datatypeBytes = (type: KeyType): number => types[type].bytes;

/** The key's components. A verdict is no key. */
export function keyTypes(set: SetSpec): KeyType[] {
  return set.key.map((type) => {
    if (type === 'verdict') throw new Error(`set ${set.name}: a verdict cannot be a key`);
    return type;
  });
}

/** Bytes of a whole key. */
export function keyBytes(key: readonly KeyType[]): number {
  const [only] = key;
  if (key.length === 1 && only) return types[only].bytes;
  return key.reduce((sum, type) => sum + padded(types[type].bytes), 0);
}

/** nft's number of a type; of a concatenation six bits for each part, the first highest. */
export function typeNumber(key: readonly KeyType[]): number {
  return key.reduce((number, type) => number * 64 + types[type].number, 0) >>> 0;
}

/**
 * Whether numbers of the type are big-endian in a key. All are, so that the kernel compares ranges as numbers, but
 * for a mark that is the whole key, and for a zone: the register holds them in host order.
 */
const bigEndian = (type: KeyType, parts: number): boolean =>
  type !== 'zone' && (type !== 'mark' || parts > 1);

/** The largest number of the type. */
export function maxOf(type: KeyType): bigint {
  return (1n << BigInt(types[type].bytes * 8)) - 1n;
}

/**
 * Puts one value at `at` of a zeroed buffer. `parts` is the number of the key's components.
 * @throws Error for a value that is not of the type: the caller has composed something impossible
 */
export function putValue(
  into: Buffer,
  at: number,
  type: KeyType,
  value: number | bigint | string,
  parts: number,
): void {
  if (type === 'ifname') putName(into, at, value);
  else if (type === 'ipv6_addr') putIpv6(into, at, value);
  else putNumber(into, at, type, value, parts);
}

function putNumber(
  into: Buffer,
  at: number,
  type: Exclude<KeyType, 'ifname' | 'ipv6_addr'>,
  value: number | bigint | string,
  parts: number,
): void {
  const number = typeof value === 'string' ? numberOf(type, value) : Number(value);
  const { bytes } = types[type];
  if (!Number.isInteger(number) || number < 0 || number >= 2 ** (bytes * 8)) {
    throw new Error(`${value} is no ${type}`);
  }
  if (bigEndian(type, parts)) {
    for (let index = 0; index < bytes; index++) into[at + index] = number >>> (8 * (bytes - 1 - index));
  } else {
    for (let index = 0; index < bytes; index++) into[at + index] = number >>> (8 * index);
  }
}

function numberOf(type: KeyType, text: string): number {
  if (type === 'ipv4_addr') {
    const number = ipv4Number(text);
    if (number !== undefined) return number;
  }
  throw new Error(`"${text}" is no ${type}`);
}

/** The number of a dotted quad. Sets of 100,000 addresses go through here, hence no splitting and no bigint. */
function ipv4Number(text: string): number | undefined {
  let value = 0;
  let octet = -1;
  let dots = 0;
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code === 46) {
      if (octet < 0) return undefined;
      value = value * 256 + octet;
      octet = -1;
      dots++;
    } else if (code >= 48 && code <= 57) {
      if (octet === 0) return undefined; // a leading zero could mean octal
      octet = octet < 0 ? code - 48 : octet * 10 + code - 48;
      if (octet > 255) return undefined;
    } else return undefined;
  }
  return dots === 3 && octet >= 0 ? value * 256 + octet : undefined;
}

function putName(into: Buffer, at: number, value: number | bigint | string): void {
  // The kernel's IFNAMSIZ is 16 with the terminating zero.
  if (typeof value !== 'string' || value.length === 0 || value.length > 15) {
    throw new Error(`${value} is no device name`);
  }
  // A call out of JavaScript costs more than fifteen characters.
  for (let index = 0; index < value.length; index++) into[at + index] = value.charCodeAt(index);
}

function putIpv6(into: Buffer, at: number, value: number | bigint | string): void {
  if (typeof value === 'string' && putIpv6Text(into, at, value)) return;
  const number = typeof value === 'string' ? ipv6Number(value) : BigInt(value);
  if (number < 0n || number >> 128n !== 0n) throw new Error(`${value} is no ipv6_addr`);
  into.writeBigUInt64BE(number >> 64n, at);
  into.writeBigUInt64BE(number & 0xffff_ffff_ffff_ffffn, at + 8);
}

const groups = new Uint16Array(8);

/**
 * Puts an IPv6 address from its usual text: up to eight groups of hexadecimal digits and at most one `::`. False for
 * everything else, which the strict parser then judges; like ipv4Number this is here for its speed.
 */
function putIpv6Text(into: Buffer, at: number, text: string): boolean {
  let count = 0;
  let gap = -1;
  let index = 0;
  if (text.startsWith('::')) {
    gap = 0;
    index = 2;
  }
  while (index < text.length) {
    let group = 0;
    const start = index;
    for (; index < text.length && index - start < 4; index++) {
      const digit = hexDigit(text.charCodeAt(index));
      if (digit < 0) break;
      group = group * 16 + digit;
    }
    if (index === start || count === 8) return false;
    groups[count++] = group;
    if (index === text.length) break;
    if (text[index++] !== ':' || index === text.length) return false;
    if (text[index] === ':') {
      if (gap >= 0) return false;
      gap = count;
      index++;
    }
  }
  if (gap < 0 ? count !== 8 : count > 7) return false;
  const shift = 8 - count;
  for (let group = 0; group < count; group++) {
    const place = at + 2 * (gap >= 0 && group >= gap ? group + shift : group);
    into.writeUInt16BE(groups[group] ?? 0, place);
  }
  return true;
}

function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}

function ipv6Number(text: string): bigint {
  const ip = readIp(text);
  if (ip?.family !== 'ipv6') throw new Error(`"${text}" is no ipv6_addr`);
  return ip.value;
}

/** Reads one value back: addresses and names as text, all else as numbers. */
export function getValue(from: Buffer, at: number, type: KeyType, parts: number): number | string {
  switch (type) {
    case 'ifname': {
      const end = from.indexOf(0, at);
      return from.toString('latin1', at, end < 0 ? at + 16 : Math.min(end, at + 16));
    }
    case 'ipv4_addr':
      return `${from[at]}.${from[at + 1]}.${from[at + 2]}.${from[at + 3]}`;
    case 'ipv6_addr':
      return formatIp({ family: 'ipv6', value: getNumber(from, at, type, parts) as bigint });
    case 'inet_proto':
    case 'inet_service':
    case 'mark':
    case 'zone':
      return Number(getNumber(from, at, type, parts));
    default:
      return type satisfies never;
  }
}

/** Reads one end of a range: a number, or a bigint for the types that do not fit one. */
export function getNumber(from: Buffer, at: number, type: KeyType, parts: number): number | bigint {
  switch (type) {
    case 'ipv6_addr':
      return (from.readBigUInt64BE(at) << 64n) | from.readBigUInt64BE(at + 8);
    case 'inet_proto':
      return from.readUInt8(at);
    case 'inet_service':
      return from.readUInt16BE(at);
    case 'zone':
      return from.readUInt16LE(at);
    case 'mark':
      return bigEndian(type, parts) ? from.readUInt32BE(at) : from.readUInt32LE(at);
    case 'ipv4_addr':
      return from.readUInt32BE(at);
    case 'ifname':
      throw new Error('device names have no ranges');
    default:
      return type satisfies never;
  }
}
