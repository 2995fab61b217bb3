/** Notes for nft: a list of type, length, value in an attribute that the kernel keeps without looking at it. */
import { USERDATA_COMMENT } from './constants.ts';
import type { Datatype, SetSpec } from './statement.ts';

/** NFT_USERDATA_MAXLEN is 256; type, length and the terminating zero come off. */
const commentBytesMax = 252;

/** User data that holds a comment, which `nft list` shows. */
export function commentBytes(comment: string): Buffer {
  const text = Buffer.from(comment, 'utf8');
  if (text.length > commentBytesMax) throw new Error(`comment of ${text.length} bytes`);
  return Buffer.concat([Buffer.from([USERDATA_COMMENT, text.length + 1]), text, Buffer.from([0])]);
}

/** The comment in user data, or undefined. */
export function readComment(userdata: Buffer): string | undefined {
  let at = 0;
  while (at + 2 <= userdata.length) {
    const length = userdata.readUInt8(at + 1);
    if (userdata.readUInt8(at) === USERDATA_COMMENT) {
      return userdata.toString('utf8', at + 2, at + 2 + Math.max(0, length - 1));
    }
    at += 2 + length;
  }
  return undefined;
}

const KEY_BYTEORDER = 0;
const DATA_BYTEORDER = 1;
const byteorder = { mixed: 0, host: 1, big: 2 } as const;

const orderOf = (type: Datatype) =>
  type === 'mark' || type === 'ifname'
    ? byteorder.host
    : type === 'verdict'
      ? byteorder.mixed
      : byteorder.big;

/** The byte orders of a set, without which `nft list` shows names as empty and marks turned round. */
export function setNotes({ key, data }: SetSpec): Buffer {
  const [only] = key;
  const keyOrder = key.length === 1 && only ? orderOf(only) : byteorder.mixed;
  const notes = [KEY_BYTEORDER, 4, keyOrder, 0, 0, 0];
  if (data !== undefined) notes.push(DATA_BYTEORDER, 4, orderOf(data), 0, 0, 0);
  return Buffer.from(notes);
}
