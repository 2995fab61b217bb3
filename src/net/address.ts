/** Strict IPv4 and IPv6 addresses. Ambiguous spellings (`010.0.0.1`, ` 10.0.0.1`) are refused, not guessed. */

export type Family = 'ipv4' | 'ipv6';

declare const ipBrand: unique symbol;
/** An address in canonical text: dotted quad, or RFC 5952 for IPv6. Only `parseIp` and `formatIp` make one. */
export type Ip = string & { readonly [ipBrand]: true };

/** An address as a number: 32 bits for IPv4, 128 for IPv6. */
export type IpNumber = { readonly family: Family; readonly value: bigint };

/** Bits of an address of the family. */
export const addressBits: Readonly<Record<Family, number>> = { ipv4: 32, ipv6: 128 };

export const families: readonly Family[] = ['ipv4', 'ipv6'];

/** The family of a canonical address or CIDR: only IPv6 text holds a colon. */
export function familyOf(text: string): Family {
  return text.includes(':') ? 'ipv6' : 'ipv4';
}

/** The number of an address text in any correct spelling, or undefined where it is not an address. */
export function readIp(text: string): IpNumber | undefined {
  const value = text.includes(':') ? readIpv6(text) : readIpv4(text);
  return value === undefined ? undefined : { family: familyOf(text), value };
}

/** The canonical form of an address text, or undefined where it is not an address. */
export function parseIp(text: string): Ip | undefined {
  const ip = readIp(text);
  return ip && formatIp(ip);
}

/** The number of a canonical address. */
export function ipNumber(ip: Ip): IpNumber {
  const read = readIp(ip);
  if (!read) throw new Error(`not a canonical address: ${ip}`);
  return read;
}

/** Canonical text of an address number. */
export function formatIp({ family, value }: IpNumber): Ip {
  return (family === 'ipv4' ? formatIpv4(value) : formatIpv6(value)) as Ip;
}

const zero = 0x30;

/** Read character by character: every rule of every request has a block, and patterns take four times as long. */
function readIpv4(text: string): bigint | undefined {
  let value = 0;
  let start = 0;
  for (let octet = 1; octet <= 4; octet++) {
    const end = octet < 4 ? text.indexOf('.', start) : text.length;
    const number = readOctet(text, start, end);
    if (number === undefined) return undefined;
    value = value * 256 + number;
    start = end + 1;
  }
  return BigInt(value);
}

/** The number at these positions, 0 to 255 without leading zeros. */
function readOctet(text: string, start: number, end: number): number | undefined {
  const digits = end - start;
  if (digits < 1 || digits > 3 || (digits > 1 && text.charCodeAt(start) === zero)) return undefined;
  let value = 0;
  for (let index = start; index < end; index++) {
    const digit = text.charCodeAt(index) - zero;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value > 255 ? undefined : value;
}

function readIpv6(text: string): bigint | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = readGroups(halves[0] ?? '', { isEnd: halves.length === 1 });
  const tail = halves.length === 2 ? readGroups(halves[1] ?? '', { isEnd: true }) : [];
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...head, ...new Array<number>(missing).fill(0), ...tail];
  return groups.reduce((value, group) => (value << 16n) | BigInt(group), 0n);
}

/** 16-bit groups of one side of `::`; the last of the whole address may be a dotted quad (RFC 4291, 2.2). */
function readGroups(text: string, { isEnd }: { readonly isEnd: boolean }): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const quad = isEnd && index === parts.length - 1 ? readIpv4(part) : undefined;
      if (quad === undefined) return undefined;
      groups.push(Number(quad >> 16n), Number(quad & 0xffffn));
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function formatIpv4(value: bigint): string {
  const n = Number(value);
  return `${(n >>> 24) & 255}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 255}`;
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups becomes `::`. */
function formatIpv6(value: bigint): string {
  const groups: number[] = [];
  for (let shift = 112n; shift >= 0n; shift -= 16n) groups.push(Number((value >> shift) & 0xffffn));
  const run = longestZeroRun(groups);
  const hex = (part: readonly number[]) => part.map((group) => group.toString(16)).join(':');
  if (run.length < 2) return hex(groups);
  return `${hex(groups.slice(0, run.start))}::${hex(groups.slice(run.start + run.length))}`;
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) continue;
    if (index - start > best.length) best = { start, length: index - start };
    start = index + 1;
  }
  return best;
}
