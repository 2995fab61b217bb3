/** Messages of DHCP over IPv6 (RFC 8415): what clients ask, and the bytes of answers. */
import { type Ip, ipNumber } from '#net/address.ts';
import { type Cidr, cidrOf, prefixLength, rangeOf } from '#net/cidr.ts';
import { ipOfOctets, octetsOf } from '#net/octets.ts';

export type Dhcp6Kind =
  | 'solicit'
  | 'request'
  | 'confirm'
  | 'renew'
  | 'rebind'
  | 'release'
  | 'decline'
  | 'information';

/** What a client wants or has: addresses (IA_NA) or prefixes (IA_PD), under a number of its own. */
export type Association =
  | { readonly kind: 'addresses'; readonly id: number; readonly held: readonly Ip[] }
  | { readonly kind: 'prefixes'; readonly id: number; readonly held: readonly Cidr[] };

export type Dhcp6Question = {
  readonly kind: Dhcp6Kind;
  /** Three octets that the answer repeats. */
  readonly transaction: Buffer;
  readonly clientId?: Buffer;
  readonly serverId?: Buffer;
  readonly associations: readonly Association[];
  /** Numbers of the options that the client would like to have. */
  readonly wanted: ReadonlySet<number>;
  /** Whether the client takes a reply at once (RFC 8415, 18.2.1). */
  readonly isRapid: boolean;
};

export const option6 = {
  clientId: 1,
  serverId: 2,
  addresses: 3,
  address: 5,
  wanted: 6,
  status: 13,
  rapidCommit: 14,
  domainNameServers: 23,
  domainSearch: 24,
  prefixes: 25,
  prefix: 26,
  ntpServers: 56,
} as const;

export const status6 = { success: 0, noAddresses: 2, notOnLink: 4, noPrefix: 6 } as const;

const kinds: ReadonlyMap<number, Dhcp6Kind> = new Map([
  [1, 'solicit'],
  [3, 'request'],
  [4, 'confirm'],
  [5, 'renew'],
  [6, 'rebind'],
  [8, 'release'],
  [9, 'decline'],
  [11, 'information'],
]);
const answers = { advertise: 2, reply: 7 } as const;
const headBytes = 4;
const addressOctets = 16;
/** Number, T1 and T2 of an association. */
const associationBytes = 12;

type Option = { readonly code: number; readonly value: Buffer };

/** Reads what a client asks of a server on its own link; undefined for everything else, and for what is cut off. */
export function readQuestion6(bytes: Buffer): Dhcp6Question | undefined {
  const kind = kinds.get(bytes[0] ?? 0);
  const options = bytes.length < headBytes ? undefined : optionsIn(bytes.subarray(headBytes));
  if (!kind || !options) return undefined;
  const first = (code: number) => options.find((each) => each.code === code)?.value;
  const [clientId, serverId] = [first(option6.clientId), first(option6.serverId)];
  return {
    kind,
    transaction: Buffer.from(bytes.subarray(1, headBytes)),
    ...(clientId && { clientId }),
    ...(serverId && { serverId }),
    associations: options.flatMap(associationIn),
    wanted: new Set(numbersIn(first(option6.wanted))),
    isRapid: first(option6.rapidCommit) !== undefined,
  };
}

/** The bytes of an answer. */
export function writeAnswer6(
  kind: keyof typeof answers,
  { transaction }: Pick<Dhcp6Question, 'transaction'>,
  options: readonly Buffer[],
): Buffer {
  return Buffer.concat([Buffer.of(answers[kind]), transaction, ...options]);
}

/** An option with its head. */
export function optionBytes(code: number, ...value: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(value);
  return Buffer.concat([uint16(code), uint16(body.length), body]);
}

export type Lifetimes = { readonly preferredSeconds: number; readonly validSeconds: number };

/** An association with what it holds; `renewSeconds` and `rebindSeconds` are its T1 and T2. */
export function associationOption(
  { kind, id }: Association,
  times: { readonly renewSeconds: number; readonly rebindSeconds: number },
  content: readonly Buffer[],
): Buffer {
  const head = [uint32(id), uint32(times.renewSeconds), uint32(times.rebindSeconds)];
  return optionBytes(kind === 'addresses' ? option6.addresses : option6.prefixes, ...head, ...content);
}

export function addressOption(address: Ip, { preferredSeconds, validSeconds }: Lifetimes): Buffer {
  return optionBytes(
    option6.address,
    octetsOf(ipNumber(address)),
    uint32(preferredSeconds),
    uint32(validSeconds),
  );
}

export function prefixOption(prefix: Cidr, { preferredSeconds, validSeconds }: Lifetimes): Buffer {
  const base = octetsOf({ family: 'ipv6', value: rangeOf(prefix).first });
  const length = Buffer.of(prefixLength(prefix));
  return optionBytes(option6.prefix, uint32(preferredSeconds), uint32(validSeconds), length, base);
}

export function statusOption(status: number): Buffer {
  return optionBytes(option6.status, uint16(status));
}

/** Domain names as DNS writes them (RFC 1035, 3.1); undefined for what is none. */
export function nameOctets(name: string): Buffer | undefined {
  const labels = name.replace(/\.$/, '').split('.');
  const isName = labels.every((label) => /^[\x21-\x7e]{1,63}$/.test(label)) && name.length < 255;
  if (!isName) return undefined;
  return Buffer.concat([
    ...labels.flatMap((label) => [Buffer.of(label.length), Buffer.from(label)]),
    Buffer.of(0),
  ]);
}

/** Options one behind the other; undefined where one is cut off. */
function optionsIn(bytes: Buffer): readonly Option[] | undefined {
  const options: Option[] = [];
  for (let next = 0; next < bytes.length; ) {
    if (next + headBytes > bytes.length) return undefined;
    const end = next + headBytes + bytes.readUInt16BE(next + 2);
    if (end > bytes.length) return undefined;
    options.push({
      code: bytes.readUInt16BE(next),
      value: Buffer.from(bytes.subarray(next + headBytes, end)),
    });
    next = end;
  }
  return options;
}

function associationIn({ code, value }: Option): readonly Association[] {
  const isOne = code === option6.addresses || code === option6.prefixes;
  const held =
    isOne && value.length >= associationBytes ? optionsIn(value.subarray(associationBytes)) : undefined;
  if (!held) return [];
  const id = value.readUInt32BE(0);
  const inside = (wanted: number, least: number) =>
    held.flatMap((each) => (each.code === wanted && each.value.length >= least ? [each.value] : []));
  if (code === option6.addresses)
    return [{ kind: 'addresses', id, held: inside(option6.address, 24).map((each) => addressAt(each, 0)) }];
  const prefixes = inside(option6.prefix, 25).flatMap((each) => {
    const length = each.readUInt8(8);
    return length > 128 ? [] : [cidrOf(ipNumber(addressAt(each, 9)), length)];
  });
  return [{ kind: 'prefixes', id, held: prefixes }];
}

function addressAt(bytes: Buffer, at: number): Ip {
  return ipOfOctets(bytes.subarray(at, at + addressOctets));
}

function numbersIn(bytes: Buffer = Buffer.alloc(0)): readonly number[] {
  return Array.from({ length: Math.floor(bytes.length / 2) }, (_, index) => bytes.readUInt16BE(2 * index));
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
