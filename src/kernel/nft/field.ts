/** What each field of a rule is to the kernel: how it gets into a register, how long it is, what must hold first. */
import { readIp } from '#net/address.ts';
import { octetsOf } from '#net/octets.ts';
import { protocolNumbers } from '#net/protocol.ts';
import type { MessageWriter } from '../netlink/writer.ts';
import {
  type CtKey,
  ctLoad,
  fibOutputName,
  type MetaKey,
  metaLoad,
  type PayloadBase,
  payloadLoad,
  type Register,
} from './expression.ts';
import type { Field, Value } from './statement.ts';

/** `host`: a little-endian number. `network`: a big-endian one. `address`: text. `name`: text, zero-padded. */
type Order = 'host' | 'network' | 'address' | 'name';

/** What must be known of a packet before the field means anything, as in nft's own dependencies. */
export type Guard = { readonly field: 'nfproto' | 'l4proto'; readonly value: number };

export type FieldEncoding = {
  readonly bytes: number;
  readonly order: Order;
  readonly guards: readonly Guard[];
  readonly load: (writer: MessageWriter, to: Register) => void;
};

const isIpv4: Guard = { field: 'nfproto', value: 2 };
const isIpv6: Guard = { field: 'nfproto', value: 10 };
const isProtocol = (value: number): Guard => ({ field: 'l4proto', value });

const meta = (key: MetaKey, bytes: number, order: Order): FieldEncoding => ({
  bytes,
  order,
  guards: [],
  load: (writer, to) => metaLoad(writer, key, to),
});

const ct = (key: CtKey, bytes: number, order: Order, direction?: 'original' | 'reply'): FieldEncoding => ({
  bytes,
  order,
  guards: [],
  load: (writer, to) => ctLoad(writer, key, direction, to),
});

const payload = (
  base: PayloadBase,
  offset: number,
  bytes: number,
  order: Order,
  ...guards: readonly Guard[]
): FieldEncoding => ({
  bytes,
  order,
  guards,
  load: (writer, to) => payloadLoad(writer, { base, offset, bytes }, to),
});

/** The kernel breaks off by itself where `th` is absent (fragments) or a flow is of the other family (`ct … ip`). */
export const fieldEncodings: Readonly<Record<Field, FieldEncoding>> = {
  iifname: meta('iifname', 16, 'name'),
  oifname: meta('oifname', 16, 'name'),
  nfproto: meta('nfproto', 1, 'network'),
  l4proto: meta('l4proto', 1, 'network'),
  mark: meta('mark', 4, 'host'),
  'ip saddr': payload('network', 12, 4, 'address', isIpv4),
  'ip daddr': payload('network', 16, 4, 'address', isIpv4),
  'ip6 saddr': payload('network', 8, 16, 'address', isIpv6),
  'ip6 daddr': payload('network', 24, 16, 'address', isIpv6),
  'ip6 hoplimit': payload('network', 7, 1, 'network', isIpv6),
  'th sport': payload('transport', 0, 2, 'network'),
  'th dport': payload('transport', 2, 2, 'network'),
  'tcp flags': payload('transport', 13, 1, 'network', isProtocol(protocolNumbers.tcp)),
  'icmp type': payload('transport', 0, 1, 'network', isIpv4, isProtocol(protocolNumbers.icmp)),
  'icmpv6 type': payload('transport', 0, 1, 'network', isIpv6, isProtocol(protocolNumbers.icmpv6)),
  'ct state': ct('state', 4, 'host'),
  'ct status': ct('status', 4, 'host'),
  'ct direction': ct('direction', 1, 'network'),
  'ct mark': ct('mark', 4, 'host'),
  'ct zone': ct('zone', 2, 'host'),
  'ct original ip saddr': ct('ip saddr', 4, 'address', 'original'),
  'ct original ip daddr': ct('ip daddr', 4, 'address', 'original'),
  'ct original ip6 saddr': ct('ip6 saddr', 16, 'address', 'original'),
  'ct original ip6 daddr': ct('ip6 daddr', 16, 'address', 'original'),
  'ct reply ip saddr': ct('ip saddr', 4, 'address', 'reply'),
  'ct reply ip daddr': ct('ip daddr', 4, 'address', 'reply'),
  'ct reply ip6 saddr': ct('ip6 saddr', 16, 'address', 'reply'),
  'ct reply ip6 daddr': ct('ip6 daddr', 16, 'address', 'reply'),
  'fib daddr . mark oifname': {
    bytes: 16,
    order: 'name',
    guards: [],
    load: (writer, to) => fibOutputName(writer, to),
  },
};

/** A number as the field's register holds it. */
export function numberBytes({ bytes, order }: FieldEncoding, value: number): Buffer {
  const into = Buffer.alloc(bytes);
  for (let index = 0; index < bytes; index++) {
    const shift = 8 * (order === 'host' ? index : bytes - 1 - index);
    into[index] = shift < 32 ? value >>> shift : 0;
  }
  return into;
}

/** The bytes of an address of either family. */
function addressBytes(text: string): Buffer {
  const ip = readIp(text);
  if (!ip) throw new Error(`"${text}" is no address`);
  return Buffer.from(octetsOf(ip));
}

/** A constant that a field is compared with, and the mask where only a prefix of an address counts. */
export function constantOf(
  field: FieldEncoding,
  value: Value,
): { readonly bytes: Buffer; readonly mask?: Buffer } {
  if (typeof value === 'number') return { bytes: numberBytes(field, value) };
  if (field.order === 'name') {
    if (value.length === 0 || value.length > 15) throw new Error(`"${value}" is no device name`);
    const bytes = Buffer.alloc(16);
    bytes.write(value, 'latin1');
    return { bytes };
  }
  if (field.order !== 'address') throw new Error(`"${value}" is no number`);
  const [address = '', prefix] = value.split('/');
  const bytes = addressBytes(address);
  if (bytes.length !== field.bytes) throw new Error(`${value} is of the other family`);
  if (prefix === undefined) return { bytes };
  return { bytes, mask: prefixMask(field.bytes, Number(prefix)) };
}

function prefixMask(bytes: number, length: number): Buffer {
  const mask = Buffer.alloc(bytes);
  for (let bit = 0; bit < length; bit++) mask[bit >> 3] = (mask[bit >> 3] ?? 0) | (0x80 >> (bit & 7));
  return mask;
}
