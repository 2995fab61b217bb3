/** Expressions that act: translation, limits, logs, counters, dynamic sets. See linux/netfilter/nf_tables.h, NFTA_*. */
import type { MessageWriter } from '../netlink/writer.ts';
import { OBJECT_CT_TIMEOUT } from './constants.ts';
import { expression, type Register } from './expression.ts';

const LIMIT = { rate: 1, unitSeconds: 2, burst: 3, type: 4, flags: 5 } as const;
const NAT = { type: 1, family: 2, address: 3 } as const;
const LOG = { group: 1, prefix: 2, snapLength: 3 } as const;
const DYNSET = { set: 1, operator: 3, from: 4, flags: 9, expressions: 10 } as const;
const EXTHDR = { type: 2, offset: 3, length: 4, operator: 6, from: 7 } as const;
const OBJREF = { type: 1, name: 2 } as const;
const SYNPROXY = { mss: 1, windowScale: 2, flags: 3 } as const;

const nfprotoOf = { ipv4: 2, ipv6: 10 } as const;

export function nat(
  writer: MessageWriter,
  options: { readonly type: 'snat' | 'dnat'; readonly family: 'ipv4' | 'ipv6'; readonly address: Register },
): void {
  expression(writer, 'nat', () => {
    writer.attrU32be(NAT.type, options.type === 'snat' ? 0 : 1);
    writer.attrU32be(NAT.family, nfprotoOf[options.family]);
    writer.attrU32be(NAT.address, options.address);
  });
}

type Rate = { readonly perSecond: number; readonly burst: number; readonly over: boolean };

function limitAttributes(writer: MessageWriter, rate: Rate): void {
  writer.attrU64be(LIMIT.rate, rate.perSecond);
  writer.attrU64be(LIMIT.unitSeconds, 1);
  writer.attrU32be(LIMIT.burst, rate.burst);
  writer.attrU32be(LIMIT.type, 0);
  writer.attrU32be(LIMIT.flags, rate.over ? 1 : 0);
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
    writer.attrU16be(LOG.group, options.group);
    writer.attrText(LOG.prefix, options.prefix);
    writer.attrU32be(LOG.snapLength, options.snapLength);
  });
}

export function counter(writer: MessageWriter): void {
  expression(writer, 'counter', () => {});
}

const DYNSET_UPDATE = 1;
const DYNSET_F_EXPR = 2;

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
    writer.attrText(DYNSET.set, options.set);
    writer.attrU32be(DYNSET.operator, DYNSET_UPDATE);
    writer.attrU32be(DYNSET.from, options.from);
    if (!rate && !options.counter) return;
    const list = writer.nest(DYNSET.expressions);
    if (rate) limit(writer, rate);
    if (options.counter) counter(writer);
    writer.end(list);
    writer.attrU32be(DYNSET.flags, DYNSET_F_EXPR);
  });
}

const TCPOPT_MAXSEG = 2;
const EXTHDR_OP_TCPOPT = 1;

/** Lowers the maximum segment size that a SYN announces. */
export function writeMaxSegment(writer: MessageWriter, from: Register): void {
  expression(writer, 'exthdr', () => {
    writer.attrU32be(EXTHDR.from, from);
    writer.attrU8(EXTHDR.type, TCPOPT_MAXSEG);
    writer.attrU32be(EXTHDR.offset, 2);
    writer.attrU32be(EXTHDR.length, 2);
    writer.attrU32be(EXTHDR.operator, EXTHDR_OP_TCPOPT);
  });
}

/** Gives a flow that is not confirmed yet the timeouts of an object. */
export function setTimeouts(writer: MessageWriter, name: string): void {
  expression(writer, 'objref', () => {
    writer.attrU32be(OBJREF.type, OBJECT_CT_TIMEOUT);
    writer.attrText(OBJREF.name, name);
  });
}

export function notrack(writer: MessageWriter): void {
  expression(writer, 'notrack');
}

/** MSS, window scale, selective acknowledgements and timestamps. */
const SYNPROXY_ALL_OPTIONS = 0xf;

export function synproxy(writer: MessageWriter, mss: number, windowScale: number): void {
  expression(writer, 'synproxy', () => {
    writer.attrU16be(SYNPROXY.mss, mss);
    writer.attrU8(SYNPROXY.windowScale, windowScale);
    writer.attrU32be(SYNPROXY.flags, SYNPROXY_ALL_OPTIONS);
  });
}
