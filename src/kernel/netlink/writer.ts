/** Builds netlink messages: headers and nested attributes in one growable buffer. See netlink(7). */

const NLA_F_NESTED = 0x8000;
/** The length of an attribute is 16 bits wide, nested ones included. */
const attributeBytesMax = 0xffff;

/** Up to this many bytes a loop is faster than a call out of JavaScript. */
const loopBytesMax = 32;

export const flag = {
  request: 0x1,
  acknowledge: 0x4,
  /** Of requests that create. */
  replace: 0x100,
  exclusive: 0x200,
  create: 0x400,
  append: 0x800,
  /** Of requests that read. */
  dump: 0x300,
} as const;

/**
 * Numbers are in host order (which is little-endian wherever Node runs) unless the name says `Be`. Every
 * attribute starts at a multiple of four.
 */
export class MessageWriter {
  #bytes: Buffer;
  #length = 0;
  #messageStart = 0;

  constructor(capacity = 4096) {
    this.#bytes = Buffer.allocUnsafe(capacity);
  }

  /** Forgets everything written, and keeps the memory. */
  reset(): void {
    this.#length = 0;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** All messages so far; valid until the next write. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  beginMessage(type: number, flags: number, sequence: number): void {
    this.#messageStart = this.#length;
    this.u32(0);
    this.u16(type);
    this.u16(flags);
    this.u32(sequence);
    this.u32(0);
  }

  endMessage(): void {
    this.#bytes.writeUInt32LE(this.#length - this.#messageStart, this.#messageStart);
  }

  u8(value: number): void {
    const at = this.#claim(1);
    this.#bytes[at] = value;
  }

  u16(value: number): void {
    const at = this.#claim(2);
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >>> 8;
  }

  u32(value: number): void {
    const at = this.#claim(4);
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >>> 8;
    this.#bytes[at + 2] = value >>> 16;
    this.#bytes[at + 3] = value >>> 24;
  }

  u16be(value: number): void {
    this.u16(((value & 0xff) << 8) | ((value >>> 8) & 0xff));
  }

  u32be(value: number): void {
    const at = this.#claim(4);
    this.#bytes[at] = value >>> 24;
    this.#bytes[at + 1] = value >>> 16;
    this.#bytes[at + 2] = value >>> 8;
    this.#bytes[at + 3] = value;
  }

  raw(bytes: Uint8Array): void {
    const at = this.#claim(bytes.length);
    if (bytes.length > loopBytesMax) this.#bytes.set(bytes, at);
    else for (let index = 0; index < bytes.length; index++) this.#bytes[at + index] = bytes[index] ?? 0;
  }

  /** Latin-1 text without a terminator. */
  text(value: string): void {
    const at = this.#claim(value.length);
    if (value.length > loopBytesMax) this.#bytes.write(value, at, 'latin1');
    else for (let index = 0; index < value.length; index++) this.#bytes[at + index] = value.charCodeAt(index);
  }

  zeros(count: number): void {
    const at = this.#claim(count);
    if (count > loopBytesMax) this.#bytes.fill(0, at, at + count);
    else for (let index = 0; index < count; index++) this.#bytes[at + index] = 0;
  }

  /** Opens an attribute whose content follows; returns what `end` needs. */
  begin(type: number): number {
    const start = this.#length;
    this.u16(0);
    this.u16(type);
    return start;
  }

  /** Opens an attribute that holds attributes. */
  nest(type: number): number {
    return this.begin(type | NLA_F_NESTED);
  }

  /** Closes the attribute opened at `start`: its length is set, and the next one is aligned. */
  end(start: number): void {
    const length = this.#length - start;
    if (length > attributeBytesMax) throw new Error(`netlink attribute of ${length} bytes`);
    this.#bytes[start] = length;
    this.#bytes[start + 1] = length >>> 8;
    if (length & 3) this.zeros(4 - (length & 3));
  }

  attrU8(type: number, value: number): void {
    const start = this.begin(type);
    this.u8(value);
    this.end(start);
  }

  attrU16(type: number, value: number): void {
    const start = this.begin(type);
    this.u16(value);
    this.end(start);
  }

  attrU16be(type: number, value: number): void {
    const start = this.begin(type);
    this.u16be(value);
    this.end(start);
  }

  attrU32(type: number, value: number): void {
    const start = this.begin(type);
    this.u32(value);
    this.end(start);
  }

  attrU32be(type: number, value: number): void {
    const start = this.begin(type);
    this.u32be(value);
    this.end(start);
  }

  attrU64be(type: number, value: number): void {
    const start = this.begin(type);
    this.u32be(Math.floor(value / 2 ** 32));
    this.u32be(value >>> 0);
    this.end(start);
  }

  attrBytes(type: number, value: Uint8Array): void {
    const start = this.begin(type);
    this.raw(value);
    this.end(start);
  }

  /** Text with its terminating zero. */
  attrText(type: number, value: string): void {
    const start = this.begin(type);
    this.text(value);
    this.u8(0);
    this.end(start);
  }

  #claim(count: number): number {
    const at = this.#length;
    this.#length = at + count;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length));
      larger.set(this.#bytes.subarray(0, at));
      this.#bytes = larger;
    }
    return at;
  }
}
