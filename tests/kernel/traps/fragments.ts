/** Cuts IP packets into fragments. */
import { checksum } from '../packets.ts';

const ipv6FragmentHeader = 44;

/** A piece of a packet's payload: from a byte offset that is a multiple of eight. */
export type Piece = { readonly from: number; readonly to: number; readonly isLast: boolean };

/** The piece of the packet as a packet of its own. `id` names the packet that fragments belong to. */
export function fragment(packet: Buffer, id: number, { from, to, isLast }: Piece): Buffer {
  return packet.readUInt8(0) >> 4 === 4
    ? fragment4(packet, id, { from, to, isLast })
    : fragment6(packet, id, { from, to, isLast });
}

function fragment4(packet: Buffer, id: number, { from, to, isLast }: Piece): Buffer {
  const head = Buffer.from(packet.subarray(0, 20));
  const body = packet.subarray(20 + from, 20 + to);
  head.writeUInt16BE(20 + body.length, 2);
  head.writeUInt16BE(id, 4);
  head.writeUInt16BE((from / 8) | (isLast ? 0 : 0x2000), 6);
  head.writeUInt16BE(0, 10);
  head.writeUInt16BE(checksum(head), 10);
  return Buffer.concat([head, body]);
}

function fragment6(packet: Buffer, id: number, { from, to, isLast }: Piece): Buffer {
  const head = Buffer.from(packet.subarray(0, 40));
  const body = packet.subarray(40 + from, 40 + to);
  const extension = Buffer.alloc(8);
  extension.writeUInt8(head.readUInt8(6), 0);
  extension.writeUInt16BE(from | (isLast ? 0 : 1), 2);
  extension.writeUInt32BE(id, 4);
  head.writeUInt8(ipv6FragmentHeader, 6);
  head.writeUInt16BE(8 + body.length, 4);
  return Buffer.concat([head, extension, body]);
}

/** The packet cut after the given bytes of payload. */
export function fragments(packet: Buffer, id: number, cuts: readonly number[]): Buffer[] {
  const length = packet.length - (packet.readUInt8(0) >> 4 === 4 ? 20 : 40);
  const ends = [...cuts, length];
  return ends.map((to, index) =>
    fragment(packet, id, { from: cuts[index - 1] ?? 0, to, isLast: index === ends.length - 1 }),
  );
}
