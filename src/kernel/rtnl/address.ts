/** Devices' addresses and neighbours in messages. See linux/if_addr.h and linux/neighbour.h. */
import { ipOfOctets } from '#net/octets.ts';
import { readAttributes } from '../netlink/reader.ts';
import type { MessageWriter } from '../netlink/writer.ts';
import {
  familyNumber,
  familyOfNumber,
  formatCidr,
  formatMac,
  parseAddress,
  parseCidr,
  parseMac,
} from './bytes.ts';
import type { DeviceAddress, Neighbour } from './types.ts';

const IFA = { address: 1, local: 2, flags: 8 } as const;
/** No duplicate address detection: the address is usable at once. */
const IFA_F_NODAD = 0x2;
const NDA = { destination: 1, mac: 2 } as const;
const NUD_PERMANENT = 0x80;
const addressHeaderBytes = 8;
const neighbourHeaderBytes = 12;

export function writeAddressQuery(writer: MessageWriter): void {
  writer.zeros(addressHeaderBytes);
}

export function writeAddress(writer: MessageWriter, cidr: string, deviceIndex: number): void {
  const { family, bytes, length } = parseCidr(cidr);
  writer.u8(familyNumber[family]);
  writer.u8(length);
  writer.u8(0);
  writer.u8(0);
  writer.u32(deviceIndex);
  writer.attrBytes(IFA.local, bytes);
  writer.attrBytes(IFA.address, bytes);
  if (family === 'ipv6') writer.attrU32(IFA.flags, IFA_F_NODAD);
}

export function readAddress(
  payload: Buffer,
  deviceName: (index: number) => string,
): DeviceAddress | undefined {
  const family = familyOfNumber(payload.readUInt8(0));
  const attributes = readAttributes(payload.subarray(addressHeaderBytes));
  const address = attributes.get(IFA.local) ?? attributes.get(IFA.address);
  if (!family || !address) return undefined;
  return {
    device: deviceName(payload.readUInt32LE(4)),
    cidr: formatCidr(family, address, payload.readUInt8(1)),
  };
}

export function writeNeighbourQuery(writer: MessageWriter): void {
  writer.zeros(neighbourHeaderBytes);
}

export function writeNeighbour(
  writer: MessageWriter,
  neighbour: Pick<Neighbour, 'address'> & { readonly mac?: string },
  deviceIndex: number,
): void {
  const { family, bytes } = parseAddress(neighbour.address);
  writer.u8(familyNumber[family]);
  writer.zeros(3);
  writer.u32(deviceIndex);
  writer.u16(NUD_PERMANENT);
  writer.u16(0);
  writer.attrBytes(NDA.destination, bytes);
  if (neighbour.mac !== undefined) writer.attrBytes(NDA.mac, parseMac(neighbour.mac));
}

/** A permanent entry; undefined for what the kernel has learned by itself. */
export function readNeighbour(payload: Buffer, deviceName: (index: number) => string): Neighbour | undefined {
  const attributes = readAttributes(payload.subarray(neighbourHeaderBytes));
  const address = attributes.get(NDA.destination);
  const mac = attributes.get(NDA.mac);
  if (payload.readUInt16LE(8) !== NUD_PERMANENT || !address || mac?.length !== 6) return undefined;
  return {
    device: deviceName(payload.readUInt32LE(4)),
    address: ipOfOctets(address),
    mac: formatMac(mac),
  };
}
