/** One function per kernel expression that rules are made of. See linux/netfilter/nf_tables.h, NFTA_*. */
import type { MessageWriter } from '../netlink/writer.ts';
import * as nf from './constants.ts';

/** A register number as the kernel counts them; see `register` in constants.ts. */
export type Register = number;

/** The attributes of each expression; registers are `from` and `to`. */
const EXPRESSION = { name: 1, attributes: 2 } as const;
const META = { to: 1, key: 2, from: 3 } as const;
const PAYLOAD = {
  to: 1,
  base: 2,
  offset: 3,
  length: 4,
  from: 5,
  checksumType: 6,
  checksumOffset: 7,
  checksumFlags: 8,
} as const;
const CT = { to: 1, key: 2, direction: 3, from: 4 } as const;
const FIB = { to: 1, result: 2, flags: 3 } as const;
const CMP = { from: 1, operator: 2, data: 3 } as const;
const BITWISE = { from: 1, to: 2, length: 3, mask: 4, xor: 5 } as const;
const BYTEORDER = { from: 1, to: 2, operator: 3, length: 4, size: 5 } as const;
const LOOKUP = { set: 1, from: 2, to: 3, flags: 5 } as const;
const IMMEDIATE = { to: 1, data: 2 } as const;

/** One element of a rule's list: the expression's name, and its attributes where it has any. */
export function expression(writer: MessageWriter, name: string, attributes?: () => void): void {
  const item = writer.nest(nf.LIST_ELEM);
  expressionBody(writer, name, attributes);
  writer.end(item);
}

function expressionBody(writer: MessageWriter, name: string, attributes?: () => void): void {
  writer.attrText(EXPRESSION.name, name);
  if (!attributes) return;
  const body = writer.nest(EXPRESSION.attributes);
  attributes();
  writer.end(body);
}

function value(writer: MessageWriter, type: number, bytes: Uint8Array): void {
  const outer = writer.nest(type);
  writer.attrBytes(nf.data.value, bytes);
  writer.end(outer);
}

const metaKey = { mark: 3, iifname: 6, oifname: 7, nfproto: 15, l4proto: 16 } as const;
export type MetaKey = keyof typeof metaKey;

export function metaLoad(writer: MessageWriter, key: MetaKey, to: Register): void {
  expression(writer, 'meta', () => {
    writer.attrU32be(META.to, to);
    writer.attrU32be(META.key, metaKey[key]);
  });
}

export function metaSetMark(writer: MessageWriter, from: Register): void {
  expression(writer, 'meta', () => {
    writer.attrU32be(META.key, metaKey.mark);
    writer.attrU32be(META.from, from);
  });
}

const payloadBase = { network: 1, transport: 2 } as const;
export type PayloadBase = keyof typeof payloadBase;

export function payloadLoad(
  writer: MessageWriter,
  part: { readonly base: PayloadBase; readonly offset: number; readonly bytes: number },
  to: Register,
): void {
  expression(writer, 'payload', () => {
    writer.attrU32be(PAYLOAD.to, to);
    writer.attrU32be(PAYLOAD.base, payloadBase[part.base]);
    writer.attrU32be(PAYLOAD.offset, part.offset);
    writer.attrU32be(PAYLOAD.length, part.bytes);
  });
}

const ipv4Offset = { 'ip saddr': 12, 'ip daddr': 16, checksum: 10 } as const;
const CSUM_INET = 1;
const L4CSUM_PSEUDOHDR = 1;

/** Writes an address into an IPv4 header and mends the checksums, also that of the transport. */
export function writeIpv4Address(
  writer: MessageWriter,
  field: 'ip saddr' | 'ip daddr',
  from: Register,
): void {
  expression(writer, 'payload', () => {
    writer.attrU32be(PAYLOAD.base, payloadBase.network);
    writer.attrU32be(PAYLOAD.offset, ipv4Offset[field]);
    writer.attrU32be(PAYLOAD.length, 4);
    writer.attrU32be(PAYLOAD.from, from);
    writer.attrU32be(PAYLOAD.checksumType, CSUM_INET);
    writer.attrU32be(PAYLOAD.checksumOffset, ipv4Offset.checksum);
    writer.attrU32be(PAYLOAD.checksumFlags, L4CSUM_PSEUDOHDR);
  });
}

const ipv6Destination = { offset: 24, bytes: 16 } as const;

/** Writes the destination of an IPv6 header, which has no checksum, and mends that of the transport. */
export function writeIpv6Destination(writer: MessageWriter, from: Register): void {
  expression(writer, 'payload', () => {
    writer.attrU32be(PAYLOAD.base, payloadBase.network);
    writer.attrU32be(PAYLOAD.offset, ipv6Destination.offset);
    writer.attrU32be(PAYLOAD.length, ipv6Destination.bytes);
    writer.attrU32be(PAYLOAD.from, from);
    writer.attrU32be(PAYLOAD.checksumFlags, L4CSUM_PSEUDOHDR);
  });
}

const ctKey = {
  state: 0,
  direction: 1,
  status: 2,
  mark: 3,
  zone: 17,
  'ip saddr': 19,
  'ip daddr': 20,
  'ip6 saddr': 21,
  'ip6 daddr': 22,
} as const;
export type CtKey = keyof typeof ctKey;

export function ctLoad(
  writer: MessageWriter,
  key: CtKey,
  direction: 'original' | 'reply' | undefined,
  to: Register,
): void {
  expression(writer, 'ct', () => {
    writer.attrU32be(CT.to, to);
    writer.attrU32be(CT.key, ctKey[key]);
    if (direction) writer.attrU8(CT.direction, direction === 'reply' ? 1 : 0);
  });
}

export function ctSet(writer: MessageWriter, key: 'mark' | 'zone', from: Register): void {
  expression(writer, 'ct', () => {
    writer.attrU32be(CT.key, ctKey[key]);
    writer.attrU32be(CT.from, from);
  });
}

const FIB_RESULT_OIFNAME = 2;
const FIB_F_DADDR = 2;
const FIB_F_MARK = 4;

/** The device that a packet with this destination and mark would leave by. */
export function fibOutputName(writer: MessageWriter, to: Register): void {
  expression(writer, 'fib', () => {
    writer.attrU32be(FIB.to, to);
    writer.attrU32be(FIB.result, FIB_RESULT_OIFNAME);
    writer.attrU32be(FIB.flags, FIB_F_DADDR | FIB_F_MARK);
  });
}

export function compare(writer: MessageWriter, op: 'eq' | 'neq', from: Register, bytes: Uint8Array): void {
  expression(writer, 'cmp', () => {
    writer.attrU32be(CMP.from, from);
    writer.attrU32be(CMP.operator, op === 'eq' ? 0 : 1);
    value(writer, CMP.data, bytes);
  });
}

/** `register = (register & mask) ^ xor` */
export function bitwise(writer: MessageWriter, at: Register, mask: Uint8Array, xor: Uint8Array): void {
  expression(writer, 'bitwise', () => {
    writer.attrU32be(BITWISE.from, at);
    writer.attrU32be(BITWISE.to, at);
    writer.attrU32be(BITWISE.length, mask.length);
    value(writer, BITWISE.mask, mask);
    value(writer, BITWISE.xor, xor);
  });
}

const BYTEORDER_HTON = 1;

/** Turns four bytes in host order into network order. */
export function toNetworkOrder(writer: MessageWriter, at: Register): void {
  expression(writer, 'byteorder', () => {
    writer.attrU32be(BYTEORDER.from, at);
    writer.attrU32be(BYTEORDER.to, at);
    writer.attrU32be(BYTEORDER.operator, BYTEORDER_HTON);
    writer.attrU32be(BYTEORDER.length, 4);
    writer.attrU32be(BYTEORDER.size, 4);
  });
}

const LOOKUP_INVERTED = 1;

/** Looks the registers up in a set; with `to`, puts a map's data there. A miss ends the rule, or a hit if inverted. */
export function lookup(
  writer: MessageWriter,
  options: {
    readonly set: string;
    readonly from: Register;
    readonly to?: Register;
    readonly inverted?: boolean;
  },
): void {
  expression(writer, 'lookup', () => {
    writer.attrText(LOOKUP.set, options.set);
    writer.attrU32be(LOOKUP.from, options.from);
    if (options.to !== undefined) writer.attrU32be(LOOKUP.to, options.to);
    if (options.inverted) writer.attrU32be(LOOKUP.flags, LOOKUP_INVERTED);
  });
}

export function immediateValue(writer: MessageWriter, to: Register, bytes: Uint8Array): void {
  expression(writer, 'immediate', () => {
    writer.attrU32be(IMMEDIATE.to, to);
    value(writer, IMMEDIATE.data, bytes);
  });
}

/** The `data` attribute of a verdict, for rules and for elements of verdict maps. */
export function verdictData(
  writer: MessageWriter,
  attribute: number,
  code: keyof typeof nf.verdictCode,
  chain?: string,
): void {
  const outer = writer.nest(attribute);
  const inner = writer.nest(nf.data.verdict);
  writer.attrU32be(nf.verdict.code, nf.verdictCode[code]);
  if (chain !== undefined) writer.attrText(nf.verdict.chain, chain);
  writer.end(inner);
  writer.end(outer);
}

export function immediateVerdict(
  writer: MessageWriter,
  code: keyof typeof nf.verdictCode,
  chain?: string,
): void {
  expression(writer, 'immediate', () => {
    writer.attrU32be(IMMEDIATE.to, nf.register.verdict);
    verdictData(writer, IMMEDIATE.data, code, chain);
  });
}
