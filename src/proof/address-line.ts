/** Addresses as points of a line: numbers for IPv4, which are fast, and big integers for IPv6. */
import { addressBits, type Family, formatIp, type Ip, ipNumber } from '#net/address.ts';
import { type Cidr, cidrOf, prefixLength, rangeOf } from '#net/cidr.ts';

/** A point of a family's line. Points of two families are never compared. */
export type Point = number | bigint;

/** An inclusive stretch of a line. */
export type Stretch = { readonly first: Point; readonly last: Point };

/** The whole line of each family. */
export const wholeLine: Readonly<Record<Family, Stretch>> = {
  ipv4: { first: 0, last: 0xffff_ffff },
  ipv6: { first: 0n, last: (1n << 128n) - 1n },
};

export const after = (point: Point): Point => (typeof point === 'number' ? point + 1 : point + 1n);
export const before = (point: Point): Point => (typeof point === 'number' ? point - 1 : point - 1n);

/** The lower and the higher of two points; Math.min knows no big integers. */
export function lower(a: Point, b: Point): Point {
  if (a < b) return a;
  return b;
}

export function higher(a: Point, b: Point): Point {
  if (a < b) return b;
  return a;
}

/** Order of two points, for sorting. */
export const comparePoints = (a: Point, b: Point): number => (a < b ? -1 : a > b ? 1 : 0);

export function pointOf(ip: Ip): Point {
  return ip.includes(':') ? ipNumber(ip).value : quadPoint(ip);
}

/** Canonical dotted quads are known to be correct, and there are many of them. */
function quadPoint(text: string, end = text.length): number {
  let [value, octet] = [0, 0];
  for (let at = 0; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === dot) {
      value = value * 256 + octet;
      octet = 0;
    } else octet = octet * 10 + code - zero;
  }
  return value * 256 + octet;
}

const [dot, zero] = ['.'.charCodeAt(0), '0'.charCodeAt(0)] as [number, number];

export function ipAt(family: Family, point: Point): Ip {
  return formatIp({ family, value: BigInt(point) });
}

export function stretchOf(cidr: Cidr): Stretch {
  if (cidr.includes(':')) return rangeOf(cidr);
  const first = quadPoint(cidr, cidr.indexOf('/'));
  return { first, last: first + 2 ** (32 - prefixLength(cidr)) - 1 };
}

/** The fewest blocks that hold just the addresses of a stretch, ascending. */
export function cidrsOf(family: Family, { first, last }: Stretch): readonly Cidr[] {
  if (typeof first === 'number' && typeof last === 'number') return quadBlocks(first, last);
  const end = BigInt(last);
  const cidrs: Cidr[] = [];
  for (let at = BigInt(first); at <= end; ) {
    let bits = 0;
    while (bits < addressBits[family] && canGrow(at, bits, end)) bits++;
    cidrs.push(cidrOf({ family, value: at }, addressBits[family] - bits));
    at += 1n << BigInt(bits);
  }
  return cidrs;
}

/** The same of IPv4, in plain numbers: answers about large networks hold many of them. */
function quadBlocks(first: number, last: number): readonly Cidr[] {
  const cidrs: Cidr[] = [];
  for (let at = first; at <= last; ) {
    let [bits, size] = [0, 1];
    while (bits < addressBits.ipv4 && at % (2 * size) === 0 && at + 2 * size - 1 <= last) {
      bits++;
      size *= 2;
    }
    cidrs.push(`${quadText(at)}/${addressBits.ipv4 - bits}` as Cidr);
    at += size;
  }
  return cidrs;
}

const quadText = (point: number): string =>
  `${point >>> 24}.${(point >>> 16) & 255}.${(point >>> 8) & 255}.${point & 255}`;

/** Whether a block with one more host bit still starts at the address and ends within the stretch. */
function canGrow(at: bigint, bits: number, last: bigint): boolean {
  const size = 1n << BigInt(bits + 1);
  return at % size === 0n && at + size - 1n <= last;
}

/** How many addresses a stretch holds. */
export function stretchSize({ first, last }: Stretch): bigint {
  return BigInt(last) - BigInt(first) + 1n;
}

/** The index of the first of ascending points that is not below the given one. */
export function lowerBound(points: readonly Point[], point: Point): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle] ?? 0) < point) low = middle + 1;
    else high = middle;
  }
  return low;
}
