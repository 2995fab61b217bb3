/** Network devices in messages. See linux/if_link.h. */
import { nested, readAttributes, textOf } from '../netlink/reader.ts';
import type { MessageWriter } from '../netlink/writer.ts';
import { formatMac, parseMac } from './bytes.ts';
import type { Link, LinkChange, VethEnd } from './types.ts';

const IFLA = { address: 1, name: 3, mtu: 4, link: 5, info: 18, alias: 20, namespaceFd: 28 } as const;
const INFO = { kind: 1, data: 2 } as const;
const VETH_INFO_PEER = 1;
const IFF_UP = 1;
const headerBytes = 16;

/** Writes `struct ifinfomsg`. */
export function linkHeader(writer: MessageWriter, index = 0, up?: boolean): void {
  writer.u32(0);
  writer.u32(index);
  writer.u32(up ? IFF_UP : 0);
  writer.u32(up === undefined ? 0 : IFF_UP);
}

export function writeLinkName(writer: MessageWriter, name: string): void {
  writer.attrText(IFLA.name, name);
}

/** A change of a device; `namespaceFd` belongs to the change's namespace. */
export function writeLinkChange(
  writer: MessageWriter,
  index: number,
  change: LinkChange,
  namespaceFd: number | undefined,
): void {
  linkHeader(writer, index, change.up);
  if (change.mac !== undefined) writer.attrBytes(IFLA.address, parseMac(change.mac));
  if (change.mtu !== undefined) writer.attrU32(IFLA.mtu, change.mtu);
  if (change.name !== undefined) writeLinkName(writer, change.name);
  if (change.alias !== undefined) writer.attrBytes(IFLA.alias, Buffer.from(`${change.alias}\0`));
  if (namespaceFd !== undefined) writer.attrU32(IFLA.namespaceFd, namespaceFd);
}

export type EndWithDescriptor = VethEnd & { readonly fd: number | undefined };

function writeEnd(writer: MessageWriter, end: EndWithDescriptor): void {
  writeLinkName(writer, end.name);
  if (end.mac !== undefined) writer.attrBytes(IFLA.address, parseMac(end.mac));
  if (end.mtu !== undefined) writer.attrU32(IFLA.mtu, end.mtu);
  if (end.fd !== undefined) writer.attrU32(IFLA.namespaceFd, end.fd);
}

/** A new pair; the second end's description is nested in the first's. */
export function writeVeth(writer: MessageWriter, near: EndWithDescriptor, far: EndWithDescriptor): void {
  linkHeader(writer);
  writeEnd(writer, near);
  const info = writer.nest(IFLA.info);
  writer.attrText(INFO.kind, 'veth');
  const data = writer.nest(INFO.data);
  const peer = writer.nest(VETH_INFO_PEER);
  linkHeader(writer);
  writeEnd(writer, far);
  writer.end(peer);
  writer.end(data);
  writer.end(info);
}

export function readLink(payload: Buffer): Link {
  const attributes = readAttributes(payload.subarray(headerBytes));
  const name = attributes.get(IFLA.name);
  const mac = attributes.get(IFLA.address);
  const kind = nested(attributes, IFLA.info).get(INFO.kind);
  const peer = attributes.get(IFLA.link);
  const alias = attributes.get(IFLA.alias);
  return {
    index: payload.readInt32LE(4),
    name: name ? textOf(name) : '',
    ...(kind && { kind: textOf(kind) }),
    ...(mac?.length === 6 && { mac: formatMac(mac) }),
    mtu: attributes.get(IFLA.mtu)?.readUInt32LE(0) ?? 0,
    ...(alias && { alias: alias.toString('utf8').replace(/\0$/, '') }),
    up: (payload.readUInt32LE(8) & IFF_UP) !== 0,
    ...(peer && kind && textOf(kind) === 'veth' && { peerIndex: peer.readInt32LE(0) }),
  };
}
