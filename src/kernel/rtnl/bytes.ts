/** Addresses as routing netlink writes them. */
import { type Family, families, formatIp, readIp } from '#net/address.ts';

/** AF_INET and AF_INET6. */
export const familyNumber: Readonly<Record<Family, number>> = { ipv4: 2, ipv6: 10 };

/** The family of a number, or undefined for those that are neither. */
export function familyOfNumber(number: number): Family | undefined {
  return families.find((family) => familyNumber[family] === number);
}

const addressBytes: Readonly<Record<Family, number>> = { ipv4: 4, ipv6: 16 };

/** The family and the bytes of an address text. */
export function parseAddress(text: string): { readonly family: Family; readonly bytes: Buffer } {
  const ip = readIp(text);
  if (!ip) throw new Error(`"${text}" is no address`);
  const hex = ip.value.toString(16).padStart(addressBytes[ip.family] * 2, '0');
  return { family: ip.family, bytes: Buffer.from(hex, 'hex') };
}

/** The canonical text of address bytes. */
export function formatAddress(bytes: Buffer): string {
  const family = bytes.length === 4 ? 'ipv4' : 'ipv6';
  return formatIp({ family, value: BigInt(`0x${bytes.toString('hex')}`) });
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
  return `${formatAddress(bytes ?? Buffer.alloc(addressBytes[family]))}/${length}`;
}

/** Six octets of a MAC address. */
export function parseMac(text: string): Buffer {
  if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(text)) throw new Error(`"${text}" is no MAC address`);
  return Buffer.from(text.replaceAll(':', ''), 'hex');
}

export function formatMac(bytes: Buffer): string {
  return bytes.toString('hex').replace(/(..)(?=.)/g, '$1:');
}
