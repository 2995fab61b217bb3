/** Addresses as packets and the kernel carry them: four or sixteen octets, the highest first. */
import { addressBits, formatIp, type Ip, type IpNumber } from './address.ts';

/** The octets of an address. */
export function octetsOf({ family, value }: IpNumber): Uint8Array {
  const octets = new Uint8Array(addressBits[family] / 8);
  let rest = value;
  for (let at = octets.length - 1; at >= 0; at--) {
    octets[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return octets;
}

/** The address whose octets these are: four or sixteen of them. */
export function ipOfOctets(octets: Uint8Array): Ip {
  const family = octets.length === 4 ? 'ipv4' : 'ipv6';
  if (octets.length * 8 !== addressBits[family]) throw new Error(`${octets.length} octets are no address`);
  let value = 0n;
  for (const octet of octets) value = (value << 8n) | BigInt(octet);
  return formatIp({ family, value });
}
