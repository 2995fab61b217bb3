/** Addresses as routing netlink writes them. */
import { addressBits, type Family, families, readIp } from '#net/address.ts';
import { ipOfOctets, octetsOf } from '#net/octets.ts';

/** AF_INET and AF_INET6. */
export const familyNumber: Readonly<Record<Family, number>> = { ipv4: 2, ipv6: 10 };

/** The family of a number, or undefined for those that are neither. */
export function familyOfNumber(number: number): Family | undefined {
  return families.find((family) => familyNumber[family] === number);
}

/** The family and the bytes of an address text. */
export function parseAddress(text: string): { readonly family: Family; readonly bytes: Buffer } {
  const ip = readIp(text);
  if (!ip) throw new Error(`"${text}" is no address`);
  return { family: ip.family, bytes: Buffer.from(octetsOf(ip)) };
}

/** Splits `address/length`. */
export function parseCidr(text: string): {
  readonly family: Family;
  readonly bytes: Buffer;
  readonly length: number;
} {
  const slash = text.lastIndexOf('/');
  const length = Number(text.slice(slash + 1));
  const address = parseAddress(text.slice(0, slash));
  if (slash < 0 || !Number.isInteger(length) || length < 0 || length > address.bytes.length * 8) {
    throw new Error(`"${text}" is no CIDR`);
  }
  return { ...address, length };
}

/** `0.0.0.0/0` for an absent destination, otherwise address and length. */
export function formatCidr(family: Family, bytes: Buffer | undefined, length: number): string {
  return `${ipOfOctets(bytes ?? new Uint8Array(addressBits[family] / 8))}/${length}`;
}

/** Six octets of a MAC address. */
export function parseMac(text: string): Buffer {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text)) throw new Error(`"${text}" is no MAC address`);
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

export function formatMac(bytes: Buffer): string {
  return bytes.toString('hex').replace(/(..)(?=.)/g, '$1:');
}
