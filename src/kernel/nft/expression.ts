/** One function per kernel expression that rules are made of. See linux/netfilter/nf_tables.h, NFTA_*. */
import type { MessageWriter } from '../netlink/writer.ts';
import * as nf from './constants.ts';

/** A register number as the kernel counts them; see `register` in constants.ts. */
export type Register = number;

function expression(writer: MessageWriter, name: string, attributes?: () => void): void {
  const item = writer.nest(nf.LIST_ELEM);
  expressionBody(writer, name, attributes);
  writer.end(item);
}

function expressionBody(writer: MessageWriter, name: string, attributes?: () => void): void {
  writer.attrText(1, name);
  if (!attributes) return;
  const body = writer.nest(2);
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
    writer.attrU32be(1, to);
    writer.attrU32be(2, metaKey[key]);
  });
}

export function metaSetMark(writer: MessageWriter, from: Register): void {
  expression(writer, 'meta', () => {
    writer.attrU32be(2, metaKey.mark);
    writer.attrU32be(3, from);
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
    writer.attrU32be(1, to);
    writer.attrU32be(2, payloadBase[part.base]);
    writer.attrU32be(3, part.offset);
    writer.attrU32be(4, part.bytes);
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
    writer.attrU32be(2, payloadBase.network);
    writer.attrU32be(3, ipv4Offset[field]);
    writer.attrU32be(4, 4);
    writer.attrU32be(5, from);
    writer.attrU32be(6, CSUM_INET);
    writer.attrU32be(7, ipv4Offset.checksum);
    writer.attrU32be(8, L4CSUM_PSEUDOHDR);
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
    writer.attrU32be(1, to);
    writer.attrU32be(2, ctKey[key]);
    if (direction) writer.attrU8(3, direction === 'reply' ? 1 : 0);
  });
}

export function ctSet(writer: MessageWriter, key: 'mark' | 'zone', from: Register): void {
  expression(writer, 'ct', () => {
    writer.attrU32be(2, ctKey[key]);
    writer.attrU32be(4, from);
  });
}

const FIB_OIFNAME = 2;
const FIB_DADDR = 2;
const FIB_MARK = 4;

/** The device that a packet with this destination and mark would leave by. */
export function fibOutputName(writer: MessageWriter, to: Register): void {
  expression(writer, 'fib', () => {
    writer.attrU32be(1, to);
    writer.attrU32be(2, FIB_OIFNAME);
    writer.attrU32be(3, FIB_DADDR | FIB_MARK);
  });
}

export function compare(writer: MessageWriter, op: 'eq' | 'neq', from: Register, bytes: Uint8Array): void {
  expression(writer, 'cmp', () => {
    writer.attrU32be(1, from);
    writer.attrU32be(2, op === 'eq' ? 0 : 1);
    value(writer, 3, bytes);
  });
}

/** `register = (register & mask) ^ xor` */
export function bitwise(writer: MessageWriter, at: Register, mask: Uint8Array, xor: Uint8Array): void {
  expression(writer, 'bitwise', () => {
    writer.attrU32be(1, at);
    writer.attrU32be(2, at);
    writer.attrU32be(3, mask.length);
    value(writer, 4, mask);
    value(writer, 5, xor);
  });
}

const BYTEORDER_HTON = 1;

/** Turns four bytes in host order into network order. */
export function toNetworkOrder(writer: MessageWriter, at: Register): void {
  expression(writer, 'byteorder', () => {
    writer.attrU32be(1, at);
    writer.attrU32be(2, at);
    writer.attrU32be(3, BYTEORDER_HTON);
    writer.attrU32be(4, 4);
    writer.attrU32be(5, 4);
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
    writer.attrText(1, options.set);
    writer.attrU32be(2, options.from);
    if (options.to !== undefined) writer.attrU32be(3, options.to);
    if (options.inverted) writer.attrU32be(5, LOOKUP_INVERTED);
  });
}

export function immediateValue(writer: MessageWriter, to: Register, bytes: Uint8Array): void {
  expression(writer, 'immediate', () => {
    writer.attrU32be(1, to);
    value(writer, 2, bytes);
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
    writer.attrU32be(1, nf.register.verdict);
    verdictData(writer, 2, code, chain);
  });
}

const nfprotoOf = { ipv4: 2, ipv6: 10 } as const;

export function nat(
  writer: MessageWriter,
  options: { readonly type: 'snat' | 'dnat'; readonly family: 'ipv4' | 'ipv6'; readonly address: Register },
): void {
  expression(writer, 'nat', () => {
    writer.attrU32be(1, options.type === 'snat' ? 0 : 1);
    writer.attrU32be(2, nfprotoOf[options.family]);
    writer.attrU32be(3, options.address);
  });
}

type Rate = { readonly perSecond: number; readonly burst: number; readonly over: boolean };

function limitAttributes(writer: MessageWriter, rate: Rate): void {
  writer.attrU64be(1, rate.perSecond);
  writer.attrU64be(2, 1);
  writer.attrU32be(3, rate.burst);
  writer.attrU32be(4, 0);
  writer.attrU32be(5, rate.over ? 1 : 0);
}

/** Goes on while the rate is not exceeded; with `over`, while it is. */
export function limit(writer: MessageWriter, rate: Rate): void {
  expression(writer, 'limit', () => limitAttributes(writer, rate));
}

export function log(
  writer: MessageWriter,
  options: { readonly prefix: string; readonly group: number; readonly snapLength: number },
): void {
  expression(writer, 'log', () => {
    writer.attrU16be(1, options.group);
    writer.attrText(2, options.prefix);
    writer.attrU32be(3, options.snapLength);
  });
}

export function counter(writer: MessageWriter): void {
  expression(writer, 'counter', () => {});
}

const DYNSET_UPDATE = 1;

/** Adds the registers to a dynamic set, or renews them there. A full set ends the rule. */
export function dynamicUpdate(
  writer: MessageWriter,
  options: {
    readonly set: string;
    readonly from: Register;
    readonly counter: boolean;
    readonly limit?: Rate;
  },
): void {
  const { limit: rate } = options;
  expression(writer, 'dynset', () => {
    writer.attrText(1, options.set);
    writer.attrU32be(3, DYNSET_UPDATE);
    writer.attrU32be(4, options.from);
    if (!rate && !options.counter) return;
    const list = writer.nest(10);
    if (rate) limit(writer, rate);
    if (options.counter) counter(writer);
    writer.end(list);
    writer.attrU32be(9, 2);
  });
}

const TCPOPT_MAXSEG = 2;

/** Lowers the maximum segment size that a SYN announces. */
export function writeMaxSegment(writer: MessageWriter, from: Register): void {
  expression(writer, 'exthdr', () => {
    writer.attrU32be(7, from);
    writer.attrU8(2, TCPOPT_MAXSEG);
    writer.attrU32be(3, 2);
    writer.attrU32be(4, 2);
    writer.attrU32be(6, 1);
  });
}

export function notrack(writer: MessageWriter): void {
  expression(writer, 'notrack');
}

/** MSS, window scale, selective acknowledgements and timestamps. */
const SYNPROXY_ALL_OPTIONS = 0xf;

export function synproxy(writer: MessageWriter, mss: number, windowScale: number): void {
  expression(writer, 'synproxy', () => {
    writer.attrU16be(1, mss);
    writer.attrU8(2, windowScale);
    writer.attrU32be(3, SYNPROXY_ALL_OPTIONS);
  });
}
