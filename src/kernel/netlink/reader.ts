/** Reads netlink messages and attributes. See netlink(7). */

export type Message = {
  readonly type: number;
  readonly flags: number;
  readonly sequence: number;
  /** Whose request the message answers or tells of, by its socket's port; 0: the kernel's own doing. */
  readonly port: number;
  /** What follows the header. */
  readonly payload: Buffer;
};

const headerBytes = 16;
/** Without the bits for "nested" and "network order". */
const typeMask = 0x3fff;

const align = (length: number): number => (length + 3) & ~3;

/** The messages of one datagram. */
export function readMessages(datagram: Buffer): Message[] {
  const messages: Message[] = [];
  let at = 0;
  while (at + headerBytes <= datagram.length) {
    const length = datagram.readUInt32LE(at);
    if (length < headerBytes || at + length > datagram.length) throw new Error('truncated netlink message');
    messages.push({
      type: datagram.readUInt16LE(at + 4),
      flags: datagram.readUInt16LE(at + 6),
      sequence: datagram.readUInt32LE(at + 8),
      port: datagram.readUInt32LE(at + 12),
      payload: datagram.subarray(at + headerBytes, at + length),
    });
    at += align(length);
  }
  return messages;
}

/**
 * Calls back for each attribute between `start` and `end` of `bytes` with its type and where its content is: for
 * long lists, where a view of each attribute would cost more than reading it.
 */
export function scanAttributes(
  bytes: Buffer,
  start: number,
  end: number,
  visit: (type: number, contentStart: number, contentEnd: number) => void,
): void {
  let at = start;
  while (at + 4 <= end) {
    const length = bytes.readUInt16LE(at);
    if (length < 4 || at + length > end) throw new Error('truncated netlink attribute');
    visit(bytes.readUInt16LE(at + 2) & typeMask, at + 4, at + length);
    at += align(length);
  }
}

/** Calls back for each attribute in `bytes` with its type, its content and where in `bytes` it starts. */
export function eachAttribute(
  bytes: Buffer,
  visit: (type: number, content: Buffer, start: number) => void,
): void {
  scanAttributes(bytes, 0, bytes.length, (type, start, end) =>
    visit(type, bytes.subarray(start, end), start - 4),
  );
}

export type Attributes = ReadonlyMap<number, Buffer>;

/** The attributes in `bytes` by type; of a repeated type the last. */
export function readAttributes(bytes: Buffer): Attributes {
  const found = new Map<number, Buffer>();
  eachAttribute(bytes, (type, content) => found.set(type, content));
  return found;
}

/** The attributes nested in one attribute; none where it is absent. */
export function nested(attributes: Attributes, type: number): Attributes {
  const content = attributes.get(type);
  return content ? readAttributes(content) : new Map();
}

/** Text of an attribute up to its terminating zero. */
export function textOf(content: Buffer): string {
  const end = content.indexOf(0);
  return content.toString('latin1', 0, end < 0 ? content.length : end);
}
