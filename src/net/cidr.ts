/** CIDR blocks in canonical text (host bits clear, shortest IPv6 form), and the number ranges they stand for. */
import { addressBits, type Family, formatIp, type Ip, type IpNumber, readIp } from './address.ts';

declare const cidrBrand: unique symbol;
/** A block in canonical text. Only `parseCidr`, `cidrOf` and `hostCidr` make one. */
export type Cidr = string & { readonly [cidrBrand]: true };

/** An inclusive range of address numbers of one family. */
export type IpRange = { readonly family: Family; readonly first: bigint; readonly last: bigint };

/** The blocks that hold every address of a family. */
export const everybody = { ipv4: '0.0.0.0/0' as Cidr, ipv6: '::/0' as Cidr } as const;

/** The canonical block of a CIDR text with host bits cleared, or undefined where it is not one. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  if (slash < 0) return undefined;
  const ip = readIp(text.slice(0, slash));
  const lengthText = text.slice(slash + 1);
  if (!ip || !/^(0|[1-9]\d{0,2})$/.test(lengthText)) return undefined;
  const length = Number(lengthText);
  return length > addressBits[ip.family] ? undefined : cidrOf(ip, length);
}

/** The block of the given prefix length (bits) that holds the address. */
export function cidrOf(ip: IpNumber, length: number): Cidr {
  const hostBits = BigInt(addressBits[ip.family] - length);
  const base = (ip.value >> hostBits) << hostBits;
  return `${formatIp({ family: ip.family, value: base })}/${length}` as Cidr;
}

/** The block that holds just this address. */
export function hostCidr(ip: Ip): Cidr {
  return (ip.includes(':') ? `${ip}/128` : `${ip}/32`) as Cidr;
}

/** Prefix length in bits. */
export function prefixLength(cidr: Cidr): number {
  return Number(cidr.slice(cidr.indexOf('/') + 1));
}

/** First and last address of a block. */
export function rangeOf(cidr: Cidr): IpRange {
  const ip = readIp(cidr.slice(0, cidr.indexOf('/')));
  if (!ip) throw new Error(`not a canonical CIDR: ${cidr}`);
  const hostBits = BigInt(addressBits[ip.family] - prefixLength(cidr));
  return { family: ip.family, first: ip.value, last: ip.value + (1n << hostBits) - 1n };
}

/** Whether the block holds the address. */
export function contains(cidr: Cidr, ip: IpNumber): boolean {
  const range = rangeOf(cidr);
  return range.family === ip.family && range.first <= ip.value && ip.value <= range.last;
}

/** Whether the outer block holds every address of the inner one. */
export function covers(outer: Cidr, inner: Cidr): boolean {
  const [o, i] = [rangeOf(outer), rangeOf(inner)];
  return o.family === i.family && o.first <= i.first && i.last <= o.last;
}

/** Whether two blocks share an address; blocks nest or are apart. */
export function overlaps(a: Cidr, b: Cidr): boolean {
  return covers(a, b) || covers(b, a);
}
